"""From what a user names (patch files, mails, a range of commits) to a series, and from a series to overlays."""
