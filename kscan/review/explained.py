"""The paths of findings about values: looking for them is most of the work, and most findings are not new."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import msgspec

from kscan.link.program import LinkedProgram
from kscan.model.facts import Function
from kscan.model.finding import Finding
from kscan.model.flow import Outcome
from kscan.rules import undocumented_errno, undocumented_value
from kscan.rules.rule import Program
from kscan.rules.since import Place
from kscan.rules.uncovered import is_near

_NEAR: Final = frozenset({undocumented_errno.RULE.id, undocumented_value.RULE.id})
"""Rules that speak of values made near by only, which takes a path to tell."""


class Explained:
    """Gives findings of ``scope`` that were found without paths the path of their value in ``program``; ``rules`` is
    the same program as rules see it."""

    def __init__(self, program: LinkedProgram, rules: Program, scope: Sequence[Function]) -> None:
        self._program = program
        self._rules = rules
        self._scope = scope

    def of(self, found: Sequence[Finding], places: Collection[Place] | None = None) -> Iterator[Finding]:
        """``found`` with paths, those at ``places`` only where these are given; without the findings that a rule does
        not have once it sees the path."""
        for finding in found:
            asked = not finding.steps and (places is None or Place(finding.span.file, finding.function) in places)
            outcome = self._outcome(finding) if asked else None
            if outcome is None:
                yield finding
            elif not outcome.warned and (finding.rule not in _NEAR or is_near(outcome, self._rules)):
                yield msgspec.structs.replace(finding, steps=outcome.path)

    def _outcome(self, finding: Finding) -> Outcome | None:
        """The outcome that the subject of ``finding`` is, if it is one of its function."""
        for function in self._scope:
            if (function.file, function.name) == (finding.span.file, finding.function):
                outcome = self._program.outcome(function, finding.subject)
                if outcome is not None:
                    return outcome
        return None
