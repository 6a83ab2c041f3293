"""A kernel-doc comment to its Return text, with the bytes it stands at.

The format is the one that the kernel's own kernel-doc reads (v7.3: tools/lib/python/kdoc/kdoc_parser.py): sections
start with a known name and a colon, ``Return``, ``Context`` and parameters end at a blank line, the others go on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from kscan.model.facts import Doc
from kscan.model.regex import regex

_OPENING: Final = regex(rb"/\*\*[ \t\f\v\r]*\n")
_BLOCK: Final = regex(r"\s*\*\s*DOC:")
_DATA: Final = regex(r"\s*\*?\s*(?:struct|union|enum|typedef|var)\b")
_NAMING: Final = regex(r"\*\s*\w")
_FUNCTION: Final = regex(r"\*\s*(?:\w+\s*\*\s*)?(?:define\s+)?(\w+)(?:\s*\(\w*\))?\s*(?:[-:].*)?$")
_SECTION: Final = regex(
    r"\*\s*(@[.\w]+|@\.\.\.|description|context|returns?|notes?|examples?)\s*:([^:].*)?$", re.IGNORECASE
)
_CONTENT: Final = regex(r"\* ?")
_BLANK: Final = regex(r"\s*\*?\s*$")
_ALLOWANCE: Final = regex(r"kscan:\s*allow\b")
_PROSE: Final = regex(r"\s*(Returns?\b(?!\s*:)(?!.*;\s*$))", re.IGNORECASE)
_SENTENCE_END: Final = regex(r"(?:[.!?:;]|(?<!\()\))\s*$")  # "call()" at the end of a line goes on below
_PERTINENT: Final = regex(r"(?i:\breturn|errno)|\bE[A-Z0-9]{2,}")
_LONGEST: Final = 4096  # bytes of a line that are looked at; what is longer is no prose
_RETURN_NAMES: Final = frozenset({"return", "returns", "@return", "@returns"})


class _Line(NamedTuple):
    """A line of text and the byte offset of its first character."""

    at: int
    text: str


class _Section(NamedTuple):
    """A named run of lines; ``at`` is the byte offset of its name (for the description, of its first line)."""

    name: str
    at: int
    lines: list[_Line]

    @property
    def ends_at_blank(self) -> bool:
        return self.name.startswith("@") or self.name in ("context", "return", "returns")


def read_doc(data: bytes, start: int, end: int) -> Doc | None:
    """The kernel-doc in the comment ``data[start:end]``, or None when it is none or documents no function."""
    if not _opens_at_line_start(data, start, end):
        return None
    lines = _lines(data, start, end)
    head = next((n for n, line in enumerate(lines) if _NAMING.search(line.text)), -1)
    name = _function_name(lines[head].text) if head >= 0 else ""
    if not name:
        return None
    doc = Doc(start=start, end=end, name=name)
    if b"eturn" not in data[start:end] and b"ETURN" not in data[start:end]:
        return doc
    return _with_returns(doc, list(_sections(lines[head + 1 :])))


def width(text: str) -> int:
    """The number of source bytes that ``text`` of a Doc stands for."""
    return len(text.encode()) - 2 * text.count("\ufffd")


def byte_at(doc: Doc, offset: int) -> int:
    """The byte in the file of character ``offset`` of ``doc.returns``."""
    assert doc.returns is not None
    before = doc.returns[:offset]
    return doc.returns_lines[before.count("\n")] + width(before.rpartition("\n")[2])


def _opens_at_line_start(data: bytes, start: int, end: int) -> bool:
    at_line_start = start == 0 or data[start - 1 : start] == b"\n"
    return at_line_start and _OPENING.match(data, start, end) is not None


def _lines(data: bytes, start: int, end: int) -> list[_Line]:
    """The lines after the opening one, without line ends and without the closing ``*/``; what a paragraph says to
    kscan, which findings to hide and why, documents nothing and is left out."""
    at = data.index(b"\n", start) + 1
    closing = end - 2 if data[max(at, end - 2) : end] == b"*/" else end
    lines = []
    hidden = False
    for raw in data[at:closing].split(b"\n"):
        text = _decode(raw[:_LONGEST].rstrip())
        hidden = _ALLOWANCE.search(text) is not None or (hidden and not _BLANK.match(text))
        lines.append(_Line(at, "" if hidden else text))
        at += len(raw) + 1
    return lines


def _decode(raw: bytes) -> str:
    """UTF-8 with each undecodable byte as one U+FFFD, so that the width of a text in bytes stays known."""
    text = raw.replace(b"\xef\xbf\xbd", b"\xff\xff\xff").decode(errors="surrogateescape")
    return re.sub(r"[\udc80-\udcff]", "\ufffd", text)


def _function_name(line: str) -> str:
    """The function that a comment's first line names; "" for DOC: blocks, data types and anything else."""
    if _BLOCK.match(line) or _DATA.match(line):
        return ""
    found = _FUNCTION.search(line)
    return found[1] if found and found[1].lower() not in _RETURN_NAMES else ""


