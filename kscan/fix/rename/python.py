"""A name in Python, through LibCST: literals that name the symbol, constants made from it, comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kscan.fix.rename.candidates import occurrences
from kscan.fix.rename.prose import Sight, verdict
from kscan.fix.rename.words import LOOKUP_CALLS, PROBE_TEXT
from kscan.model.error import InputError
from kscan.model.regex import regex

_PROBE = regex(
    rb"(?:\A|[\s\"'])(?:[prf]\d*(?::\S+)?[ \t]+(?:\w+:)?|k(?:ret)?probe(?:__|:|/|\.)|(?:f(?:entry|exit)|kprobe)[:/])\Z"
)
_MEMBER = regex(rb"(?:->|\.)[ \t]*\Z")
_TAGGED = regex(rb"\b(?:struct|union|enum)[ \t]+\Z")
_PROGRAM = regex(rb"#include\s*<|\bBPF_\w+\s*\(|SEC\(")
_OWN = "Python's own name"


class Leaf(NamedTuple):
    """A name, literal or comment: its bytes, and for a literal who it is given to ("" if nobody)."""

    kind: str
    start: int
    end: int
    given_to: str = ""
    document: bool = False


class PythonWord(NamedTuple):
    """A word from ``start`` to ``end``: ``new`` is what it becomes, unless ``why`` says that it is left alone."""

    start: int
    end: int
    new: bytes
    why: str


def python_words(data: bytes, sight: Sight, new: bytes, derived: Mapping[bytes, bytes]) -> Iterator[PythonWord]:
    """
    Each place of the symbol's name, and of the names ``derived`` from it (with what they become), in a Python file.
    Raises InputError when LibCST is not installed.
    """
    leaves = _leaves(data)
    for at in occurrences(data, sight.name):
        yield PythonWord(at, at + len(sight.name), new, _why(data, at, _at(leaves, at), sight))
    for name, becomes in derived.items():
        for at in occurrences(data, name):
            leaf = _at(leaves, at)
            known = leaf is not None and leaf.kind in ("name", "comment")
            yield PythonWord(at, at + len(name), becomes, "" if known else "not a name in Python")


def _at(leaves: list[Leaf] | None, at: int) -> Leaf | None:
    return next((leaf for leaf in leaves or () if leaf.start <= at < leaf.end), None)


def _why(data: bytes, at: int, leaf: Leaf | None, sight: Sight) -> str:
    if leaf is None:
        return "not parsed as Python"
    if leaf.kind == "name":
        return _OWN
    if leaf.kind == "comment" or leaf.document:
        return verdict(data, at, sight) if sight.called else "not known to mean the symbol"
    return _in_literal(data, at, leaf, sight)


def _in_literal(data: bytes, at: int, leaf: Leaf, sight: Sight) -> str:
    head, end = data[leaf.start : at], at + len(sight.name)
    text = data[leaf.start : leaf.end].lstrip(b"rRbBuUfF").strip(b"\"'")
    tagged = _TAGGED.search(head) is not None
    if tagged or sight.kind == "tag":
        return "" if tagged and sight.kind == "tag" else "not the same kind of name"
    if leaf.given_to in LOOKUP_CALLS:
        return "a member" if _MEMBER.search(head) else ""
    if _PROBE.search(head):
        return ""
    watching = PROBE_TEXT.search(data) is not None and not sight.plain and not sight.homonym
    if text == sight.name and watching:
        return ""
    if _PROGRAM.search(text) and watching and not _MEMBER.search(head) and data[end : end + 1] == b"(":
        return ""
    return "in a string that may name something else"


def _leaves(data: bytes) -> list[Leaf] | None:
    """The names, literals and comments of a module in order; None if it is not Python 3."""
    try:
        import libcst as cst  # noqa: PLC0415 - optional, and slow to load
        from libcst.metadata import MetadataWrapper  # noqa: PLC0415
    except ImportError:
        raise InputError("Python files name it and LibCST is missing: pip install 'kscan[rename]'") from None
    from kscan.fix.rename.pyleaves import Leaves  # noqa: PLC0415

    try:
        module = cst.parse_module(data)
    except (cst.ParserSyntaxError, UnicodeDecodeError):
        return None
    found = Leaves()
    MetadataWrapper(module, unsafe_skip_copy=True).visit(found)
    shown = data.decode(module.encoding, "replace").encode()
    # Spans are those of UTF-8: in another encoding they hold as far as all is ASCII.
    return sorted(found.leaves) if shown == data else None
