"""Macros that write to a variable which is handed to them by name, as a call by reference would."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import msgspec

from kscan.model.code import Binary, Call, Cast, Code, Do, Expr, Instr, Name, Ret, Set, Store, Test, Unary
from kscan.model.facts import Macro
from kscan.model.regex import regex

Positions = tuple[int, ...]
_ASSIGNED: Final = regex(r"\s*\)?\s*(?:(?:[-+*/%&|^]|<<|>>)?=(?!=)|\+\+|--)")
"""What follows a name to which something is assigned, or which is counted up or down."""
_MEMBER: Final = regex(r"\s*\)?\s*(?:->|\.|\[)")
_WORDS: Final = frozenset({"else", "do", "return"})
"""Words before an assignment; any other makes it a declaration."""
_LAST: Final = regex(r"(\w+|\S)[\s(]*\Z")
_QUOTED: Final = regex(r'"(?:[^"\\]|\\.)*+"')
_CHANGES: Final = regex(r"(?<![=!<>])=(?!=)|<<=|>>=|\+\+|--")
MAX_BODY: Final = 8_000
"""Characters of a macro; a longer one is not looked at."""


def written(params: Iterable[str], body: str) -> Positions:
    """The parameters, by number, that a macro with this replacement assigns to."""
    if len(body) > MAX_BODY or _CHANGES.search(body) is None:
        return ()
    text = _QUOTED.sub("", body)
    named = ((number, name) for number, name in enumerate(params) if not name.endswith("..."))
    return tuple([number for number, name in named if name in text and _assigns(text, name)])


def _assigns(text: str, name: str) -> bool:
    """Whether ``text`` assigns to the variable ``name``, or counts it up or down."""
    done, at = 0, text.find(name)
    while at >= 0 and name:
        end = at + len(name)
        if not _is_in_word(text[at - 1 : at] if at else "") and not _is_in_word(text[end : end + 1]):
            start = _counted_from(text, done, at, end)
            assigned = _ASSIGNED.match(text, end) if start < 0 else None
            if assigned is not None:
                start, end = at, assigned.end()
            if start >= 0:
                if _is_variable(text[:start]):
                    return True
                done = end
        at = text.find(name, end)
    return False


def _is_in_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _counted_from(text: str, done: int, at: int, end: int) -> int:
    """Where the "++" or "--" stands, behind ``done``, that counts the name at ``at``..``end`` and no member of it; -1
    when none does."""
    before = text[done:at].rstrip()
    if before[-1:] == "(":
        before = before[:-1].rstrip()
    if before[-2:] not in {"++", "--"} or _MEMBER.match(text, end):
        return -1
    return done + len(before) - 2


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
