"""C expressions that compact code keeps as text (member access, statement expressions) to a small tree.

Precedence climbing over the operators of C; what is no such expression is None, never guessed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from kscan.model.code import Binary, Call, Cast, Dot, Expr, Index, Name, Num, Unary
from kscan.model.regex import regex

MAX_DEPTH = 100
"""Parentheses nested deeper than this are not read."""

_TOKEN = regex(
    r"\s*(?:(?P<name>[A-Za-z_]\w*)|(?P<number>\d\w*)|(?P<op>->|<<|>>|[<>=!]=|&&|\|\||[-+*/%&|^<>!~.,;:?(){}\[\]=]))"
)
_LEVELS: Final = {
    "||": 1, "&&": 2, "|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "<": 7, "<=": 7, ">": 7, ">=": 7,
    "<<": 8, ">>": 8, "+": 9, "-": 9, "*": 10, "/": 10, "%": 10,
}  # fmt: skip
_TYPE_WORDS: Final = frozenset({
    "struct", "union", "enum", "const", "volatile", "unsigned", "signed", "void", "char", "short", "int", "long",
    "bool", "typeof", "__typeof__", "u8", "u16", "u32", "u64", "uintptr_t", "size_t",
})  # fmt: skip
_CLOSING: Final = {"(": ")", "{": "}", "[": "]"}


class _NotRead(Exception):
    """The text is no expression that this reader knows."""


@lru_cache(maxsize=4096)
def read(text: str) -> Expr | None:
    """The tree of the expression ``text``; None when it is none of the kinds above."""
    try:
        reader = _Reader(_tokens(text))
        found = reader.expression(0)
        reader.end()
    except _NotRead:
        return None
    return found


def _tokens(text: str) -> list[str]:
    tokens, at, text = [], 0, text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _NotRead
        tokens.append(match.group().strip())
        at = match.end()
    return tokens


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    def peek(self, ahead: int = 0) -> str:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def expect(self, token: str) -> None:
        if self.take() != token:
            raise _NotRead

    def end(self) -> None:
        if self.peek():
            raise _NotRead

    def expression(self, level: int) -> Expr:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _NotRead
        left = self.unary()
        while _LEVELS.get(self.peek(), 0) > level:
            operator = self.take()
            left = Binary(operator, _expr(left), _expr(self.expression(_LEVELS[operator])))
        self.depth -= 1
        return left

    def unary(self) -> Expr:
        if self.peek() in {"&", "*", "!", "~", "-"} and self.peek():
            operator = self.take()
            return Unary(operator, _expr(self._operand()))
        if self.peek() == "(" and self.peek(1) in _TYPE_WORDS:
            kind = self._skipped()
            return Cast(kind, _expr(self._operand()))
        return self.postfix(self.primary())

    def _operand(self) -> Expr:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _NotRead
        found = self.unary()
        self.depth -= 1
        return found

    def _skipped(self) -> str:
        """The text of a bracketed group, which is passed over."""
        begin, depth = self.at + 1, 0
        while True:
            token = self.take()
            depth += (token in _CLOSING) - (token in {")", "}", "]"})
            if depth == 0:
                return " ".join(self.tokens[begin : self.at - 1])
            if not token:
                raise _NotRead

    def primary(self) -> Expr:
        token = self.take()
        if token == "(":
            found = self._block() if self.peek() == "{" else self.expression(0)
            self.expect(")")
            return found
        if token[:1].isdigit():
            return Num(_number(token), token)
        if token in {"true", "false", "NULL"}:
            return Num(int(token == "true"), token)
        if not token.isidentifier() or token in _TYPE_WORDS:
            raise _NotRead
        return Name(token)

    def _block(self) -> Expr:
        """A statement expression of calls and a value: the last statement. Any other statement is not read."""
        self.expect("{")
        found: Expr | None = None
        while self.peek() != "}":
            found = self.expression(0)
            self.expect(";")
            while self.peek() == ";":
                self.take()
        self.expect("}")
        if found is None:
            raise _NotRead
        return found

    def postfix(self, base: Expr) -> Expr:
        while self.peek() in {"(", "[", ".", "->"} and self.peek():
            operator = self.take()
            if operator == "[":
                base = Index(base, self.expression(0))
                self.expect("]")
            elif operator == "(":
                base = self._call(base)
            else:
                base = Dot(base, self._word(), operator == "->")
        return base

    def _word(self) -> str:
        word = self.take()
        if not word.isidentifier():
            raise _NotRead
        return word

    def _call(self, base: Expr) -> Expr:
        args: list[Expr] = []
        while self.peek() != ")":
            args.append(self.expression(0))
            if self.peek() != ")":
                self.expect(",")
        self.expect(")")
        if not isinstance(base, Name):
            raise _NotRead
        return Call(base.name, tuple(_expr(arg) for arg in args), 0, 0)


def _number(token: str) -> int:
    bare = token.rstrip("uUlL")
    try:
        return int(bare, 8) if bare[:1] == "0" and bare.isdigit() else int(bare, 0)
    except ValueError:
        raise _NotRead from None


def _expr(found: Expr) -> Expr:
    """Operands of the shared nodes may be nodes of this module; whoever evaluates them knows both."""
    return found
