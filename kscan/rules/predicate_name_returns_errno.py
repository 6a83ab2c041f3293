"""A function is named as a question and answers with errnos, or as a command and answers with true and false."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kscan.facts.errno import errno_of
from kscan.model.facts import Function
from kscan.model.finding import Finding, Step
from kscan.model.span import Span
from kscan.rules.grammar import is_command, is_question
from kscan.rules.rule import Program, rule

WHY = (
    "CodingStyle 16: a command returns 0 or a negative errno, a question returns true or false. Mixed up, they are a "
    "source of bugs that no compiler finds: if (x_is_valid(p)) reads as a yes and means an error, and a command that "
    "returns false has told nobody what went wrong."
)
BAD = """\
/**
 * frob_is_free() - whether nobody uses a frob
 * @f: the frob
 */
static int frob_is_free(struct frob *f)
{
        return f->users ? -EBUSY : 0;
}
"""
GOOD = """\
/**
 * frob_is_free() - whether nobody uses a frob
 * @f: the frob
 */
static bool frob_is_free(struct frob *f)
{
        return !f->users;
}
"""
_NUMBERS = frozenset({"int", "long", "ssize_t"})


def check(program: Program) -> Iterator[Finding]:
    """One finding per function, at its name."""
    for function in program.scope():
        if function.via or function.errors or not function.name.islower():
            continue
        if function.return_type in _NUMBERS and is_question(function.name, function.file):
            yield from _errno_for_an_answer(program, function)
        elif function.return_type == "bool" and is_command(function.name):
            yield from _answer_for_an_errno(program, function)


def _errno_for_an_answer(program: Program, function: Function) -> Iterator[Finding]:
    """A question that is answered with 0 or an errno; one that hands its answer out through a pointer is a command."""
    if any(param.type in {"bool *", "bool*"} for param in function.params) or _must_give_errnos(program, function):
        return
    closed, values = program.values(function)
    errnos = [value for value in values if errno_of(value)]
    if closed and errnos and set(values) == {"0", *errnos} and not program.is_callback(function):
        listed = ", ".join(errnos)
        message = f"{function.name}() is named as a question, but answers with 0 or {listed}; name it as a command"
        yield RULE.finding(_name(function), function.name, f"{message}, or return bool", function.name)


def _must_give_errnos(program: Program, function: Function) -> bool:
    """Whether errnos are injected into the function (asm-generic/error-injection.h), which fixes what it gives."""
    listed = rb"\bALLOW_ERROR_INJECTION\(\s*%b\s*,\s*ERRNO\w*\s*\)" % re.escape(function.name.encode())
    return re.search(listed, program.source(function.file)) is not None


def _answer_for_an_errno(program: Program, function: Function) -> Iterator[Finding]:
    """A command that knows an errno and answers false; the first call that gives one is the step."""
    for lost in program.lost(function):
        if not program.is_callback(function):
            errnos = ", ".join(lost.errnos)
            message = f"{function.name}() is named as a command, but turns {errnos} of {lost.callee}() into false"
            step = Step(Span(function.file, lost.at, lost.end), function.name, f"can return {errnos}")
            yield RULE.finding(_name(function), function.name, message, function.name, (step,))
        return


def _name(function: Function) -> Span:
    return Span(function.file, function.name_start, function.name_start + len(function.name))


RULE = rule(__name__, severity="note", audience="reviewer", check=check)
