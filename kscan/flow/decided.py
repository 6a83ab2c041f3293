"""Tests whose outcome earlier tests have decided on every way that leads to them.

A forward data-flow analysis over the instructions of one function (Kildall 1973): a state knows for some terms which
values the tests on the way have left, paths that join keep what holds on both, an assignment or a call drops what it
may change, and a way that cannot be taken is not followed (Wegman and Zadeck 1991).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from typing import Final, NamedTuple, TypeAlias

from kscan.flow.relevant import addresses, any_call, expressions, successors
from kscan.flow.terms import UNSIGNED, NumberOf, Question, Term, Terms
from kscan.flow.values import ALL, ZERO, IntSet, complement, contains, intersect, union
from kscan.model.code import Binary, Call, Cast, Code, Expr, Havoc, Instr, Name, Opaque, Set, Stop, Store, Test, Unary

_ASKED_ABOUT: Final = frozenset({"if", "?:"})
_LEARNT_FROM: Final = frozenset({"if", "?:", "loop", "case", "warn", "unwarn"})
MAX_QUESTIONS: Final = 300
"""Tests in one function; one with more of them is a table, or was made by a machine."""
MAX_BECAUSE: Final = 8
"""Tests that may share in a decision; one with more of them is not told."""


class Went(NamedTuple):
    """The instruction ``test`` had this answer."""

    test: int
    holds: bool


class Answer(NamedTuple):
    """The instruction ``test`` always goes one way: its condition ``holds`` or not. ``because`` are the
    tests that decided it, each with the way it went; none where the type alone does."""

    test: int
    holds: bool
    because: tuple[Went, ...]
    question: Question


class Fact(NamedTuple):
    """The values that are left for a term, and the tests that left them."""

    values: IntSet
    because: frozenset[Went]


State: TypeAlias = Mapping[int, Fact]
"""What is known of terms, by their number."""


def answers(code: Code, number: NumberOf) -> list[Answer]:
    """The tests of ``code`` that are decided before they are asked, in the order of the code."""
    terms = Terms(code.types, code.escaped, number)
    asked = _questions(code, terms)
    if not 0 < len(asked) <= MAX_QUESTIONS:
        return []
    flow = _Flow(code, terms, asked)
    flow.run()
    return flow.answers()


def _questions(code: Code, terms: Terms) -> dict[int, Question]:
    """The questions by the index of their tests; of those only that share what they are about with another one, or
    that a type may decide."""
    tests = [(i, one, _subjects(one.cond)) for i, one in enumerate(code.instrs) if type(one) is Test]
    count: dict[str, int] = {}
    for _, _, subjects in tests:
        for word in subjects:
            count[word] = count.get(word, 0) + 1
    found = {}
    for index, test, subjects in tests:
        if test.kind in _LEARNT_FROM and any(count[word] > 1 or terms.is_unsigned(word) for word in subjects):
            question = terms.question(test.cond)
            if question is not None:
                found[index] = question
    return found


def _subjects(cond: Expr) -> frozenset[str]:
    """The names and the places in memory that ``cond`` looks at."""
    if isinstance(cond, Name):
        return frozenset((cond.name,))
    if isinstance(cond, Opaque):
        return frozenset((cond.text,))
    if isinstance(cond, Binary):
        return _subjects(cond.left) | _subjects(cond.right)
    if isinstance(cond, Unary | Cast):
        return _subjects(cond.operand)
    if isinstance(cond, Call) and len(cond.args) == 1:
        return _subjects(cond.args[0])
    return frozenset()


class _Flow:
    """The states before each instruction, and how they come about."""

    def __init__(self, code: Code, terms: Terms, asked: Mapping[int, Question]) -> None:
        self._code = code
        self._asked = asked
        self._terms: list[Term] = list(dict.fromkeys(question.term for question in asked.values()))
        self._number = {term: index for index, term in enumerate(self._terms)}
        self._typed = [UNSIGNED if terms.is_unsigned(term.text) else ALL for term in self._terms]
        self._by_local: dict[str, set[int]] = {}
        for index, term in enumerate(self._terms):
            for name in term.locals:
                self._by_local.setdefault(name, set()).add(index)
        self._memory = {index for index, term in enumerate(self._terms) if term.memory}
        self._states: list[State | None] = [None] * len(code.instrs)
        self._pending: list[int] = []

    def run(self) -> None:
        """Follows every way until no state changes any more."""
        instrs = self._code.instrs
        kills = [self._killed(instr) for instr in instrs]
        self._arrive(0, {})
        waiting = self._pending
        while waiting:
            index = heappop(waiting)
            while waiting and waiting[0] == index:
                heappop(waiting)
            state = self._states[index]
            assert state is not None
            instr, killed = instrs[index], kills[index]
            if killed:
                state = {term: fact for term, fact in state.items() if term not in killed}
            if type(instr) is Test and index in self._asked and not self._is_assertion(instr):
                self._branch(index, instr, state)
            else:
                for target in successors(index, instr):
                    self._arrive(target, state)

    def answers(self) -> list[Answer]:
        """The tests that are decided, among those that people write as conditions."""
        found = []
        for index, question in self._asked.items():
            test, state = self._code.instrs[index], self._states[index]
            if state is None or not isinstance(test, Test) or test.kind not in _ASKED_ABOUT or self._is_assertion(test):
                continue
            fact = self._fact(question.term, state)
            yes = contains(question.wanted, fact.values)
            if (yes or not intersect(question.wanted, fact.values)) and len(fact.because) <= MAX_BECAUSE:
                found.append(Answer(index, yes, tuple(sorted(fact.because)), question))
        return found

    def _fact(self, term: Term, state: State) -> Fact:
        number = self._number[term]
        known, typed = state.get(number), self._typed[number]
        if known is None:
            return Fact(typed, frozenset())
        return known if typed == ALL else Fact(intersect(known.values, typed), known.because)

    def _branch(self, index: int, test: Test, state: State) -> None:
        question = self._asked[index]
        fact = self._fact(question.term, state)
        for holds, target in ((True, test.then), (False, test.other)):
            left = intersect(fact.values, question.wanted if holds else complement(question.wanted))
            if left and test.kind == "loop" and question.term.memory:
                self._arrive(target, state)  # what is waited for is written elsewhere, perhaps again
            elif left:
                now = Fact(left, frozenset((Went(index, holds),)))
                self._arrive(target, self._learnt(question.term, fact, now, state))

    def _learnt(self, term: Term, before: Fact, now: Fact, state: State) -> State:
        """``state`` after an answer has left the values of ``now``; what was known before counts where it helped."""
        if now.values == before.values:
            return state
        because = now.because if before.values == ALL else now.because | before.because
        learnt = {**state, self._number[term]: Fact(now.values, because)}
        if term.bits:
            for other, values in self._implied(term, now.values):
                learnt.setdefault(other, Fact(values, because))
        return learnt

    def _implied(self, term: Term, values: IntSet) -> list[tuple[int, IntSet]]:
        """What bits that are all clear, or not all clear, tell of fewer or more bits of the same value."""
        clear, some = values == ZERO, not intersect(values, ZERO)
        related = [(n, one) for n, one in enumerate(self._terms) if one.base == term.base and one.bits and one != term]
        if clear:
            return [(n, ZERO) for n, one in related if one.bits <= term.bits]
        return [(n, complement(ZERO)) for n, one in related if one.bits >= term.bits] if some else []

    def _arrive(self, index: int, state: State) -> None:
        before = self._states[index]
        merged = state if before is None else _joined(before, state)
        if before is None or merged != before:
            self._states[index] = merged
            heappush(self._pending, index)

    def _is_assertion(self, test: Test) -> bool:
        return type(self._code.instrs[test.then]) is Stop

    def _killed(self, instr: Instr) -> set[int]:
        """The terms that ``instr`` may change."""
        killed: set[int] = set()
        for name in _written(instr):
            killed |= self._by_local.get(name, set())
        if self._memory and (isinstance(instr, Store | Havoc) or any(map(_acts, expressions(instr)))):
            killed |= self._memory
        return killed


def _written(instr: Instr) -> Sequence[str]:
    """The locals that ``instr`` writes, by itself or through an address that it hands to a callee."""
    if isinstance(instr, Havoc):
        return instr.targets
    names = [name for expr in expressions(instr) for name in addresses(expr)]
    return [*names, instr.target] if isinstance(instr, Set) else names


def _acts(expr: Expr) -> bool:
    """Whether evaluating ``expr`` may write memory: it calls something, perhaps inside what is kept as text only."""
    if isinstance(expr, Opaque):
        return "(" in expr.text
    if isinstance(expr, Binary):
        return _acts(expr.left) or _acts(expr.right)
    return any_call(expr)


def _joined(a: State, b: State) -> State:
    """What is known on both ways."""
    if a is b:
        return a
    both = {}
    for term, one in a.items():
        other = b.get(term)
        if other is not None:
            values = union(one.values, other.values)
            if values != ALL:
                both[term] = one if one == other else Fact(values, one.because | other.because)
    return both