def _sections(lines: Sequence[_Line]) -> Iterator[_Section]:
    """The sections in the order they stand in; text outside any is in sections named "description"."""
    section = _Section("description", lines[0].at if lines else 0, [])
    for line in lines:
        opening = _SECTION.search(line.text)
        if opening:
            yield section
            text = (opening[2] or "").lstrip()
            section = _Section(opening[1].lower(), _offset(line, opening.start(1)), [])
            section.lines.append(_Line(_offset(line, len(line.text) - len(text)), text))
        elif section.ends_at_blank and _BLANK.match(line.text):
            yield section
            section = _Section("description", line.at, [_Line(line.at, "")])
        elif star := _CONTENT.search(line.text):
            section.lines.append(_Line(_offset(line, star.end()), line.text[star.end() :]))
    yield section


def _offset(line: _Line, column: int) -> int:
    return line.at + width(line.text[:column])


def _with_returns(doc: Doc, sections: Sequence[_Section]) -> Doc:
    returns = [section for section in sections if section.name in _RETURN_NAMES]
    if not returns:
        return _with_prose(doc, sections)
    lines = _trimmed([line for section in returns for line in section.lines])
    last = lines[-1] if lines else returns[-1].lines[0]
    return Doc(
        start=doc.start,
        end=doc.end,
        name=doc.name,
        returns="\n".join(line.text for line in lines),
        returns_start=returns[0].at,
        returns_end=last.at + width(last.text),
        returns_lines=tuple(line.at for line in lines),
        remarks="\n\n".join(_remarks(sections)),
    )


def _trimmed(lines: Sequence[_Line]) -> list[_Line]:
    """Without the empty lines at either end."""
    full = [n for n, line in enumerate(lines) if line.text.strip()]
    return list(lines[full[0] : full[-1] + 1]) if full else []


def _remarks(sections: Sequence[_Section]) -> Iterator[str]:
    for section in sections:
        if section.name not in _RETURN_NAMES:
            for paragraph in _paragraphs(section):
                text = "\n".join(line.text for line in paragraph)
                if _PERTINENT.search(text):
                    yield text


def _paragraphs(section: _Section) -> Iterator[list[_Line]]:
    paragraph: list[_Line] = []
    for line in section.lines:
        if line.text.strip():
            paragraph.append(line)
        elif paragraph:
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


def _with_prose(doc: Doc, sections: Sequence[_Section]) -> Doc:
    for section in sections:
        if not section.name.startswith("example"):
            for paragraph in _paragraphs(section):
                opening = _prose_opening(paragraph)
                if opening is not None:
                    return _prose_doc(doc, paragraph[opening:])
    return doc


def _prose_opening(paragraph: Sequence[_Line]) -> int | None:
    """The line whose first word opens a sentence that says what is returned."""
    for number, line in enumerate(paragraph):
        found = _PROSE.match(line.text)
        opens = number == 0 or (found and found[1][0] == "R") or _SENTENCE_END.search(paragraph[number - 1].text)
        if found and opens:
            return number
    return None


def _prose_doc(doc: Doc, lines: Sequence[_Line]) -> Doc:
    indent = len(lines[0].text) - len(lines[0].text.lstrip())
    return Doc(
        start=doc.start,
        end=doc.end,
        name=doc.name,
        prose="\n".join(line.text for line in lines)[indent:],
        prose_start=lines[0].at + width(lines[0].text[:indent]),
        prose_end=lines[-1].at + width(lines[-1].text),
    )
