"""Ctrl-C ends a run whenever it comes."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_AGAIN_S = 0.01  # by then the hook has been left


@contextmanager
def heeded() -> Iterator[None]:
    """Where Ctrl-C comes while Python finalises an object (``__del__``, a callback of a weak reference), which may
    raise nothing, Python prints a traceback and goes on. Inside the block it comes once more instead."""
    before = sys.unraisablehook

    def tell(lost: UnraisableHookArgs) -> None:
        if lost.exc_type is KeyboardInterrupt:
            _again()
        else:
            before(lost)

    sys.unraisablehook = tell
    try:
        yield
    finally:
        sys.unraisablehook = before


def _again() -> None:
    import threading

    main = threading.main_thread().ident
    if main is not None:
        timer = threading.Timer(_AGAIN_S, signal.pthread_kill, (main, signal.SIGINT))
        timer.daemon = True
        timer.start()
