"""Function headers that plain words make up, read from their text: most of them, and far faster than from the tree."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from kscan.dialect.annotations import KEYWORD_TYPES, RESERVED
from kscan.model.facts import Param
from kscan.model.regex import regex

_WORDS: Final = rb"((?:[A-Za-z_]\w*+(?:\s*+\*[\s*]*+|\s++))++)([A-Za-z_]\w*+)"
_HEADER: Final = regex(_WORDS + rb"\(([^()]*+)\)\s*+")
_PARAM: Final = regex(_WORDS)
_STORAGE: Final = regex(rb"\b(?:static|extern|inline|__inline|__inline__|register|_Noreturn|auto)\b")
_STORED: Final = frozenset(b"static extern inline __inline __inline__ register _Noreturn auto typedef".split())
_QUALIFIERS: Final = frozenset((b"const", b"volatile"))
_TAGS: Final = frozenset((b"struct", b"union", b"enum"))
_SIZES: Final = frozenset((b"unsigned", b"signed", b"long", b"short", b"int", b"char"))
_NO_NAMES: Final = KEYWORD_TYPES | _QUALIFIERS | _TAGS | _STORED | frozenset(word.encode() for word in RESERVED)
_VOID: Final = (Param("", "void"),)


class Plain:
    """A header: the function's name and where in it the name starts, its return type, whether it is static."""

    __slots__ = ("name", "name_start", "params", "return_type", "static")

    def __init__(self, name: str, name_start: int, return_type: str, static: bool, params: tuple[Param, ...]) -> None:
        self.name = name
        self.name_start = name_start
        self.return_type = return_type
        self.static = static
        self.params = params


def plain_header(text: bytes) -> Plain | None:
    """The header in ``text``, which ends before the body; None where it is not made of types, stars and names alone."""
    found = _HEADER.fullmatch(text)
    if found is None:
        return None
    before, name, listed = found.groups()
    returned, params = _returned(before), _params(listed)
    if name in _NO_NAMES or returned is None or params is None:
        return None
    return Plain(name.decode(), found.start(2), returned[0], returned[1], params)


@lru_cache(maxsize=1 << 12)
def _returned(before: bytes) -> tuple[str, bool] | None:
    """The return type in what stands before a function's name, and whether ``static`` does too."""
    written = before.replace(b"*", b" ").split()
    shown = shown_type(before)
    return (shown, b"static" in written) if shown.strip("* ") and not _RESERVED.intersection(written) else None


_RESERVED: Final = frozenset(word.encode() for word in RESERVED)


@lru_cache(maxsize=1 << 14)
def _params(listed: bytes) -> tuple[Param, ...] | None:
    if not listed.strip():
        return ()
    params = [_param(one.strip()) for one in listed.split(b",")]
    known = tuple(one for one in params if one is not None)
    if len(known) < len(params):
        return None
    return () if known == _VOID else known


@lru_cache(maxsize=1 << 14)
def _param(text: bytes) -> Param | None:
    """One parameter; None where more than words and stars are needed to tell its name from its type."""
    if text in (b"void", b"..."):
        return Param("", text.decode())
    found = _PARAM.fullmatch(text)
    if found is None or found.group(2) in _NO_NAMES or not _is_type(found.group(1)):
        return None
    return Param(found.group(2).decode(), shown_type(found.group(1)))


def _is_type(text: bytes) -> bool:
    words = [word for word in text.replace(b"*", b" ").split() if word not in _QUALIFIERS]
    if len(words) == 2 and words[0] in _TAGS:
        return words[1] not in _NO_NAMES
    if len(words) == 1 and words[0] not in _TAGS | _STORED | _RESERVED:
        return True
    return bool(words) and _SIZES.issuperset(words)


@lru_cache(maxsize=1 << 14)
def shown_type(text: bytes) -> str:
    """A type as shown: without storage classes, UTF-8 where it is, blanks collapsed."""
    return " ".join(_STORAGE.sub(b" ", text).decode("utf-8", "replace").split())
