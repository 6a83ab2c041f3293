"""Words, calls and edits: what the phases of the mask are written in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kscan.dialect.scan import BLANK
from kscan.model.regex import regex

Edits = Iterator[tuple[int, bytes]]
"""Offset and replacement text; the replacement has the length of what it replaces."""

WORD: Final = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
BALANCED: Final = rb"\((?:[^()]++|\((?:[^()]++|\((?:[^()]++|\((?:[^()]++|\([^()]*+\))*+\))*+\))*+\))*+\)"
INVOKED: Final = regex(rb"([A-Za-z_]\w*+)[ \t]*+\(")
MACRO_NAME: Final = regex(rb"[A-Z_][A-Z0-9_]*\Z")
_WORD_BYTES: Final = bytes(sorted(WORD))
LETTERS: Final = frozenset(bytes([byte]) for byte in WORD)
"""What a word consists of, each as it is cut out of a text."""
_APART: Final = bytes(byte if byte in WORD else 32 for byte in range(256))
_HARMLESS: Final = bytes(byte if byte in WORD or byte == 10 else 95 for byte in range(256))


def is_word(text: bytes, start: int) -> bool:
    """Whether a word starts at ``start`` that is no member of something."""
    before = text[start - 1] if start else 0
    return before not in WORD and before != 46 and not (start > 1 and text[start - 2 : start] == b"->")


def word_start(text: bytes, at: int) -> int:
    while at and text[at - 1] in WORD:
        at -= 1
    return at


def last_word(text: bytes) -> bytes:
    """The word at the end of ``text``, blanks behind it left out; b"" where there is none."""
    text = text.rstrip()
    return text[len(text.rstrip(_WORD_BYTES)) :]


def occurrences(text: bytes, literal: bytes) -> list[int]:
    found: list[int] = []
    at = text.find(literal)
    while at >= 0:
        found.append(at)
        at = text.find(literal, at + len(literal))
    return found


class Words:
    """The words of a text, each once: to ask them whether something may stand in it takes a fraction of a look through
    the text."""

    __slots__ = ("_in_a_row", "all")

    def __init__(self, text: bytes) -> None:
        self.all = frozenset(words_of(text))
        self._in_a_row = b" ".join(self.all)

    def may_hold(self, part: bytes) -> bool:
        """Whether ``part`` of a word stands in the text, or in two of its words."""
        return part in self._in_a_row

    def places(self, text: bytes, part: bytes) -> list[int]:
        """Where ``part`` of a word stands in ``text``, of which these are the words."""
        return occurrences(text, part) if self.may_hold(part) else []


def words_of(text: bytes) -> list[bytes]:
    """All words and numbers in ``text``: cheaper than to look for more than a handful of them."""
    return text.translate(_APART).split()


def blanks(text: bytes, start: int, end: int) -> bytes:
    return text[start:end].translate(BLANK)


def one_name(text: bytes) -> bytes:
    """A type as one identifier of the same length; what follows a line break becomes blank."""
    first, newline, rest = text.partition(b"\n")
    head = first.rstrip()
    return head.translate(_HARMLESS).ljust(len(first)) + newline + rest.translate(BLANK)
