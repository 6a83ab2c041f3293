"""The review of a series as answers to its mails."""
