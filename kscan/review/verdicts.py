"""Contracts before and after: only those that the change may concern, and only what can arrive."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec

from kscan.contracts.judge import judge
from kscan.link.program import LinkedProgram
from kscan.model.contract import Contract, ContractResult
from kscan.model.review import ContractChange
from kscan.rules.since import Place


def concerned(contracts: Iterable[Contract], places: Collection[Place], files: Collection[str]) -> list[Contract]:
    """The contracts that have a side among ``places``, functions that are changed or reached, or in ``files``."""
    names = {place.name for place in places}
    return [one for one in contracts if one.file in files or names & {one.callee, *(c.function for c in one.callers)}]


def verdicts(program: LinkedProgram, contracts: Sequence[Contract]) -> tuple[ContractResult, ...]:
    """The verdict on each; what callers must do with an errno counts only where the callee returns it."""
    return tuple(map(_that_arrive, judge(program, contracts)))


def _that_arrive(result: ContractResult) -> ContractResult:
    given = {one.errno for one in result.clauses if one.requirement == "return" and one.verdict == "met"}
    kept = tuple(one for one in result.clauses if one.requirement == "return" or one.errno in given)
    others = tuple(one for one in result.others if one.errno in given)
    return msgspec.structs.replace(result, clauses=kept, others=others)


def verdict_changes(before: Sequence[ContractResult], after: Sequence[ContractResult]) -> Iterator[ContractChange]:
    """The contracts whose verdict is another one."""
    for then, now in zip(before, after, strict=True):
        if then.verdict != now.verdict or _kept(then) != _kept(now):
            yield ContractChange(now.name, then.verdict, now)


def _kept(result: ContractResult) -> list[tuple[str, str, str, str]]:
    return [(one.function, one.requirement, one.errno, one.verdict) for one in result.clauses]
