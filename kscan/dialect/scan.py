"""Bytes to the same bytes without comments, literals and directives: what lexical rules may look at."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from kscan.model.regex import regex

BLANK: Final = bytes(byte if byte in b"\n" else 32 for byte in range(256))
"""Translation table: every byte a blank, newlines kept."""

_COMMENT: Final = rb"/(?:\*[^*]*+\*++(?:[^/*][^*]*+\*++)*+/|/(?:[^\\\n]++|\\[\s\S])*+)"
_STRING: Final = rb'"(?:[^"\\\n]++|\\[\s\S])*+"'
_CHAR: Final = rb"'(?:[^'\\\n]++|\\[\s\S])*+'"
_DIRECTIVE: Final = rb"#(?:[^\n\\/\"']++|\\[\s\S]|" + _COMMENT + rb"|" + _STRING + rb"|" + _CHAR + rb"|[/\"'\\])*+"
_SKIP: Final = regex(rb"(" + _COMMENT + rb"|" + _STRING + rb"|" + _CHAR + rb"|" + _DIRECTIVE + rb")")
"""Every alternative starts with a character of its own: ``re`` then runs to the next of these four at full speed."""
_HASH: Final = 35
_QUOTE: Final = 34
_APOSTROPHE: Final = 39
_UNCLOSED: Final = regex(rb"/\*")
_PAREN: Final = regex(rb"[()]")


class Directive(NamedTuple):
    """A preprocessor line with its continuations: bytes from the hash sign to before the newline."""

    start: int
    end: int


_directive: Final[Callable[[tuple[int, int]], Directive]] = partial(tuple.__new__, Directive)
"""Directives are many, and this makes one in a third of the time."""


class Clean(NamedTuple):
    """``text`` has the length and newlines of the original; comments, literals and directives are blank in it.

    A string leaves a quote at its first byte and a character a ``0``, so that they still count as operands."""

    text: bytes
    directives: tuple[Directive, ...]


def clean(data: bytes) -> Clean:
    """The lexical skeleton of ``data``; an unclosed comment runs to the end."""
    pieces: list[bytes] = _SKIP.split(data)
    directives: list[Directive] = []
    at = 0
    for index in range(1, len(pieces), 2):
        token = pieces[index]
        at += len(pieces[index - 1])
        end = at + len(token)
        first = token[0]
        if first == _HASH:
            directives.append(_directive((at, end)))
        blanks = token.translate(BLANK)
        if first == _QUOTE:
            blanks = b'"' + blanks[1:]
        elif first == _APOSTROPHE:
            blanks = b"0" + blanks[1:]
        pieces[index] = blanks
        at = end
    text = b"".join(pieces)
    unclosed = _UNCLOSED.search(text)
    if unclosed:
        text = text[: unclosed.start()] + text[unclosed.start() :].translate(BLANK)
    return Clean(text, tuple(directives))


def close_of(text: bytes, opening: int, reach: int = 20_000) -> int:
    """Where the parenthesis at ``opening`` of clean ``text`` closes (one past it), or -1 within ``reach`` bytes."""
    depth = 0
    for match in _PAREN.finditer(text, opening, min(len(text), opening + reach)):
        depth += 1 if match.group() == b"(" else -1
        if depth == 0:
            return match.end()
    return -1


def opening_of(text: bytes, offset: int, reach: int = 4_000) -> int:
    """The parenthesis of clean ``text`` that is open at ``offset``, or -1 within ``reach`` bytes before it."""
    depth, at, low = 0, offset, max(0, offset - reach)
    while True:
        opening = text.rfind(b"(", low, at)
        if opening < 0:
            return -1
        closing = text.rfind(b")", opening, at)
        if closing < 0 and depth == 0:
            return opening
        at = closing if closing >= 0 else opening
        depth += 1 if closing >= 0 else -1


def depth_at(text: bytes, offset: int, reach: int = 200_000) -> int:
    """How many braces of clean ``text`` are open at ``offset``; a closing brace in the first column resets the
    count."""
    low = max(0, offset - reach)
    reset = text.rfind(b"\n}", low, offset)
    reset = low if reset < 0 else reset + 2
    return text.count(b"{", reset, offset) - text.count(b"}", reset, offset)


class Depths:
    """``depth_at`` for offsets that ascend, whatever their number: no byte is looked at twice."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._from = 0
        self._depth = 0

    def at(self, offset: int) -> int:
        """How many braces are open at ``offset``, which is no smaller than the one before."""
        text = self._text
        reset = text.rfind(b"\n}", max(0, self._from - 1), offset)
        start, depth = (reset + 2, 0) if reset >= 0 else (self._from, self._depth)
        self._from = offset
        self._depth = depth + text.count(b"{", start, offset) - text.count(b"}", start, offset)
        return self._depth
