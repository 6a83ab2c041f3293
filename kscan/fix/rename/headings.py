"""The lines under (and over) headings of reStructuredText kept as long as the heading, where they were just that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from kscan.model.edit import Edit
from kscan.model.regex import regex
from kscan.model.span import Span

_RULE = regex(rb"([=\-~^\"'`#*+.:_])\1{2,}[ \t]*\Z")


def underlines(edits: Iterable[Edit], texts: Mapping[str, bytes]) -> list[Edit]:
    """The further edits that headings changed by ``edits`` need; ``texts`` are the files by path."""
    found: list[Edit] = []
    documents = (edit for edit in sorted(edits) if edit.span.file.endswith(".rst"))
    for (path, start), some in groupby(documents, key=lambda edit: _line(edit, texts)):
        grows = sum(len(edit.text) - (edit.span.end - edit.span.start) for edit in some)
        found += _rules(path, texts[path], start, grows)
    return found


def _line(edit: Edit, texts: Mapping[str, bytes]) -> tuple[str, int]:
    return edit.span.file, texts[edit.span.file].rfind(b"\n", 0, edit.span.start) + 1


def _rules(path: str, data: bytes, start: int, grows: int) -> Iterator[Edit]:
    end = data.find(b"\n", start)
    if end < 0 or not grows:
        return
    title = data[start:end].rstrip()
    below = data[end + 1 : _end(data, end + 1)]
    above_start = data.rfind(b"\n", 0, max(start - 1, 0)) + 1
    above = data[above_start : max(start - 1, 0)]
    if _is_rule(below, title):
        yield _resized(path, end + 1, below.rstrip(), grows)
        if above.rstrip() == below.rstrip():
            yield _resized(path, above_start, above.rstrip(), grows)


def _end(data: bytes, start: int) -> int:
    end = data.find(b"\n", start)
    return len(data) if end < 0 else end


def _is_rule(line: bytes, title: bytes) -> bool:
    return bool(_RULE.match(line)) and len(line.rstrip()) == len(title.decode("utf-8", "replace"))


def _resized(path: str, start: int, rule: bytes, grows: int) -> Edit:
    return Edit(Span(path, start, start + len(rule)), rule[:1].decode() * (len(rule) + grows))
