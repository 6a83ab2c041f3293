"""Return sets before and after: which outcomes came, which went, and which errno took the place of another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kscan.facts.errno import errno_of
from kscan.link.program import LinkedProgram
from kscan.model.facts import Function
from kscan.model.flow import Outcome
from kscan.model.regex import regex
from kscan.model.review import Changed
from kscan.model.span import Span
from kscan.review.deleted import still_called
from kscan.rules.against import Comparison
from kscan.rules.since import Place
from kscan.rules.vague import holds

_ERRNO = regex(r"-E[A-Z0-9]+\Z|ERR_PTR\(-E[A-Z0-9]+\)\Z")


def is_errno(value: str) -> bool:
    """Whether a value is an errno by name, alone or in a pointer."""
    return _ERRNO.match(value) is not None


def new_errnos(both: Comparison, place: Place) -> frozenset[str]:
    """The errnos that the functions at ``place`` newly return, but for those that they only spell in another way: an
    errno that was in a pointer, or is in one now."""
    had = {errno_of(value) for function in both.before(place) for value in both.then.values(function)[1]}
    return frozenset(value for value in both.newly(place) if is_errno(value) and errno_of(value) not in had)


def changes(both: Comparison) -> tuple[Changed, ...]:
    """The functions whose return set is another one, or that replace an errno which they did not replace before;
    ``both`` has followed the change already."""
    return changes_at(both, both.differing | both.touched)


def changes_at(both: Comparison, places: Iterable[Place]) -> tuple[Changed, ...]:
    """The same of the functions at ``places``."""
    return tuple(one for place in sorted(places) for one in _changed(both, place))


def _changed(both: Comparison, place: Place) -> Iterator[Changed]:
    now, then = both.after(place), both.before(place)
    if not now:
        if then and not both.is_renamed(place) and not _still_named(both, place):
            removed = tuple(sorted(_values(both.then, then)[1]))
            calls = tuple(still_called(both, then))
            yield Changed(place.name, name_of(then[0]), removed=removed, gone=True, still_called=calls)
        return
    closed, values = _values(both.now, now)
    was_closed, had = _values(both.then, then)
    remapped = tuple(sorted(_remapped(both.now, now) - _remapped(both.then, then))) if place in both.touched else ()
    new = [value for value in values if value in both.newly(place)] if place in both.differing else []
    added = tuple(_outcomes(both.now, now, new))
    removed = () if both.is_wide(place) else tuple(_gone(had, values))
    if added or removed or remapped or (then and closed != was_closed and not both.is_wide(place)):
        yield Changed(
            place.name,
            name_of(now[0]),
            added,
            removed,
            remapped,
            was_closed if then else True,
            closed,
            place in both.touched,
            new=not then,
        )


def _gone(had: Sequence[str], values: Sequence[str]) -> Iterator[str]:
    """What was there before and is not now. That a set is not open any more is told by itself."""
    return (value for value in had if value != "unknown" and not holds(values, value))


def _still_named(both: Comparison, place: Place) -> bool:
    """Whether the text still defines it: a macro now, or a function that the grammar cannot read any more."""
    return place.file in both.now.catalog.index.files_defining(place.name)


def name_of(function: Function) -> Span:
    """Where the name of ``function`` stands."""
    return Span(function.file, function.name_start, function.name_start + len(function.name))


def _values(program: LinkedProgram, functions: Sequence[Function]) -> tuple[bool, list[str]]:
    """Whether all return sets are closed, and what is in any."""
    found: dict[str, None] = {}
    closed = True
    for function in functions:
        shut, values = program.values(function)
        closed = closed and shut
        found.update(dict.fromkeys(values))
    return closed, list(found)


def _outcomes(program: LinkedProgram, functions: Sequence[Function], values: Sequence[str]) -> Iterator[Outcome]:
    for value in values:
        found = (program.outcome(function, value) for function in functions)
        yield from [one for one in found if one is not None][:1]


def _remapped(program: LinkedProgram, functions: Sequence[Function]) -> set[tuple[str, str]]:
    return {(one.source, one.target) for function in functions for one in program.remaps_in(function)}
