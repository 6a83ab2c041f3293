"""The conditions of an if-else chain: an ``else if`` may spell out what the ones before it leave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kscan.dialect.scan import close_of, opening_of
from kscan.model.regex import regex

_ELSE_IF: Final = regex(rb"([};])\s*else\s+if\s*\Z")
_IF: Final = regex(rb"\bif\s*\(")
_BRACES: Final = regex(rb"[{}]")
_REACH: Final = 60
_FAR: Final = 8_000
"""Bytes of one branch that are looked through."""


def before(text: bytes, at: int) -> Iterator[tuple[int, int]]:
    """The conditions of the ``if`` and ``else if`` before the ``else if`` whose condition is around ``at``, the nearest
    first; none where it is no ``else if``."""
    opening = _own(text, at)
    while opening >= 0:
        found = _ELSE_IF.search(text, max(0, opening - _REACH), opening)
        condition = _condition(text, found.start(1)) if found else None
        if condition is None:
            return
        yield condition
        opening = condition[0]


def _own(text: bytes, at: int) -> int:
    """The parenthesis of the ``if`` whose condition is around ``at``."""
    opening = opening_of(text, at)
    while opening >= 0 and not re.search(rb"\bif\s*\Z", text[max(0, opening - 20) : opening]):
        opening = opening_of(text, opening)
    return opening


def _condition(text: bytes, end: int) -> tuple[int, int] | None:
    """The condition of the ``if`` whose branch ends with the brace or semicolon at ``end``."""
    block = _opening_brace(text, end) if text[end : end + 1] == b"}" else -1
    low = max(0, (block if block >= 0 else end) - _FAR)
    for found in reversed(list(_IF.finditer(text, low, block if block >= 0 else end))):
        close = close_of(text, found.end() - 1)
        branch = text[close : block if block >= 0 else end]
        if close >= 0 and not (branch.strip() if block >= 0 else re.search(rb"[;{}]", branch)):
            return found.end() - 1, close
    return None


def _opening_brace(text: bytes, closing: int) -> int:
    depth = 0
    for found in reversed(list(_BRACES.finditer(text, max(0, closing - _FAR), closing + 1))):
        depth += 1 if found[0] == b"}" else -1
        if depth == 0:
            return found.start()
    return -1
