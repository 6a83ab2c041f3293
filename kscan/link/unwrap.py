"""An ``if`` whose condition always holds, taken away from around its statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kscan.model.edit import Edit
from kscan.model.regex import regex
from kscan.model.span import Span

_IF: Final = regex(rb"\bif\s*\(\s*\Z")
_NESTS: Final = regex(rb"(?:if|for|while|do|switch|else|case|default)\b|\w+\s*:|[{;]")
_DECLARES: Final = regex(
    rb"^[ \t]*(?:(?:const|static|unsigned|struct|union|enum)\b|\w+[ \t]+\**[ \t]*\w+[ \t]*[;=,\[])", re.M
)
_LEAVES: Final = regex(rb"[ \t]*(?:return|goto|else)\b")
_ELSE: Final = regex(rb"\s*else\b")
_BRACES: Final = regex(rb"[{}]")
_REACH: Final = 80


def unwrapped(file: str, data: bytes, text: bytes, start: int, end: int) -> tuple[Edit, ...]:
    """The edits that leave of the ``if`` around ``text[start:end]``, all of its condition, what it does; none where the
    layout, an ``else`` or a declaration is in the way."""
    found = _IF.search(text, max(0, start - _REACH), start)
    if found is None:
        return ()
    line = data.rfind(b"\n", 0, found.start()) + 1
    closed = text.index(b")", end) + 1
    body = closed + len(text[closed:]) - len(text[closed:].lstrip())
    if data[line : found.start()].strip() or data[closed:body].strip():
        return ()
    if text[body : body + 1] == b"{":
        return _block(file, data, text, line, body)
    return _statement(file, data, text, found.start(), body)


def _block(file: str, data: bytes, text: bytes, line: int, opening: int) -> tuple[Edit, ...]:
    closing = _closing(text, opening)
    if closing < 0:
        return ()
    first, last = data.find(b"\n", opening) + 1, data.rfind(b"\n", 0, closing) + 1
    after = data.find(b"\n", closing) + 1
    inside = text[first:last]
    plain = not (data[opening + 1 : first] + data[last:closing] + data[closing + 1 : after]).strip()
    if not plain or first >= last or _ELSE.match(text, closing + 1) or _DECLARES.search(_statements_of(inside)):
        return ()
    dedents = (Edit(Span(file, at, at + 1), "") for at in _tabs(data, first, last))
    return (Edit(Span(file, line, first), ""), *dedents, Edit(Span(file, last, after), ""))


def _statement(file: str, data: bytes, text: bytes, start: int, body: int) -> tuple[Edit, ...]:
    end = text.find(b";", body) + 1
    if not end or b"\n" not in data[start:body] or _NESTS.match(text, body):
        return ()
    statement = text[body:end]
    if statement.count(b"(") != statement.count(b")") or b"{" in statement or _ELSE.match(text, end):
        return ()
    dedents = (Edit(Span(file, at, at + 1), "") for at in _tabs(data, body, end))
    return (Edit(Span(file, start, body), ""), *dedents)


def _statements_of(inside: bytes) -> bytes:
    """The lines of a block without those that jump, which look like declarations."""
    return b"\n".join(line for line in inside.split(b"\n") if not _LEAVES.match(line))


def _tabs(data: bytes, start: int, end: int) -> Iterator[int]:
    """The first tab of each line that begins between ``start`` and ``end``."""
    at = start if start == 0 or data[start - 1 : start] == b"\n" else data.find(b"\n", start, end) + 1
    while 0 < at < end:
        if data[at : at + 1] == b"\t":
            yield at
        at = data.find(b"\n", at, end) + 1


def _closing(text: bytes, opening: int) -> int:
    depth = 0
    for found in _BRACES.finditer(text, opening):
        depth += 1 if found[0] == b"{" else -1
        if depth == 0:
            return found.start()
    return -1
