"""What the prover and the tree's predicates say of the functions under check, worked out when a rule asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from kscan.dialect.scan import clean
from kscan.link.program import LinkedProgram
from kscan.model.error import during
from kscan.model.facts import Function
from kscan.model.gap import Gap
from kscan.model.guard import Guard, TailTest
from kscan.model.progress import Progress
from kscan.predicates.early import may_hold_one, may_say_so
from kscan.predicates.needs import ADVICE, has_prover
from kscan.rules.rule import Rule

if TYPE_CHECKING:
    from kscan.predicates.definitions import Definitions
    from kscan.predicates.guards import Guards


class Proved:
    """Answers about the functions in ``scope``. z3 is loaded only when something is to be proved."""

    def __init__(
        self,
        program: LinkedProgram,
        scope: Sequence[Function],
        progress: Progress,
        definitions: Callable[[], Definitions] | None = None,
    ) -> None:
        """``definitions`` gives the predicates of the tree, where someone holds them already."""
        self._definitions = definitions or self._read
        self._program = program
        self._catalog = program.catalog
        self._scope = scope
        self._progress = progress
        self._last = ("", b"")

    @cached_property
    def _predicates(self) -> Definitions:
        return self._definitions()

    def _read(self) -> Definitions:
        from kscan.predicates.definitions import Definitions

        return Definitions(self._catalog)

    def guards(self) -> Sequence[Guard]:
        """The needless early returns; only functions that may hold one are lowered."""
        some = [function for function in self._scope if may_hold_one(function, self._text(function.file))]
        self._progress.stage("prove", len(some))
        if not some:
            return ()
        from kscan.predicates.guards import Guards

        guards = Guards(self._predicates)
        return [guard for function in some for guard in self._guards_in(guards, function)]

    def _guards_in(self, guards: Guards, function: Function) -> Iterator[Guard]:
        self._progress.advance()
        with during(f"proving {function.name}()", function.file):
            yield from guards.of(function)

    def tail_tests(self) -> Sequence[TailTest]:
        """The type tests on pages that may be tails; only functions that name such a test are lowered."""
        some = [function for function in self._scope if may_say_so(function)]
        if not some:
            return ()
        from kscan.predicates.tails import Tails

        tails = Tails(self._predicates, self._program.call_sites)
        found: list[TailTest] = []
        for function in some:
            if tails.may_hold_one(function, self._text(function.file)):
                with during(f"looking for tail pages in {function.name}()", function.file):
                    found += tails.of(function)
        return found

    def _text(self, path: str) -> bytes:
        if self._last[0] != path:  # the scope is in the order of files
            found = self._catalog.source(path)
            self._last = (path, b"" if found is None else clean(found.data).text)
        return self._last[1]


def able(rules: Sequence[Rule]) -> list[Rule]:
    """The rules that can run."""
    there = has_prover()  # to ask is to look through the folders of all packages
    return [rule for rule in rules if there or not rule.needs_prover]


def unable(rules: Sequence[Rule]) -> Iterator[Gap]:
    """A gap for each rule that cannot run for want of the prover."""
    for rule in rules:
        if rule.needs_prover and not has_prover():
            yield Gap("", -1, "check", "", f"rule {rule.id} was not run: it needs z3 ({ADVICE})")
