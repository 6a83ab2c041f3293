"""Comments that hide findings: ``/* kscan: allow(RULE) REASON */`` on their line, in front of it, or of a function."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final, NamedTuple

from kscan.dialect.scan import Clean, clean
from kscan.model.facts import Function
from kscan.model.finding import Finding
from kscan.model.gap import Gap
from kscan.model.regex import regex
from kscan.model.span import Span
from kscan.model.standing import Allowance, Allowed

MARK: Final = b"kscan:"
_MARK = regex(rb"kscan:[ \t]*allow\b[ \t]*(?:\(([^)\n]*)\))?")
_TOKEN = regex(rb""""(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'|(/\*.*?(?:\*/|\Z)|//(?:[^\\\n]|\\.)*+)""", re.DOTALL)
"""Literals, and in a group comments: what looks like one inside the other is none."""
_MARGIN = regex(rb"\n[ \t]*\*?(?!/)[ \t]*")
_JOINT = regex(r"(?::|--?(?= |$))? *")
_END = regex(rb"\n\n|kscan:|\*+/\Z|\Z")

Advice = Callable[[str], str]
"""What is wrong with the name of a rule; "" where nothing is."""


class Read(NamedTuple):
    """The allowances of a file, and a gap for what in them is not understood."""

    allowances: tuple[Allowance, ...]
    gaps: tuple[Gap, ...]


def read(path: str, data: bytes, functions: Sequence[Function], advice: Advice) -> Read:
    """The allowances in ``data``, the bytes of the file at ``path`` that defines ``functions``."""
    if MARK not in data:
        return Read((), ())
    skeleton = clean(data)
    made: list[Allowance] = []
    gaps: list[Gap] = []
    for comment in _comments(data):
        for found in _MARK.finditer(data, comment.start, comment.end):
            names = _names(found[1] or b"")
            reason = _reason(data[found.end() : comment.end])
            wrong = [*_wrong(names, reason, advice)]
            span = Span(path, comment.start, comment.end)
            place = _covered(data, skeleton, comment, functions)
            gaps += [Gap(path, found.start(), "check", place.function, f"{one}; it hides nothing") for one in wrong]
            good = tuple(name for name in names if not advice(name))
            if good and reason:
                made.append(Allowance(span, good, reason, *place))
    return Read(tuple(made), tuple(gaps))


def sort_out(found: Sequence[Finding], allowances: Collection[Allowance]) -> tuple[list[Finding], list[Allowed]]:
    """The findings that nothing hides, and those that an allowance does."""
    kept, allowed = [], []
    for finding in found:
        by = next((one for one in allowances if one.hides(finding)), None)
        if by is None:
            kept.append(finding)
        else:
            allowed.append(Allowed(finding, by.span, by.reason))
    return kept, allowed


class _Bytes(NamedTuple):
    start: int
    end: int


class _Place(NamedTuple):
    """What an allowance speaks for, as its last fields say it."""

    start: int
    end: int
    function: str
    whole: bool


def _comments(data: bytes) -> Iterator[_Bytes]:
    """The comments that hold a mark."""
    for found in _TOKEN.finditer(data):
        if found[1] is not None and MARK in found[1]:
            yield _Bytes(found.start(), found.end())


def _names(listed: bytes) -> tuple[str, ...]:
    words = (word.strip() for word in listed.decode("utf-8", "replace").split(","))
    return tuple(dict.fromkeys(word for word in words if word))


def _reason(rest: bytes) -> str:
    """What follows the rules, to the end of its paragraph; the stars of a block comment are not part of it."""
    text = _MARGIN.sub(b"\n", rest)
    end = _END.search(text)
    words = " ".join(text[: end.start() if end else None].decode("utf-8", "surrogateescape").split())
    return _JOINT.sub("", words, count=1).rstrip(" */")


def _wrong(names: Sequence[str], reason: str, advice: Advice) -> Iterator[str]:
    told = f"allow({', '.join(names)})"
    if not names:
        yield "'kscan: allow' names no rule: write allow(RULE) and a reason"
        return
    yield from (f"{told}: {advice(name)}" for name in names if advice(name))
    if not reason:
        yield f"{told} gives no reason: write one behind it"


def _covered(data: bytes, skeleton: Clean, comment: _Bytes, functions: Sequence[Function]) -> _Place:
    """The comment's own lines where there is code beside it, else the next line that is not empty, or all of the
    function that begins there."""
    first = data.rfind(b"\n", 0, comment.start) + 1
    last = _line_end(data, comment.end)
    around = next((one.name for one in functions if one.start <= comment.start < one.end), "")
    if _is_code(skeleton, first, comment.start) or _is_code(skeleton, comment.end, last):
        return _Place(first, last, around, False)
    after = _next_code(skeleton, comment.end)
    for function in functions:
        if function.start == after:
            return _Place(comment.start, function.end, function.name, True)
    return _Place(data.rfind(b"\n", 0, after) + 1, _line_end(data, after), around, False)


def _is_code(skeleton: Clean, start: int, end: int) -> bool:
    beside = any(one.start < end and start < one.end for one in skeleton.directives)
    return beside or bool(skeleton.text[start:end].strip())


def _next_code(skeleton: Clean, at: int) -> int:
    """The first byte from ``at`` on that belongs to code or to a directive; the end where there is none."""
    rest = skeleton.text[at:]
    code = at + len(rest) - len(rest.lstrip())
    return min([code, *(one.start for one in skeleton.directives if one.start >= at)])


def _line_end(data: bytes, at: int) -> int:
    found = data.find(b"\n", at)
    return len(data) if found < 0 else found
