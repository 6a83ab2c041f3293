"""Reasons not to say that a condition is decided, found in the author's text.

What the compact code does not show is looked up there: increments inside subscripts, macros around a condition, ``#if``
lines on the way, and macros that write a variable handed to them by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from kscan.dialect.scan import Clean, close_of, opening_of
from kscan.facts.macros import is_macro
from kscan.flow.decided import Answer
from kscan.flow.primitives import CHOOSERS, HANDED_THROUGH, TESTS
from kscan.flow.relevant import expressions
from kscan.flow.terms import Term
from kscan.flow.values import NON_ZERO, ZERO
from kscan.link.catalog import Catalog
from kscan.link.ladder import before
from kscan.link.operand import operand_at
from kscan.link.volatiles import is_volatile
from kscan.model.code import Binary, Call, Cast, Code, Expr, Name, Set, Test, Unary, parts
from kscan.model.facts import Function
from kscan.model.regex import regex

_READS: Final = frozenset(HANDED_THROUGH.keys() | TESTS.keys() | CHOOSERS.keys())
_AROUND_A_CONDITION: Final = frozenset({b"", b"if", b"likely", b"unlikely", b"return"})
_AROUND_A_REASON: Final = _AROUND_A_CONDITION | {
    *(b"while", b"for", b"switch", b"WARN_ON", b"WARN_ON_ONCE", b"WARN", b"WARN_ONCE"),
}
_SHARED: Final = regex(rb"READ_ONCE|WRITE_ONCE|guard|lock|barrier|\bsmp_|rcu|atomic|\basm\b|volatile|\bxchg")
_LABEL: Final = regex(rb"(?m:^)[ \t]*(?!default\b)([A-Za-z_]\w*)[ \t]*:(?=\s)")
_JUMP_AFTER: Final = regex(rb"[^{};]{0,80}\{?(?:[^{};]{0,200};){0,6}?\s*goto\s+(\w+)\s*;")
_JUMPS: Final = regex(rb"\basm\s+(?:\w+\s+)*goto\b|\basm\w*_goto\b|\bgoto\s*\*")
"""Jumps that the code does not show."""
_WRITE: Final = rb"(?:\+\+|--|(?:[-+*/%&|^]|<<|>>)?=(?!=))"
_CHANGED: Final = regex(rb"(?<![\w.>])(\w+)\s*" + _WRITE + rb"|(?:\+\+|--)\s*(\w+)(?!\s*(?:->|\.|\[))")
_CALL: Final = regex(rb"([A-Za-z_]\w*)\s*\(")
_WORD_BEFORE: Final = regex(rb"([A-Za-z_]\w*)?[ \t\n]*\Z")


class Body(NamedTuple):
    """A function with its code and the text it stands in."""

    catalog: Catalog
    function: Function
    code: Code
    data: bytes
    skeleton: Clean

    @property
    def text(self) -> bytes:
        """The file without comments, literals and directives, at the same offsets."""
        return self.skeleton.text

    def test(self, index: int) -> Test:
        """The test that is instruction ``index``."""
        test = self.code.instrs[index]
        assert isinstance(test, Test)
        return test


def is_excused(body: Body, answer: Answer, test: Test, holds: bool) -> bool:
    reasons = [body.test(went.test) for went in answer.because]
    if not reasons and not _is_bound(answer, test):
        return True
    if holds and (_is_spelt_out(body, test, reasons) or _is_at_a_label(body, answer, test, reasons)):
        return True
    return (
        _JUMPS.search(body.text, body.function.body_start, body.function.end) is not None
        or _is_written(body, test)
        or not _is_plain(body, test, _AROUND_A_CONDITION)
        or not all(_is_plain(body, reason, _AROUND_A_REASON) for reason in reasons)
        or _has_switch(body, [*reasons, test])
        or _is_same_number(answer, body)
        or any(_is_changed_unseen(body, name) for name in answer.question.term.locals)
        or (answer.question.term.memory and _is_shared(body, answer.question.term, reasons, test))
        or is_volatile(body.catalog, body.function.file, answer.question.term.text)
    )


def _is_spelt_out(body: Body, test: Test, reasons: Sequence[Test]) -> bool:
    """Whether an ``else if`` says what the conditions before it in the chain have left: they and nothing else, or,
    where it is all that the ``else if`` asks, they among others."""
    chain = list(before(body.text, test.at)) if reasons else []
    there = [any(start < reason.at < end for start, end in chain) for reason in reasons]
    return any(there) and (all(there) or operand_at(body.text, test.at, test.end).whole)


def _is_at_a_label(body: Body, answer: Answer, test: Test, reasons: Sequence[Test]) -> bool:
    """Whether something is asked to be there behind a label that all that decides it stands before: in a clean-up that
    holds for the next jump to it, too. Not where the function has a label of its own, further down, for what is not
    there."""
    if answer.question.wanted not in {ZERO, NON_ZERO} or answer.question.named or not reasons:
        return False
    low = max(reason.end for reason in reasons)
    if low >= test.at or _LABEL.search(body.text, low, test.at) is None:
        return False
    below = {found[1] for found in _LABEL.finditer(body.text, test.end, body.function.end)}
    jumps = (_JUMP_AFTER.match(body.text, reason.end) for reason in reasons)
    return not any(jump is not None and jump[1] in below for jump in jumps)


def _is_bound(answer: Answer, test: Test) -> bool:
    """Whether the type alone decides: a plain variable compared with a literal zero."""
    cond = test.cond
    return isinstance(cond, Binary) and cond.op in {"<", ">="} and not answer.question.named


def _is_written(body: Body, test: Test) -> bool:
    """Whether a macro writes the condition: the author wrote a call that is no part of it."""
    called = _CALL.match(body.text, test.at)
    if called is None or close_of(body.text, called.end() - 1) != test.end:
        return False
    name = called[1].decode("latin-1")
    return not any(isinstance(one, Call) and name in (one.callee, one.via) for one in parts(test.cond))


def _is_plain(body: Body, test: Test, allowed: frozenset[bytes]) -> bool:
    """Whether nothing stands around the condition but control flow: no macro and no call that it is an argument of."""
    at = test.at
    while True:
        at = opening_of(body.text, at)
        if at < body.function.body_start:
            return True
        found = _WORD_BEFORE.search(body.text, max(0, at - 80), at)
        word = (found[1] or b"") if found else b""
        if word not in allowed:
            return False
        if word in {b"if", b"while", b"for", b"switch"}:
            return True


def _has_switch(body: Body, tests: Sequence[Test]) -> bool:
    """Whether a preprocessor line stands between the tests."""
    low, high = min(test.at for test in tests), max(test.end for test in tests)
    return any(low <= line.start < high for line in body.skeleton.directives)


def _is_same_number(answer: Answer, body: Body) -> bool:
    """Whether constants of different names and the same number decide: that is by chance, or differs elsewhere. A test
    for zero without a name is one of them."""
    named = answer.question.named
    others = {name for went in answer.because for name in _constants(body.test(went.test).cond)}
    number = body.catalog.numbers.constant(named, body.function.file) if named else None
    if number == (0, False) and named not in others:
        return True
    return number is not None and any(
        body.catalog.numbers.constant(other, body.function.file) == number for other in others - {named}
    )


def _constants(cond: Expr) -> Iterator[str]:
    if isinstance(cond, Name):
        yield cond.name
    elif isinstance(cond, Binary):
        yield from _constants(cond.left)
        yield from _constants(cond.right)
    elif isinstance(cond, Unary | Cast):
        yield from _constants(cond.operand)


def _is_changed_unseen(body: Body, local: str) -> bool:
    """Whether the text may write the local in a way that the code does not show."""
    name = local.partition("#")[0]
    seen = {one.at for one in body.code.instrs if isinstance(one, Set) and one.target.partition("#")[0] == name}
    wanted = name.encode()
    start, end = body.function.body_start, body.function.end
    written = sum(wanted in found.groups() for found in _CHANGED.finditer(body.text, start, end))
    return written > len(seen) or any(_may_write(body, callee) for callee in _takers(body.code, local))


def _takers(code: Code, local: str) -> set[str]:
    """The callees that are handed the local by name."""
    found: set[str] = set()
    for instr in code.instrs:
        for expr in expressions(instr):
            found.update(_takers_in(expr, local))
    return found - _READS


def _takers_in(expr: Expr, local: str) -> Iterator[str]:
    if isinstance(expr, Call):
        if expr.callee and Name(local) in expr.args:
            yield expr.callee
        for arg in expr.args:
            yield from _takers_in(arg, local)
    elif isinstance(expr, Binary):
        yield from _takers_in(expr.left, local)
        yield from _takers_in(expr.right, local)
    elif isinstance(expr, Unary | Cast):
        yield from _takers_in(expr.operand, local)


def _may_write(body: Body, callee: str) -> bool:
    """Whether ``callee`` is a macro that writes an argument, or nothing that is known."""
    catalog, file = body.catalog, body.function.file
    prototype = re.compile(rb"^[A-Za-z_][\w \t*]*[ \t*]" + re.escape(callee.encode()) + rb"[ \t]*\(", re.MULTILINE)
    if any(not is_macro(one) for one in catalog.definitions(callee, file)) or prototype.search(body.text):
        return False
    near = (file, *catalog.numbers.private_headers(file), *catalog.index.files_defining(callee))
    bodies = [
        macro.body for path in dict.fromkeys(near) for macro in catalog.facts(path).macros if macro.name == callee
    ]
    return not bodies or any(_writes(text) for text in bodies)


_ASSIGNS: Final = regex(r"(?<![=!<>])=(?!=)|\+\+|--|&\s*\(?\w+\b(?!\s*(?:->|\.))")


def _writes(body: str) -> bool:
    return _ASSIGNS.search(body) is not None


def _is_shared(body: Body, term: Term, reasons: Sequence[Test], test: Test) -> bool:
    """Whether what is read may have changed since: a global, a counter, what is locked, or the way leads backwards."""
    low = min((reason.at for reason in reasons), default=test.at)
    if not term.locals or any(reason.at > test.at for reason in reasons):
        return True
    if _SHARED.search(body.text, low, test.end) is not None:
        return True
    words = "|".join(set(re.findall(r"[A-Za-z_]\w*", term.text))).encode()
    counts = re.compile(
        rb"\b(?:" + words + rb")\b[\])]*\s*(?:\+\+|--)|(?:\+\+|--)[\w.>\[\]*(-]*\b(?:" + words + rb")\b"
    )
    return counts.search(body.text, body.function.body_start, body.function.end) is not None
