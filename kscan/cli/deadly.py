"""Ctrl-C where there is nothing to be undone and nobody to be told."""

from __future__ import annotations

import signal


def deadly() -> None:
    """From here on Ctrl-C ends the process at once, without a word; it stays ignored where it is."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
