"""The code of a function as one that returns what it leaves behind a pointer it is given.

In it ``*p`` is a variable that begins as one more parameter (what stood there before), a callee that is handed ``p``
gets the address of that variable, and every return gives the pair of the function's own result and of ``*p``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import msgspec

from kscan.flow.primitives import CHOOSERS, ERROR_OR_ZERO, HANDED_THROUGH, TESTS, WRITTEN_ARGUMENTS
from kscan.model.code import (
    Binary,
    Call,
    Cast,
    Code,
    Do,
    Expr,
    Havoc,
    Instr,
    Name,
    Num,
    Opaque,
    Ret,
    Set,
    Store,
    Test,
    Unary,
)

_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})
_NOT_FOLLOWED: Final = frozenset(HANDED_THROUGH) | frozenset(CHOOSERS) | frozenset(TESTS) | ERROR_OR_ZERO


class _Lost(Exception):
    """The pointer goes where it cannot be followed."""


def code_behind(code: Code, index: int) -> Code | None:
    """``code`` as one that returns pairs of its own result and what parameter ``index`` points to then; None when the
    pointer cannot be followed. It has two more parameters: what was there before, and one that stands for the result
    (a value that a return needs)."""
    name = code.params[index]
    if name not in code.followed or name in code.escaped:
        return None
    rewriter = _Rewriter(name)
    try:
        instrs = tuple([rewriter.instr(instr) for instr in code.instrs])
    except _Lost:
        return None
    place = "*" + name
    types = {**code.types, place: code.types[name].rstrip()[:-1].rstrip()}
    return msgspec.structs.replace(code, params=(*code.params, place, ""), types=types, instrs=instrs)


def is_written(code: Code) -> bool:
    """Whether anything in the ``code`` of ``code_behind`` can change what the pointer points to."""
    place = code.params[-2]
    return any([_sets(instr, place) for instr in code.instrs])


def _sets(instr: Instr, place: str) -> bool:
    if type(instr) is Set and instr.target == place:
        return True
    if type(instr) is Test:
        return _hands(instr.cond, place)
    if type(instr) is Set or type(instr) is Store or type(instr) is Do or type(instr) is Ret:
        return instr.value is not None and _hands(instr.value, place)
    return False


def _hands(expr: Expr, place: str) -> bool:
    """Whether a callee in ``expr`` may write the variable ``place``."""
    if type(expr) is Call:
        if expr.callee in WRITTEN_ARGUMENTS and Name(place) in expr.args:
            return True
        return any([arg == Unary("&", Name(place)) or _hands(arg, place) for arg in expr.args])
    if type(expr) is Binary:
        return _hands(expr.left, place) or _hands(expr.right, place)
    return (type(expr) is Unary or type(expr) is Cast) and _hands(expr.operand, place)


@lru_cache(maxsize=1024)
def _uses(name: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The pointer ``name`` by itself, and what is no use of it: text, and where it is looked through or measured."""
    word = re.escape(name)
    looked_through = (
        rf'"(?:\\.|[^"\\])*"|\(\s*\*\s*{word}\s*\)\s*->|\[\s*\*\s*{word}\s*\]|\bsizeof\s*\(\s*\**\s*{word}\s*\)'
    )
    return re.compile(rf"(?<![\w.])(?<!->){word}\b"), re.compile(looked_through)


def _stands(name: str, text: str) -> bool:
    """Whether ``name`` stands in ``text`` as a word that is no member. (To compile a pattern for each takes longer.)"""
    at = text.find(name)
    while at >= 0:
        behind = at + len(name)
        member = at > 0 and (text[at - 1] == "." or text[max(0, at - 2) : at] == "->")
        if not member and not (at > 0 and _in_word(text[at - 1])) and not _in_word(text[behind : behind + 1]):
            return True
        at = text.find(name, behind)
    return False


def _in_word(letter: str) -> bool:
    return letter == "_" or letter.isalnum()


class _Rewriter:
    """Rewrites the uses of one pointer; raises _Lost at one that lets it go."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._place = "*" + name

    def instr(self, instr: Instr) -> Instr:
        if type(instr) is Set:
            if instr.target == self._name:
                raise _Lost
            return Set(instr.target, self._value(instr.value), instr.at, instr.end, instr.declares)
        if type(instr) is Store:
            return self._store(instr)
        if type(instr) is Do:
            return Do(self._value(instr.value), instr.at, instr.end)
        if type(instr) is Test:
            return Test(self._asked(instr.cond), instr.then, instr.other, instr.at, instr.end, instr.kind)
        if type(instr) is Ret:
            left = Name(self._place)
            value = left if instr.value is None else Binary(",", self._value(instr.value), left)
            return Ret(value, instr.at, instr.end)
        if type(instr) is Havoc and self._name in instr.targets:
            raise _Lost
        return instr

    def _store(self, instr: Store) -> Instr:
        value = self._value(instr.value)
        if instr.place == self._place:
            return Set(self._place, value, instr.at, instr.end)
        self._untouched(instr.place)
        return Store(instr.place, value, instr.at, instr.end)

    def _untouched(self, text: str) -> None:
        if self._name in text and _stands(self._name, text):
            word, looked_through = _uses(self._name)
            if word.search(looked_through.sub("", text)):
                raise _Lost

    def _asked(self, cond: Expr) -> Expr:
        """A condition; it may look at the pointer itself."""
        if type(cond) is Name:
            return cond
        if type(cond) is Binary and cond.op in _COMPARISONS:
            return Binary(cond.op, self._asked(cond.left), self._asked(cond.right))
        return self._value(cond)

    def _value(self, expr: Expr) -> Expr:
        if type(expr) is Num:
            return expr
        if type(expr) is Name:
            if expr.name == self._name:
                raise _Lost
            return expr
        if type(expr) is Opaque:
            if expr.text == self._place:
                return Name(self._place)
            self._untouched(expr.text)
            return expr
        if type(expr) is Call:
            return self._call(expr)
        if type(expr) is Binary:
            return Binary(expr.op, self._value(expr.left), self._value(expr.right))
        if type(expr) is Unary:
            return Unary(expr.op, self._value(expr.operand))
        return Cast(expr.type, self._value(expr.operand)) if type(expr) is Cast else expr

    def _call(self, call: Call) -> Call:
        args = tuple([self._argument(call, position, arg) for position, arg in enumerate(call.args)])
        return Call(call.callee, args, call.at, call.end, call.via)

    def _argument(self, call: Call, position: int, arg: Expr) -> Expr:
        if type(arg) is not Name or arg.name != self._name:
            return self._value(arg)
        if call.callee in _NOT_FOLLOWED or position in WRITTEN_ARGUMENTS.get(call.callee, ()):
            raise _Lost
        return Unary("&", Name(self._place))
