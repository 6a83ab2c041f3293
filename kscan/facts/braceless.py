"""What a header tells in which no brace stands, read off its text: no function, type or object is written there."""

from __future__ import annotations

from typing import Final, NamedTuple

from kscan.dialect.conditions import inactive
from kscan.dialect.scan import clean
from kscan.facts.constants import defined
from kscan.facts.definers import Visible
from kscan.facts.expansions import asked, expansions, invocations
from kscan.facts.parsed import MAX_CODE
from kscan.facts.shared import hides_constants
from kscan.facts.skim import without
from kscan.facts.tables import STORES, macro_tables
from kscan.model.facts import FileFacts, FileTables
from kscan.model.regex import regex
from kscan.model.source import Source

_THROUGH: Final = regex(rb"[)\]]\s*+\(|(?:\.|->)\s*+\w++\s*+\(")
"""What may be a call of anything but a name."""
_HEAD: Final = regex(rb"(?:\s++|/\*(?:[^*]++|\*(?!/))*+\*/|//[^\n\\]*+\n)*+")
"""Blanks and comments at the beginning of a file."""
_OTHER: Final = regex(rb"\n(?!#define[ \t]++\w++[ \t\r\n]|//|\r?\n|#ifndef |#endif|\Z)")
"""The end of a line before one that does more than number a register, or guard against a second include."""

_LONG_COMMENT: Final = regex(rb"/\*(?![^\n]*?\*/)")


class Told(NamedTuple):
    """The facts and tables of a file."""

    facts: FileFacts
    tables: FileTables


def numbers_only(data: bytes) -> bool:
    """Whether ``data`` is nothing but comments and definitions of macros without parameters, each on one line."""
    found = _HEAD.match(data)
    start = found.end() if found is not None else 0
    rest = data[max(0, start - 1) :] if start else b"\n" + data
    if rest[:1] != b"\n" or any(sign in rest for sign in (b"\\", b"=", b"\0")):  # a longer line, or a filled field
        return False
    return (b"/*" not in rest or _LONG_COMMENT.search(rest) is None) and _OTHER.search(rest) is None


def without_braces(source: Source, macros: Visible) -> Told | None:
    """The facts and tables of a file in which no brace stands, as its tree tells them; ``macros`` are those of the
    tree's headers that it sees. None for other files, and where the text may hold what only a tree tells."""
    data = source.data
    if b"{" in data or b"\0" in data:
        return None
    hidden = hides_constants(source.path, len(data))
    if hidden and numbers_only(data):
        return Told(FileFacts(source.path), FileTables())
    skeleton = clean(data)
    text = skeleton.text
    if not text.isspace() and (len(data) > MAX_CODE or _needs_tree(text)):
        return None
    left_out = inactive(data, skeleton.directives, None)
    made = defined(data, without(data, left_out) if left_out else data, skeleton.directives)
    invoked = invocations(text) if b"(" in text else []
    own = {macro.name: macro for macro in reversed(made.macros)}
    if invoked and expansions(source, own, skeleton, macros, invoked):
        return None
    facts = FileFacts(
        path=source.path,
        constants=() if hidden else made.constants,
        macros=made.macros,
        includes=made.includes,
        asked=asked(text, invoked, own),
    )
    return Told(facts, macro_tables(data, skeleton))


def _needs_tree(text: bytes) -> bool:
    """Whether clean ``text`` may hold an assignment, or a call through a pointer."""
    return b"=" in text or _THROUGH.search(text) is not None or any(word in text for word in STORES)
