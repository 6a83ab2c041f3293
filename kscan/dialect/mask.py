"""Kernel C to C that the grammar knows, byte for byte in the same place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from kscan.dialect import annotations as words
from kscan.dialect.conditions import blank, inactive
from kscan.dialect.scan import BLANK, Clean, clean, close_of, depth_at, opening_of

Edits = Iterator[tuple[int, bytes]]
"""Offset and replacement text; the replacement has the length of what it replaces."""

_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_BALANCED = rb"\((?:[^()]++|\((?:[^()]++|\((?:[^()]++|\((?:[^()]++|\([^()]*+\))*+\))*+\))*+\))*+\)"
_DUNDER = re.compile(rb"__\w++")
_CALL = re.compile(rb"\s*+\(")
_NAME = re.compile(rb"\w++")
_DO_EACH = re.compile(rb"(do|while)_each_\w++[ \t]*+\(")
_BLOCK = re.compile(
    rb"\n[ \t]++((?!(?:if|for|while|switch|return|sizeof|else|do|case|typeof|asm|__asm__)\b)[A-Za-z_]\w*+)[ \t]*+"
    + _BALANCED
    + rb"\s*+\{"
)
_STATIC = re.compile(rb"static[ \t]++([A-Za-z_]\w*+)\(")
_INITIALISED = re.compile(rb"\n[ \t]*+([A-Z][A-Z0-9_]{4,}+\([^()]*+\))\s*+=\s*+\{")
_TOP = re.compile(rb"\n([A-Za-z_]\w*+)[ \t]*+\(")
_INVOKED = re.compile(rb"([A-Za-z_]\w*+)[ \t]*+\(")
_KEYWORD = rb"(?:" + b"|".join(sorted(words.KEYWORD_TYPES)) + rb")\b"
_QUALIFIER = rb"(?:(?:const|volatile)\s++)?+"
_STARS = rb"(?:\s*+(?:\*|\bconst\b|\bvolatile\b))"
_TYPE = re.compile(
    rb"[(,]\s*+(" + _QUALIFIER + rb"(?:(?:struct|union|enum)\s++\w++" + _STARS + rb"*+"
    rb"|(?:unsigned|signed|long|short)\b(?:\s++" + _KEYWORD + rb")*+" + _STARS + rb"*+"
    rb"|[A-Za-z_]\w*+" + _STARS + rb"++)|(?:const|volatile)\s++[A-Za-z_]\w*+"
    rb"|[-+*/%&|^<>=]{1,3}|\d++[A-Za-z_]\w*+)\s*+(?=[,)])"
)
_VALID_NUMBER = re.compile(rb"(?:0[xX][0-9a-fA-F]++|0[bB][01]++|\d++)(?:[uU]?[lL]{0,2}[uU]?|[eEpP]\w*|[fF])\Z")
_LEVEL = re.compile(rb"KERN_[A-Z]++(?=[ \t]++[A-Za-z_])")
_AFTER_STRING = re.compile(rb'"\s*+([A-Za-z_]\w*+[ \t]*+' + _BALANCED + rb")")
_ASM = re.compile(rb"asm(?:__)?[ \t]*+(?:(?:__)?(?:volatile|inline|goto)(?:__)?[ \t]*+)*+\(")
_TEMPLATE_END = re.compile(rb"[():]")
_JUMP = re.compile(rb",\s*+((?:return|goto|continue|break)\b(?:[^(),;{}]|\([^(),;{}]*+\))*+)(?=[,)])|,\s*+(?=\))")
_TYPEOF = re.compile(rb"(?:__)?typeof(?:__|_unqual)?[ \t]*+\(")
_RANGE = re.compile(rb"\bcase\b[^;:{}]*$")
_LAST_WORD = re.compile(rb"(\w+)\s*\Z")
_MACRO_NAME = re.compile(rb"[A-Z_][A-Z0-9_]*\Z")
_DEFINE = re.compile(rb"#[ \t]*+define[ \t]++([A-Za-z_]\w*+)(\([^)\n]*+\))?+((?:[^\\\n]|\\[\s\S])*+)")
_VALUE_NOISE = re.compile(rb"/\*.*?\*/|//.*|\\\n", re.DOTALL)
_CALLED = re.compile(rb"(\w++)\s*+" + _BALANCED)
_OFFSETOF = re.compile(rb"offsetof[ \t]*+\((?![^(),]++,\s*+\w++\s*+\))")
_STORAGE = frozenset((b"inline", b"extern"))
_HARMLESS = bytes(byte if byte in _WORD or byte == 10 else 95 for byte in range(256))


def mask(
    data: bytes,
    extra: frozenset[bytes] = frozenset(),
    kconfig: Mapping[str, str] | None = None,
    skeleton: Clean | None = None,
) -> bytes:
    """``data`` made parseable: same length, same newlines, idempotent; comments, literals and macro bodies untouched.

    ``extra`` are further annotation words (``b"__foo"``) and annotations with arguments (``b"__foo("``), as ``learn``
    gives them. With ``kconfig`` the branches it leaves out become blanks; ``#if 0`` always does. ``skeleton`` is ``clean(data)`` where a caller has it."""
    skeleton = skeleton or clean(data)
    original = bytearray(data)
    text = bytearray(skeleton.text)
    extra = extra.union(name for name, _ in _learnt(data))
    left_out = inactive(data, skeleton.directives, kconfig)
    blank(original, left_out)
    blank(text, left_out)
    for phase in _PHASES:
        for at, new in phase(bytes(text), extra):
            original[at : at + len(new)] = new
            text[at : at + len(new)] = new
    return bytes(original)


