"""Types, operators and statements as macro arguments to harmless names of the same length."""

from __future__ import annotations

from typing import Final

from kscan.dialect import annotations as words
from kscan.dialect.scan import close_of, depth_at, opening_of
from kscan.dialect.tokens import (
    BALANCED,
    INVOKED,
    MACRO_NAME,
    Edits,
    Words,
    blanks,
    is_word,
    last_word,
    occurrences,
    one_name,
    word_start,
)
from kscan.model.regex import regex

_KEYWORD: Final = rb"(?:" + b"|".join(sorted(words.KEYWORD_TYPES)) + rb")\b"
_QUALIFIER: Final = rb"(?:(?:const|volatile)\s++)?+"
_STARS: Final = rb"(?:\s*+(?:\*|\bconst\b|\bvolatile\b))"
_NUMBER: Final = rb"(?:0[xX][0-9a-fA-F]++|0[bB][01]++|\d++)(?:[uU]?[lL]{0,2}[uU]?|[eEpP]\w*|[fF])(?!\w)"
_ODD: Final = (
    rb"\s*+(?![A-Za-z_]\w*+[-.(\[\"])(?:"
    rb"(?=[A-Za-z_]\w*+(?:\s*+\*|\s++\w)|(?:unsigned|signed|long|short)\b)"
    rb"(?P<type>" + _QUALIFIER + rb"(?:(?:struct|union|enum)\s++\w++" + _STARS + rb"*+"
    rb"|(?:unsigned|signed|long|short)\b(?:\s++" + _KEYWORD + rb")*+" + _STARS + rb"*+"
    rb"|[A-Za-z_]\w*+" + _STARS + rb"++)|(?:const|volatile)\s++[A-Za-z_]\w*+)"
    rb"|(?P<operator>[-+*/%&|^<>=]{1,3})|(?!" + _NUMBER + rb")(?P<number>\d++[A-Za-z_]\w*+))\s*+(?=[,)])"
)
_ODD_ARGUMENTS: Final = (regex(rb"\(" + _ODD), regex(rb"," + _ODD))
"""A type, an operator or no valid number as an argument. Most arguments are settled by the character behind their first
word; and ``re`` looks for one literal at the start of a pattern far faster than for a choice."""
_JUMP: Final = regex(rb",\s*+((?:return|goto|continue|break)\b(?:[^(),;{}]|\([^(),;{}]*+\))*+)(?=[,)])|,\s*+(?=\))")
_LEVEL: Final = regex(rb"KERN_[A-Z]++(?=[ \t]++[A-Za-z_])")
_AFTER_STRING: Final = regex(rb'"\s*+([A-Za-z_]\w*+[ \t]*+' + BALANCED + rb")")
_ASM: Final = regex(rb"asm(?:__)?[ \t]*+(?:(?:__)?(?:volatile|inline|goto)(?:__)?[ \t]*+)*+\(")
_REGISTER: Final = regex(rb"(?:__)?asm(?:__)?[ \t]*+\([^(){};]*+\)(?=\s*+=)")
"""The register of an initialised variable: ``register long r0 asm("r0") = x;``."""
_TEMPLATE_END: Final = regex(rb"[():]")
_TYPEOF: Final = regex(rb"(?:__)?typeof(?:__|_unqual)?[ \t]*+\(")
_RANGE: Final = regex(rb"\bcase\b[^;:{}]*$")
_OFFSETOF: Final = regex(rb"offsetof[ \t]*+\((?![^(),]++,\s*+\w++\s*+\))")


def types(text: bytes, there: Words) -> Edits:
    for at in there.places(text, b"typeof"):
        match = _TYPEOF.match(text, word_start(text, at))
        close = close_of(text, match.end() - 1) if match else -1
        if match and close > 0:
            yield match.start(), one_name(text[match.start() : close])
    for match in _OFFSETOF.finditer(text) if there.may_hold(b"offsetof") else ():
        if is_word(text, match.start()):
            yield match.start(), b"offseto_"
    for at in occurrences(text, b"..."):
        if _RANGE.search(text[max(0, at - 500) : at]):
            yield at, b"|  "


def literals(text: bytes, there: Words) -> Edits:
    """A macro call between string literals, and a macro that writes the template of an ``asm``."""
    for match in _AFTER_STRING.finditer(text):
        yield match.start(1), blanks(text, match.start(1), match.end(1))
    for at in there.places(text, b"KERN_"):
        level = _LEVEL.match(text, at)
        if level and is_word(text, at):
            yield at, blanks(text, at, level.end())
    for at in there.places(text, b"asm"):
        template = _ASM.match(text, at)
        if template:
            yield from _template(text, template.end())
        named = _REGISTER.match(text, word_start(text, at))
        if named:
            yield named.start(), blanks(text, named.start(), named.end())


def _template(text: bytes, start: int) -> Edits:
    """An ``asm`` template (up to its first colon) that holds more than literals becomes an empty literal."""
    depth, end = 0, -1
    for match in _TEMPLATE_END.finditer(text, start, start + 20_000):
        if depth == 0 and match.group() != b"(":
            end = match.start()
            break
        depth += {b"(": 1, b")": -1}.get(match.group(), 0)
    if end - start > 1 and INVOKED.search(text, start, end):
        yield start, b'""' + blanks(text, start + 2, end)


def arguments(text: bytes, _there: Words) -> Edits:
    """What stands as a macro argument and is no expression: types, operators, jumps, pasted numbers, a trailing
    comma."""
    for odd in _ODD_ARGUMENTS:
        for match in odd.finditer(text):
            kind = match.lastgroup or ""
            if kind == "number":
                yield match.start(kind), b"_"
            elif _in_macro_call(text, match.start()):
                yield match.start(kind), one_name(match.group(kind))
    for match in _JUMP.finditer(text):
        if match.group(1):
            yield match.start(1), one_name(match.group(1))
        else:
            yield match.start(), b" "


def _in_macro_call(text: bytes, offset: int) -> bool:
    """Whether the parenthesis or comma at ``offset`` belongs to the arguments of a call, not to a prototype or a
    cast."""
    opening = opening_of(text, offset + 1 if text[offset] == 40 else offset)
    if opening < 1:
        return False
    name = last_word(text[max(0, opening - 80) : opening])
    if not name or name in words.TYPE_OPERATORS:
        return False
    return bool(MACRO_NAME.match(name)) or depth_at(text, opening) > 0
