"""Where an outcome that a patch adds gets to user space, with the path of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import product
from typing import Final, get_args

from kscan.model.finding import Step
from kscan.model.regex import regex
from kscan.model.review import Changed, Entry, EntryKind, Reach
from kscan.review.entries import CALLED_FOR, Entered, entered
from kscan.review.outcomes import changes_at, is_errno
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
    _note(both, changes, found, None)
    further = changes_at(behind.both, {Place(one.file, one.name) for one in behind.functions})
    # A file system that calls what a table of file systems holds is stacked on another, and says so itself.
    _note(both, further, found, "system call" if behind.through <= CALLED_FOR else None)
    return tuple(_reach(both, value, list(found[value].values())) for value in sorted(found))


def _note(
    both: Comparison, changes: Sequence[Changed], found: dict[str, dict[Entered, Entry]], only: EntryKind | None
) -> None:
    """Adds the ways out of ``changes`` to ``found``, ``only`` of one kind if that is told; of several under one name
    the shortest."""
    for change in changes:
        values = {one.value: one.path for one in change.added if is_errno(one.value) and one.path}
        ways = [way for way in _entries(both, change) if only in {None, way[0]}] if values else []
        for way, value in product(ways, values):
            path, known = values[value], found[value].get(way)
            if known is None or len(path) < len(known.path):
                found[value][way] = Entry(*way, change.function, change.span, _when(path), path)


def _entries(both: Comparison, change: Changed) -> set[Entered]:
    functions = [] if change.gone else both.after(Place(change.span.file, change.function))
    known = (entered(both.now.catalog, function, both.gaps) for function in functions)
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
