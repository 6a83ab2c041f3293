"""What a rule is, and what of a program a rule may read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from kscan.facts.declared import Declared
from kscan.facts.errno import Errnos
from kscan.model.contract import ContractResult
from kscan.model.decided import Decided, Lost
from kscan.model.edit import Fix
from kscan.model.facts import Function
from kscan.model.finding import Audience, Finding, Severity, Step
from kscan.model.flow import Remap
from kscan.model.guard import Guard, TailTest
from kscan.model.result import FunctionRow
from kscan.model.span import Span
from kscan.model.standing import Allowance


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

    def source(self, path: str) -> bytes:
        """The bytes of the file at ``path``, for the text of a fix; empty where it cannot be read."""

    def guards(self) -> Sequence[Guard]:
        """The early returns in the functions under check that the prover finds needless."""

    def tail_tests(self) -> Sequence[TailTest]:
        """The tests of a page's type, in the functions under check, on a page that may be a tail."""

    def naming(self, function: Function) -> Sequence[str]:
        """The files whose text names ``function``: its own only, where it is static in a source file."""

    def added(self, span: Span) -> bool | None:
        """Whether something at ``span`` is new since the tree compared with; None when there is none (no --against)."""

    def scope(self) -> Sequence[Function]:
        """The functions under check, documented or not."""

    def values(self, function: Function) -> tuple[bool, tuple[str, ...]]:
        """Whether the return set of ``function`` is closed, and its values."""

    def parameters(self, file: str, function: str) -> frozenset[str]:
        """The names of the parameters of the functions called ``function`` in ``file``."""

    def decided(self) -> Sequence[Decided]:
        """The conditions in the functions under check that are decided before they are asked."""

    def lost(self, function: Function) -> Iterator[Lost]:
        """The calls in ``function`` whose errnos become a returned false."""

    def declared(self) -> Iterator[Declared]:
        """The names of mixed case that the files under check declare."""

    def identifiers(self, path: str) -> frozenset[str]:
        """Every identifier in the code of the file at ``path``, its macros included."""

    def callers_beside(self, function: Function) -> frozenset[str]:
        """The functions of its own file that call ``function``."""

    def files_defining(self, name: str) -> Sequence[str]:
        """The files that may define a function or macro called ``name``."""

    def is_callback(self, function: Function) -> bool:
        """Whether the file of ``function``, or a header of it, names it without calling it."""

    def unused_allowances(self) -> Iterator[tuple[Allowance, str]]:
        """The comments in the files under check that are to hide findings, each with a rule of which it hides none."""


Check = Callable[[Program], Iterator[Finding]]
When = Literal["always", "added", "named"]
"""always: a rule runs unless told otherwise; added: only with a tree to compare with, or when it is named; named: only
then."""


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
    needs_prover: bool = False
    """Skipped, as a gap, where there is no prover."""
    when: When = "always"

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


def rule(
    module: str,
    *,
    severity: Severity,
    audience: Audience,
    check: Check,
    needs_prover: bool = False,
    when: When = "always",
) -> Rule:
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
        needs_prover=needs_prover,
        when=when,
    )


def return_section(function: Function) -> Span:
    """The bytes of the Return section of a documented function."""
    assert function.doc is not None
    return Span(function.file, function.doc.returns_start, function.doc.returns_end)


def rule_id(module: str) -> str:
    """The id of the rule in ``module``: the last part of its name, with dashes."""
    return module.rpartition(".")[2].replace("_", "-")
