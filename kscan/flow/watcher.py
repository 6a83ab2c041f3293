"""Whoever follows a walk hears of it through this; not compiled, for classes of other rooms are made from it."""

from __future__ import annotations

from kscan.flow.evaluate import Decision
from kscan.flow.piece import Value
from kscan.flow.state import State
from kscan.model.code import Test


class Watcher:
    """Hears what happens on the way; link uses one to follow a single call's result."""

    def tested(self, state: State, test: Test, decision: Decision) -> None:
        """``test`` was decided in ``state``."""

    def stored(self, state: State, place: str, value: Value, at: int, end: int) -> None:
        """``value`` was written to memory."""

    def returned(self, state: State, value: Value, at: int, end: int) -> None:
        """``value`` was returned."""

    def overwritten(self, state: State, old: Value, new: Value, at: int, end: int) -> None:
        """A tracked variable changed."""
