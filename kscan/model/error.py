"""The user's mistakes and broken input: one line that names the thing and what to do."""

from __future__ import annotations


class InputError(Exception):
    """Bad usage or input: the message is one line for the user; the process exits with 2."""


class KscanBug(Exception):
    """A fault of ours: the message names the file and the rule or stage; the process exits with 3."""
