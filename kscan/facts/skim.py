"""What a header with functions shares with other files, read off its text where that tells all of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from kscan.dialect.conditions import blank, inactive
from kscan.dialect.scan import Clean, Depths, Directive, clean
from kscan.facts.constants import defined
from kscan.facts.parsed import MAX_CODE
from kscan.model.facts import Constant, FileFacts
from kscan.model.regex import regex
from kscan.model.source import Source

_FUNCTION: Final = regex(rb"\)\s*+(?:\w++\s*+)*+\{")
"""The end of a function's header, before its body."""
_ENUM: Final = regex(rb"\benum\b")
_USED: Final = regex(rb"enum(?:\s++[A-Za-z_]\w*+)++\s*+(?![\s\w:{])")
"""An enumeration that is named, and not defined there."""
_WRITTEN: Final = regex(rb"enum(?:\s++[A-Za-z_]\w*+)?+\s*+\{([^{}]*+)\}")
_IN_PARENTHESES: Final = rb"\((?:[^(){}#;]|\([^(){}#;]*+\))*+\)"
_ENUMERATOR: Final = regex(rb"\s*+([A-Za-z_]\w*+)\s*+(?:=\s*+((?:[^,(){}#;]|" + _IN_PARENTHESES + rb")++))?+(?:,|\Z)")
_CONDITIONAL: Final = regex(rb"#[ \t]*+(?:if|el|end)")
_WORDS: Final = frozenset((b"NULL", b"true", b"false"))
"""Words that name no enumerator where C has them already."""


def skimmed(source: Source, skeleton: Clean | None = None) -> FileFacts | None:
    """Of the facts of a file in which functions are written those that it shares with others, as ``sharing_facts``
    tells them of its tree. None for other files, and where the text is not plain enough. ``skeleton`` is
    ``clean(source.data)`` where a caller has it."""
    data = source.data
    if len(data) > MAX_CODE or b"\0" in data:
        return None
    skeleton = skeleton or clean(data)
    if _FUNCTION.search(skeleton.text) is None:
        return None
    left_out = inactive(data, skeleton.directives, None)
    shown, text = data, skeleton.text
    if left_out:
        shown, text = without(data, left_out), without(text, left_out)
    counted = _enumerators(data, text, skeleton.directives) if b"enum" in text else []
    if counted is None or _may_be_cut(data, text, skeleton.directives):
        return None
    made = defined(data, shown, skeleton.directives)
    return FileFacts(
        path=source.path, constants=made.constants_and(tuple(counted)), macros=made.macros, includes=made.includes
    )


def _may_be_cut(data: bytes, text: bytes, directives: tuple[Directive, ...]) -> bool:
    """Whether anything is defined inside of braces and behind a conditional line there: where such lines cut a
    statement, a tree has one branch only."""
    depths, conditional = Depths(text), False
    for line in directives:
        if depths.at(line.start) == 0:
            conditional = False
        elif _CONDITIONAL.match(data, line.start) is not None:
            conditional = True
        elif conditional:
            return True
    return False


def without(text: bytes, spans: list[tuple[int, int]]) -> bytes:
    """``text`` with blanks in these ``spans``."""
    data = bytearray(text)
    blank(data, spans)
    return bytes(data)


def _enumerators(data: bytes, text: bytes, directives: tuple[Directive, ...]) -> list[Constant] | None:
    """The enumerators in clean ``text``; None where not every enumeration is plain."""
    found: list[Constant] = []
    lines = [line.start for line in directives]
    for word in _ENUM.finditer(text):
        at = word.start()
        if _USED.match(text, at) is not None:
            continue
        written = _WRITTEN.match(text, at)
        if written is None or _any_within(lines, at, written.end()):
            return None
        listed = list(_listed(data, text, written.start(1), written.end(1)))
        if not listed or None in listed:
            return None
        found += [one for one in listed if one is not None]
    return found


def _any_within(offsets: list[int], start: int, end: int) -> bool:
    at = bisect_left(offsets, start)
    return at < len(offsets) and offsets[at] < end


def _listed(data: bytes, text: bytes, start: int, end: int) -> Iterator[Constant | None]:
    """The enumerators between two offsets; None for what is not plain."""
    before = ""
    while text[start:end].strip():
        one = _ENUMERATOR.match(text, start, end)
        if one is None or one[1] in _WORDS:
            yield None
            return
        name, value = one[1].decode(), (one[2] or b"").rstrip()
        if value and data[one.start(2) : one.start(2) + len(value)] != value:  # a comment, or a character
            yield None
            return
        yield Constant(name, " ".join(value.decode("utf-8", "replace").split()), one.start(1), "enum", before)
        before, start = name, one.end()
