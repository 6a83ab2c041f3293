"""What a change means behind the tables of operations that hold a changed function, in whatever folder: who calls
through them, and theirs in turn, up to user space.

Only slots with a function that newly returns an errno are known to the programs made for this: over all slots, calls
through tables lead from nearly anywhere to nearly anywhere.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from kscan.dialect.scan import close_of
from kscan.facts.tables import call_key, trimmed
from kscan.facts.tables import key_of as slot_key
from kscan.flow.summary import Summary
from kscan.flow.values import EMPTY, IntSet, intersect, join
from kscan.index.fillings import struct_key
from kscan.link.catalog import Catalog
from kscan.link.fillings import Filled
from kscan.link.program import LinkedProgram
from kscan.link.solver import Budget
from kscan.link.structs import scalar, step_of
from kscan.link.tables import tables_in
from kscan.model.facts import CallSite, Function, Slot, Struct
from kscan.model.gap import Gap
from kscan.model.regex import regex
from kscan.review.entries import is_end
from kscan.review.handling import NO_CALLS, Indirect, Through
from kscan.review.holding import holding
from kscan.review.outcomes import is_errno, new_errnos
from kscan.rules.against import Comparison
from kscan.rules.since import Place

MAX_TABLES: Final = 100
"""Files with a table that holds one function."""
MAX_FILES: Final = 60
"""Files that call through one field."""
MAX_FUNCTIONS: Final = 40
"""Functions behind tables that return something else."""
MAX_ASKED: Final = 60
"""Functions that are asked whether they return something else, before it is left at that."""
_MEMBER: Final = regex(rb"\w+(?:->|\.)(?:\w+(?:->|\.))*(\w+)")
_FAR: Final = 500
"""Bytes from where a call begins to its arguments."""
EACH: Final = 60
TOTAL: Final = 200
"""Functions that one function, and all of them, may reach behind tables."""


class Beyond(NamedTuple):
    """What is behind the tables: the trees linked with the slots that count, the types of the tables (``through``), the
    ``functions`` that newly return an errno, those ``handling`` it in another way (in the folders of the change) or
    calling through the tables, and the calls through the tables by the function that they stand in."""

    both: Comparison
    through: frozenset[str] = frozenset()
    functions: tuple[Function, ...] = ()
    handling: tuple[Function, ...] = ()
    calls: Through = NO_CALLS


def beyond(both: Comparison, places: Iterable[Place]) -> Beyond:
    """What is behind the tables that hold functions at ``places``, which newly return an errno. Where the tree is not
    indexed they are not followed, and a gap says so."""
    found = Beyond(both)
    seeds = sorted(place for place in places if both.before(place))
    slots = _Slots(both)
    if seeds and slots.hold(seeds):
        if both.now.catalog.indexed is None or both.then.catalog.indexed is None:
            why = "without an index, who calls changed functions through tables of operations is not followed"
            slots.gaps.append(Gap("", -1, "link", "", why))
        else:
            found = _followed(both, slots, seeds)
    both.gaps += dict.fromkeys(slots.gaps)
    return found


def _place(function: Function) -> Place:
    return Place(function.file, function.name)


class _Slots:
    """The slots that count, of the tree and of the one before it; ``gaps`` are those that too many hold or call."""

    def __init__(self, both: Comparison) -> None:
        self._both = both
        self.now: dict[Filled, None] = {}
        self.then: dict[Filled, None] = {}
        self.gaps: list[Gap] = []

    def hold(self, places: Iterable[Place]) -> bool:
        """Add the slots that hold a function at one of ``places`` now, and held it before; whether there are any."""
        count = len(self.now)
        for place in places:
            before = self._holding(self._both.then.catalog, self._both.before(place))
            keys = {slot_key(slot) for _, slot in before}
            now = self._holding(self._both.now.catalog, self._both.after(place)) if keys else []
            self.now.update(dict.fromkeys(one for one in now if slot_key(one[1]) in keys))
            self.then.update(dict.fromkeys(before))
        return len(self.now) > count

    def _holding(self, catalog: Catalog, functions: Sequence[Function]) -> list[Filled]:
        return [one for function in functions for one in self._with(catalog, function)]

    def _with(self, catalog: Catalog, function: Function) -> Iterator[Filled]:
        shared = () if function.linkage == "static" else holding(catalog, function.name)
        if len(shared) > MAX_TABLES:
            why = f"{len(shared)} files have it in tables: who calls it through them is not followed"
            self.gaps.append(Gap(function.file, function.name_start, "link", function.name, why))
            return
        for path in sorted({function.file, *shared}):
            tables = tables_in(catalog, path)
            for slot in () if tables is None else tables.slots:
                if slot.value == function.name and not is_end(slot) and self._means(catalog, function, path):
                    yield path, slot

    def _means(self, catalog: Catalog, function: Function, path: str) -> bool:
        return function in catalog.definitions(function.name, path)


class _Held:
    """Some slots, as all that is known of the tables of a tree."""

    indexed = True

    def __init__(self, catalog: Catalog, slots: Iterable[Filled]) -> None:
        self._catalog = catalog
        self._slots: dict[str, list[Filled]] = defaultdict(list)
        for path, slot in sorted(slots, key=lambda one: (one[0], one[1].start)):
            self._slots[slot_key(slot)].append((path, slot))

    def slots(self, key: str, most: int) -> Sequence[Filled] | None:
        """Those under ``key``."""
        return self._slots.get(key, ())

    def structs(self, kind: str) -> Sequence[tuple[str, Struct]]:
        """All definitions of ``kind``, each with its file."""
        ready = self._catalog.indexed
        files = () if ready is None else ready.filling(struct_key(kind))
        read = ((path, tables_in(self._catalog, path)) for path in files)
        return [(path, one) for path, tables in read if tables is not None for one in tables.structs(kind)]

    def assembled(self, name: str) -> Sequence[str]:
        """None: what is in assembly makes no errno that is new."""
        return ()


def _followed(both: Comparison, slots: _Slots, seeds: Sequence[Place]) -> Beyond:
    """What is behind ``slots``, which hold the functions at ``seeds``: their callers, and theirs in turn, as long as
    they newly return an errno. Of the seeds, only what they newly return counts."""
    now, then = _Held(both.now.catalog, slots.now), _Held(both.then.catalog, slots.then)
    more = [(one, _newly(both, place, one)) for place in seeds for one in both.after(place)]
    none = [(one, Summary((), ())) for place in seeds for one in both.before(place)]
    linked = both.over(
        LinkedProgram(both.now.catalog.told(more), now, Budget(EACH, TOTAL), both.now.linker.alike),
        LinkedProgram(both.then.catalog.told(none), then, Budget(EACH, TOTAL), both.then.linker.alike),
    )
    calls = _calling(linked, now, slots)
    linked.differing.update(both.differing)
    found: list[Place] = []
    pending, seen = set(calls), set(calls)
    while pending and len(found) < MAX_FUNCTIONS and len(seen) <= MAX_ASKED:
        changed = [place for place in sorted(pending) if _returns_more(linked, place)]
        linked.differing.update(changed)
        found += changed
        pending = linked.callers(changed).keys() - seen
        seen |= pending
    wide = sum(linked.is_wide(place) for place in seen - pending)
    if wide:
        why = f"behind tables of operations, {wide} functions reach too many others to tell whether they pass it on"
        slots.gaps.append(Gap("", -1, "link", "", why))
    if pending:
        why = "through tables of operations the change reaches more functions than are asked"
        slots.gaps.append(Gap("", -1, "link", "", why))
    # Of those that pass it on is known what they do; and far from the change, a caller has other tables in mind.
    folders = {posixpath.dirname(place.file) for place in seeds}
    near = (place for place in seen.difference(found) if posixpath.dirname(place.file) in folders)
    at = (found, {*calls, *near})
    functions, handling = (tuple(one for place in sorted(some) for one in linked.after(place)) for some in at)
    return Beyond(linked, frozenset(scalar(slot.type) for _, slot in slots.now), functions, handling, calls)


def _newly(both: Comparison, place: Place, function: Function) -> Summary:
    """The summary of ``function``, one at ``place``, with the errnos that it newly returns and nothing else."""
    summary = both.now.catalog.summary(function)
    if summary is None:
        return Summary((), ())
    linker, new = both.now.linker, new_errnos(both, place)
    values: dict[int, IntSet] = {}
    for atom, ways in linker.derive(linker.node(function), summary).items():
        if both.now.spelt(atom, function) in new:
            for how in ways:
                values[how.term] = join([values.get(how.term, EMPTY), ((atom.lo, atom.hi),)])
    kept = ((summary.terms[number], some) for number, some in sorted(values.items()))
    terms = tuple(msgspec.structs.replace(term, values=intersect(term.values, some)) for term, some in kept)
    return Summary(summary.symbols, terms, steps=summary.steps)


def _returns_more(both: Comparison, place: Place) -> bool:
    return both.differs(place) and any(map(is_errno, both.newly(place)))


def _calling(both: Comparison, held: _Held, slots: _Slots) -> dict[Place, list[Indirect]]:
    """The functions that call through one of ``slots``, with these calls."""
    calls: dict[Place, list[Indirect]] = defaultdict(list)
    catalog = both.now.catalog
    fields = sorted({field for _, slot in slots.now for field in _fields(held, slot)})
    wanted = {(one.file, one.name) for path, slot in slots.now for one in catalog.definitions(slot.value, path)}
    for field in fields:
        assert catalog.indexed is not None
        files = catalog.indexed.filling(call_key(field))
        if len(files) > MAX_FILES:
            why = (
                f"{len(files)} files call through a member {field}: who calls a changed function there is not followed"
            )
            slots.gaps.append(Gap("", -1, "link", "", why))
            continue
        for path in files:
            for place, some in _in_file(both.now, path, field, wanted):
                calls[place] += some
    return dict(calls)


def _in_file(
    program: LinkedProgram, path: str, field: str, wanted: set[tuple[str, str]]
) -> Iterator[tuple[Place, list[Indirect]]]:
    """The functions of a file that call one of ``wanted`` through a member ``field``."""
    tables = tables_in(program.catalog, path)
    met: dict[int, list[Function]] = {}
    for start, through in {} if tables is None else tables.calls.items():
        if any(place.path and place.path[-1] == field for place in through.places):
            found = program.linker.tables.held_at(path, through)
            meant = [one for one in found if (one.file, one.name) in wanted]
            if meant:
                met[start] = meant
    source = program.catalog.source(path) if met else None
    if source is None:
        return
    for function in program.catalog.facts(path).functions:
        inside = [start for start in sorted(met) if function.body_start < start < function.end]
        calls = [call for start in inside for call in _calls_at(source.data, function, start, field, met[start])]
        if calls:
            yield _place(function), calls


def _calls_at(text: bytes, function: Function, start: int, field: str, meant: Sequence[Function]) -> Iterator[Indirect]:
    """What the call through ``field`` at ``start`` in ``function`` calls of those that may be ``meant``."""
    end = _end(text, start, field)
    if end > 0:
        own = _set_before(text[function.body_start : start], text[start:end], field)
        for to in meant:
            if not own or to.name in own:
                yield Indirect(CallSite(to.name, start, end), to)


def _end(text: bytes, start: int, field: str) -> int:
    """Where the call through ``field`` that begins at ``start`` ends, -1 where that is not found."""
    opening = re.compile(rb"\b%b\b[\s)]*\(" % re.escape(field.encode())).search(text, start, start + _FAR)
    return -1 if opening is None else close_of(text, opening.end() - 1)


def _set_before(text: bytes, call: bytes, field: str) -> frozenset[str]:
    """The names that ``text``, what is before a ``call`` in its function, puts into the very member that is called."""
    member = _MEMBER.match(call)
    if member is None or member[1] != field.encode():
        return frozenset()
    stores = re.finditer(rb"(?<![\w>.])%b\s*=\s*&?(\w+)\s*;" % re.escape(member[0]), text)
    return frozenset(store[1].decode() for store in stores)


def _fields(held: _Held, slot: Slot) -> Iterator[str]:
    """The member that ``slot`` is; of a value in a row those that the definitions of its struct tell."""
    path = trimmed(slot.path)
    if path and not path[-1].startswith("#"):
        yield path[-1]
    elif path:
        for _, struct in held.structs(scalar(slot.type)):
            member = step_of(struct, path[-1])
            if member is not None:
                yield member.name
