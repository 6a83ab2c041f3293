"""Macros that are statements, loops, declarations or function headers to shapes that the grammar knows."""

from __future__ import annotations

import re
from typing import Final

from kscan.dialect import annotations as words
from kscan.dialect.scan import Depths, close_of
from kscan.dialect.tokens import (
    BALANCED,
    INVOKED,
    LETTERS,
    Edits,
    Words,
    blanks,
    is_word,
    last_word,
    one_name,
    word_start,
)
from kscan.model.regex import regex

_DO_EACH: Final = regex(rb"(do|while)_each_\w++[ \t]*+\(")
_BLOCK: Final = regex(
    rb"\n[ \t]++((?!(?:if|for|while|switch|return|sizeof|else|do|case|typeof|asm|__asm__)\b)[A-Za-z_]\w*+)[ \t]*+"
    + BALANCED
    + rb"\s*+\{"
)
_DESIGNATED: Final = regex(rb"\s*+\{\s*+\.\s*+[A-Za-z_]\w*+\s*+=")
_STATIC: Final = regex(rb"static[ \t]++(?:const[ \t]++)?+([A-Za-z_]\w*+)\(")
_INITIALISED: Final = regex(rb"\n[ \t]*+([A-Z][A-Z0-9_]{4,}+\([^()]*+\))\s*+=\s*+\{")
_CALL_INITIALISED: Final = regex(rb"\)\s*+=\s*+\{")
_TOP: Final = regex(rb"\n([A-Za-z_]\w*+)[ \t]*+\(")
_LONGEST: Final = 6
"""Bytes that tell whether ``else`` or ``do`` stands at the end, and no longer word."""
_STARTERS: Final = LETTERS | {b""}


def loops(text: bytes, there: Words) -> Edits:
    for root in words.LOOP_ROOTS + words.GUARD_ROOTS:
        for at in there.places(text, root):
            match = INVOKED.match(text, word_start(text, at))
            if match:
                yield from _statement(text, match.start(), match.end() - 1, braced=False)
    for match in _BLOCK.finditer(text):
        yield from _statement(text, match.start(1), text.index(b"(", match.end(1)), braced=True)
    for at in there.places(text, b"_each_"):
        match = _DO_EACH.match(text, word_start(text, at))
        if match:
            yield from _do_each(text, match)


def _statement(text: bytes, start: int, opening: int, *, braced: bool) -> Edits:
    """A macro at the start of a statement that another statement follows becomes ``while`` or ``if``."""
    name = text[start:opening].rstrip()
    close = close_of(text, opening)
    if close < 0 or not _starts_statement(text, start):
        return
    follows = text[close : close + 2000].lstrip()[:1]
    ends_loop = follows == b";" and _closes_block(text, start)
    if ends_loop or (follows == b"{" if braced else follows not in (b";", b"", b",", b")")):
        once = name.startswith(words.GUARD_PREFIXES) or len(name) < 5
        word = b"if" if once else b"while"
        if not text[opening + 1 : close - 1].strip() and len(name) > 6:
            yield start, word.ljust(opening - start - 1) + b"(1" + blanks(text, opening + 1, close - 1)
        elif len(name) > 1:
            yield start, word.ljust(len(name))


def _closes_block(text: bytes, start: int) -> bool:
    """Whether a brace closes on the same line: ``do { .. } for_each_foo(..);``."""
    line = text[text.rfind(b"\n", 0, start) + 1 : start].strip()
    return line == b"}"


def _starts_statement(text: bytes, start: int) -> bool:
    before = text[max(0, start - 4000) : start].rstrip()
    return before[-1:] in (b";", b"{", b"}", b")", b":") or last_word(before[-_LONGEST:]) in (b"else", b"do")


def _do_each(text: bytes, match: re.Match[bytes]) -> Edits:
    close = close_of(text, match.end() - 1)
    if close < 0 or not is_word(text, match.start()) or not _starts_statement(text, match.start()):
        return
    if match.group(1) == b"do":
        yield match.start(), b"do" + blanks(text, match.start() + 2, close)
    elif text[close : close + 2000].lstrip()[:1] == b";":
        yield from _statement(text, match.start(), match.end() - 1, braced=False)


def static_macros(text: bytes, _there: Words) -> Edits:
    """``static MACRO(..);`` loses its storage class; an initialiser or a body behind it needs a declarator."""
    for match in _STATIC.finditer(text):
        at = match.start()
        close = close_of(text, match.end() - 1) if match.group(1) not in words.KEYWORD_TYPES else -1
        if close < 0 or not is_word(text, at):
            continue
        follows = text[close : close + 2_000].lstrip()[:1]
        if follows == b";":
            yield at, blanks(text, at, match.start(1))
        elif follows == b"{":
            yield match.start(1), _header(text, match.start(1), match.end() - 1, close)
        elif follows == b"=":
            yield match.start(1), one_name(text[match.start(1) : close])
            yield at, b"int    "
    for match in _INITIALISED.finditer(text) if _CALL_INITIALISED.search(text) else ():
        yield match.start(1), b"int " + one_name(match.group(1)[4:])


def _header(text: bytes, start: int, opening: int, close: int) -> bytes:
    """What makes a function of the body behind a macro invocation, or an object of the initialiser; a short name leaves
    no room for the arguments."""
    if close - start > 7 and _DESIGNATED.match(text, close):
        return b"int " + one_name(text[start + 4 : close - 2]) + b" ="
    if opening - start > 4:
        return b"int _"
    if close - start < 7:
        return text[start:close]
    return b"int _(" + blanks(text, start + 6, close - 1) + b")"


def file_scope(text: bytes, _there: Words) -> Edits:
    depths = Depths(text)
    done = 0
    for start in (0, *(match.start(1) for match in _TOP.finditer(text))):
        if start < done or depths.at(start) > 0:
            continue
        before = text[max(0, start - 20_000) : start].rstrip()[-1:]
        if before in (b"", b";", b"}", b")"):
            for at, new in _invocations(text, start):
                done = at + len(new)
                yield at, new


def _invocations(text: bytes, start: int) -> Edits:
    """Macro invocations in a row: each becomes an empty statement, the one before a brace a function header."""
    match = INVOKED.match(text, start)
    while match:
        close = close_of(text, match.end() - 1)
        if close < 0:
            return
        after = close + len(text[close : close + 20_000]) - len(text[close : close + 20_000].lstrip())
        follows = text[after : after + 1]
        if follows == b"{":
            yield match.start(), _header(text, match.start(), match.end() - 1, close)
        elif follows == b"}" or follows in _STARTERS:
            yield match.start(), blanks(text, match.start(), close - 1) + b";"
        match = INVOKED.match(text, after)
