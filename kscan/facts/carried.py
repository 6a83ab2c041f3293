"""What is known of a file, carried over to one that has other text in some bodies: the rest of it has only moved."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple

import msgspec

from kscan.dialect.scan import clean
from kscan.facts.words import FIELD_STORES
from kscan.model.facts import CallSite, Constant, Doc, FileFacts, FileTables, Function, Macro, Slot, Through
from kscan.model.gap import Gap
from kscan.model.regex import regex
from kscan.model.span import shifted

MAX_EDITED: Final = 16
"""Functions with other text; of a file in which more have it, little is left to carry over."""
_SLACK: Final = 4096
"""Bytes that a body may have grown by where others shrank."""
_BRACE: Final = regex(rb"[{}]")
DECLARES: Final = rb"\b(?:enum|struct|union)\b[^;(){}=]*\{"
"""What a body may tell the rest of its file: constants and types."""
_DECLARING: Final = regex(DECLARES)
_STORES: Final = regex(rb"\b(?:" + "|".join(sorted(FIELD_STORES)).encode() + rb")\b")
_TOLD: Final = regex(
    rb"(?<![=!<>])=(?!=)|&\s*\w+\s*(?:->|\.|\[)|(?:->|\.)\s*\w+\s*\(|[])]\s*\(|\)\s*\{[^;{}]*\}"
    rb"|\b(?!(?:return|goto|else|case|do)\b)[A-Za-z_]\w*[\s*]+[A-Za-z_]\w*\s*[];,[(=)]"
)
"""What may put something into a place, call through one, or declare a variable."""
_CALLED: Final = regex(rb"\b([A-Za-z_]\w*)\s*\(")
_KEYWORDS: Final = frozenset({b"if", b"while", b"for", b"switch", b"return", b"sizeof"})
_ENDS: Final = b";{}:"
"""Of these, one stands before each statement, and all but the last end one."""


class Edit(NamedTuple):
    """A ``function`` as it was, and where it ends now. ``quiet``: what of its old text was replaced by statements that
    concern no table; None where they may."""

    function: Function
    end: int
    quiet: tuple[int, int] | None = None


class Moves:
    """Where what stood outside of the bodies with ``edits``, which are in order, stands now."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self.edits = tuple(edits)
        self._ends = [one.function.end for one in edits]
        self._by = [0, *(one.end - one.function.end for one in edits)]

    def by(self, offset: int) -> int:
        """How far what stood at ``offset`` has moved."""
        return self._by[bisect_right(self._ends, offset)]

    def at(self, offset: int) -> int:
        """Where what stood at ``offset`` stands now; what is nowhere (below 0) stays so."""
        return shifted(offset, self.by(offset))

    def edit_at(self, offset: int) -> Edit | None:
        """The edit of the function around what was at ``offset``."""
        number = bisect_right(self._ends, offset)
        edit = self.edits[number] if number < len(self.edits) else None
        return edit if edit is not None and edit.function.start <= offset else None

    def moved(self, one: Function) -> Function:
        """A function of the file, where it stands now; of one that is edited, without its calls."""
        edited = any(edit.function is one for edit in self.edits)
        by = self.by(one.start)
        if not by and not edited:
            return one
        return msgspec.structs.replace(
            one,
            start=one.start + by,
            end=self.at(one.end),
            name_start=one.name_start + by,
            body_start=one.body_start + by,
            doc=None if one.doc is None else _doc(one.doc, by),
            calls=()
            if edited
            else tuple([CallSite(call.callee, call.start + by, call.end + by) for call in one.calls]),
        )


def moves_of(old: bytes, new: bytes, facts: FileFacts) -> Moves | None:
    """How ``new`` came from ``old``, a file with these ``facts``; None where more differs than some bodies, and where a
    body says something that the rest of the file depends on."""
    edits: list[Edit] = []
    at = now = 0
    while True:
        same = _alike(old, at, new, now)
        at, now = at + same, now + same
        if at == len(old) and now == len(new):
            return Moves(edits)
        function = _around(facts, at)
        end = None if function is None else _end(old, new, function, now - at)
        if function is None or end is None or len(edits) == MAX_EDITED:
            return None
        edits.append(Edit(function, end, _quiet(old, new, function, now - at, end)))
        at, now = function.end, end