def learn(data: bytes) -> frozenset[bytes]:
    """The annotation words a header defines: ``#define __foo`` with nothing, attributes or other annotations behind it.

    Those that take arguments end in a parenthesis (``b"__foo("``) and need an attribute behind them. Names in capitals are
    left out: they mean something else in the next file."""
    return frozenset(
        name
        for name, value in _learnt(data)
        if (value or words.ATTRIBUTE_HINT.search(name)) and not _MACRO_NAME.match(name.rstrip(b"("))
    )


def _learnt(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    for match in _DEFINE.finditer(data):
        name, params, value = match.groups()
        value = _VALUE_NOISE.sub(b" ", value).strip()
        if not value and not params and name.startswith(b"__"):
            yield name, value
        elif value and all(word in words.PLAIN or word in _STORAGE for word in _CALLED.sub(_without_known, value).split()):
            yield name + (b"(" if params else b""), value


def _without_known(match: re.Match[bytes]) -> bytes:
    return b" " if match.group(1) in words.CALLED else match.group()


def _is_word(text: bytes, start: int) -> bool:
    """Whether a word starts at ``start`` that is no member of something."""
    before = text[start - 1] if start else 0
    return before not in _WORD and before != 46 and text[start - 2 : start] != b"->"


def _blanks(text: bytes, start: int, end: int) -> bytes:
    return text[start:end].translate(BLANK)


def _annotations(text: bytes, extra: frozenset[bytes]) -> Edits:
    known = words.PLAIN | words.CALLED | frozenset(words.RENAMED) | {word.rstrip(b"(") for word in extra}
    for match in _DUNDER.finditer(text):
        if match.group() in known and _is_word(text, match.start()):
            yield from _annotation(text, match, extra)
    for word in _plain_words(extra):
        for start in _occurrences(text, word):
            match = _NAME.match(text, start)
            if match and match.group() == word and _is_word(text, start):
                yield from _annotation(text, match, extra)


def _is_argument(text: bytes, start: int, end: int) -> bool:
    """Whether the word is an argument all by itself: ``register_handler(.., __initdata)``."""
    return text[max(0, start - 200) : start].rstrip()[-1:] in (b"(", b",") and text[end : end + 200].lstrip()[:1] in (b",", b")")


def _occurrences(text: bytes, literal: bytes) -> Iterator[int]:
    at = text.find(literal)
    while at >= 0:
        yield at
        at = text.find(literal, at + len(literal))


def _annotation(text: bytes, match: re.Match[bytes], extra: frozenset[bytes]) -> Edits:
    word = match.group()
    start, end = match.span()
    if word in words.CALLED or word + b"(" in extra:
        call = _CALL.match(text, end)
        close = close_of(text, call.end() - 1) if call else -1
        if close > 0:
            yield start, _blanks(text, start, close)
    elif word in words.PLAIN or word in extra:
        if not _is_argument(text, start, end):
            yield start, _blanks(text, start, end)
    elif word in words.RENAMED:
        yield start, words.RENAMED[word].ljust(len(word))


@lru_cache(maxsize=256)
def _plain_words(extra: frozenset[bytes]) -> tuple[bytes, ...]:
    """Annotation words that do not start with two underscores."""
    known = words.PLAIN | words.CALLED | frozenset(words.RENAMED) | {word.rstrip(b"(") for word in extra}
    return tuple(sorted(word for word in known if not word.startswith(b"__")))


def _loops(text: bytes, extra: frozenset[bytes]) -> Edits:
    for root in words.LOOP_ROOTS + words.GUARD_ROOTS:
        for at in _occurrences(text, root):
            match = _INVOKED.match(text, _word_start(text, at))
            if match:
                yield from _statement(text, match.start(), match.end() - 1, braced=False)
    for match in _BLOCK.finditer(text):
        yield from _statement(text, match.start(1), text.index(b"(", match.end(1)), braced=True)
    for at in _occurrences(text, b"_each_"):
        match = _DO_EACH.match(text, _word_start(text, at))
        if match:
            yield from _do_each(text, match)


def _word_start(text: bytes, at: int) -> int:
    while at and text[at - 1] in _WORD:
        at -= 1
    return at


def _statement(text: bytes, start: int, opening: int, *, braced: bool) -> Edits:
    """A macro at the start of a statement that another statement follows becomes ``while`` or ``if``."""
    name = text[start:opening].rstrip()
    close = close_of(text, opening)
    if close < 0 or not _starts_statement(text, start):
        return
    follows = text[close : close + 2000].lstrip()[:1]
    ends_loop = follows == b";" and _closes_block(text, start)
    if ends_loop or (follows == b"{" if braced else follows not in (b";", b"", b",", b")")):
        once = name.startswith(words.GUARD_PREFIXES) or len(name) < 5
        yield start, (b"if" if once else b"while").ljust(len(name)) if len(name) > 1 else name
        if not text[opening + 1 : close - 1].strip() and len(name) > 6:
            yield opening - 1, b"(1" + _blanks(text, opening + 1, close - 1)


def _closes_block(text: bytes, start: int) -> bool:
    """Whether a brace closes on the same line: ``do { .. } for_each_foo(..);``."""
    line = text[text.rfind(b"\n", 0, start) + 1 : start].strip()
    return line == b"}"


def _starts_statement(text: bytes, start: int) -> bool:
    before = text[max(0, start - 4000) : start].rstrip()
    return before[-1:] in (b";", b"{", b"}", b")", b":") or bool(re.search(rb"\b(?:else|do)\Z", before))


def _do_each(text: bytes, match: re.Match[bytes]) -> Edits:
    close = close_of(text, match.end() - 1)
    if close < 0 or not _is_word(text, match.start()) or not _starts_statement(text, match.start()):
        return
    if match.group(1) == b"do":
        yield match.start(), b"do" + _blanks(text, match.start() + 2, close)
    elif text[close : close + 2000].lstrip()[:1] == b";":
        yield from _statement(text, match.start(), match.end() - 1, braced=False)


def _literals(text: bytes, extra: frozenset[bytes]) -> Edits:
    """A macro call between string literals, and a macro that writes the template of an ``asm``."""
    for match in _AFTER_STRING.finditer(text):
        yield match.start(1), _blanks(text, match.start(1), match.end(1))
    for at in _occurrences(text, b"KERN_"):
        match = _LEVEL.match(text, at)
        if match and _is_word(text, at):
            yield at, _blanks(text, at, match.end())
    for at in _occurrences(text, b"asm"):
        match = _ASM.match(text, at)
        if match:
            yield from _template(text, match.end())


def _template(text: bytes, start: int) -> Edits:
    """An ``asm`` template (up to its first colon) that holds more than literals becomes an empty literal."""
    depth, end = 0, -1
    for match in _TEMPLATE_END.finditer(text, start, start + 20_000):
        if depth == 0 and match.group() != b"(":
            end = match.start()
            break
        depth += {b"(": 1, b")": -1}.get(match.group(), 0)
    if end - start > 1 and _INVOKED.search(text, start, end):
        yield start, b'""' + _blanks(text, start + 2, end)


def _types(text: bytes, extra: frozenset[bytes]) -> Edits:
    for at in _occurrences(text, b"typeof"):
        match = _TYPEOF.match(text, _word_start(text, at))
        close = close_of(text, match.end() - 1) if match else -1
        if match and close > 0:
            yield match.start(), _one_name(text[match.start() : close])
    for match in _OFFSETOF.finditer(text):
        if _is_word(text, match.start()):
            yield match.start(), b"offseto_"
    for at in _occurrences(text, b"..."):
        if _RANGE.search(text[max(0, at - 500) : at]):
            yield at, b"|  "


def _arguments(text: bytes, extra: frozenset[bytes]) -> Edits:
    """What stands as a macro argument and is no expression: types, operators, jumps, pasted numbers, a trailing comma."""
    for match in _TYPE.finditer(text):
        start, new = match.start(1), match.group(1)
        if new[:1].isdigit():
            if not _VALID_NUMBER.match(new):
                yield start, b"_"
        elif _in_macro_call(text, match.start()):
            yield start, _one_name(new)
    for match in _JUMP.finditer(text):
        if match.group(1):
            yield match.start(1), _one_name(match.group(1))
        else:
            yield match.start(), b" "


def _in_macro_call(text: bytes, offset: int) -> bool:
    """Whether the parenthesis or comma at ``offset`` belongs to the arguments of a call, not to a prototype or a cast."""
    opening = opening_of(text, offset + 1 if text[offset] == 40 else offset)
    if opening < 1:
        return False
    name = _LAST_WORD.search(text, max(0, opening - 80), opening)
    if not name or name.group(1) in words.TYPE_OPERATORS:
        return False
    return bool(_MACRO_NAME.match(name.group(1))) or depth_at(text, opening) > 0


def _one_name(text: bytes) -> bytes:
    """A type as one identifier of the same length; what follows a line break becomes blank."""
    first, newline, rest = text.partition(b"\n")
    head = first.rstrip()
    return head.translate(_HARMLESS).ljust(len(first)) + newline + rest.translate(BLANK)


def _file_scope(text: bytes, extra: frozenset[bytes]) -> Edits:
    done = 0
    for match in _TOP.finditer(text):
        if match.start(1) < done or depth_at(text, match.start(1)) > 0:
            continue
        before = text[max(0, match.start(1) - 20_000) : match.start(1)].rstrip()[-1:]
        if before in (b"", b";", b"}", b")"):
            for at, new in _invocations(text, match.start(1)):
                done = at + len(new)
                yield at, new


def _static_macros(text: bytes, extra: frozenset[bytes]) -> Edits:
    """``static MACRO(..);`` loses its storage class; an initialiser or a body behind it needs a declarator."""
    for at in _occurrences(text, b"static"):
        match = _STATIC.match(text, at)
        close = close_of(text, match.end() - 1) if match and match.group(1) not in words.KEYWORD_TYPES else -1
        if match is None or close < 0 or not _is_word(text, at):
            continue
        follows = text[close : close + 2_000].lstrip()[:1]
        if follows == b";":
            yield at, b"      "
        elif follows == b"{" and len(match.group(1)) > 4:
            yield match.start(1), b"int _"
        elif follows == b"=":
            yield at + 7, _one_name(text[at + 7 : close])
            yield at, b"int    "
    for match in _INITIALISED.finditer(text):
        yield match.start(1), b"int " + _one_name(match.group(1)[4:])


def _invocations(text: bytes, start: int) -> Edits:
    """Macro invocations in a row: each becomes an empty statement, the one before a brace a function header."""
    match = _INVOKED.match(text, start)
    while match:
        close = close_of(text, match.end() - 1)
        if close < 0:
            return
        after = close + len(text[close : close + 20_000]) - len(text[close : close + 20_000].lstrip())
        follows = text[after : after + 1]
        if follows == b"{" and len(match.group(1)) > 4:
            yield match.start(), b"int _"
        elif follows == b"}" or follows in _STARTERS:
            yield match.start(), b";" + _blanks(text, match.start() + 1, close)
        match = _INVOKED.match(text, after)


_STARTERS = frozenset(bytes([byte]) for byte in _WORD) | {b""}
_Phase = Callable[[bytes, frozenset[bytes]], Edits]
_PHASES: tuple[_Phase, ...] = (_annotations, _static_macros, _types, _literals, _arguments, _file_scope, _loops)
