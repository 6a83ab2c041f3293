"""What a caller does with each value a call can give it: a walk with the call's result held fixed.

A walk only asks of the result on which side of its tests it lies: all errnos that none of its tests tells apart take
the same ways, and one walk serves them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kscan.flow.evaluate import ConstantOf, Decision
from kscan.flow.explore import Exploration, Layout
from kscan.flow.piece import Piece, Value
from kscan.flow.primitives import NARROW
from kscan.flow.slicing import Slice
from kscan.flow.state import State
from kscan.flow.summary import Argument, Needs, Symbol
from kscan.flow.values import ALL, ERRORS, IntSet, complement, contains, intersect, negate, single, size
from kscan.flow.watcher import Watcher
from kscan.link.atoms import Atom
from kscan.link.handed import handed_to
from kscan.model.code import Call, Cast, Code, Instr, Test, evaluated, parts
from kscan.model.flow import DispositionKind


class Place(NamedTuple):
    """A byte range in the caller's file."""

    at: int
    end: int


class Fate(NamedTuple):
    """What happens to one value: the disposition, where it is decided, the plain numbers returned in its place,
    where the variable that held it was overwritten, and the catch-all test that saw it (None when there is none)."""

    kind: DispositionKind
    place: Place
    becomes: tuple[Atom, ...]
    overwritten: Place | None
    caught: Place | None = None


class Arrival(NamedTuple):
    """One way the call is reached: its arguments, and what is known of the caller's parameters there."""

    args: tuple[Argument, ...]
    needs: Needs
    symbols: tuple[Symbol, ...]


_Asked = frozenset[tuple[IntSet, bool]]
"""The sets that a result is told apart by, and whether it is negated then."""


class _Follower(Watcher):
    """Writes down what happens to the result of the call at ``focus``; what it is ``stored`` in tells it apart too."""

    def __init__(self, code: Code, focus: int, stored: _Asked) -> None:
        self.code = code
        self.focus = focus
        self.walk: Exploration | None = None
        self.named: list[tuple[IntSet, Place]] = []
        self.sides: list[tuple[IntSet, Place]] = []
        self.caught: list[Place] = []
        self.returns: list[Place] = []
        self.kept: list[Place] = []
        self.lost: list[Place] = []
        self.others: set[Atom] = set()
        self.other_calls = False
        self.asked: set[tuple[IntSet, bool]] = set(stored)

    def holds(self, value: Value) -> bool:
        for piece in value:  # noqa: SIM110 - it is asked for each variable and each test; a generator costs as much
            if self._is_focus(piece):
                return True
        return False

    def _is_focus(self, piece: Piece) -> bool:
        if piece.symbol < 0 or self.walk is None:
            return False
        symbol = self.walk.symbols[piece.symbol]
        return symbol.kind == "call" and symbol.at == self.focus

    def tested(self, state: State, test: Test, decision: Decision) -> None:
        if not self.holds(decision.value):
            return
        for piece in decision.value:
            if self.walk is not None and self._is_focus(piece):
                self.asked.add((decision.wanted, self.walk.symbols[piece.symbol].negated))
        place = Place(test.at, test.end)
        one = decision.wanted if size(decision.wanted) == 1 else complement(decision.wanted)
        if size(one) == 1:
            self.named.append((one, place))
        ways = [taken for taken, _ in decision.ways]
        self.sides.extend((decision.wanted if taken else complement(decision.wanted), place) for taken in ways)
        if test.kind != "case":
            self.caught.append(place)
            return
        after = self.code.instrs[test.other]
        if ways == [False] and isinstance(after, Test) and after.kind == "default":
            self.caught.append(Place(after.at, after.end))

    def stored(self, state: State, place: str, value: Value, at: int, end: int) -> None:
        if self.holds(value):
            self.kept.append(Place(at, end))

    def returned(self, state: State, value: Value, at: int, end: int) -> None:
        if self.holds(value):
            self.returns.append(Place(at, end))
        elif self._passed_call(state):
            for piece in value:
                if piece.symbol < 0 and size(piece.values) == 1:
                    number = piece.values[0][0]
                    self.others.add(Atom(number, number, piece.literal))
                else:
                    self.other_calls = True

    def _passed_call(self, state: State) -> bool:
        trace = state.trace
        while trace is not None:
            if trace.at <= self.focus < trace.end:
                return True
            trace = trace.before
        return False

    def overwritten(self, state: State, old: Value, new: Value, at: int, end: int) -> None:
        if self.holds(old) and not self.holds(new) and not at <= self.focus < end:
            self.lost.append(Place(at, end))


def arrivals(code: Code, constant: ConstantOf, focus: int) -> tuple[Arrival, ...]:
    """The ways the call at byte ``focus`` is reached; empty when no path evaluates it."""
    layout = Layout(code, focus)
    layout.slice = _leading_to(focus, layout.slice)
    walk = Exploration(layout, constant)
    found: set[tuple[tuple[Argument, ...], Needs]] = set()

    def note(number: int, state: State) -> None:
        known = walk.needs(state.known)
        found.add((walk.symbols[number].args, known))

    walk.eval.on_call = (focus, note)
    walk.run()
    walk.eval.on_call = None  # they hold each other
    symbols = tuple(walk.symbols.table)
    ordered = sorted(found, key=repr) if len(found) > 1 else found
    return tuple(Arrival(args, needs, symbols) for args, needs in ordered)


def _leading_to(focus: int, whole: Slice) -> Slice:
    """The slice without what can only come behind the call at byte ``focus``: that has no say in how it is reached."""
    before: dict[int, list[int]] = defaultdict(list)
    pending = []
    for index, op in enumerate(whole.ops):
        if op is not None:
            before[op.next].append(index)
            before[op.other].append(index)
            if _evaluates(op.instr, focus):
                pending.append(index)
    leading = set(pending)
    while pending:
        fresh = [index for index in before[pending.pop()] if index not in leading]
        leading.update(fresh)
        pending += fresh
    return whole._replace(ops=[op if index in leading else None for index, op in enumerate(whole.ops)])


