"""Annotation words to blanks, and the words that a header adds to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from kscan.dialect import annotations as words
from kscan.dialect.scan import close_of
from kscan.dialect.tokens import BALANCED, LETTERS, MACRO_NAME, Edits, Words, blanks, is_word, occurrences
from kscan.model.regex import regex

_CALL: Final = regex(rb"\s*+\(")
_DEFINE: Final = regex(
    rb"#[ \t]*+define[ \t]++([A-Za-z_]\w*+)(\([^)\n]*+\))?+(?![ \t]*+[-\d(\"'{.&~!])((?:[^\\\n]++|\\[\s\S])*+)"
)
"""A definition whose value does not start like a number, an expression, a literal or a block."""
_VALUE_NOISE: Final = regex(rb"/\*.*?\*/|//.*|\\\n", re.DOTALL)
_CALLED: Final = regex(rb"(\w++)\s*+" + BALANCED)
_STORAGE: Final = frozenset((b"inline", b"extern"))


def learn(data: bytes) -> frozenset[bytes]:
    """The annotation words a header defines: ``#define __foo`` with nothing, attributes or other annotations behind it.

    Those that take arguments end in a parenthesis (``b"__foo("``) and need an attribute behind them. Names in
    capitals are
    left out: they mean something else in the next file."""
    return frozenset(
        name
        for name, value in learnt(data)
        if (value or words.ATTRIBUTE_HINT.search(name)) and not MACRO_NAME.match(name.rstrip(b"("))
    )


def learnt(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    for match in _DEFINE.finditer(data):
        name, params, value = match.groups()
        value = _VALUE_NOISE.sub(b" ", value).strip()
        if not value and not params and name.startswith(b"__"):
            yield name, value
        elif value and _only_annotates(value):
            yield name + (b"(" if params else b""), value


def _only_annotates(value: bytes) -> bool:
    return all(word in words.PLAIN or word in _STORAGE for word in _CALLED.sub(_without_known, value).split())


def _without_known(match: re.Match[bytes]) -> bytes:
    return b" " if match.group(1) in words.CALLED else match.group()


def blanked(text: bytes, there: Words, extra: frozenset[bytes], own: frozenset[bytes] = frozenset()) -> Edits:
    """Every annotation in clean ``text``, whose words are ``there``, as blanks: ``extra`` ones of the tree and the
    file's ``own`` included."""
    known = _known(extra) if not own else _known(extra).union(word.rstrip(b"(") for word in own)
    told = extra | own if own else extra
    for word in known & there.all:
        for at in occurrences(text, word):
            end = at + len(word)
            if is_word(text, at) and text[end : end + 1] not in LETTERS:
                yield from _annotation(text, at, end, told)


@lru_cache(maxsize=4)
def _known(extra: frozenset[bytes]) -> frozenset[bytes]:
    return words.PLAIN | words.CALLED | frozenset(words.RENAMED) | {word.rstrip(b"(") for word in extra}


def _annotation(text: bytes, start: int, end: int, extra: frozenset[bytes]) -> Edits:
    word = text[start:end]
    if word in words.CALLED or word + b"(" in extra:
        call = _CALL.match(text, end)
        close = close_of(text, call.end() - 1) if call else -1
        if close > 0:
            yield start, blanks(text, start, close)
    elif word in words.PLAIN or word in extra:
        if not _is_argument(text, start, end):
            yield start, blanks(text, start, end)
    elif word in words.RENAMED:
        yield start, words.RENAMED[word].ljust(len(word))


def _is_argument(text: bytes, start: int, end: int) -> bool:
    """Whether the word is an argument all by itself: ``register_handler(.., __initdata)``."""
    before, after = text[max(0, start - 200) : start].rstrip(), text[end : end + 200].lstrip()
    return before[-1:] in (b"(", b",") and after[:1] in (b",", b")")
