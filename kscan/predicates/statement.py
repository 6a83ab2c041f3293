"""The text of an early return: where its if statement stands, and which words nothing else uses."""

from __future__ import annotations

import re

import msgspec

from kscan.dialect.scan import close_of
from kscan.model.regex import regex
from kscan.model.span import Span

_OPENING = regex(rb"\bif\s*(\()[\s(!]*\Z")
_BEFORE = regex(rb"(?:\A|[;{}:])\s*\Z")
_AFTER_CONDITION = regex(rb"\)\s*(\{?)\s*\Z")
_CLOSING = regex(rb"\s*\}")
_ELSE = regex(rb"\s*else\b")
_REACH = 200


class Statement(msgspec.Struct, frozen=True):
    """Bytes ``start`` to ``end`` of an if statement; ``condition`` are those between its parentheses."""

    start: int
    end: int
    condition: tuple[int, int]

    def span(self, file: str) -> Span:
        """The statement in ``file``."""
        return Span(file, self.start, self.end)


def guard_statement(text: bytes, test: int, leaving: int, left: int) -> Statement | None:
    """The statement ``if (..) return ..;`` in clean ``text`` whose first test stands at ``test`` and whose return
    from ``leaving`` to ``left``; None where there is more to it (an else, a label, other statements)."""
    low = max(0, test - _REACH)
    opening = _OPENING.search(text[low:test])
    if opening is None:
        return None
    start, paren = low + opening.start(), low + opening.start(1)
    close = close_of(text, paren)
    block = _AFTER_CONDITION.match(text[close - 1 : leaving]) if 0 < close <= leaving else None
    if block is None or not _BEFORE.search(text[max(0, start - _REACH) : start]):
        return None
    end = left
    if block[1]:
        closing = _CLOSING.match(text, left)
        if closing is None:
            return None
        end = closing.end()
    return None if _ELSE.match(text, end) else Statement(start, end, (paren + 1, close - 1))


def unused_elsewhere(name: str, body: bytes, inside: tuple[int, int]) -> bool:
    """Whether the word ``name`` stands in clean ``body`` between the two bytes ``inside``, and nowhere else."""
    found = [match.start() for match in re.finditer(rb"\b%s\b" % re.escape(name.encode()), body)] if name else []
    return bool(found) and all(inside[0] <= at < inside[1] for at in found)
