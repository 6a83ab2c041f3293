"""The number an object-like macro or an enumerator stands for, read off its text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from kscan.flow.primitives import cast_to
from kscan.model.facts import Constant
from kscan.model.regex import regex

NumberOf = Callable[[str], int | None]

_TOKEN: Final = regex(
    r"\s*(?:(?P<num>0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*)|(?P<char>'(?:\\.|[^'\\])')|(?P<name>[A-Za-z_]\w*)|(?P<op><<|>>|==|!=|<=|>=|&&|\|\||[-+*/%&|^~!()<>?:,]))"
)
_LEVELS: Final = (("|",), ("^",), ("&",), ("<<", ">>"), ("+", "-"), ("*", "/", "%"))
_MAX_TOKENS: Final = 200
_MAX_DEPTH: Final = 40
_SHIFTED: Final = {"BIT": 1, "BIT_ULL": 1, "_BITUL": 1, "_BITULL": 1, "_AC": 0, "_UL": 0, "_ULL": 0, "U": 0, "UL": 0}
_TYPE_WORDS: Final = frozenset(
    ["unsigned", "signed", "int", "long", "short", "char", "bool", "__force", "struct", "const"]
)


class _NotConstant(Exception):
    """The text is no integer constant expression."""


def number_of(text: str, name_of: NumberOf) -> int | None:
    """The value of a C constant expression, None when it is none. ``name_of`` gives the value of identifiers."""
    tokens = _tokens(text)
    if not tokens:
        return None
    try:
        reader = _Reader(tokens, name_of)
        value = reader.level(0, 0)
    except (_NotConstant, ZeroDivisionError, OverflowError, IndexError, ValueError):
        return None
    return value if reader.done and -(1 << 63) <= value < (1 << 64) else None


def enumerator_value(name: str, constants: Mapping[str, Sequence[Constant]], name_of: NumberOf) -> int | None:
    """The value of an enumerator among the ``constants`` of its file: its own expression, or one more than the one
    before it."""
    steps = 0
    while steps < 5000:
        constant = next((one for one in reversed(constants.get(name, ())) if one.kind == "enum"), None)
        if constant is None:
            return None
        if constant.value:
            base = number_of(constant.value, name_of)
            return None if base is None else base + steps
        if not constant.after:
            return steps
        name = constant.after
        steps += 1
    return None


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    position = 0
    text = text.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or len(tokens) > _MAX_TOKENS:
            return []
        tokens.append((match.lastgroup or "", match.group(match.lastgroup or 0)))
        position = match.end()
    return tokens


class _Reader:
    """Precedence climbing over tokens."""

    def __init__(self, tokens: list[tuple[str, str]], name_of: NumberOf) -> None:
        self._tokens = tokens
        self._at = 0
        self._name_of = name_of

    @property
    def done(self) -> bool:
        return self._at == len(self._tokens)

    def _peek(self) -> str:
        return self._tokens[self._at][1] if not self.done else ""

    def _take(self, wanted: str = "") -> tuple[str, str]:
        token = self._tokens[self._at]
        if wanted and token[1] != wanted:
            raise _NotConstant
        self._at += 1
        return token

    def level(self, level: int, depth: int) -> int:
        if depth > _MAX_DEPTH:
            raise _NotConstant
        if level == len(_LEVELS):
            return self._unary(depth + 1)
        value = self.level(level + 1, depth)
        while self._peek() in _LEVELS[level]:
            operator = self._take()[1]
            value = _applied(operator, value, self.level(level + 1, depth))
        return value

    def _unary(self, depth: int) -> int:
        kind, text = self._take()
        if text in {"-", "+", "~"}:
            mask = _unsigned_mask(self._peek()) if text == "~" else -1
            value = self._unary(depth + 1)
            return -value if text == "-" else ~value & mask if text == "~" else value
        if text == "(":
            if held_by := self._cast():
                return cast_to(held_by, self._unary(depth + 1))
            value = self.level(0, depth + 1)
            self._take(")")
            return value
        if kind == "num":
            bare = text.rstrip("uUlL")
            return int(bare, 8) if bare[:1] == "0" and bare.isdigit() and len(bare) > 1 else int(bare, 0)
        if kind == "char" and len(text) == 3:
            return ord(text[1])
        if kind == "name":
            return self._name(text, depth)
        raise _NotConstant

    def _cast(self) -> str:
        """Steps over ``type)`` when the parenthesis just taken opened a cast; gives the type, "" for none."""
        start = self._at
        words = 0
        plain = False
        while not self.done and (self._tokens[self._at][0] == "name" or self._peek() == "*"):
            plain = plain or self._peek() in _TYPE_WORDS or self._peek().endswith("_t")
            plain = plain or re.fullmatch(r"[us](8|16|32|64)", self._peek()) is not None
            words += 1
            self._at += 1
        if words and plain and self._peek() == ")":
            self._at += 1
            return " ".join(word for _, word in self._tokens[start : start + words])
        self._at = start
        return ""

    def _name(self, name: str, depth: int) -> int:
        if self._peek() == "(" and name in _SHIFTED:
            self._take("(")
            value = self.level(0, depth + 1)
            if self._peek() == ",":
                self._take(",")
                self._take()
            self._take(")")
            return 1 << value if _SHIFTED[name] and 0 <= value < 64 else value
        value_of = self._name_of(name)
        if value_of is None:
            raise _NotConstant
        return value_of


def _unsigned_mask(literal: str) -> int:
    """The bits an unsigned literal has; -1 (all) for anything else."""
    suffix = literal.lstrip("0123456789abcdefABCDEFxX").lower() if literal[:1].isdigit() else ""
    if "u" not in suffix:
        return -1
    return (1 << 64) - 1 if "l" in suffix else (1 << 32) - 1


def _applied(operator: str, a: int, b: int) -> int:
    if operator in {"<<", ">>"}:
        if not 0 <= b < 64:
            raise _NotConstant
        return a << b if operator == "<<" else a >> b
    if operator in {"/", "%"}:
        quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
        return quotient if operator == "/" else a - b * quotient
    table = {"|": a | b, "^": a ^ b, "&": a & b, "+": a + b, "-": a - b, "*": a * b}
    return table[operator]
