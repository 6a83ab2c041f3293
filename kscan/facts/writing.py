"""Macros that write to a variable which is handed to them by name, as a call by reference would."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final

import msgspec

from kscan.model.code import Binary, Call, Cast, Code, Do, Expr, Instr, Name, Ret, Set, Store, Test, Unary
from kscan.model.facts import Macro
from kscan.model.regex import regex

Positions = tuple[int, ...]
_BEHIND: Final = (
    r"\b{}\b\s*\)?\s*(?:(?:[-+*/%&|^]|<<|>>)?=(?!=)|\+\+|--)|(?:\+\+|--)\s*\(?\s*{}\b(?!\s*\)?\s*(?:->|\.|\[))"
)
"""The name where something is assigned to it, or it is counted up or down."""
_WORDS: Final = frozenset({"else", "do", "return"})
"""Words before an assignment; any other makes it a declaration."""
_LAST: Final = regex(r"(\w+|\S)[\s(]*\Z")
_QUOTED: Final = regex(r'"(?:[^"\\]|\\.)*+"')
_CHANGES: Final = regex(r"(?<![=!<>])=(?!=)|<<=|>>=|\+\+|--")
MAX_BODY: Final = 8_000
"""Characters of a macro; a longer one is not looked at."""


@lru_cache(maxsize=4096)
def _assigned(name: str) -> re.Pattern[str]:
    return re.compile(_BEHIND.format(re.escape(name), re.escape(name)))


def written(params: Iterable[str], body: str) -> Positions:
    """The parameters, by number, that a macro with this replacement assigns to."""
    if len(body) > MAX_BODY or _CHANGES.search(body) is None:
        return ()
    text = _QUOTED.sub("", body)
    named = ((number, name) for number, name in enumerate(params) if not name.endswith("..."))
    return tuple([number for number, name in named if name in text and _assigns(text, name)])


def _assigns(text: str, name: str) -> bool:
    return any(_is_variable(text[: match.start()]) for match in _assigned(name).finditer(text))


def _is_variable(before: str) -> bool:
    """Whether a name that stands behind ``before`` is neither a member nor pasted, declared or looked through."""
    last = _LAST.search(before)
    if last is None:
        return True
    word = last[1]
    return word in _WORDS if word[0].isalnum() or word[0] == "_" else word not in {".", ">", "*", "#"}


def written_by(macros: Iterable[Macro]) -> dict[str, Positions]:
    """The macros of ``macros`` that write to what they are handed, and to which of it."""
    found: dict[str, Positions] = {}
    for macro in macros:
        positions = written(macro.params, macro.body)
        if positions:
            found[macro.name] = tuple(sorted({*found.get(macro.name, ()), *positions}))
    return found


def by_reference(code: Code, writing: Mapping[str, Positions]) -> Code:
    """``code`` in which each variable that a macro of ``writing`` writes to is handed to it by address."""
    local = code.types.keys()

    def handed(call: Call) -> Expr:
        args = tuple([_each(arg, handed) for arg in call.args])
        for position in writing.get(call.callee, ()):
            given = args[position] if position < len(args) else None
            if type(given) is Name and given.name in local:
                args = (*args[:position], Unary("&", given), *args[position + 1 :])
        return Call(call.callee, args, call.at, call.end, call.via)

    return msgspec.structs.replace(code, instrs=tuple([_instr(instr, handed) for instr in code.instrs]))


def _instr(instr: Instr, handed: Callable[[Call], Expr]) -> Instr:
    if isinstance(instr, Test):
        return Test(_each(instr.cond, handed), instr.then, instr.other, instr.at, instr.end, instr.kind)
    if not isinstance(instr, Set | Store | Do | Ret) or instr.value is None:
        return instr
    value = _each(instr.value, handed)
    if isinstance(instr, Set):
        return Set(instr.target, value, instr.at, instr.end, instr.declares)
    if isinstance(instr, Store):
        return Store(instr.place, value, instr.at, instr.end)
    return Do(value, instr.at, instr.end) if isinstance(instr, Do) else Ret(value, instr.at, instr.end)


def _each(expr: Expr, handed: Callable[[Call], Expr]) -> Expr:
    if isinstance(expr, Call):
        return handed(expr)
    if isinstance(expr, Binary):
        return Binary(expr.op, _each(expr.left, handed), _each(expr.right, handed))
    if isinstance(expr, Unary):
        return Unary(expr.op, _each(expr.operand, handed))
    return Cast(expr.type, _each(expr.operand, handed)) if isinstance(expr, Cast) else expr
