"""What a static variable or table of one file can hold: the union of all that the file puts into it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from kscan.dialect.scan import Clean, clean
from kscan.facts.lower.outputs import occurrences_of
from kscan.flow.values import ALL, IntSet
from kscan.link.elements import Text, element_values, values_of
from kscan.model.facts import Macro
from kscan.model.regex import regex
from kscan.model.source import Source

_NAME: Final = regex(r"[A-Za-z_]\w*\Z")
_DECLARED: Final = regex(
    rb"^static\s+(?:const\s+|volatile\s+)*"
    rb"(?:unsigned\s+|signed\s+)?(?:int|long|short|char|bool|[us](?:8|16|32|64)|ssize_t|size_t|gfp_t)\s+"
    rb"(?:__\w+\s+)*([A-Za-z_]\w*)\s*(?:__\w+\s*)*(?:=([^;{}]*))?;",
    re.MULTILINE,
)
_READ_AFTER: Final = regex(rb"\s*(?:[;?:)<>|%/]|[-+](?![-+=])|\*(?!=)|&(?!=)|[!=]=)")
_OPERATOR_SET: Final = regex(rb"\s*(?:[-+*/%|^&]|<<|>>)=(?!=)|\s*(?:\+\+|--)")
_STORED: Final = regex(rb"\s*=(?!=)([^;,(){}=]*);")
_READ_BEFORE: Final = regex(
    rb"(?:\b(?:return|case|else)|\b(?:if|while|switch|return|likely|unlikely|READ_ONCE|data_race)\s*\(|[!<>|%/?:;{}]"
    rb"|&&|[=!<>]=|(?<![=!<>+*/%|&^-])=|[(!=]\s*\()\s*\Z"
)
_STATEMENT: Final = regex(rb"[;{}:)]\s*\Z|\belse\s*\Z")
_MEMBER: Final = regex(rb"(?:\.|->)\s*\Z")
_BEFORE: Final = 40
"""Bytes before a name that tell how it is used."""
_MAX_FILES: Final = 64
_ANY: Final = (ALL, False)

NumberOf = Callable[[str, str], "int | None"]


class Statics:
    """Values by file and variable. ``read`` gives a file, ``number`` the number a word stands for in one, ``macros``
    its function-like macros."""

    def __init__(
        self, read: Callable[[str], Source | None], number: NumberOf, macros: Callable[[str], Sequence[Macro]]
    ) -> None:
        self._number = number
        self._macros = macros
        self._known: dict[tuple[str, str], tuple[IntSet, bool]] = {}
        self._files = lru_cache(maxsize=_MAX_FILES)(lambda path: _read(read(path)))

    def values(self, path: str, name: str) -> tuple[IntSet, bool]:
        """What the variable ``name`` of the file at ``path`` can hold, or the element so called of a table; everything
        unless it is a static number that only plain assignments of constants change, or a table of constants. And
        whether the negative ones are bare numbers, no errnos."""
        key = (path, name)
        if key not in self._known:
            self._known[key] = self._values(path, name) if path.endswith(".c") else _ANY
        return self._known[key]

    def _values(self, path: str, name: str) -> tuple[IntSet, bool]:
        if _NAME.match(name):
            return self._look(path, name)
        file = self._files(path) if "[" in name else None
        if file is None:
            return _ANY
        text = Text(file.text, file.data, {macro.name: macro for macro in self._macros(path)})
        return element_values(text, name, lambda word: self._number(word, path))

    def _look(self, path: str, name: str) -> tuple[IntSet, bool]:
        word = name.encode()
        file = self._files(path)
        if file is None:
            return _ANY
        text, directives, data = file.text, file.directives, file.data
        declared = file.declared.get(word, [])
        if len(declared) != 1 or occurrences_of(word, directives, 0, len(directives)):
            return _ANY
        stored = [data[declared[0].start(2) : declared[0].end(2)] if declared[0][2] else b"0"]
        for start in occurrences_of(word, text, 0, len(text)):
            if start == declared[0].start(1):
                continue
            use = _use(text, data, start, start + len(word))
            if use is None:
                return _ANY
            stored += [use] if use else []
        words = {"true": 1, "false": 0}
        texts = [one.decode("latin-1") for one in stored]
        return values_of(texts, lambda word: words.get(word, self._number(word, path)))


class _File(NamedTuple):
    """The ``text`` of a file without comments and directives, its ``directives``, all of it, and the numbers that it
    declares, by name."""

    text: bytes
    directives: bytes
    data: bytes
    declared: dict[bytes, list[re.Match[bytes]]]


def _read(source: Source | None) -> _File | None:
    if source is None:
        return None
    made: Clean = clean(source.data)
    directives = b"\n".join([source.data[line.start : line.end] for line in made.directives])
    declared: dict[bytes, list[re.Match[bytes]]] = {}
    for match in _DECLARED.finditer(made.text):
        declared.setdefault(match[1], []).append(match)
    return _File(made.text, directives, source.data, declared)


def _use(text: bytes, data: bytes, start: int, end: int) -> bytes | None:
    """What a use of the name at ``start`` puts into it, as ``data`` writes it: b"" for one that only reads it, None
    when that is not told."""
    before = text[max(0, start - _BEFORE) : start]
    if _MEMBER.search(before):
        return b""
    stored = _STORED.match(text, end)
    if stored is not None:
        return data[stored.start(1) : stored.end(1)].strip() or None if _STATEMENT.search(before) else None
    if _OPERATOR_SET.match(text, end) or not _READ_AFTER.match(text, end):
        return None
    return b"" if _READ_BEFORE.search(before) else None
