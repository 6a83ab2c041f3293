"""The report of a rename: what changes, by kind of place, and each place that was left alone, with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated

from msgspec import Meta

from kscan.model.rename import Place, PlaceKind, RenameResult, SymbolKind
from kscan.report.escape import plain, unicode_only
from kscan.report.lines import Places
from kscan.report.located import Column, Count, File, LocatedGap, Location, Shape
from kscan.report.locating import located_gaps
from kscan.report.paint import Painter, unpainted

_LEFT_SHOWN = 40


class RenamedPlace(Location, frozen=True):
    """A place where the old name stood, and what kind of text it is."""

    kind: PlaceKind


class LeftPlace(Location, frozen=True):
    """A place where the old name was left alone, and why."""

    kind: PlaceKind
    why: str


class RenameReport(Shape, frozen=True):
    """What `kscan rename --format json` prints."""

    tree: str
    old: str
    new: str
    what: Annotated[SymbolKind, Meta(description="What kind of symbol it is.")]
    files: Annotated[tuple[File, ...], Meta(description="The files that change.")]
    searched: Annotated[int, Meta(ge=0, description="How many files were looked through.")]
    renamed: tuple[RenamedPlace, ...]
    left: tuple[LeftPlace, ...]
    by_kind: dict[str, Count]
    gaps: tuple[LocatedGap, ...]


def locate_rename(result: RenameResult) -> RenameReport:
    """The report of ``result``: everything in order of file and line."""
    places = Places(lambda path: result.texts[path])
    return RenameReport(
        unicode_only(result.tree),
        result.old,
        result.new,
        result.what,
        tuple(sorted({edit.span.file for edit in result.edits})),
        result.files,
        tuple(RenamedPlace(*_at(one, places), one.kind) for one in result.renamed),
        tuple(LeftPlace(*_at(one, places), one.kind, unicode_only(one.why)) for one in result.left),
        dict(sorted(Counter(one.kind for one in result.renamed).items())),
        located_gaps(result.gaps, places),
    )


def _at(one: Place, places: Places) -> tuple[File, int, Column]:
    return one.span.file, *places.at(one.span.file, one.span.start)


def render(report: RenameReport, written: bool, paint: Painter = unpainted, quiet: bool = False) -> str:
    """The report as text; ``written``: the files were changed. With ``quiet`` only the files."""
    lines = list(_files(report, paint))
    if not quiet:
        lines += _summary(report, written)
        lines += _left(report, paint)
    return "".join(f"{line}\n" for line in lines)


def _files(report: RenameReport, paint: Painter) -> Iterator[str]:
    tally = Counter(one.file for one in report.renamed)
    for file in report.files:
        yield f"{paint(plain(file), 'place')}: {_many(tally[file], 'place')}"


def _summary(report: RenameReport, written: bool) -> Iterator[str]:
    did = "renamed" if written else "would be renamed"
    places, files = _many(len(report.renamed), "place"), _many(len(report.files), "file")
    yield ""
    yield f"{report.what} {report.old} {did} to {report.new}: {places} in {files}"
    yield from (f"    {n:5} {kind}" for kind, n in _ranked(report.by_kind.items()))
    if report.gaps:
        yield f"{_many(len(report.gaps), 'gap')}: files that could not be read (--format json lists them)"


def _left(report: RenameReport, paint: Painter) -> Iterator[str]:
    if not report.left:
        yield "nothing of that name was left alone"
        return
    yield paint(f"left alone: {_many(len(report.left), 'place')}", "faint")
    for one in report.left[:_LEFT_SHOWN]:
        yield f"    {plain(one.file)}:{one.line}: {one.kind}: {plain(one.why)}"
    more = report.left[_LEFT_SHOWN:]
    tally = Counter(one.why.split(",")[0] for one in more)
    yield from (f"    and {n:5} more: {plain(why)}" for why, n in _ranked(tally.items()))


def _ranked(tally: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(tally, key=lambda item: (-item[1], item[0]))


def _many(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
