"""Walks the paths of one function, merging those that agree, and writes down every way it returns.

A forward, path-sensitive analysis with bounded disjunctions: states that agree on the variables still needed are one
state that knows what both know (trace partitioning as in Mauborgne and Rival, "Trace partitioning in abstract
interpretation based static analyzers", ESOP 2005); the first to arrive is the shortest and lends its path.
"""

from __future__ import annotations

from collections import deque
from typing import Literal, NamedTuple

from kscan.dialect.switches import asked
from kscan.flow.evaluate import ConstantOf, Decision, Evaluator, Given, variable_of
from kscan.flow.relevant import live_slots, tracked_variables, value_names
from kscan.flow.slicing import Op, sliced
from kscan.flow.state import (
    Constraints,
    Piece,
    State,
    Trace,
    Value,
    implies,
    joined,
    marks_of,
    merged,
    with_step,
    with_variable,
)
from kscan.flow.summary import Mark, Needs, RemapFact, Summary, Term
from kscan.flow.symbols import Symbols
from kscan.flow.values import (
    ALL,
    BOOLEAN,
    ERRORS,
    NEGATIVE,
    POSITIVE,
    ZERO,
    IntSet,
    complement,
    contains,
    intersect,
    listed,
    single,
    size,
)
from kscan.model.code import Code, Do, Havoc, Name, Num, Ret, Set, Store, Test

MAX_STATES_AT = 10
"""Different states kept apart at one join; beyond it they are merged into one."""
MAX_STEPS = 60_000
"""Instructions walked before a function is given up as a gap."""
MAX_ALTERNATIVES = 4
"""Alternatives kept of what must hold for one returned value."""


class Way(NamedTuple):
    """One way a value is returned: what is known on it, its path, and the variable that held the value ("" if none)."""

    known: Constraints
    trace: Trace | None
    variable: str

    @property
    def length(self) -> int:
        return 0 if self.trace is None else self.trace.length


class Watcher:
    """Hears what happens on the way; link uses one to follow a single call's result."""

    def tested(self, state: State, test: Test, decision: Decision) -> None:
        """``test`` was decided in ``state``."""

    def stored(self, state: State, place: str, value: Value, at: int, end: int) -> None:
        """``value`` was written to memory."""

    def returned(self, state: State, value: Value, at: int, end: int) -> None:
        """``value`` was returned."""

    def overwritten(self, state: State, old: Value, new: Value, at: int, end: int) -> None:
        """A tracked variable changed."""


