"""The user's mistakes and broken input, and where we were when a fault of ours came up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class InputError(Exception):
    """Bad usage or input: the message is one line for the user; the process exits with 2."""


@contextmanager
def during(doing: str, file: str = "") -> Iterator[None]:
    """Notes on any fault that passes through what was being done, and on which file; the command line shows it."""
    try:
        yield
    except InputError:
        raise
    except BaseException as fault:
        fault.add_note(f"{doing} ({file})" if file else doing)
        raise
