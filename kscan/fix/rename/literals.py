"""A name in a string literal of C: the symbol where something looks it up by that name or tells people of it."""

from __future__ import annotations

import re

from kscan.fix.rename.prose import Sight
from kscan.fix.rename.words import LOOKUP_CALLS, LOOKUP_FIELDS, PROBE_FILES, SECTIONS
from kscan.model.regex import regex

_CALL = regex(rb"(\w+)\s*\((?:[^()\";{}]|\([^()]*\))*\Z")
_FIELD = regex(rb"\.?\b(\w+)\s*=\s*\Z")
_ASM = regex(rb"\b(?:__)?asm(?:__)?\b|\basm_inline\b|\bALTERNATIVE\w*\s*\(|\bSYM_\w+\(")
_SECTION = regex(rb"\bSEC\s*\(\s*\Z")
_PROBE = regex(rb"(?:^|[\s\"'])(?:[prf]\d*(?::\S+)?|k(?:ret)?probe:)\s*\Z")
_WINDOW = 400


def string_verdict(path: str, data: bytes, start: int, literal: tuple[int, int], sight: Sight) -> str:
    """Why the name at ``start`` in the ``literal`` (its bytes, quotes included) is left alone; "" if renamed."""
    end = start + len(sight.name)
    text = data[literal[0] + 1 : literal[1] - 1]
    head, tail = data[literal[0] + 1 : start], data[end : literal[1] - 1]
    before = data[max(0, literal[0] - _WINDOW) : literal[0]]
    if sight.local.startswith("another"):
        return f"here it is {sight.local}"
    tagged = re.search(rb"\b(?:struct|union|enum)[ \t]+\Z", head) is not None
    if tagged or sight.kind == "tag":
        return "" if tagged and sight.kind == "tag" else "not the same kind of name"
    if _assembler(data, literal[0]):
        return "" if not head.endswith((b"%", b".", b"\\", b"[")) else "an assembler's own name"
    if _named(path, text, before, sight) or _attached(head, tail, before) or _PROBE.search(head):
        return ""
    return _told(head, tail, sight)


def _named(path: str, text: bytes, before: bytes, sight: Sight) -> bool:
    """A literal that is the name and nothing else, given to something that looks up symbols."""
    if text != sight.name:
        return False
    call, field = _CALL.search(before), _FIELD.search(before)
    if (call and call[1].decode() in LOOKUP_CALLS) or (field and field[1].decode() in LOOKUP_FIELDS):
        return True
    return PROBE_FILES.match(path) is not None and not sight.plain and not sight.homonym and not sight.local


def _attached(head: bytes, tail: bytes, before: bytes) -> bool:
    return bool(
        _SECTION.search(before) and re.fullmatch(SECTIONS + rb"/(?:\w+:)?", head) and not tail.strip(b"+0123456789")
    )


def _assembler(data: bytes, start: int) -> bool:
    """Whether the literal is part of an assembler template: the statement begins with ``asm``."""
    low = max(0, start - 4 * _WINDOW)
    begins = max(data.rfind(mark, low, start) for mark in (b";", b"}", b"\n\n", b"\n{"))
    return _ASM.search(data, max(begins, low), start) is not None


def _told(head: bytes, tail: bytes, sight: Sight) -> str:
    """A message names the function where it writes ``name()``, or among other words a name without other meaning."""
    unclear = "in a string that may name something else"
    if sight.local or head.endswith((b".", b"->", b"/", b"-", b"$", b"%", b"@")) or re.match(rb"[./=-]\w", tail):
        return unclear
    if not sight.uses and (sight.homonym or sight.plain):
        return unclear
    if sight.called and re.match(rb"\((?![1-9]\))", tail):
        return ""
    message = re.search(rb"[\s:\\%!]", head + tail) is not None
    return "" if message and sight.called and not sight.plain and not sight.homonym else unclear