class Exploration:
    """One walk over the code of a function.

    ``constant`` resolves identifiers; ``fixed`` gives calls (by offset) a known result and ``given`` parameters (by
    number) what is known of them; ``focus`` is a call whose result is followed even where it is not returned.
    """

    def __init__(
        self,
        code: Code,
        constant: ConstantOf,
        *,
        returns_bool: bool = False,
        focus: int = -1,
        fixed: dict[int, IntSet] | None = None,
        given: dict[int, Given] | None = None,
        watcher: Watcher | None = None,
    ) -> None:
        self.code = code
        self.tracked = tracked_variables(code, focus)
        self.symbols = Symbols()
        self.eval = Evaluator(code, self.tracked, constant, self.symbols)
        self.eval.fixed = fixed or {}
        self.eval.given = given or {}
        self.returns_bool = returns_bool
        self.watcher = watcher
        self.focus = focus
        self.terms: dict[tuple[int, IntSet, bool], list[Way]] = {}
        self.remaps: dict[tuple[int, int, int], RemapFact] = {}
        self.complete = True
        self._slice = sliced(code, self.tracked, focus, watcher is not None)
        self._live = live_slots(code, self.tracked)
        self._seen: dict[tuple[int, tuple[Value, ...]], State] = {}
        self._count: dict[int, int] = {}
        self._pending: deque[tuple[int, State]] = deque()

    def run(self, known: Constraints | None = None) -> None:
        """Walks every path from the entry."""
        env = tuple(self._initial(name) for name in self.tracked)
        known = {**self._switches(), **(known or {})}
        self._pending.append((self._slice.entry, State(env, known, None)))
        steps = 0
        while self._pending:
            index, state = self._pending.popleft()
            steps += self._advance(index, state)
            if steps > MAX_STEPS:
                self.complete = False
                return

    def _switches(self) -> Constraints:
        """What the configuration has to be for this code to be there."""
        return {self.symbols.config(symbol): listed(values) for symbol, values in self.code.switches}

    def _initial(self, name: str) -> Value:
        index = self.eval.params.get(name)
        if index is not None:
            return (Piece(self.symbols.param(index, name), self.eval.param_values(index)),)
        return (Piece(self.symbols.unknown(f"{name.split('#', maxsplit=1)[0]} before it is set", -1, -1), ALL),)

    def _advance(self, index: int, state: State) -> int:
        """Follows one path until it forks, returns or meets a state already known; gives the instructions walked."""
        walked = 0
        ops, joins = self._slice.ops, self._slice.joins
        while True:
            if index in joins:
                known = self._arrive(index, state)
                if known is None:
                    return walked
                state = known
            walked += 1
            op = ops[index]
            if op is None or op.kind == "stop":
                return walked
            if op.kind == "ret":
                self._return(op.instr, state)  # type: ignore[arg-type]
                return walked
            if op.other >= 0:
                self._branch(op, state)
                return walked
            state = self._step(op, state)
            index = op.next

    def _arrive(self, index: int, state: State) -> State | None:
        """``state`` merged with what is known to come here; None when it adds nothing."""
        env = tuple([state.env[slot] for slot in self._live[index]])
        key = (index, env)
        old = self._seen.get(key)
        if old is None and self._count.get(index, 0) >= MAX_STATES_AT:
            key = (index, ())
            old = self._seen.get(key)
            if old is not None:
                env = tuple([joined(a, b) for a, b in zip(old.env, env, strict=True)])
                if env == old.env and implies(state.known, old.known):
                    return None
                state = State(self._filled(index, env, state.env), merged(state.known, old.known), old.trace)
        elif old is not None:
            if implies(state.known, old.known):
                return None
            state = State(state.env, merged(state.known, old.known), old.trace)
        else:
            self._count[index] = self._count.get(index, 0) + 1
        self._seen[key] = State(env, state.known, state.trace)
        return state

    def _filled(self, index: int, live: tuple[Value, ...], env: tuple[Value, ...]) -> tuple[Value, ...]:
        """``env`` with the values of the variables that are live at ``index`` replaced."""
        whole = list(env)
        for slot, value in zip(self._live[index], live, strict=True):
            whole[slot] = value
        return tuple(whole)

    def _step(self, op: Op, state: State) -> State:
        instr = op.instr
        if isinstance(instr, Set) and op.kind == "set":
            return self._set(op, instr, state)
        if isinstance(instr, Test):
            return with_step(state, Mark("default", instr.at, instr.end))
        if isinstance(instr, Havoc):
            return self._havoc(instr, state)
        if not isinstance(instr, Set | Store | Do):
            return state
        if op.kind == "clobber":
            return self.eval.clobbered(instr.value, state)
        value, state = self.eval.value(instr.value, state, instr.at, instr.end)
        if isinstance(instr, Store) and self.watcher:
            self.watcher.stored(state, instr.place, value, instr.at, instr.end)
        return state if isinstance(instr, Store) else with_step(state, Mark("call", instr.at, instr.end))

    def _havoc(self, instr: Havoc, state: State) -> State:
        for name in instr.targets:
            slot = self.eval.slots.get(name)
            if slot is not None:
                number = self.symbols.unknown(name.split("#", maxsplit=1)[0], instr.at, instr.at)
                state = with_variable(state, slot, (Piece(number, ALL),))
        return state

    def _set(self, op: Op, instr: Set, state: State) -> State:
        slot = self.eval.slots[instr.target]
        value, state = self.eval.value(instr.value, state, instr.at, instr.end)
        old = state.env[slot]
        if op.again and not isinstance(instr.value, Name) and instr.target in set(value_names(instr.value)):
            value = _widened(value)
        if self.eval.is_bool(instr.target) and len(value) == 1 and value[0].symbol < 0:
            value = (Piece(-1, intersect(value[0].values, BOOLEAN) or single(1)),)
        if old and not instr.declares:
            self._remap(state, old, value, instr.at, instr.end)
            if self.watcher:
                self.watcher.overwritten(state, old, value, instr.at, instr.end)
        state = with_variable(state, slot, value)
        if not instr.target.startswith("?"):
            state = with_step(state, Mark("set", instr.at, instr.end, target=instr.target))
        return state

    def _branch(self, op: Op, state: State) -> None:
        test = op.instr
        if not isinstance(test, Test):
            return
        if op.kind == "config":
            self._fork_config(op, test, state)
        elif op.kind == "fork":
            self._fork(op, test, self.eval.clobbered(test.cond, state))
        else:
            self._decide(op, test, state)

    def _fork(self, op: Op, test: Test, state: State) -> None:
        """Both ways, for nothing is known or learnt."""
        kind: Literal["case", "warn", "test"] = test.kind if test.kind in {"case", "warn"} else "test"
        about = "()" if op.calls else ""
        self._pending.append((op.next, with_step(state, Mark(kind, test.at, test.end, True, about))))
        other = state if kind == "case" else with_step(state, Mark(kind, test.at, test.end, False, about))
        self._pending.append((op.other, other))

    def _decide(self, op: Op, test: Test, state: State) -> None:
        decision = self.eval.decided(test.cond, state, test.at, test.end)
        if self.watcher:
            self.watcher.tested(state, test, decision)
        kind: Literal["case", "warn", "test"] = test.kind if test.kind in {"case", "warn"} else "test"
        about = self._subject(op, decision)
        silent = len(decision.ways) == 1 and isinstance(test.cond, Num)
        for taken, after in decision.ways:
            marked = not silent and (taken or kind != "case")
            step = with_step(after, Mark(kind, test.at, test.end, taken, about)) if marked else after
            self._pending.append((op.next if taken else op.other, step))

    def _subject(self, op: Op, decision: Decision) -> str:
        """What a test is about, for its mark: a call's earlier result ("#3"), a parameter ("@flags"), a new call
        ("()")."""
        if op.calls:
            return "()"
        number = decision.value[0].symbol if len(decision.value) == 1 else -1
        if number < 0:
            return ""
        symbol = self.symbols[number]
        return f"@{symbol.text}" if symbol.kind in {"param", "bits"} else f"#{number}"

    def _fork_config(self, op: Op, test: Test, state: State) -> None:
        question = asked(getattr(test.cond, "text", ""))
        number = self.symbols.config(question.symbol)
        before = state.known.get(number, ALL)
        for taken, values in ((True, question.yes), (False, question.no)):
            chosen = intersect(before, listed(values))
            if chosen:
                known = {**state.known, number: chosen}
                self._pending.append((op.next if taken else op.other, State(state.env, known, state.trace)))

    def _return(self, ret: Ret, state: State) -> None:
        if ret.value is None:
            return
        value, state = self.eval.value(ret.value, state, ret.at, ret.end)
        if self.watcher:
            self.watcher.returned(state, value, ret.at, ret.end)
        variable = variable_of(ret.value)
        for old in state.env if not variable else ():
            self._remap(state, old, value, ret.at, ret.end)
        state = with_step(state, Mark("return", ret.at, ret.end))
        for piece in value:
            for one in self._as_returned(piece):
                self._term(one, state, variable)

    def _as_returned(self, piece: Piece) -> list[Piece]:
        """A bool function returns 1 for whatever is not 0."""
        if not self.returns_bool or contains(BOOLEAN, piece.values):
            return [piece]
        ways = []
        if intersect(piece.values, ZERO):
            ways.append(Piece(-1, ZERO))
        if intersect(piece.values, complement(ZERO)):
            ways.append(Piece(-1, single(1)))
        return ways

    def _term(self, piece: Piece, state: State, variable: str) -> None:
        known = state.known.get(piece.symbol)
        values = piece.values if known is None else intersect(piece.values, known)
        found = self.terms.setdefault((piece.symbol, values, piece.literal), [])
        if not any(implies(state.known, way.known) for way in found):
            found.append(Way(state.known, state.trace, variable))

    def _remap(self, state: State, old: Value, new: Value, at: int, end: int) -> None:
        """Notes that a call's errno, tested by name, gives way to another errno constant."""
        if len(old) != 1 or len(new) != 1 or new[0].symbol >= 0 or old[0].symbol < 0 or size(new[0].values) != 1:
            return
        symbol = old[0].symbol
        held = intersect(old[0].values, state.known.get(symbol, ALL))
        target = new[0].values[0][0]
        if self.symbols[symbol].kind != "call" or size(held) > 4 or not contains(ERRORS, held):
            return
        if not contains(ERRORS, new[0].values) or contains(held, new[0].values):
            return
        test = self._naming_test(state.trace, symbol)
        if test is None:
            return
        self.remaps.setdefault((symbol, at, target), RemapFact(symbol, held, target, at, end, test))

    def _naming_test(self, trace: Trace | None, symbol: int) -> tuple[int, int] | None:
        """The test on ``symbol`` that leads here; None when another call's result was asked about in between: then the
        errno only opened the way to what failed later."""
        while trace is not None:
            about = trace.mark.target
            if about == f"#{symbol}":
                return trace.mark.at, trace.mark.end
            asked = about[:1] == "#" and trace.mark.kind != "set"
            if about == "()" or (asked and self.symbols[int(about[1:])].kind == "call"):
                return None
            trace = trace.before
        return None

    def summary(self) -> Summary:
        """The equation: every way to return, with what must hold for it."""
        terms = []
        for (symbol, values, literal), ways in self.terms.items():
            weakest = [way for way in ways if not any(o is not way and _weaker(o.known, way.known) for o in ways)]
            needs = sorted({self.needs(way.known) for way in weakest})
            if () in needs or len(needs) > MAX_ALTERNATIVES:
                needs = [_common(needs)]
            shortest = min(ways, key=lambda way: way.length)
            terms.append(
                Term(
                    symbol,
                    values,
                    literal,
                    tuple(needs),
                    marks_of(shortest.trace),
                    shortest.variable,
                    shortest.length + 1,
                )
            )
        remaps = tuple(sorted(self.remaps.values(), key=lambda r: (r.at, r.target)))
        return _compacted(Summary(tuple(self.symbols.table), tuple(terms), remaps, self.complete, self.code.gaps))

    def needs(self, known: Constraints) -> Needs:
        """What a path must meet: its constraints on calls and parameters."""
        kinds = {"call", "param", "bits"}
        found = ((s, values) for s, values in known.items() if values != ALL and self.symbols[s].kind in kinds)
        return tuple(sorted(found))


