"""What may define page predicates: bodies with the right signature, and invocations of macros that write such bodies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from kscan.model.source import Source

UNDER = ("include", "mm")
"""Where page predicates live: the public headers, and the memory management itself."""

_BLANKS = rb"[ \t\n]"
_HEAD = re.compile(
    rb"^(?:[a-z_]\w*[ \t\n]+){0,6}?(?:bool|int)[ \t\n]+(\w+)\(([^;{}()]*\bstruct[ \t\n]+(?:page|folio)[ \t\n]*\*[^;{}()]*)\)"
    rb"[ \t\n]*\{",
    re.MULTILINE,
)
_DEFINE = re.compile(rb"^[ \t]*#[ \t]*define[ \t]+(\w+)\(((?:[^\n\\]|\\\n|\\)*)", re.MULTILINE)
_PAGE = re.compile(rb"\bstruct[ \t]+(?:page|folio)[ \t]*\*")
_INVOKED = re.compile(rb"^[ \t]*(\w+)\(", re.MULTILINE)
_WORD = re.compile(rb"\w+")
_ERRNO = re.compile(rb"-E[A-Z]{3,}\b")


class Candidates(msgspec.Struct, frozen=True):
    """Of one file: the functions whose signature is that of a page predicate, and the macros it defines that write such."""

    path: str
    functions: frozenset[str]
    writers: frozenset[str]
    macros: dict[str, frozenset[str]]
    invoked: frozenset[str]


def candidates(source: Source) -> Candidates | None:
    """What ``source`` may define; None when its text names neither pages nor macros in capitals."""
    if b"struct page" not in source.data and b"struct folio" not in source.data:
        return None
    functions = frozenset(_functions(source.data))
    macros = {match[1].decode(): match[2] for match in _DEFINE.finditer(source.data)}
    writers = frozenset(name for name, body in macros.items() if b"{" in body and b"return" in body and _PAGE.search(body))
    words = {name: frozenset(word.decode() for word in _WORD.findall(body)) for name, body in macros.items()}
    return Candidates(source.path, functions, writers, words, frozenset(_invoked(source.data)))


def _functions(data: bytes) -> Iterator[str]:
    for match in _HEAD.finditer(data):
        body = data[match.end() : data.find(b"\n}", match.end() - 1)]
        if not _ERRNO.search(body):
            yield match[1].decode()


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
