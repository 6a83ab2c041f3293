"""A table as text: as wide as its cells in a pipe, folded to the width of a terminal, never truncated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Final

from kscan.report.escape import plain
from kscan.report.paint import STYLES

# Wider than any row; rich pads no further than the widest cell.
_UNBOUNDED = 100_000
_BETWEEN: Final = 2
"""Blanks between two columns."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]], width: int | None, colour: bool) -> str:
    """The rows under ``head``. ``width``: the terminal's, None for a pipe. A cell that names a style is shown in it."""
    if width is None and not colour:
        return _unfolded([head, *([plain(cell) for cell in row] for row in rows)])
    return _drawn(head, rows, width, colour)


def _unfolded(rows: Sequence[Sequence[str]]) -> str:
    """The rows with their columns aligned. In a pipe nothing has to be folded or painted, which takes rich a thousand
    times as long, beside the time to load it."""
    wide = [max(map(_columns, column)) + _BETWEEN for column in zip(*rows, strict=True)]
    return "".join([f"{''.join(map(_padded, row, wide)).rstrip()}\n" for row in rows])


def _padded(cell: str, width: int) -> str:
    return cell.ljust(width) if cell.isascii() else cell + " " * (width - _columns(cell))


def _columns(cell: str) -> int:
    """The columns of a terminal that ``cell`` takes."""
    if cell.isascii():
        return len(cell)
    from rich.cells import cell_len

    return cell_len(cell)


def _drawn(head: Sequence[str], rows: Iterable[Sequence[str]], width: int | None, colour: bool) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # Boxes take columns away from the values, and a pipe wants none.
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in head:
        drawn.add_column(title, overflow="fold", no_wrap=width is None)
    for row in rows:
        drawn.add_row(*(Text(plain(cell), style=STYLES.get(cell, "")) for cell in row))
    out = StringIO()
    Console(
        file=out,
        width=width or _UNBOUNDED,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
    ).print(drawn)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().split("\n")[:-1])
