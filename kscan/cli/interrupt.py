"""Ctrl-C ends a run whenever it comes."""

from __future__ import annotations

import _thread
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs
    from types import FrameType

_AGAIN_S = 0.01
_DEAF = frozenset({("kscan.parse.parser", "__call__")})
"""What C calls and does not ask for exceptions: to tree-sitter the text ends where there is one."""


@contextmanager
def heeded(whole: bool) -> Iterator[None]:
    """Where Ctrl-C comes while Python finalises an object (``__del__``, a callback of a weak reference), which may
    raise nothing, Python prints a traceback and goes on. Inside the block it comes again instead. Once the block is
    left it ends the process without a word, if the block is the ``whole`` of what that does."""
    again = _Again(sys.unraisablehook)
    sys.unraisablehook = again.tell
    ignored = signal.getsignal(signal.SIGINT) not in {signal.default_int_handler, signal.SIG_DFL}
    if not ignored:
        signal.signal(signal.SIGINT, again.strike)
    try:
        yield
        if again.owed:
            raise KeyboardInterrupt
    finally:
        sys.unraisablehook = again.before
        again.owed = False
        if not ignored:
            signal.signal(signal.SIGINT, signal.SIG_DFL if whole else signal.default_int_handler)


class _Again:
    """Raises KeyboardInterrupt until it was not lost."""

    def __init__(self, before: Callable[[UnraisableHookArgs], object]) -> None:
        self.before = before
        self.owed = False
        self._telling = False
        self._thread = _thread.get_ident()

    def tell(self, lost: UnraisableHookArgs) -> None:
        """The hook for exceptions that cannot be raised."""
        if lost.exc_type is not KeyboardInterrupt:
            self.before(lost)
            return
        self._telling = True
        try:
            self._owe()
        finally:
            self._telling = False

    def strike(self, _number: int, frame: FrameType | None) -> None:
        """The handler of the signal. Nothing is raised where it would be lost for good."""
        if self._telling or _is_deaf(frame):
            self._owe()
        else:
            self.owed = False
            raise KeyboardInterrupt

    def _owe(self) -> None:
        if not self.owed:
            self.owed = True
            _thread.start_new_thread(self._come, ())

    def _come(self) -> None:
        # Once is not enough: Python does not look for signals between the hook and a call that waits.
        while self.owed:
            time.sleep(_AGAIN_S)
            if self.owed:
                signal.pthread_kill(self._thread, signal.SIGINT)


def _is_deaf(frame: FrameType | None) -> bool:
    while frame is not None:
        if (frame.f_globals.get("__name__"), frame.f_code.co_name) in _DEAF:
            return True
        frame = frame.f_back
    return False
