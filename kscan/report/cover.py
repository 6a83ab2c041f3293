"""What a series changes in return values, as plain text for its cover letter: 72 columns, nothing that varies."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from kscan.report.escape import plain
from kscan.report.text import many

if TYPE_CHECKING:
    from kscan.report.reviewed import LocatedChange, LocatedHandling, LocatedReach, ReviewReport

WIDTH: Final = 72
PASSING: Final = 12
"""Functions named that the series does not edit and that return something else with those that it does."""
_INDENT: Final = "  "
_GAP: Final = 2


def render(report: ReviewReport) -> str:
    """The table of the functions that return something else, then what callers do with it and where it gets to."""
    own = [row for change in report.changes if change.edited for row in _rows(change)]
    passing = [row for change in report.changes if not change.edited for row in _rows(change)]
    rows = own + passing[:PASSING]
    if not rows:
        return "No function of this series returns another errno than before.\n"
    lines = ["Errnos that this series adds and takes away:", "", *_table(("function", "new", "gone"), rows)]
    left = len(passing[PASSING:])
    if left:
        lines += ["", *_wrapped(f"and {many(left, 'more function')} through these")]
    handled = [text for one in report.dispositions for text in _handling(one)]
    reached = [text for one in report.reach for text in _reach(one)]
    for head, found in (("What callers do with them:", handled), ("What gets to user space:", reached)):
        if found:
            # Two calls of a function, or a system call and its compat form, read the same.
            lines += ["", head, "", *(line for text in dict.fromkeys(found) for line in _wrapped(text))]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _rows(change: LocatedChange) -> Iterator[tuple[str, str, str]]:
    if change.gone:
        return
    new = [outcome.value for outcome in change.added if _is_errno(outcome.value)]
    new += [f"{other} for {one}" for one, other in change.remapped]
    # Where the set is open, an errno that the function itself returned is gone, but one of a callee may still come.
    gone = [value for value in change.removed if _is_errno(value) and (change.closed_after or change.edited)]
    if new or gone:
        yield f"{plain(change.function)}()", ", ".join(new), ", ".join(gone)


def _is_errno(value: str) -> bool:
    return value.removeprefix("ERR_PTR(").startswith("-E")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as their cells, values folded where a line would be too long."""
    cells = [head, *rows]
    names = min(max(len(row[0]) for row in cells), WIDTH * 5 // 8)
    gone = min(max(len(row[2]) for row in cells), (WIDTH - names) // 3)
    new = WIDTH - len(_INDENT) - names - gone - 2 * _GAP
    widths = (names, min(new, max(len(row[1]) for row in cells)), gone)
    for number, row in enumerate(cells):
        yield from _row(row, widths)
        if number == 0:
            yield _INDENT + (" " * _GAP).join("-" * width for width in widths)


def _row(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    folded = [
        textwrap.wrap(cell, width, break_long_words=False) or [""] for cell, width in zip(row, widths, strict=True)
    ]
    for number in range(max(map(len, folded))):
        parts = [cell[number] if number < len(cell) else "" for cell in folded]
        yield _INDENT + (" " * _GAP).join(part.ljust(width) for part, width in zip(parts, widths, strict=True))


def _handling(one: LocatedHandling) -> Iterator[str]:
    if one.after == "propagated" and one.before is None:
        return
    before = f", {one.before} before" if one.before else ""
    yield f"{plain(one.caller)}(): {one.value} of {plain(one.callee)}() is {_DOES[one.after]}{instead(one)}{before}"


_DOES: Final = {
    "distinguished": "told apart",
    "folded": "folded into a branch for all failures",
    "propagated": "passed on",
    "remapped": "remapped",
    "dropped": "dropped",
}


def instead(one: LocatedHandling) -> str:
    """What is returned in the place of a value, behind what becomes of that."""
    values = ", ".join(one.becomes)
    if not values:
        return ""
    return f" into {values}" if one.after == "remapped" else f", for which {values} is returned"


def _reach(one: LocatedReach) -> Iterator[str]:
    for entry in one.entries:
        when = f" ({plain(entry.when)})" if entry.when else ""
        yield f"{one.value}: {entry.kind} {plain(entry.name)}{when}"


def _wrapped(text: str) -> Iterator[str]:
    yield from textwrap.wrap(
        text,
        WIDTH,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT * 2,
        break_long_words=False,
        break_on_hyphens=False,
    )
