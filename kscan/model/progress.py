"""Progress as an object passed down; silent unless someone watches."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Hears of the stages of a run as they begin, and of each unit done."""

    def stage(self, name: str, total: int | None) -> None:
        """A stage begins; ``total`` is its number of units, None when not known."""

    def advance(self, n: int = 1) -> None:
        """``n`` more units of the current stage are done."""


class Silence:
    """The progress that nobody watches."""

    def stage(self, name: str, total: int | None) -> None:
        """Says nothing."""

    def advance(self, n: int = 1) -> None:
        """Says nothing."""


SILENT: Progress = Silence()
