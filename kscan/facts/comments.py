"""The comment above a function as sentences, each with the bytes it stands at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from kscan.model.facts import Function
from kscan.model.regex import regex

_GAP: Final = regex(rb"\*/[ \t]*\r?\n[ \t]*\Z")
_REACH: Final = 12_000
_LINE: Final = regex(rb"[^\n]*\n?")
_EDGE: Final = regex(rb"[ \t]*(?:/\*+(?!/)|\*(?!/))?[ \t]*")
_CLOSING: Final = regex(rb"[ \t\r\n]*(?:\*+/)?[ \t\r\n]*\Z")
_END: Final = regex(r"(?<!\be\.g)(?<!\bi\.e)(?<!\bcf)(?<!\bvs)(?<!\betc)[.!?][\"')]*(?=\s|\Z)")
_SECTION: Final = regex(
    r"@[\w.]+:|(?:Return|Returns|Context|Locking|Note|Notes|Example|Examples|Description)\s*:", re.I
)
_LIST: Final = regex(r"[-*+o]\s|\d+[.)]\s|\w\)\s")


class Sentence(msgspec.Struct, frozen=True):
    """A sentence with blanks collapsed; ``start`` to ``end`` are its bytes, comment stars between its lines included.

    ``opens``: it is the first one of a paragraph. ``aside``: it belongs to a section of a kernel-doc, or to a list."""

    text: str
    start: int
    end: int
    opens: bool
    aside: bool


class Comment(msgspec.Struct, frozen=True):
    """A comment right above a function: bytes ``start`` to ``end``, its lines with text, and its sentences."""

    start: int
    end: int
    lines: int
    documents: bool
    sentences: tuple[Sentence, ...]


class _Line(msgspec.Struct, frozen=True):
    """A line's text without stars, and where it starts."""

    at: int
    text: str


def comment_above(data: bytes, function: Function) -> Comment | None:
    """The block comment that ends on the line above ``function``; None where there is none, or a blank line between."""
    if function.via:
        return None
    tail = _GAP.search(data, max(0, function.start - 200), function.start)
    if tail is None:
        return None
    end = tail.start() + 2
    start = data.rfind(b"/*", max(0, end - _REACH), end - 2)
    if start < 0 or data[data.rfind(b"\n", 0, start) + 1 : start].strip():
        return None
    lines = list(_lines(data, start, end))
    documents = data[start : start + 3] == b"/**"
    full = sum(bool(line.text) for line in lines)
    return Comment(start, end, full, documents, tuple(_sentences(lines, documents)))


def _lines(data: bytes, start: int, end: int) -> Iterator[_Line]:
    at = start
    while at < end:
        found = _LINE.match(data, at, end)
        assert found is not None
        edge = _EDGE.match(data, at, found.end())
        begin = edge.end() if edge else at
        raw = _CLOSING.sub(b"", data[begin : found.end()])
        yield _Line(begin, raw.decode("latin-1"))
        at = found.end()


def _sentences(lines: list[_Line], documents: bool) -> Iterator[Sentence]:
    """The sentences of each paragraph; ``latin-1`` keeps one character a byte."""
    paragraph: list[_Line] = []
    aside = False
    for line in [*lines, _Line(0, "")]:
        section = documents and _SECTION.match(line.text) is not None
        if not line.text or section or _LIST.match(line.text):
            yield from _in_paragraph(paragraph, aside)
            paragraph = []
        if not line.text:
            aside = False
        elif section or _LIST.match(line.text):
            aside = True
        if line.text:
            paragraph.append(line)


def _in_paragraph(lines: list[_Line], aside: bool) -> Iterator[Sentence]:
    text = "\n".join(line.text for line in lines)
    begin = 0
    for found in [*(match.end() for match in _END.finditer(text)), len(text)]:
        piece = text[begin:found]
        if piece.strip():
            first = begin + len(piece) - len(piece.lstrip())
            last = found - (len(piece) - len(piece.rstrip()))
            shown = " ".join(piece.split())
            yield Sentence(shown, _byte(lines, first), _byte(lines, last - 1) + 1, first == 0, aside)
        begin = found


def _byte(lines: list[_Line], offset: int) -> int:
    """The byte in the file of character ``offset`` of the joined lines."""
    for line in lines:
        if offset <= len(line.text):
            return line.at + offset
        offset -= len(line.text) + 1
    return lines[-1].at + len(lines[-1].text)
