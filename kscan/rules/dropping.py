"""Edits that take a statement out of a body, and a parameter out of a function with its arguments at every call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from kscan.dialect.scan import clean, close_of, depth_at
from kscan.model.edit import Edit
from kscan.model.facts import Function
from kscan.model.regex import regex
from kscan.model.span import Span

_COMMENT_ABOVE = regex(rb"\n[ \t]*/\*(?:(?!\*/)[\s\S])*\*/[ \t]*\n[ \t]*\Z|\n[ \t]*//[^\n]*\n[ \t]*\Z")
_BLANK_LINE = regex(rb"[ \t]*\n")
_OPENED = regex(rb"(?:\{[ \t]*|\n[ \t]*)\n\Z")
_SIMPLE = regex(rb"[\s\w.&|*!~<>^()-]*\Z")
_MEMBER = regex(rb"(?:\.|->)\s*\Z")
_BODY = regex(rb"\s*\{")
_CALL = regex(rb"\w\s*\(|\+\+|--")
_PARAM_LINE = rb"[ \t]*\*[ \t]*@%s(?:\.\.\.)?:[^\n]*\n(?:[ \t]*\*[ \t]+(?!@)[^\s*][^\n]*\n)*"


class CannotDrop(Exception):
    """The parameter cannot be taken out: something else than a plain call names the function."""


def without_statement(data: bytes, span: Span) -> Edit:
    """The statement at ``span`` of the file ``data`` taken out whole: with the comment right above it, its line, and
    one of the blank lines around it where two would be left."""
    start, end = data.rfind(b"\n", 0, span.start) + 1, span.end
    above = _COMMENT_ABOVE.search(data[: span.start])
    if above:
        start = above.start() + 1
    newline = _BLANK_LINE.match(data, end)
    end = newline.end() if newline else end
    after = _BLANK_LINE.match(data, end)
    if after and _OPENED.search(data[max(0, start - 200) : start]):
        end = after.end()
    return Edit(Span(span.file, start, end), "")


def without_parameter(function: Function, index: int, files: Iterable[tuple[str, bytes]]) -> Iterator[Edit]:
    """The edits that take parameter ``index`` (from 0) out of ``function``: in its definition, its declarations, its
    kernel-doc, and every call, in ``files`` (path and bytes: all that name it).

    Raises CannotDrop when something there is neither, or an argument does more than give a value."""
    for path, data in files:
        text = clean(data)
        if any(_word(function.name).search(data, line.start, line.end) for line in text.directives):
            raise CannotDrop
        for match in _word(function.name).finditer(text.text):
            if _MEMBER.search(text.text[max(0, match.start() - 80) : match.start()]) or _is_another(
                function, path, text.text, match
            ):
                raise CannotDrop
            yield _without_part(path, data, text.text, match.end(), index, len(function.params))
        if path == function.file:
            yield from _without_doc(function, index, data)


def _is_another(function: Function, path: str, text: bytes, match: re.Match[bytes]) -> bool:
    """Whether a function of the same name is defined here."""
    opening = text.find(b"(", match.end())
    body = _BODY.match(text, close_of(text, opening)) if opening >= 0 and depth_at(text, match.start()) == 0 else None
    return body is not None and (path, match.start()) != (function.file, function.name_start)


def _word(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"\b%s\b" % re.escape(name.encode()))


def _without_part(path: str, data: bytes, text: bytes, at: int, index: int, total: int) -> Edit:
    """Part ``index`` of the list in parentheses that follows ``at``."""
    opening = at + len(text[at:]) - len(text[at:].lstrip())
    close = close_of(text, opening) if text[opening : opening + 1] == b"(" else -1
    parts = list(_parts(text, opening + 1, close - 1)) if close > 0 else []
    if len(parts) != total:
        raise CannotDrop
    start, end = parts[index]
    called = depth_at(text, at) > 0
    if called and (_CALL.search(text, start, end) or not _SIMPLE.match(text, start, end)):
        raise CannotDrop
    if total == 1:
        return Edit(Span(path, start, end), "" if called else "void")
    if index:
        return Edit(Span(path, parts[index - 1][1], end), "")
    return Edit(Span(path, start, _past_blanks(data, parts[1][0])), "")


def _past_blanks(data: bytes, at: int) -> int:
    return at + len(data[at:]) - len(data[at:].lstrip())


def _parts(text: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The bytes of each part between ``start`` and ``end`` that commas set apart."""
    depth, begin = 0, start
    for at in range(start, end):
        byte = text[at : at + 1]
        depth += (byte in b"([{") - (byte in b")]}")
        if byte == b"," and depth == 0:
            yield begin, at
            begin = at + 1
    yield begin, end


def _without_doc(function: Function, index: int, data: bytes) -> Iterator[Edit]:
    name = function.params[index].name.encode()
    if function.doc is not None:
        found = re.compile(_PARAM_LINE % re.escape(name)).search(data, function.doc.start, function.doc.end)
        if found:
            yield Edit(Span(function.file, found.start(), found.end()), "")


def joined(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """The edits in order, each once. Raises CannotDrop where two overlap."""
    ordered = sorted(set(edits))
    for one, two in pairwise(ordered):
        if one.span.file == two.span.file and two.span.start < one.span.end:
            raise CannotDrop
    return tuple(ordered)