def _alike(old: bytes, at: int, new: bytes, now: int) -> int:
    """How many bytes are the same from there on."""
    low, high = 0, min(len(old) - at, len(new) - now)
    while low < high:
        middle = (low + high + 1) // 2
        if old[at + low : at + middle] == new[now + low : now + middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _around(facts: FileFacts, at: int) -> Function | None:
    """The one function in whose body ``at`` is, if it was read without a gap."""
    found = [one for one in facts.functions if one.start <= at < one.end]
    if len(found) != 1 or found[0].via or found[0].errors or at <= found[0].body_start:
        return None
    function = found[0]
    missed = any(function.start <= gap.start < function.end or gap.function == function.name for gap in facts.gaps)
    return None if missed or any(function.start < one.start < function.end for one in facts.functions) else function


def _end(old: bytes, new: bytes, function: Function, by: int) -> int | None:
    """Where ``function``, which has moved ``by`` so much, ends in ``new``; None where it has no end, or where its text
    then or now tells the rest of the file something."""
    start = function.start + by
    reach = function.end - function.start + max(0, len(new) - len(old) - by) + _SLACK
    brace = function.body_start - function.start
    was = _closed(old[function.start : function.end], brace)
    end = _closed(new[start : start + reach], brace)
    if end < 0 or was != function.end - function.start:
        return None
    return start + end


def _quiet(old: bytes, new: bytes, function: Function, by: int, end: int) -> tuple[int, int] | None:
    """The part of ``function`` that other statements stand for in ``new``, where it has moved ``by`` so much and ends
    at ``end``; None where either may put something into a table, call through one, or say what a variable is."""
    was, now = old[function.start : function.end], new[function.start + by : end]
    start = was.rfind(b"\n", 0, _alike(was, 0, now, 0)) + 1
    back = _alike(was[start:][::-1], 0, now[start:][::-1], 0)
    stop = was.find(b"\n", len(was) - back) + 1 or len(was)  # whole lines
    skeletons = clean(was).text, clean(now).text
    texts = [text[start : stop - len(was) + len(text)] for text in skeletons]
    if skeletons[0][:start].rstrip()[-1:] not in _ENDS or any(text.strip()[-1:] not in _ENDS[:3] for text in texts):
        return None
    params = {param.name.encode() for param in function.params}
    for whole, text in zip(skeletons, texts, strict=True):
        if _TOLD.search(text) or _STORES.search(text):
            return None
        for name in set(_CALLED.findall(text)) - _KEYWORDS:
            if name in params or re.search(rb"\b%b\b(?!\s*\()" % name, whole):
                return None
    return function.start + start, function.start + stop


def _closed(text: bytes, brace: int) -> int:
    """Behind which byte the brace at ``brace`` is closed; -1 where it is not, or where more than code stands there."""
    skeleton = clean(text)
    depth = 0
    for match in _BRACE.finditer(skeleton.text, brace):
        depth += 1 if match[0] == b"{" else -1
        if not depth:
            end = match.end()
            told = any(line.start < end for line in skeleton.directives) or _DECLARING.search(skeleton.text, 0, end)
            return -1 if told else end
    return -1


def carried_facts(facts: FileFacts, moves: Moves, calls: Sequence[tuple[CallSite, ...]]) -> FileFacts:
    """``facts`` as they are now; ``calls`` are those of each function that is edited."""
    fresh = dict(zip((one.function.start for one in moves.edits), calls, strict=True))
    functions = [
        msgspec.structs.replace(moves.moved(one), calls=fresh[one.start])
        if one.start in fresh and not one.via
        else moves.moved(one)
        for one in facts.functions
    ]
    at = moves.at
    return FileFacts(
        facts.path,
        tuple(functions),
        tuple([Constant(one.name, one.value, at(one.start), one.kind, one.after) for one in facts.constants]),
        tuple([Macro(one.name, one.params, one.body, at(one.start)) for one in facts.macros]),
        facts.includes,
        tuple([Gap(one.file, at(one.start), one.stage, one.function, one.reason) for one in facts.gaps]),
        facts.asked,
    )


def told_anew(tables: FileTables, moves: Moves) -> tuple[Edit, ...]:
    """The functions of which the file has to be asked what they put into ``tables`` and call through them."""
    starts = [*(slot.start for slot in tables.slots), *(call.start for call in tables.calls)]
    return tuple(
        edit
        for edit in moves.edits
        if edit.quiet is None or any(edit.quiet[0] <= start < edit.quiet[1] for start in starts)
    )


def carried_tables(tables: FileTables, moves: Moves, anew: Sequence[Edit], fresh: FileTables) -> FileTables:
    """``tables`` as they are now; ``fresh`` are those of the functions that are told ``anew``."""

    def at(start: int) -> int | None:
        """Where what was at ``start`` is; None where that is told anew."""
        edit = moves.edit_at(start)
        if edit is None:
            return moves.at(start)
        if edit in anew:
            return None
        assert edit.quiet is not None
        return start + moves.by(edit.function.end if start >= edit.quiet[1] else start)

    slots = [_slot(one, now) for one in tables.slots if (now := at(one.start)) is not None]
    calls = [Through(now, one.places, one.complete) for one in tables.calls if (now := at(one.start)) is not None]
    return FileTables(
        tables.structs,
        tuple(sorted([*slots, *fresh.slots], key=lambda slot: slot.start)),
        tuple(sorted([*calls, *fresh.calls], key=lambda call: call.start)),
    )


def _slot(one: Slot, start: int) -> Slot:
    return one if start == one.start else msgspec.structs.replace(one, start=start)


def _doc(doc: Doc, by: int) -> Doc:
    at = partial(shifted, by=by)
    return msgspec.structs.replace(
        doc,
        start=at(doc.start),
        end=at(doc.end),
        returns_start=at(doc.returns_start),
        returns_end=at(doc.returns_end),
        prose_start=at(doc.prose_start),
        prose_end=at(doc.prose_end),
        returns_lines=tuple([at(line) for line in doc.returns_lines]),
    )
