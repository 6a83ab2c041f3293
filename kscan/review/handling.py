"""What callers do with each value, before and after; and which of them fold an outcome that is new."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from kscan.link.atoms import Atom
from kscan.link.program import LinkedProgram, Looks
from kscan.model.facts import CallSite, Function
from kscan.model.finding import Finding, Step
from kscan.model.flow import Caller, Disposition
from kscan.model.review import DispositionChange
from kscan.model.span import Span
from kscan.review.outcomes import is_errno
from kscan.rules import folded_errno
from kscan.rules.against import Comparison
from kscan.rules.since import Place

_SIBLINGS: Final = 2
"""Errnos told apart from which on a caller is one that tells errnos apart."""
_FAR: Final = 400
"""Bytes behind a call in which its result is looked at."""
_BY_DESIGN: Final = frozenset({"-EPROBE_DEFER", "-ENOMEM"})
"""Errnos that callers tell apart whatever else may come."""


class Indirect(NamedTuple):
    """A call through a table: where it stands, and the function in the table that is called there."""

    site: CallSite
    callee: Function


Through = Mapping[Place, Sequence[Indirect]]
"""Calls through tables, by the functions that they stand in."""
NO_CALLS: Final[Through] = {}


class _Call(NamedTuple):
    site: CallSite
    callee: Function
    function: Function


class Handled(NamedTuple):
    """What becomes of some values at one call: ``now`` and ``then`` tell of them, ``then`` of none where the caller is
    what it was. ``callee`` is the function that is called now; ``new`` values could not arrive before."""

    function: Function
    site: CallSite
    callee: Function
    now: Caller
    then: Caller | None
    new: frozenset[str]


def handled(both: Comparison, callers: Sequence[Function], through: Through = NO_CALLS) -> Iterator[Handled]:
    """The calls in ``callers`` of functions that return something else now, and those in functions that are touched;
    ``through`` are calls through tables. A call that is new is none of them."""
    differing = frozenset(place.name for place in both.differing)
    for function in callers:
        place = Place(function.file, function.name)
        now = _calls(both, function, place, differing)
        indirect = () if place in both.touched else through.get(place, ())
        if not (now or indirect):
            continue
        then = [one for old in both.before(place) for one in _calls_before(both, old, now)]
        now += [_Call(one.site, one.callee, function) for one in indirect]
        then += _through_before(both, place, indirect)
        for call, old in _paired(both, now, then):
            near = place in both.touched and (_near(both.added, call) or _near(both.removed, old))
            yield from _compared(both, call, old, touched=near)


def _near(changed: Callable[[Span], bool], call: _Call) -> bool:
    """Whether something has changed from the call on to where its result is looked at, as a rule."""
    end = min(call.site.end + _FAR, call.function.end)
    return changed(Span(call.function.file, call.site.start, end))


def _compared(both: Comparison, call: _Call, old: _Call, *, touched: bool) -> Iterator[Handled]:
    """Where the caller is what it was near the call, only what could not arrive before is followed."""
    if not touched and Place(call.callee.file, call.callee.name) not in both.differing:
        return
    looks = both.now.looks(call.function, call.site)
    had = {both.then.spelt(atom, old.callee) for atom in _arriving(both.then, old, looks, touched=touched)}
    atoms = {atom: both.now.spelt(atom, call.callee) for atom in both.now.arriving(call.callee, looks)}
    new = frozenset(atoms.values()) - had
    place = Place(call.callee.file, call.callee.name)
    if new and both.is_wide(place):
        new &= both.newly(place)
    wanted = [atom for atom, value in atoms.items() if touched or value in new]
    if wanted:
        now = both.now.handling(call.function, call.site, call.callee, looks, wanted)
        then = both.then.caller(old.function, old.site, old.callee) if touched else None
        yield Handled(call.function, call.site, call.callee, now, then, new)


def _arriving(program: LinkedProgram, old: _Call, looks: Looks, *, touched: bool) -> set[Atom]:
    """What arrived at a call before, which is reached as it was where its caller is."""
    return program.arriving(old.callee, program.looks(old.function, old.site) if touched else looks)


def _through_before(both: Comparison, place: Place, calls: Sequence[Indirect]) -> Iterator[_Call]:
    """The calls through tables in a function that is what it was."""
    for function in both.before(place):
        for one in calls:
            for callee in both.before(Place(one.callee.file, one.callee.name)):
                yield _Call(one.site, callee, function)


def _calls(both: Comparison, function: Function, place: Place, differing: frozenset[str]) -> list[_Call]:
    """The calls in ``function`` that are worth a look; ``differing`` are the names of what returns something else."""
    relevant = _relevant(both.now, function) if place in both.touched else frozenset()
    found = []
    for site in [one for one in function.calls if one.callee in differing or one.callee in relevant]:
        for callee in both.now.catalog.definitions(site.callee, function.file):
            if callee.return_type != "void" and (
                Place(callee.file, callee.name) in both.differing or site.callee in relevant
            ):
                found.append(_Call(site, callee, function))
    return found


def _relevant(program: LinkedProgram, function: Function) -> frozenset[str]:
    """The callees on whose results what ``function`` returns depends."""
    summary = program.catalog.summary(function)
    return frozenset() if summary is None else frozenset(s.text for s in summary.symbols if s.kind == "call")


def _calls_before(both: Comparison, old: Function, now: Sequence[_Call]) -> Iterator[_Call]:
    """The calls in ``old`` of what the calls ``now`` call."""
    wanted = {both.names.place(Place(one.callee.file, one.callee.name)) for one in now}
    names = {place.name for place in wanted}
    for site in old.calls:
        if site.callee in names:
            for callee in both.then.catalog.definitions(site.callee, old.file):
                if Place(callee.file, callee.name) in wanted:
                    yield _Call(site, callee, old)


def _paired(both: Comparison, now: Sequence[_Call], then: Sequence[_Call]) -> Iterator[tuple[_Call, _Call]]:
    """The calls that were there before: the n-th of a callee with the n-th, where there are as many; else by their
    text."""
    before: dict[Place, list[_Call]] = defaultdict(list)
    for one in then:
        before[Place(one.callee.file, one.callee.name)].append(one)
    was = [both.names.place(Place(one.callee.file, one.callee.name)) for one in now]
    in_order = {place for place, count in Counter(was).items() if len(before[place]) == count}
    for one, place in zip(now, was, strict=True):
        old = _twin(both, one, before[place], place in in_order)
        if old is not None:
            yield one, old


def _twin(both: Comparison, call: _Call, olds: list[_Call], in_order: bool) -> _Call | None:
    """The call that ``call`` was, taken out of ``olds``."""
    if in_order:
        return olds.pop(0)
    text = _text(both.now, call)
    for number, old in enumerate(olds):
        if _text(both.then, old) == text:
            return olds.pop(number)
    return None


def _text(program: LinkedProgram, call: _Call) -> bytes:
    source = program.catalog.source(call.function.file)
    return b"" if source is None else source.data[call.site.start : call.site.end]


def disposition_changes(calls: Sequence[Handled]) -> tuple[DispositionChange, ...]:
    """The values that meet another fate in their caller, and those that did not arrive before."""
    return tuple(change for one in calls for change in _changed(one))


def _changed(call: Handled) -> Iterator[DispositionChange]:
    for value, now in call.now.dispositions.items():
        was = None if call.then is None or value in call.new else call.then.dispositions.get(value)
        if was is None and value == "unknown":
            continue  # nobody can be asked what becomes of what is not known
        if was is None or was.kind != now.kind:
            before = None if was is None else was.kind
            yield DispositionChange(
                call.function.name, call.callee.name, call.now.span, value, before, now.kind, now.span, now.becomes
            )


def newly_folded(calls: Sequence[Handled], both: Comparison) -> list[Finding]:
    """A finding for each errno that arrives newly and is folded or dropped where others are told apart."""
    return [finding for one in calls for finding in _folded(one, both)]


def _folded(call: Handled, both: Comparison) -> Iterator[Finding]:
    lost = {value: fate for value, fate in call.now.dispositions.items() if value in call.new and _is_lost(value, fate)}
    everything = both.now.caller(call.function, call.site, call.callee) if lost else None
    fates = {} if everything is None else everything.dispositions
    told_apart = [value for value, fate in fates.items() if _is_told_apart(value, fate)]
    if len(told_apart) >= _SIBLINGS:
        yield from (_finding(call, value, fate, told_apart, both) for value, fate in lost.items())


def _is_lost(value: str, fate: Disposition) -> bool:
    return is_errno(value) and fate.kind in {"folded", "dropped"}


def _is_told_apart(value: str, fate: Disposition) -> bool:
    return is_errno(value) and value not in _BY_DESIGN and fate.kind == "distinguished"


def _finding(call: Handled, value: str, fate: Disposition, told_apart: Sequence[str], both: Comparison) -> Finding:
    caller, callee = call.function.name, call.callee.name
    others = " and ".join((", ".join(told_apart[:-1]), told_apart[-1]))
    message = f"{caller}() {_DOES[fate.kind]} {value}, which {callee}() can newly return; it tells {others} apart"
    arrives = Step(call.now.span, caller, f"{value} of {callee}() arrives here", "context")
    outcome = both.now.outcome(call.callee, value)
    steps = (arrives, *(() if outcome is None else outcome.path))
    found = folded_errno.RULE.finding(_at(fate, call.now.span), caller, message, f"{callee} {value}", steps)
    return msgspec.structs.replace(found, severity="note")


def _at(fate: Disposition, call: Span) -> Span:
    return fate.span if fate.kind == "folded" else call


_DOES: Final = {"folded": "folds", "dropped": "drops"}