def _compacted(summary: Summary) -> Summary:
    """``summary`` with only the symbols it speaks of, renumbered in order."""
    used = {t.symbol for t in summary.terms} | {r.symbol for r in summary.remaps}
    used |= {s for t in summary.terms for needs in t.needs for s, _ in needs}
    number = {old: new for new, old in enumerate(sorted(used - {-1}))}
    number[-1] = -1
    terms = [
        Term(
            number[t.symbol],
            t.values,
            t.literal,
            tuple(tuple((number[s], values) for s, values in needs) for needs in t.needs),
            t.path,
            t.variable,
            t.cost,
        )
        for t in summary.terms
    ]
    terms.sort(key=lambda t: (t.symbol, t.values, t.literal))
    symbols = tuple(summary.symbols[old] for old in sorted(used - {-1}))
    remaps = tuple(RemapFact(number[r.symbol], r.source, r.target, r.at, r.end, r.test) for r in summary.remaps)
    return Summary(symbols, tuple(terms), remaps, summary.complete, summary.gaps)


def _widened(value: Value) -> Value:
    """A counter's next value: only its sign is kept, so that no state grows per turn of a loop."""
    return tuple(
        Piece(-1, POSITIVE if piece.values[0][0] > 0 else NEGATIVE)
        if piece.symbol < 0 and size(piece.values) == 1 and piece.values != ZERO
        else piece
        for piece in value
    )


def _common(alternatives: list[Needs]) -> Needs:
    """What all alternatives need."""
    known: Constraints = dict(alternatives[0])
    for needs in alternatives[1:]:
        known = merged(known, dict(needs))
    return tuple(sorted(known.items()))


def _weaker(a: Constraints, b: Constraints) -> bool:
    return implies(b, a) and not implies(a, b)


def summarize(code: Code, constant: ConstantOf, returns_bool: bool = False) -> Summary:
    """The summary of a function whose compact form is ``code``."""
    exploration = Exploration(code, constant, returns_bool=returns_bool)
    exploration.run()
    return exploration.summary()
