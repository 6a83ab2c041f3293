"""Files of an overlay that differ in some bodies only: what is known of them below is carried over, and what these
bodies say is read alone. To parse a large file anew takes longer than most of a review."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Final

import msgspec

from kscan.facts.carried import DECLARES, Edit, Moves, carried_facts, carried_tables, moves_of, told_anew
from kscan.facts.extract import tree_of
from kscan.facts.functions import calls_in
from kscan.facts.glance import TablesGlance
from kscan.facts.tables import key_of, tables_of
from kscan.flow.moved import moved_summary
from kscan.flow.summary import Summary
from kscan.link.piece import Opened
from kscan.link.recent import Recent
from kscan.model.code import Code
from kscan.model.facts import CallSite, FileFacts, FileTables, Function, Slot, Struct
from kscan.model.regex import regex
from kscan.model.source import Source
from kscan.parse.queries import captures
from kscan.source.tree import MAX_BYTES

if TYPE_CHECKING:
    from kscan.link.catalog import Catalog

_TOLD: Final = regex(rb"\(\s*\*\s*(?:const\s+)?\w+\s*(?:\[[^]]*\]\s*)?\)\s*\(|" + DECLARES)
"""What in a body the rest of the file may be read by: pointers to functions, and types."""
_MAX_CODES: Final = 512
"""Functions whose code is kept."""
_MAX_SUMMARIES: Final = 10_000
"""Functions whose summaries are kept."""
_PLAIN: Final = 64
"""Bytes of a body from which on it pays to leave it out."""


class CarriedTables(TablesGlance):
    """The ``tables`` of a file that defines the structs of ``below``."""

    def __init__(self, below: TablesGlance | None, tables: FileTables) -> None:
        self._below = below
        self.own = frozenset() if below is None else below.own
        self.slots = tables.slots
        self.calls = {call.start: call for call in tables.calls}

    def structs(self, kind: str) -> list[Struct]:
        """The definitions of the struct, union or typedef ``kind``."""
        return [] if self._below is None else self._below.structs(kind)

    def slots_of(self, key: str) -> list[Slot]:
        """The slots whose ``key_of`` is ``key``."""
        return [slot for slot in self.slots if key_of(slot) == key]


class Made:
    """What was made of the functions of all files that are carried, by the number of the file, start and name."""

    def __init__(self) -> None:
        self.codes: Recent[tuple[int, int, str], tuple[Code, ...]] = Recent(_MAX_CODES)
        self.summaries: Recent[tuple[int, int, str], Summary | None] = Recent(_MAX_SUMMARIES)


class Carried:
    """A file with the bytes ``now`` that was as ``below`` has it; ``moves`` tell where its text went, and ``facts`` are
    those that it has now. No other content of a file has its ``number``, which is above 0. What was ``made`` of
    functions is shared with others."""

    def __init__(self, below: Catalog, now: Source, moves: Moves, facts: FileFacts, number: int, made: Made) -> None:
        self.facts = facts
        self.number = number
        self.codes = made.codes
        self._below = below
        self._now = now
        self._moves = moves
        self._summaries = made.summaries
        self._tables: TablesGlance | None = None

    @cached_property
    def _before(self) -> dict[tuple[int, str], Function]:
        """What each function was that is not edited."""
        below = self._below.facts(self._now.path).functions
        edited = {edit.function.start for edit in self._moves.edits}
        pairs = zip(self.facts.functions, below, strict=True)
        return {(now.start, now.name): was for now, was in pairs if was.start not in edited and not was.via}

    def summary(self, function: Function) -> Summary | None:
        """The summary of ``function``; None where it is not the one that it was. Numbers mean what they did below."""
        key = (self.number, function.start, function.name)
        if key not in self._summaries:
            was = self._before.get(key[1:])
            known = None if was is None else self._below.summary(was)
            by = 0 if was is None else function.start - was.start
            self._summaries[key] = (
                None if was is None or known is None else moved_summary(known, was.start, was.end, by)
            )
        return self._summaries[key]

    def tables(self, below: TablesGlance | None) -> TablesGlance:
        """What became of the tables ``below`` that the file had."""
        if self._tables is None:
            was = FileTables() if below is None else FileTables((), below.slots, tuple(below.calls.values()))
            anew = told_anew(was, self._moves)
            self._tables = CarriedTables(below, carried_tables(was, self._moves, anew, self._told(anew)))
        return self._tables

    def _told(self, edits: Sequence[Edit]) -> FileTables:
        """What the functions with ``edits`` put into tables and call through them, read from the file without the
        bodies that are as they were: these say nothing of others."""
        if not edits:
            return FileTables()
        data, starts, cut = self._without_bodies()
        edited = {self._moves.at(edit.function.start) for edit in edits}
        functions, spans = [], []
        for one in self.facts.functions:
            if one.start in edited and not one.via:
                by = -cut[bisect_right(starts, one.start)]
                functions.append(_there(one, by))
                spans.append((one.start + by, one.end + by, by))
            else:
                functions.append(msgspec.structs.replace(one, start=-1, body_start=-1, calls=()))
        source, below = Source(self._now.path, data), self._below
        parsed = tree_of(source, extra=below.annotations, kconfig=below.kconfig)
        return _back(tables_of(source, parsed, functions, self.facts.macros), spans)

    def _without_bodies(self) -> tuple[bytes, list[int], list[int]]:
        """The text without what is inside of most bodies; where these began, and how much is left out before each."""
        data, moves = self._now.data, self._moves
        edited = {moves.at(edit.function.start) for edit in moves.edits}
        parts, starts, cut, at = [], [], [0], 0
        for one in self.facts.functions:
            inside = data[one.body_start + 1 : one.end - 1]
            if one.start in edited or one.via or one.errors or one.body_start < at or len(inside) < _PLAIN:
                continue
            if b"#" in inside or _TOLD.search(inside):
                continue
            parts.append(data[at : one.body_start + 1])
            at = one.end - 1
            starts.append(one.body_start + 1)
            cut.append(cut[-1] + len(inside))
        return b"".join([*parts, data[at:]]), starts, cut


def _there(function: Function, by: int) -> Function:
    """``function`` with its body and its calls ``by`` so much further."""
    calls = [CallSite(call.callee, call.start + by, call.end + by) for call in function.calls]
    return msgspec.structs.replace(function, body_start=function.body_start + by, calls=tuple(calls))


def _back(tables: FileTables, spans: Sequence[tuple[int, int, int]]) -> FileTables:
    """Of ``tables`` what stands in one of the ``spans`` (start, end, and how much further these are than they were),
    where it was."""

    def at(start: int) -> int | None:
        return next((start - by for low, high, by in spans if low <= start < high), None)

    slots = [msgspec.structs.replace(one, start=was) for one in tables.slots if (was := at(one.start)) is not None]
    calls = [msgspec.structs.replace(one, start=was) for one in tables.calls if (was := at(one.start)) is not None]
    return FileTables((), tuple(slots), tuple(calls))


class Carrier:
    """Carries over from the catalog ``below`` to overlays of it that have the same dialect; each content of a file
    once, unless there are very many."""

    def __init__(self, below: Catalog) -> None:
        self._below = below
        self._known: Recent[tuple[str, bytes], Carried | None] = Recent()
        self._numbers = count(1)
        self._made = Made()

    def carried(self, source: Source) -> Carried | None:
        """What is known of the file ``source``; None where it has to be read as a whole."""
        key = (source.path, source.data)  # the versions of a tree have the same object for what is the same
        if key not in self._known:
            self._known[key] = self._look(source)
        return self._known[key]

    def _look(self, now: Source) -> Carried | None:
        below = self._below
        was = below.source(now.path) if below.has(now.path) else None
        if was is None or len(now.data) > MAX_BYTES or b"\0" in now.data:
            return None
        before = below.facts(now.path)
        moves = moves_of(was.data, now.data, before)
        calls = None if moves is None else self._calls(now, before, moves)
        if moves is None or calls is None:
            return None
        return Carried(below, now, moves, carried_facts(before, moves, calls), next(self._numbers), self._made)

    def _calls(self, now: Source, before: FileFacts, moves: Moves) -> Sequence[tuple[CallSite, ...]] | None:
        """The calls in the functions that are edited; None where one of them does not parse alone."""
        draft = carried_facts(before, moves, [()] * len(moves.edits))
        opened = Opened(now, draft, self._below.annotations, self._below.kconfig, lambda: None)
        found = []
        for edit in moves.edits:
            start = moves.at(edit.function.start)
            function = next(one for one in draft.functions if one.start == start and not one.via)
            alone = opened.alone(function)
            if alone is None:
                return None
            parsed, body = alone
            calls = calls_in(now.data, parsed.masked, captures(body, "facts/calls"))
            found.append(tuple(sorted(calls, key=lambda call: call.start)))
        return found
