"""An operand of a condition as the author wrote it: its negations and parentheses, and how to take it out."""

from __future__ import annotations

from typing import Final, NamedTuple

from kscan.dialect.scan import close_of
from kscan.link.unwrap import unwrapped
from kscan.model.edit import Edit, Fix
from kscan.model.regex import regex
from kscan.model.span import Span

_HINTS: Final = (b"likely", b"unlikely")
_WORD_BEFORE: Final = regex(rb"([A-Za-z_]\w*)?[ \t\n]*\Z")
_IF: Final = regex(rb"\bif\s*\(\s*\Z")
_LONGEST: Final = 80


class Operand(NamedTuple):
    """Bytes ``start`` to ``end`` with their negations; ``negated``: these turn the answer round.

    ``whole``: an ``if`` asks nothing else."""

    start: int
    end: int
    negated: bool
    whole: bool


def operand_at(text: bytes, start: int, end: int) -> Operand:
    """The operand whose innermost part is ``text[start:end]``; ``text`` has no comments."""
    negated = False
    while True:
        before = len(text[:start].rstrip()) if start > 0 and text[start - 1 : start].isspace() else start
        if text[before - 1 : before] == b"!":
            negated, start = not negated, before - 1
            continue
        grown = _in_parentheses(text, before, end)
        if grown is None:
            break
        start, end = grown
    head = text[max(0, start - _LONGEST) : start]
    whole = _IF.search(head) is not None and text[end:].lstrip()[:1] == b")"
    return Operand(start, end, negated, whole)


def _in_parentheses(text: bytes, before: int, end: int) -> tuple[int, int] | None:
    """The span with the parentheses right around it, when they only group it or say how likely it is."""
    if text[before - 1 : before] != b"(":
        return None
    closing = close_of(text, before - 1)
    if closing < 0 or text[end : closing - 1].strip():
        return None
    found = _WORD_BEFORE.search(text, max(0, before - _LONGEST), before - 1)
    word = (found[1] or b"") if found else b""
    if not word:
        return before - 1, closing
    return (before - 1 - len(found[0]), closing) if found and word in _HINTS else None


def fix_of(file: str, data: bytes, text: bytes, operand: Operand, shown: str, holds: bool) -> Fix | None:
    """The edit that takes ``operand`` out of a chain whose answer stays the same; None where there is no such chain."""
    if operand.whole and holds:
        edits = unwrapped(file, data, text, operand.start, operand.end)
        return Fix(f"drop the test of {shown}, which is always true here", "review", edits) if edits else None
    wanted = b"&&" if holds else b"||"
    before = len(text[: operand.start].rstrip())
    after = operand.end + len(text[operand.end :]) - len(text[operand.end :].lstrip())
    left, right = text[max(0, before - 2) : before], text[after : after + 2]
    if not holds and b"&&" in (left, right):
        return None
    if right == wanted:
        following = after + 2 + len(text[after + 2 :]) - len(text[after + 2 :].lstrip())
        span = Span(file, operand.start, following)
    elif left == wanted:
        span = Span(file, len(text[: before - 2].rstrip()), operand.end)
    else:
        return None
    if b"/*" in data[span.start : span.end] or b"//" in data[span.start : span.end]:
        return None
    way = "is always true" if holds else "is always false"
    return Fix(f"remove {shown}, which {way} here", "review", (Edit(span, ""),))
