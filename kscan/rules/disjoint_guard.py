"""A guard returns early what the rest of the function would return anyway."""

from __future__ import annotations

from collections.abc import Iterator

from kscan.model.edit import Edit, Fix
from kscan.model.finding import Finding, Step
from kscan.model.guard import Guard
from kscan.rules.dropping import CannotDrop, joined, without_parameter, without_statement
from kscan.rules.rule import Program, rule

WHY = (
    "The condition and what is asked after it exclude each other: one word holds one of several values, so that the "
    "rest gives the same answer without the guard. Who reads the guard looks for a case that cannot happen, and "
    "parameters are handed down the call chain only to feed it."
)
BAD = """\
/**
 * frob_is_lost() - whether nobody can have the frob back
 * @f: the frob
 */
static bool frob_is_lost(const struct frob *f)
{
        if (f->mine == FROB_FAILED && !f->users)
                return false;
        return f->mine == FROB_LOST;
}
"""
GOOD = """\
/**
 * frob_is_lost() - whether nobody can have the frob back
 * @f: the frob
 */
static bool frob_is_lost(const struct frob *f)
{
        return f->mine == FROB_LOST;
}
"""


def check(program: Program) -> Iterator[Finding]:
    """One finding per guard, at its if statement."""
    for guard in program.guards():
        function = guard.function
        steps = tuple(Step(guard.span, function.name, note, "context") for note in _notes(guard))
        yield RULE.finding(guard.span, function.name, _message(guard), guard.condition, steps, _fix(program, guard))


def _message(guard: Guard) -> str:
    said = f"is this guard needed? {guard.condition}"
    proved = f"{said} excludes {_listed(guard.excluded)}"
    if not guard.assumed:
        return f"{proved}: without it the rest returns {guard.value} as well"
    left = _listed([part for part, _ in guard.assumed])
    return f"{proved}; only {left} is not proved to be excluded, which would be an assumption"


def _notes(guard: Guard) -> Iterator[str]:
    for part, witness in guard.assumed:
        yield f"not excluded: {part} (with {witness})" if witness else f"not excluded: {part}"
    yield from (f"proved from: {fact}" for fact in guard.facts)


def _listed(names: list[str] | tuple[str, ...]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _fix(program: Program, guard: Guard) -> Fix:
    """The guard taken out, and the parameters that only it used with their arguments where that can be done whole."""
    source = program.source(guard.function.file)
    edits = [without_statement(source, guard.span)]
    dropped = []
    for name in guard.spare:
        try:
            more = _without(program, guard, name)
            joined([*edits, *more])
        except CannotDrop:
            continue
        edits += more
        dropped.append(name)
    assumed = " and ".join(part for part, _ in guard.assumed)
    under = f" (assumes that it excludes {assumed})" if assumed else ""
    tail = f" and the parameter{'s' * (len(dropped) > 1)} {_listed(dropped)} that it alone used" if dropped else ""
    return Fix(f"drop the guard{tail}{under}", "review", joined(edits), assumes=bool(assumed))


def _without(program: Program, guard: Guard, name: str) -> list[Edit]:
    function = guard.function
    index = [param.name for param in function.params].index(name)
    files = [(path, program.source(path)) for path in program.naming(function)]
    return list(without_parameter(function, index, files))


RULE = rule(__name__, severity="note", audience="reviewer", check=check, needs_prover=True)
