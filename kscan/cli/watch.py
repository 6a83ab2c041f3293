"""A progress bar on standard error, where a person is looking at it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kscan.model.progress import SILENT, Progress

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


@contextmanager
def watching(quiet: bool) -> Iterator[Progress]:
    """The progress to hand down: a bar that leaves no trace if standard error is a terminal, unless ``quiet``."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield SILENT
        return
    bar = Bar()
    try:
        yield bar
    finally:
        bar.close()


class Bar:
    """Shows the current stage. Nothing appears, and rich is not loaded, before the first stage begins."""

    def __init__(self) -> None:
        self._shown: RichProgress | None = None
        self._task: TaskID | None = None

    def stage(self, name: str, total: int | None) -> None:
        """Shows the stage ``name`` in place of the one before."""
        shown = self._open()
        if self._task is not None:
            shown.remove_task(self._task)
        self._task = shown.add_task(name, total=total)

    def advance(self, n: int = 1) -> None:
        """Moves the bar on."""
        if self._shown is not None and self._task is not None:
            self._shown.advance(self._task, n)

    def close(self) -> None:
        """Takes the bar off the screen."""
        if self._shown is not None:
            self._shown.stop()

    def _open(self) -> RichProgress:
        if self._shown is None:
            from rich.console import Console
            from rich.progress import Progress as RichProgress

            self._shown = RichProgress(console=Console(stderr=True), transient=True)
            self._shown.start()
        return self._shown