def _evaluates(instr: Instr, focus: int) -> bool:
    return any([type(part) is Call and part.at == focus for part in parts(evaluated(instr))])


class _Walk(NamedTuple):
    """What ``seen`` heard on a walk with ``atom`` for the result; ``serves``: other errnos may share it."""

    atom: Atom
    seen: _Follower
    serves: bool

    def fits(self, atom: Atom) -> bool:
        """Whether a walk with ``atom`` would take the same ways."""
        return self.serves and _is_errno(atom) and all(self._is_beside(atom, *one) for one in self.seen.asked)

    def _is_beside(self, atom: Atom, wanted: IntSet, negated: bool) -> bool:
        sign = -1 if negated else 1
        return contains(wanted, single(sign * atom.lo)) == contains(wanted, single(sign * self.atom.lo))

    def fate(self, atom: Atom, received: tuple[Atom, ...], call: Place) -> Fate:
        """What happens to ``atom``, which this walk ``fits``."""
        seen = self.seen
        becomes = tuple(sorted(seen.others - {atom}))
        lost = seen.lost[-1] if seen.lost else None
        kind, place = _judged(seen, atom, received, call, becomes)
        return Fate(kind, place, becomes, lost, seen.caught[-1] if seen.caught else None)


def fates(
    code: Code, constant: ConstantOf, focus: int, end: int, atoms: Iterable[Atom], received: Iterable[Atom]
) -> dict[Atom, Fate]:
    """What the code does with each of ``atoms`` when the call at ``focus``..``end`` gives it; ``received`` are all that
    can arrive."""
    arriving, call, stored = tuple(received), Place(focus, end), _narrow_in(code)
    layout = Layout(code, focus, watched=True)
    walks: list[_Walk] = []
    found: dict[Atom, Fate] = {}
    for atom in atoms:
        walk = next((one for one in walks if one.fits(atom)), None)
        if walk is None:
            walk = _walked(layout, constant, focus, atom, stored)
            walks.append(walk)
        found[atom] = walk.fate(atom, arriving, call)
    return found


def _narrow_in(code: Code) -> _Asked:
    """What assignments and casts in ``code`` may tell apart: no errno fits into these types, but minus an errno may."""
    values = [part for instr in code.instrs for part in parts(evaluated(instr))]
    types = {*code.types.values(), *(part.type for part in values if type(part) is Cast)}
    return frozenset((NARROW[kind], True) for kind in types if kind in NARROW)


def _walked(layout: Layout, constant: ConstantOf, focus: int, atom: Atom, stored: _Asked) -> _Walk:
    follower = _Follower(layout.code, focus, stored)
    values: IntSet = ((atom.lo, atom.hi),)
    walk = Exploration(layout, constant, fixed={focus: values}, watcher=follower)
    follower.walk = walk
    walk.run()
    follower.walk = None  # they hold each other, and what is seen lives longer
    return _Walk(atom, follower, _is_errno(atom) and not _is_written_over(walk, values))


def _is_errno(atom: Atom) -> bool:
    return atom.lo == atom.hi and contains(ERRORS, single(atom.lo))


def _is_written_over(walk: Exploration, values: IntSet) -> bool:
    """Whether a call may write a variable that holds one of ``values``: what it leaves there is told apart by that."""
    before = (symbol.args[-2].values for symbol in walk.symbols.table if symbol.kind == "out")
    return any(intersect(one, values) or intersect(negate(one), values) for one in before if one != ALL)


_BY_CARE: tuple[DispositionKind, ...] = ("dropped", "folded", "remapped", "propagated", "distinguished")


def least(fates: Sequence[Fate]) -> Fate:
    """The fate of one value over the variants of its caller, one at least: the one that takes least care of it, with
    what it becomes in any."""
    if len(fates) == 1:
        return fates[0]
    worst = min(fates, key=lambda one: _BY_CARE.index(one.kind))
    becomes = {atom for one in fates for atom in one.becomes}
    return worst._replace(becomes=tuple(sorted(becomes)))


def _judged(
    seen: _Follower, atom: Atom, received: tuple[Atom, ...], call: Place, becomes: tuple[Atom, ...]
) -> tuple[DispositionKind, Place]:
    own = _own_branch(seen, atom, received)
    if own is not None:
        return "distinguished", own
    if seen.returns:
        return "propagated", seen.returns[-1]
    if seen.caught:
        errnos = becomes and not seen.other_calls and all(contains(ERRORS, single(b.lo)) for b in becomes)
        if errnos and contains(ERRORS, single(atom.lo)):
            return "remapped", seen.lost[-1] if seen.lost else seen.caught[-1]
        return "folded", seen.caught[-1]
    if seen.kept:
        return "propagated", seen.kept[-1]
    taken = None if seen.lost else handed_to(seen.code, seen.focus)
    return ("dropped", call) if taken is None else ("propagated", Place(taken.at, taken.end))


def _own_branch(seen: _Follower, atom: Atom, received: tuple[Atom, ...]) -> Place | None:
    """Where a branch takes this value alone: by name for an errno, by elimination for 0 and above."""
    values: IntSet = ((atom.lo, atom.hi),)
    for side, place in seen.named:
        if side == values:
            return place
    if atom.lo < 0 or len(received) < 2:
        return None
    left: IntSet = ALL
    for side, place in seen.sides:
        left = intersect(left, side)
        if [other for other in received if intersect(((other.lo, other.hi),), left)] == [atom]:
            return place
    return None
