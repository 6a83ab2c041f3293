"""What a rule is, and what of a program a rule may read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from kscan.facts.errno import Errnos
from kscan.model.contract import ContractResult
from kscan.model.edit import Fix
from kscan.model.facts import Function
from kscan.model.finding import Audience, Finding, Severity, Step
from kscan.model.flow import Remap
from kscan.model.result import FunctionRow
from kscan.model.span import Span


class Program(Protocol):
    """The linked tree as rules see it: values only."""

    @property
    def errnos(self) -> Errnos:
        """The errno vocabulary of the tree."""

    @property
    def contracts(self) -> tuple[ContractResult, ...]:
        """The verdicts on the contracts that were handed in."""

    def functions(self) -> Sequence[FunctionRow]:
        """The functions under check with their return sets; configuration variants are rows of their own."""

    def remaps(self) -> Sequence[Remap]:
        """The places where an errno of a callee is replaced by another one."""


Check = Callable[[Program], Iterator[Finding]]


@dataclass(frozen=True)
class Rule:
    """A rule with its text: ``id`` as users write it, a one-line ``title``, why it matters, C that has it or not."""

    id: str
    title: str
    why: str
    bad: str
    good: str
    severity: Severity
    audience: Audience
    check: Check

    def finding(
        self,
        span: Span,
        function: str,
        message: str,
        subject: str,
        steps: tuple[Step, ...] = (),
        fix: Fix | None = None,
    ) -> Finding:
        """A finding of this rule; ``subject`` holds no position."""
        return Finding(self.id, self.severity, self.audience, span, function, message, subject, steps, fix)


def rule(module: str, *, severity: Severity, audience: Audience, check: Check) -> Rule:
    """The rule that the module named ``module`` (its ``__name__``) states: its docstring, WHY, BAD and GOOD.

    Raises AttributeError when the module lacks one of them.
    """
    text = sys.modules[module]
    return Rule(
        id=rule_id(module),
        title=(text.__doc__ or "").strip().partition("\n")[0],
        why=text.WHY,
        bad=text.BAD,
        good=text.GOOD,
        severity=severity,
        audience=audience,
        check=check,
    )


def return_section(function: Function) -> Span:
    """The bytes of the Return section of a documented function."""
    assert function.doc is not None
    return Span(function.file, function.doc.returns_start, function.doc.returns_end)


def rule_id(module: str) -> str:
    """The id of the rule in ``module``: the last part of its name, with dashes."""
    return module.rpartition(".")[2].replace("_", "-")
