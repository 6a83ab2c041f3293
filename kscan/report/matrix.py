"""Who excludes and implies whom: as a grid of characters, as JSON, and as a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Final
from xml.sax.saxutils import escape

from msgspec import Meta, Struct

from kscan.model.proof import MatrixResult, Relation
from kscan.report.escape import plain, unicode_only
from kscan.report.lines import Places
from kscan.report.located import File, Line, LocatedGap, Shape
from kscan.report.locating import located_gaps


class MatrixRow(Shape, frozen=True):
    """A predicate of one page, and its formula over bits and types of a page that is no tail."""

    name: str
    formula: str
    file: File
    line: Line


class MatrixPair(Shape, frozen=True):
    """How two predicates are related; "implies" reads from left to right."""

    left: str
    relation: Relation
    right: str


class MatrixReport(Shape, frozen=True):
    """What `kscan predicates --matrix --format json` prints, said of a page that is no tail."""

    tree: str
    predicates: tuple[MatrixRow, ...]
    pairs: Annotated[tuple[MatrixPair, ...], Meta(description="Pairs that are not listed are not related.")]
    left_out: dict[str, str]
    gaps: tuple[LocatedGap, ...]


def locate_matrix(result: MatrixResult, read: Callable[[str], bytes]) -> MatrixReport:
    """The report of a matrix; ``read`` gives the bytes of a path relative to the tree."""
    places = Places(read)
    names = [unicode_only(one.name) for one in result.predicates]
    return MatrixReport(
        tree=unicode_only(result.tree),
        predicates=tuple(
            MatrixRow(
                name, unicode_only(one.formula), unicode_only(one.span.file), places.line(one.span.file, one.span.start)
            )
            for name, one in zip(names, result.predicates, strict=True)
        ),
        pairs=tuple(MatrixPair(names[pair.left], pair.relation, names[pair.right]) for pair in result.pairs),
        left_out={unicode_only(name): unicode_only(why) for name, why in result.left_out},
        gaps=located_gaps(result.gaps, places),
    )


# -- the grid: predicates that equal each other share a row

EXCLUDES, IMPLIES, IMPLIED, SAME, NOTHING = "x", ">", "<", "=", "."
_MEANS: Final = {
    EXCLUDES: "excludes",
    IMPLIES: "implies",
    IMPLIED: "is implied by",
    SAME: "is",
    NOTHING: "is not related to",
}


class Grid(Struct, frozen=True):
    """``names`` of each row, and a mark for each row and column; ``alone`` are names that are related to no other."""

    names: tuple[tuple[str, ...], ...]
    marks: tuple[str, ...]
    alone: tuple[tuple[str, ...], ...]


def grid(report: MatrixReport) -> Grid:
    """The relations between groups of equal predicates, those that exclude each other side by side."""
    group = _groups(report)
    related = {
        (group[one.left], group[one.right]): one.relation for one in report.pairs if group[one.left] != group[one.right]
    }
    members: dict[str, list[str]] = {}
    for row in report.predicates:
        members.setdefault(group[row.name], []).append(row.name)
    excluded = {name: sum(one == "disjoint" for pair, one in related.items() if name in pair) for name in members}
    shown = sorted({name for pair in related for name in pair}, key=lambda name: (-excluded[name], name))
    marks = tuple("".join(_mark(related, row, column) for column in shown) for row in shown)
    alone = tuple(tuple(names) for first, names in members.items() if first not in shown)
    return Grid(tuple(tuple(members[name]) for name in shown), marks, alone)


def _groups(report: MatrixReport) -> dict[str, str]:
    """For each predicate the first of those that equal it."""
    group = {row.name: row.name for row in report.predicates}
    for pair in report.pairs:
        if pair.relation == "equals":
            old, new = sorted((group[pair.left], group[pair.right]), reverse=True)
            group = {name: new if first == old else first for name, first in group.items()}
    return group


def _mark(related: dict[tuple[str, str], Relation], row: str, column: str) -> str:
    if row == column:
        return SAME
    if "disjoint" in (related.get((row, column)), related.get((column, row))):
        return EXCLUDES
    return IMPLIES if (row, column) in related else IMPLIED if (column, row) in related else NOTHING


# -- text


def as_text(report: MatrixReport) -> str:
    """One line for each group of equal predicates and a column for each, then what is related to nothing."""
    return "".join(f"{plain(line)}\n" for line in _lines(report, grid(report)))


def _lines(report: MatrixReport, drawn: Grid) -> Iterator[str]:
    yield "of a page that is no tail: x excludes, > implies, < is implied by the predicate of the column"
    wide = len(str(len(drawn.names)))
    for place in range(wide):
        yield " " * (wide + 1) + "".join(str(at).rjust(wide)[place] for at in range(1, len(drawn.names) + 1))
    for at, (names, marks) in enumerate(zip(drawn.names, drawn.marks, strict=True), 1):
        yield f"{at:>{wide}} {marks} {' = '.join(names)}"
    if drawn.alone:
        yield f"related to none of these: {', '.join(' = '.join(names) for names in drawn.alone)}"
    if report.left_out:
        yield f"left out, being no exact formula of one page (--format json says why): {', '.join(report.left_out)}"
    if report.gaps:
        yield f"{len(report.gaps)} gaps (--format json lists them)"


# -- the picture

_CELL: Final = 16
_LETTER: Final = 6.7
_COLOURS: Final = {EXCLUDES: "#c0392b", IMPLIES: "#2471a3", IMPLIED: "#aed6f1", SAME: "#424949", NOTHING: "#f4f6f6"}


def as_svg(report: MatrixReport) -> str:
    """The grid as a picture of its own: no fonts, scripts or style sheets from elsewhere. Cells say in words what they
    show when pointed at."""
    drawn = grid(report)
    labels = [_label(names) for names in drawn.names]
    left = 20 + round(_LETTER * max(map(len, labels), default=10))
    top = 30 + round(_LETTER * max((len(names[0]) for names in drawn.names), default=10))
    width, height = left + _CELL * len(labels) + 20, top + _CELL * len(labels) + 50
    body = [*_headings(drawn, labels, left, top), *_cells(drawn, left, top), *_legend(left, height - 20)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{max(width, left + 330)}" height="{height}" '
        'font-family="ui-monospace, Menlo, Consolas, monospace" font-size="11" role="img">\n'
        "<title>Page predicates: who excludes and implies whom</title>\n"
        '<rect width="100%" height="100%" fill="#ffffff"/>\n' + "".join(f"{line}\n" for line in body) + "</svg>\n"
    )


def _label(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} (= {names[1]}{', ...' if len(names) > 2 else ''})"


def _headings(drawn: Grid, labels: Sequence[str], left: int, top: int) -> Iterator[str]:
    for at, (names, label) in enumerate(zip(drawn.names, labels, strict=True)):
        x, y = left + at * _CELL + 12, top + at * _CELL + 12
        title = f"<title>{_xml(' = '.join(names))}</title>"
        yield f'<text x="{left - 6}" y="{y}" text-anchor="end">{title}{_xml(label)}</text>'
        yield f'<text transform="translate({x} {top - 6}) rotate(-90)">{title}{_xml(names[0])}</text>'


def _cells(drawn: Grid, left: int, top: int) -> Iterator[str]:
    for row, marks in enumerate(drawn.marks):
        for column, mark in enumerate(marks):
            one, two = drawn.names[row][0], drawn.names[column][0]
            yield (
                f'<rect x="{left + column * _CELL}" y="{top + row * _CELL}" width="{_CELL - 1}" height="{_CELL - 1}" '
                f'fill="{_COLOURS[mark]}"><title>{_xml(f"{one} {_MEANS[mark]} {two}")}</title></rect>'
            )


def _legend(left: int, y: int) -> Iterator[str]:
    for at, mark in enumerate((EXCLUDES, IMPLIES, IMPLIED)):
        x = left + at * 100
        yield f'<rect x="{x}" y="{y - 10}" width="12" height="12" fill="{_COLOURS[mark]}"/>'
        yield f'<text x="{x + 16}" y="{y}">{_MEANS[mark]}</text>'


def _xml(text: str) -> str:
    return escape(plain(text))
