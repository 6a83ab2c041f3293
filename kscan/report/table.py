"""A table as text: as wide as its cells in a pipe, folded to the width of a terminal, never truncated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import StringIO

from kscan.report.escape import plain
from kscan.report.paint import STYLES

# Wider than any row; rich pads no further than the widest cell.
_UNBOUNDED = 100_000


def table(head: Sequence[str], rows: Iterable[Sequence[str]], width: int | None, colour: bool) -> str:
    """The rows under ``head``. ``width``: the terminal's, None for a pipe. A cell that names a style is shown in it."""
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
