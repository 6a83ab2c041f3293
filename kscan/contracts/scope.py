"""Which functions contracts concern, and what they reach."""

from __future__ import annotations

from collections.abc import Iterable

from kscan.contracts.judge import callees_of
from kscan.link.program import LinkedProgram
from kscan.model.contract import Contract
from kscan.model.facts import Function


def concerned(program: LinkedProgram, contracts: Iterable[Contract]) -> tuple[Function, ...]:
    """The callees of ``contracts``, their callers, and every function whose result flows into the callees'."""
    found: set[Function] = set()
    for contract in contracts:
        for callee in callees_of(program, contract):
            found |= program.linker.reached(callee)
            found.add(callee)
            found |= {function for function, _ in program.call_sites(callee)}
    return tuple(sorted(found, key=lambda f: (f.file, f.start, f.name)))
