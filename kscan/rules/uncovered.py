"""Which values of a function its Return section does not cover, and which of them are made near by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, TypeAlias

from kscan.facts.errno import Errnos, errno_of
from kscan.facts.returntext import Documented, read_documented
from kscan.model.flow import Outcome
from kscan.model.regex import regex
from kscan.model.result import FunctionRow
from kscan.rules.rule import Program

NEAR: Final = 2
"""Functions on the path to where a value is made, the documented one included; one more where all stand in one file.
Further down, a path often needs of an object what the functions above never hand down."""

_INTEGER: Final = regex(r"(?:(?:signed|long|int|short|ssize_t|loff_t|s\d+)\s*)+")
_NUMBER: Final = regex(r"-?\d+")
_TEST: Final = regex(r"(.+) is (?:true|false)\Z")
_ADDRESS: Final = regex(rb"return\s*\(?\s*&")
_WORD: Final = regex(r"[A-Za-z_]\w*")


def is_near(outcome: Outcome, program: Program) -> bool:
    """Whether the value is made in the function itself or just below, not by a stub for another configuration and not
    by a callee that finds fault with its arguments: whether they can be such is for the callers to know."""
    places = list(dict.fromkeys((step.span.file, step.function) for step in outcome.path))
    one_file = len({file for file, _ in places}) == 1
    if len(places) > NEAR + one_file:
        return False
    if len(places) < 2:
        return True
    return not _is_stub(places[-1], program) and not _faults_arguments(outcome, places[-2], places[-1], program)


Place: TypeAlias = tuple[str, str]
"""A function by file and name."""


def _is_stub(maker: Place, program: Program) -> bool:
    """Whether a header has the function for kernels without what a source file defines it for."""
    file, name = maker
    return file.endswith(".h") and any(path.endswith(".c") for path in program.files_defining(name))


def _faults_arguments(outcome: Outcome, caller: Place, maker: Place, program: Program) -> bool:
    """Whether the path in ``maker`` asks of nothing but what ``caller`` worked out to hand it in."""
    notes = [step.note for step in outcome.path if (step.span.file, step.function) == maker]
    tests = [found[1] for note in notes if (found := _TEST.match(note))]
    params = program.parameters(*maker)
    if not tests or not all(_asks_only_of(test, params) for test in tests):
        return False
    own = program.parameters(*caller)
    return any(word not in own for word in _handed_in(outcome, caller, maker, program))


def _asks_only_of(test: str, params: frozenset[str]) -> bool:
    words = set(_WORD.findall(test))
    return "->" not in test and "." not in test and bool(words) and words <= params


def _handed_in(outcome: Outcome, caller: Place, maker: Place, program: Program) -> list[str]:
    """The arguments of the call that leads from ``caller`` into ``maker``; none where its text cannot be read."""
    for step in outcome.path:
        if (step.span.file, step.function) == caller:
            text = program.source(step.span.file)[step.span.start : step.span.end].decode("utf-8", "replace")
            called = re.search(rf"\b{re.escape(maker[1])}\s*\(([^()]*)\)", text)
            if called:
                return [part.strip() for part in called[1].split(",")]
    return []


def documented_of(row: FunctionRow, errnos: Errnos) -> Documented | None:
    """What the Return section says; None when there is none."""
    doc = row.function.doc
    return None if doc is None or row.function.return_type == "void" else read_documented(doc, errnos)


def unnamed(row: FunctionRow, documented: Documented, errnos: Errnos) -> Iterable[Outcome]:
    """The errnos that a closed list of values does not name, each once."""
    if documented.open_negative or not (documented.listed or documented.lists_errnos):
        return ()
    told: dict[str, Outcome] = {}
    for outcome in row.returns.outcomes:
        name = None if outcome.warned else errno_of(outcome.value)
        if name is not None and not documented.names(name, errnos):
            told.setdefault(name, outcome)
    return told.values()


def uncovered(row: FunctionRow, documented: Documented, program: Program) -> Iterable[Outcome]:
    """The constants and NULL that the section does not cover though it gives others."""
    return [
        one
        for one in row.returns.outcomes
        if not one.warned and _is_uncovered(row, one, documented) and not _is_address(one, program)
    ]


def _is_address(outcome: Outcome, program: Program) -> bool:
    """Whether NULL would be the address of a member: of the first one, where nobody looked whether there is any."""
    last = outcome.path[-1].span if outcome.value == "NULL" and outcome.path else None
    return last is not None and _ADDRESS.match(program.source(last.file)[last.start : last.end]) is not None


def _is_uncovered(row: FunctionRow, outcome: Outcome, documented: Documented) -> bool:
    value, type_ = outcome.value, row.function.return_type
    if value == "NULL":
        return "*" in type_ and _null_uncovered(documented)
    if not _NUMBER.fullmatch(value) or not _INTEGER.fullmatch(type_) or documented.has(value):
        return False
    if value.startswith("-"):
        return documented.lists_errnos and not documented.open_negative
    if not documented.lists_counts:
        return False
    if value == "0":  # "1 if .." and "true when .." say by themselves what the other answer is
        return not (documented.covers_zero or (documented.has("1") and not documented.lists_errnos))
    return not documented.open_positive


def _null_uncovered(documented: Documented) -> bool:
    return documented.lists_errnos and not documented.open_negative and not documented.covers_null
