"""What the text alone tells: the numbers that literals stand for, and labels."""

from __future__ import annotations

from typing import Final

from kscan.model.instr import in_64_bits
from kscan.model.regex import regex

_LABEL: Final = regex(rb"[ \t]*+([A-Za-z_]\w*+)[ \t]*+\Z")
_COLON: Final = regex(rb":[ \t]*+[\n/;]")
_ESCAPES: Final = {
    "n": 10,
    "t": 9,
    "0": 0,
    "r": 13,
    "\\": 92,
    "'": 39,
    '"': 34,
    "a": 7,
    "b": 8,
    "f": 12,
    "v": 11,
    "e": 27,
}


def parse_number(text: str) -> int | None:
    """The value of a C integer literal, None when it is none (a float, say)."""
    bare = text.rstrip("uUlL").replace("'", "")
    try:
        number = int(bare, 8 if bare[:1] == "0" and bare[1:].isdigit() else 0)
    except ValueError:
        return None
    return None if number >> 64 > 0 else in_64_bits(number)


def parse_char(text: str) -> int | None:
    """The value of a character literal."""
    inner = text.strip("'") if not text.startswith("'\\'") else "\\'"
    if len(inner) == 1:
        return ord(inner)
    if inner.startswith("\\"):
        if inner[1:2] == "x":
            return int(inner[2:] or "0", 16)
        if inner[1:].isdigit():
            return int(inner[1:], 8)
        return _ESCAPES.get(inner[1:])
    return None


def labels_in(text: bytes, start: int, end: int) -> frozenset[str]:
    """The labels on lines of their own between two offsets. (Few lines have such a colon, and it is found fast.)"""
    labels: list[str] = []
    for colon in _COLON.finditer(text, start, end):
        at = text.rfind(b"\n", start, colon.start())
        label = _LABEL.match(text, at + 1, colon.start()) if at >= 0 else None
        if label is not None:
            labels.append(label[1].decode())
    return frozenset(labels)
