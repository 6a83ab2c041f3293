"""What may define page predicates: bodies with the right signature, and invocations of macros that write such
bodies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from kscan.dialect.scan import BLANK, clean
from kscan.model.regex import regex
from kscan.model.source import Source

UNDER = ("include", "mm")
"""Where page predicates live: the public headers, and the memory management itself."""

_PARAMS = rb"[^;{}()]*\bstruct[ \t\n]+(?:page|folio)[ \t\n]*\*[^;{}()]*"
_HEAD = regex(rb"^(?:[a-z_]\w*[ \t\n]+){0,6}?(?:bool|int)[ \t\n]+(\w+)\((" + _PARAMS + rb")\)[ \t\n]*\{", re.MULTILINE)
_DEFINE = regex(rb"^[ \t]*#[ \t]*define[ \t]+(\w+)\(((?:[^\n\\]++|\\\n|\\)*+)", re.MULTILINE)
_PAGE = regex(rb"\bstruct[ \t]+(?:page|folio)[ \t]*\*")
_ONE_PAGE = regex(rb"\bstruct[ \t\n]+(?:page|folio)[ \t\n]*\*[^*\[]*\Z")
_MAX_BODY = 32_000
"""A body longer than this is no predicate."""
_INVOKED = regex(rb"^[ \t]*(\w+)\(", re.MULTILINE)
_WORD = regex(rb"\w+")
_ERRNO = regex(rb"-E[A-Z]{3,}\b")
_COUNTS = regex(rb"(?:->|\.)\w+\s*(?:\+\+|--)|(?:\+\+|--)\s*\w+(?:->|\.)")


class Candidates(msgspec.Struct, frozen=True):
    """Of one file: the functions whose signature is that of a page predicate, and where each stands; the macros it
    defines,
    those of them that write such functions, and the words in each; and what is invoked at the start of a line."""

    path: str
    functions: tuple[tuple[str, int, int], ...]
    counting: frozenset[str]
    writers: frozenset[str]
    macros: dict[str, frozenset[str]]
    invoked: frozenset[str]


def candidates(source: Source) -> Candidates | None:
    """What ``source`` may define; None when its text names neither pages nor macros in capitals."""
    if b"struct page" not in source.data and b"struct folio" not in source.data:
        return None
    functions = tuple(_functions(source.data))
    macros = {match[1].decode(): match[2] for match in _DEFINE.finditer(source.data)}
    writers = frozenset(name for name, body in macros.items() if b"return" in body and _PAGE.search(body))
    words = {name: frozenset(word.decode() for word in _WORD.findall(body)) for name, body in macros.items()}
    counting = frozenset(name for name, start, end in functions if _COUNTS.search(source.data, start, end))
    return Candidates(source.path, functions, counting, writers, words, frozenset(_invoked(source.data)))


def _functions(data: bytes) -> Iterator[tuple[str, int, int]]:
    for match in _HEAD.finditer(data):
        end = data.find(b"\n}", match.end() - 1, match.end() + _MAX_BODY) + 2
        pages = end > match.end() and all(b"*" not in one or _ONE_PAGE.search(one) for one in match[2].split(b","))
        if pages and not _ERRNO.search(data, match.end(), end):
            yield match[1].decode(), match.start(), end


def only(source: Source, found: Candidates) -> Source:
    """``source`` with nothing left, at the same offsets, but the preprocessor lines and the functions ``found``."""
    kept = [(start, end) for _, start, end in found.functions]
    kept += [(line.start, line.end) for line in clean(source.data).directives]
    data = bytearray(source.data.translate(BLANK))
    for start, end in kept:
        data[start:end] = source.data[start:end]
    return Source(source.path, bytes(data))


def _invoked(data: bytes) -> Iterator[str]:
    return (match[1].decode() for match in _INVOKED.finditer(data))


def writers(found: Iterable[Candidates]) -> frozenset[str]:
    """The macros that write page predicates, those that only invoke such macros included."""
    every = list(found)
    known = {name for one in every for name in one.writers}
    grown = True
    while grown:
        more = {name for one in every for name, words in one.macros.items() if words & known} - known
        known |= more
        grown = bool(more)
    return frozenset(known)
