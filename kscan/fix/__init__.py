"""Fixes to checked edits, to diffs and mails, and to files written back whole or not at all."""
