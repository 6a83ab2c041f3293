"""Where an outcome that a patch adds gets to user space, with the path of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import Final, get_args

from kscan.facts.errno import errno_of
from kscan.model.facts import Function
from kscan.model.finding import Step
from kscan.model.gap import Gap
from kscan.model.regex import regex
from kscan.model.review import Changed, Entry, EntryKind, Reach
from kscan.review.entries import CALLED_FOR, Entered, entered
from kscan.review.outcomes import changes_at, new_errnos
from kscan.review.through import Beyond
from kscan.rules.against import Comparison
from kscan.rules.since import Place

_BY_NAME: Final = regex(r"(?:\(?[\w>.-]+ == \(?[A-Z][A-Z0-9_]{3,}\)?|case [A-Z][A-Z0-9_]{3,}\b)")
_KINDS: Final = get_args(EntryKind)
_ERRNO: Final = regex(r"\bE[A-Z0-9]+\b")


def reach(both: Comparison, changes: Sequence[Changed], behind: Beyond) -> tuple[Reach, ...]:
    """One for each errno that some function called by user space returns newly; ``changes`` are all functions that
    return something else, and ``behind`` is what is behind tables."""
    found: dict[str, dict[Entered, Entry]] = defaultdict(dict)
    for change in changes:
        new = _new(both, change)
        _note(change, new, _ways(both, change, both.gaps) if new else (), found)
    for change, ways in _behind(both, behind):
        _note(change, _new(behind.both, change), ways, found)
    had = _had(both, changes) if found else {}
    left = {
        value: [entry for way, entry in found[value].items() if errno_of(value) not in had.get(way, ())]
        for value in sorted(found)
    }
    return tuple(_reach(both, value, entries) for value, entries in left.items() if entries)


def _had(both: Comparison, changes: Sequence[Changed]) -> dict[Entered, set[str | None]]:
    """The errnos that user space got before from functions that are gone, by how it called them: another function
    under the same name gives it nothing new in them."""
    found: dict[Entered, set[str | None]] = defaultdict(set)
    for change in changes:
        for function in both.then_at(Place(change.span.file, change.function)) if change.gone else ():
            way = entered(both.then.catalog, function, [])
            if way is not None:
                found[way] |= {errno_of(value) for value in change.removed}
    return found


def _new(told: Comparison, change: Changed) -> dict[str, tuple[Step, ...]]:
    """The errnos that ``change``, one of those that ``told`` knows of, adds, each with its path."""
    new = new_errnos(told, Place(change.span.file, change.function)) if change.added else frozenset()
    return {one.value: one.path for one in change.added if one.value in new and one.path}


def _behind(both: Comparison, behind: Beyond) -> Iterator[tuple[Changed, Collection[Entered]]]:
    """What changes behind tables for who is called by user space, and how it is called. Only of these is looked for how
    an errno comes about: that takes longer than all else, and they are few."""
    # A file system that calls what a table of file systems holds is stacked on another, and says so itself.
    only: EntryKind | None = "system call" if behind.through <= CALLED_FOR else None
    for place in sorted({Place(one.file, one.name) for one in behind.functions}):
        gaps: list[Gap] = []
        ways = [way for way in _entered(both, both.after(place), gaps) if only in {None, way[0]}]
        for change in changes_at(behind.both, [place]) if ways or gaps else ():
            if _new(behind.both, change):
                both.gaps += gaps
                yield change, ways


def _note(
    change: Changed,
    new: Mapping[str, tuple[Step, ...]],
    ways: Collection[Entered],
    found: Mapping[str, dict[Entered, Entry]],
) -> None:
    """Adds the ``ways`` out of what is ``new`` in ``change`` to ``found``; of several under one name the shortest."""
    for way, value in product(ways, new):
        path, known = new[value], found[value].get(way)
        if known is None or len(path) < len(known.path):
            found[value][way] = Entry(*way, change.function, change.span, _when(path), path)


def _ways(both: Comparison, change: Changed, gaps: list[Gap]) -> set[Entered]:
    functions = [] if change.gone else both.after(Place(change.span.file, change.function))
    return _entered(both, functions, gaps)


def _entered(both: Comparison, functions: Sequence[Function], gaps: list[Gap]) -> set[Entered]:
    """How user space calls one of ``functions``."""
    known = (entered(both.now.catalog, function, gaps) for function in functions)
    return {one for one in known if one is not None}


def _reach(both: Comparison, value: str, entries: list[Entry]) -> Reach:
    origin = _origin(both, value, entries[0].path)
    return Reach(value, origin.function, origin.span, tuple(sorted(entries, key=_rank)))


def _rank(entry: Entry) -> tuple[int, str]:
    return _KINDS.index(entry.kind), entry.name


def _origin(both: Comparison, value: str, path: Sequence[Step]) -> Step:
    """The last step in a function that the patch touches, if there is one that names the ``value``."""
    own = [step for step in path if Place(step.span.file, step.function) in both.touched] or list(path)
    named = [step for step in own if value in step.note and not step.note.endswith((" is true", " is false"))]
    return (named or own)[-1]


def _when(path: Sequence[Step]) -> str:
    """The first test for a constant by name that leads there, errnos aside."""
    for step in path:
        test = step.note.removesuffix(" is true")
        if (test != step.note or test.startswith("case ")) and _BY_NAME.search(test) and not _ERRNO.search(test):
            return test.removeprefix("case ").rstrip(":")
    return ""
