"""What an element of a constant table at file scope can be: the union of all that its initialiser holds there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kscan.dialect.expand import expand
from kscan.flow.values import ALL, IntSet, join, single
from kscan.link.constants import number_of
from kscan.model.facts import Macro
from kscan.model.regex import regex

_ELEMENT = regex(r"(?P<table>[A-Za-z_]\w*)\[[^][]*(?:\[[^][]*\][^][]*)*\](?:\.(?P<member>[A-Za-z_]\w*))?\Z")
_TABLE = (
    rb"^[ \t]*static[ \t]+const[ \t]+"
    rb"(?P<type>(?:unsigned[ \t]+|signed[ \t]+)?(?:int|long|short|char|[us](?:8|16|32|64))"
    rb"|struct\s*(?:\w+\s*)?\{(?P<own>[^{}]*)\}|struct[ \t]+(?P<tag>\w+))\s*"
    rb"\b%s[ \t]*\[(?P<size>[^][;{}]*)\]\s*(?:__\w+(?:\([^()]*\))?\s*)*=\s*\{"
)
_STRUCT = rb"^struct[ \t]+%s\s*\{(?P<own>[^{}]*)\}"
_FIELD = regex(r"(?P<name>[A-Za-z_]\w*)\s*(?:\[[^][]*\]\s*)*\Z")
_DESIGNATOR = regex(r"\[[^][]*\]\s*=(?!=)\s*")
_NAMED = regex(r"\.\s*([A-Za-z_]\w*)\s*=(?!=)\s*(.*)\Z", re.DOTALL)
_BARE = regex(r"[(\s]*-[(\s]*\d")
_READ_BEFORE = regex(rb"(?:(?:^|[^\w])(?:return|case|else|sizeof)|[^\w*\s])\s*\Z")
_OPEN, _CLOSE = "([{", ")]}"
MAX_TABLE = 60_000
"""Bytes of an initialiser; a longer one is not looked through."""


class Text(NamedTuple):
    """A file for whoever looks for tables: its text without comments and directives, as it is, and its macros by
    name."""

    text: bytes
    data: bytes
    macros: Mapping[str, Macro]


def element_values(file: Text, element: str, number: Callable[[str], int | None]) -> tuple[IntSet, bool]:
    """The numbers that ``element`` ("table[i]", "table[i].member") of ``file`` can be, and whether the negative ones
    are bare numbers; everything where it is none of a table of constants, or not all of them are told."""
    return values_of(_texts(file, element), number)


def values_of(texts: Sequence[str], number: Callable[[str], int | None]) -> tuple[IntSet, bool]:
    """The numbers that ``texts`` stand for, and whether the negative ones are bare; everything where one is not told,
    where there is none, or where bare numbers and errnos are mixed."""
    numbers = [number_of(text, number) for text in texts]
    negative = [text for text, one in zip(texts, numbers, strict=True) if one is not None and one < 0]
    bare = [_BARE.match(text) is not None for text in negative]
    if not numbers or (any(bare) and not all(bare)):
        return ALL, False
    return join([ALL if one is None else single(one) for one in numbers]), any(bare)


def _texts(file: Text, element: str) -> list[str]:
    """What the initialiser writes for ``element``; nothing where that is not told."""
    match = _ELEMENT.match(element)
    if match is None:
        return []
    name = match["table"].encode()
    found = list(re.finditer(_TABLE % name, file.text, re.MULTILINE)) if name in file.text else []
    if len(found) != 1 or (match["member"] is None) != (found[0]["type"][:6] != b"struct"):
        return []
    table = found[0]
    uses = [use.start() for use in re.finditer(rb"\b%s\b" % name, file.text) if _beside(use, table)]
    if not all(_reads(file.text, start) for start in uses):
        return []
    body = _body(file, table.end())
    if body is None:
        return []
    fields = _fields(file.text, table) if match["member"] is not None else []
    holes = ["0"] if table["size"].strip() or "[" in body else []
    return [*_told(body, match["member"], fields), *holes]


def _beside(use: re.Match[bytes], table: re.Match[bytes]) -> bool:
    """Whether this is no part of the head of the table."""
    return not table.start() <= use.start() < table.end()


def _reads(text: bytes, start: int) -> bool:
    """Whether the name at ``start`` is used, and not declared anew."""
    return _READ_BEFORE.search(text[max(0, start - 40) : start]) is not None


def _body(file: Text, start: int) -> str | None:
    """What stands in the braces that open before ``start``, with the file's own macros expanded."""
    depth, at = 1, start
    while depth and at < len(file.text) and at - start < MAX_TABLE:
        depth += (file.text[at : at + 1] == b"{") - (file.text[at : at + 1] == b"}")
        at += 1
    if depth or b"'" in file.data[start:at]:  # a character is no 0, which it is without literals
        return None
    text = file.text[start : at - 1].decode("latin-1").replace('"', "?")
    expanded = expand(text, file.macros)
    return expanded.text or None


def _fields(text: bytes, table: re.Match[bytes]) -> list[str]:
    """The fields of the struct that the table holds, in order; none where they are not told."""
    own = table["own"]
    if own is None:
        found = re.search(_STRUCT % table["tag"], text, re.MULTILINE)
        own = found["own"] if found is not None else b""
    names = []
    for field in own.decode("latin-1").split(";")[:-1]:
        match = _FIELD.search(field.strip())
        if match is None or "," in field or ":" in field:
            return []
        names.append(match["name"])
    return names


def _told(body: str, member: str | None, fields: list[str]) -> Iterator[str]:
    """The text of each element, or of its ``member``: "0" where it has none, "" where that is not told."""
    for one in _split(body):
        element = _DESIGNATOR.sub("", one, count=1) if one.startswith("[") else one
        if member is None:
            yield element
        elif element[:1] != "{" or element[-1:] != "}":
            yield ""
        else:
            yield _member(_split(element[1:-1]), member, fields)


def _member(values: list[str], member: str, fields: list[str]) -> str:
    named = [match for match in map(_NAMED.match, values) if match is not None]
    if named and len(named) != len(values):
        return ""
    if named or not values:
        return next((match[2] for match in named if match[1] == member), "0")
    if member not in fields:
        return ""
    place = fields.index(member)
    return values[place] if place < len(values) else "0"


def _split(text: str) -> list[str]:
    """The parts of ``text`` between commas outside of brackets, stripped; an empty one at the end is none."""
    parts, depth, begin = [], 0, 0
    for at, char in enumerate(text):
        depth += (char in _OPEN) - (char in _CLOSE)
        if char == "," and depth == 0:
            parts.append(text[begin:at].strip())
            begin = at + 1
    last = text[begin:].strip()
    return [*parts, last] if last else parts
