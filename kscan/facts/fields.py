"""The members of structs and unions as a file declares them, by name: what a reader of one depends on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kscan.dialect.scan import clean
from kscan.model.regex import regex

_OPENS: Final = regex(rb"\b(struct|union)\s+(?:__\w+(?:\([^()]*\))?\s+)*(\w+)?[^;{}()=]*\{")
_BRACE: Final = regex(rb"[{}]")
_END: Final = regex(rb"[;{}]")
_POINTER: Final = regex(rb"\(\s*\*+\s*(\w+)")
_BEHIND: Final = regex(rb"\[[^\]]*\]|:[^:,]*$|__\w+\s*(?:\([^()]*\))?\s*$")
_LAST: Final = regex(rb"(\w+)\s*$")
_LONGEST: Final = 60_000
"""Bytes of one definition."""

Field = tuple[bytes, bytes]
"""The tag of the outermost struct or union ("" where it has none), and a member's declaration with blanks collapsed."""


def fields_of(data: bytes) -> dict[str, set[Field]]:
    """The declarations of each member name in the file ``data``, members of inner structs included."""
    text = clean(data).text
    found: dict[str, set[Field]] = {}
    end = 0
    for match in _OPENS.finditer(text):
        if match.start() < end:
            continue
        end = _close(text, match.end())
        for declared in _declarations(text[match.end() : end]):
            for name in _names(declared):
                found.setdefault(name, set()).add((match[2] or b"", b" ".join(declared.split())))
    return found


def _close(text: bytes, at: int) -> int:
    """Where the brace that opened before ``at`` closes; ``at`` itself where it does not."""
    depth = 1
    for brace in _BRACE.finditer(text, at, at + _LONGEST):
        depth += 1 if brace[0] == b"{" else -1
        if depth == 0:
            return brace.start()
    return at


def _declarations(body: bytes) -> Iterator[bytes]:
    start = 0
    for end in _END.finditer(body):
        if end[0] == b";":
            yield body[start : end.start()].strip()
        start = end.end()


def _names(declared: bytes) -> Iterator[str]:
    """The member names that one declaration declares."""
    pointer = _POINTER.search(declared)
    parts = [] if pointer else declared.split(b",")
    if pointer:
        yield pointer[1].decode()
    for part in parts:
        last = _LAST.search(_bare(part))
        if last and not last[1].isdigit():
            yield last[1].decode()


def _bare(part: bytes) -> bytes:
    """``part`` without arrays, widths of bits and attributes behind the name."""
    shorter = _BEHIND.sub(b"", part).rstrip()
    return part if shorter == part else _bare(shorter)
