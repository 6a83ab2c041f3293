"""Walks the paths of one function, merging those that agree, and writes down every way it returns.

A forward, path-sensitive analysis with bounded disjunctions: states that agree on the variables still needed are one
state that knows what both know (trace partitioning as in Mauborgne and Rival, "Trace partitioning in abstract
interpretation based static analyzers", ESOP 2005); the first to arrive is the shortest and lends its path.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import msgspec

from kscan.dialect.switches import asked
from kscan.flow.behind import code_behind, is_written
from kscan.flow.evaluate import ConstantOf, Decision, Evaluator, Given, Question, variable_of
from kscan.flow.piece import Piece, Value
from kscan.flow.reading import Outline
from kscan.flow.relevant import live_before, tracked_variables, value_names
from kscan.flow.silent import says_something
from kscan.flow.slicing import Op, Slice, sliced
from kscan.flow.state import (
    Constraints,
    State,
    Trace,
    implies,
    joined,
    merged,
    with_known,
    with_step,
    with_variable,
)
from kscan.flow.steps import Steps, encoded_steps
from kscan.flow.summary import (
    Argument,
    MarkKind,
    Needs,
    RemapFact,
    Summary,
    Symbol,
    Term,
    speaking_of,
)
from kscan.flow.symbols import Symbols
from kscan.flow.values import (
    ALL,
    BOOLEAN,
    ERRORS,
    MAX_ERRNO,
    NEGATIVE,
    NON_ZERO,
    POSITIVE,
    ZERO,
    IntSet,
    contains,
    intersect,
    listed,
    single,
    size,
    truth,
)
from kscan.flow.watcher import Watcher
from kscan.model.code import Binary, Code, Do, Expr, Havoc, Name, Num, Opaque, Ret, Set, Store, Test

MAX_STATES_AT: Final = 10
"""Different states kept apart at one join; beyond it they are merged into one."""
MAX_STEPS: Final = 60_000
"""Instructions walked before a function is given up as a gap."""
MAX_ALTERNATIVES: Final = 4
"""Alternatives kept of what must hold for one returned value."""


MAX_ANSWERING: Final = 40
"""Instructions of a function whose every way to an answer is kept apart."""


class _Ways:
    """The ways a value is returned: what is known on each of the weakest, and the path of the shortest, with the
    variable that held the value there ("" if none)."""

    def __init__(self, state: State, variable: str) -> None:
        self.known = [state.known]
        self.trace = state.trace
        self.variable = variable

    @property
    def length(self) -> int:
        return 0 if self.trace is None else self.trace.length

    def add(self, state: State, variable: str) -> None:
        """One more way; it counts for nothing where another one needs no more than it does."""
        new = state.known
        for known in self.known:
            if implies(new, known):
                return
        self.known = [known for known in self.known if not implies(known, new)]
        self.known.append(new)
        if state.trace is None or state.trace.length < self.length:
            self.trace, self.variable = state.trace, variable


class Layout:
    """What a walk over ``code`` follows, before anything is known: walks that differ in what is known may share one.

    ``focus`` is a call whose result is followed even where it is not returned; ``watched``: so that a watcher hears of
    all that touches what is followed."""

    def __init__(self, code: Code, focus: int = -1, *, watched: bool = False, returns_bool: bool = False) -> None:
        self.code = code
        self.returns_bool = returns_bool
        self.outline = Outline(code)
        self.tracked = tracked_variables(code, focus, self.outline)
        self.slice: Slice = sliced(self.outline, self.tracked, focus, watched, returns_bool)
        self.live: dict[int, tuple[int, ...]] = {}
        """Where paths meet, what is needed behind each place, by position in ``tracked``."""
        every = tuple(range(len(self.tracked)))
        small = returns_bool and len(code.instrs) <= MAX_ANSWERING
        live = live_before(code, self.tracked, self.outline) if every and self.slice.joins else []
        for index in self.slice.joins:
            if small and _is_number(self.slice.ops[index]):
                continue  # the ways to it are kept apart: each tells what leads to the answer
            self.live[index] = tuple([slot for slot in every if live[index] >> slot & 1])


class Exploration:
    """One walk over the code that ``layout`` is of.

    ``constant`` resolves identifiers; ``fixed`` gives calls (by offset) a known result and ``given`` parameters (by
    number) what is known of them. ``walked`` counts the instructions of all paths.
    """

    def __init__(
        self,
        layout: Layout,
        constant: ConstantOf,
        *,
        fixed: dict[int, IntSet] | None = None,
        given: dict[int, Given] | None = None,
        watcher: Watcher | None = None,
    ) -> None:
        self.code = layout.code
        self.tracked = layout.tracked
        self.symbols = Symbols()
        self.eval = Evaluator(layout.outline, self.tracked, constant, self.symbols)
        self.eval.fixed = fixed or {}
        self.eval.given = given or {}
        self.returns_bool = layout.returns_bool
        self.watcher = watcher
        self.terms: dict[tuple[int, IntSet, bool], _Ways] = {}
        self.remaps: dict[tuple[int, int, int], RemapFact] = {}
        self.complete = True
        self.walked = 0
        self._slice: Slice = layout.slice
        self._joins: dict[int, _Join] = {}
        self._questions: dict[int, Question] = {}
        self._pending: deque[tuple[int, State]] = deque()
        self._late: dict[int, _Join] = {}
        for index, live in layout.live.items():
            self._joins[index] = _Join(live, len(self.tracked))

    def run(self, known: Constraints | None = None) -> None:
        """Walks every path from the entry."""
        env = tuple([self._initial(name) for name in self.tracked])
        known = {**self._switches(), **(known or {})}
        self._pending.append((self._slice.entry, State(env, known, None)))
        while self._pending or self._late:
            if self._pending:
                index, state = self._pending.popleft()
                self.walked += self._advance(index, state, False)
            else:
                index = min(self._late)  # in the order of the text, so that what is behind is walked once
                for state in self._late.pop(index).settled():
                    self.walked += self._advance(index, state, True)
            if self.walked > MAX_STEPS:
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

    def _advance(self, index: int, state: State, arrived: bool) -> int:
        """Follows one path until it forks, returns or meets a state already known; gives the instructions walked.
        ``arrived``: the join at ``index``, if there is one, has let ``state`` go."""
        walked = 0
        ops, joins = self._slice.ops, self._joins
        while True:
            join = None if arrived else joins.get(index)
            arrived = False
            if join is not None and not join.arrive(state):
                if join.late:
                    self._late[index] = join
                return walked
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

    def _step(self, op: Op, state: State) -> State:
        instr = op.instr
        if type(instr) is Set and op.kind == "set":
            return self._set(op, instr, state)
        if type(instr) is Test:
            return with_step(state, "default", instr.at, instr.end)
        if type(instr) is Havoc:
            return self._havoc(instr, state)
        if type(instr) is not Set and type(instr) is not Store and type(instr) is not Do:
            return state
        if op.kind == "clobber":
            return self.eval.clobbered(instr.value, state)
        value, state = self.eval.value(instr.value, state, instr.at, instr.end)
        if type(instr) is not Store:
            return with_step(state, "call", instr.at, instr.end)
        if self.watcher:
            self.watcher.stored(state, instr.place, value, instr.at, instr.end)
        return state

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
        if op.again and type(instr.value) is not Name and instr.target in value_names(instr.value):
            value = _widened(value)
        if self.eval.is_bool(instr.target) and len(value) == 1 and value[0].symbol < 0:
            value = (Piece(-1, truth(value[0].values)),)
        if old and not instr.declares:
            self._remap(state, old, value, instr.at, instr.end)
            if self.watcher:
                self.watcher.overwritten(state, old, value, instr.at, instr.end)
        state = with_variable(state, slot, value)
        if not instr.target.startswith("?"):
            state = with_step(state, "set", instr.at, instr.end, True, instr.target)
        return state

    def _branch(self, op: Op, state: State) -> None:
        test = op.instr
        if type(test) is not Test:
            return
        if op.kind == "config":
            self._fork_config(op, test, state)
        elif op.kind == "fork":
            self._fork(op, test, self.eval.clobbered(test.cond, state))
        else:
            self._decide(op, test, state)

    def _fork(self, op: Op, test: Test, state: State) -> None:
        """Both ways, for nothing is known or learnt."""
        kind = _mark_kind(test)
        about = "()" if op.calls else ""
        self._pending.append((op.next, with_step(state, kind, test.at, test.end, True, about)))
        other = state if kind == "case" else with_step(state, kind, test.at, test.end, False, about)
        self._pending.append((op.other, other))

    def _decide(self, op: Op, test: Test, state: State) -> None:
        question = self._questions.get(id(op))
        if question is None:
            question = self._questions[id(op)] = self.eval.question(test.cond)
        if type(question.operand) is Opaque:
            state = self.eval.clobbered(test.cond, state)
        decision = self.eval.decided(question, state, test.at, test.end)
        if self.watcher:
            self.watcher.tested(state, test, decision)
        kind = _mark_kind(test)
        about = self._subject(op, decision)
        silent = len(decision.ways) == 1 and type(test.cond) is Num
        for taken, after in decision.ways:
            marked = not silent and (taken or kind != "case")
            step = with_step(after, kind, test.at, test.end, taken, about) if marked else after
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
        if type(ret.value) is Binary and ret.value.op == ",":
            self._return_pair(ret.value, ret, state)
            return
        value, state = self.eval.value(ret.value, state, ret.at, ret.end)
        if self.watcher:
            self.watcher.returned(state, value, ret.at, ret.end)
        variable = variable_of(ret.value)
        if not variable and _constant_errno(value):
            for old in state.env:
                self._remap(state, old, value, ret.at, ret.end)
        state = with_step(state, "return", ret.at, ret.end)
        for piece in value:
            if self.returns_bool:
                self._return_bool(ret.value, piece, state, variable)
            else:
                self._term(piece, state, variable)

    def _return_bool(self, expr: Expr, piece: Piece, state: State, variable: str) -> None:
        """The ways to return ``piece`` from a function that gives 1 for whatever is not 0."""
        for one in _as_bool(piece):
            after: State | None = state
            if one.symbol != piece.symbol:
                after = self.eval.narrowed(expr, (piece,), NON_ZERO if one.values != ZERO else ZERO, state)
            if after is not None:
                self._term(one, after, variable)

    def _return_pair(self, pair: Binary, ret: Ret, state: State) -> None:
        """Notes the right value of ``pair``, each with the results, the left value, that it comes with."""
        result, state = self.eval.value(pair.left, state, ret.at, ret.end)
        value, state = self.eval.value(pair.right, state, ret.at, ret.end)
        state = with_step(state, "return", ret.at, ret.end)
        name = variable_of(pair.right)
        number = self.symbols.param(len(self.code.params) - 1, "the result")
        for one in result:
            for given in _as_bool(one) if self.returns_bool else (one,):
                values = intersect(given.values, state.known.get(given.symbol, ALL))
                after = state if values == ALL else with_known(state, number, values)
                if given.symbol >= 0 and self.symbols[given.symbol].kind == "call":
                    after = with_known(after, self.symbols.result(given.symbol), single(1))
                for piece in value:
                    self._term(piece, after, name)

    def _term(self, piece: Piece, state: State, variable: str) -> None:
        known = state.known.get(piece.symbol)
        values = piece.values if known is None else intersect(piece.values, known)
        found = self.terms.get((piece.symbol, values, piece.literal))
        if found is None:
            self.terms[piece.symbol, values, piece.literal] = _Ways(state, variable)
        else:
            found.add(state, variable)

    def _remap(self, state: State, old: Value, new: Value, at: int, end: int) -> None:
        """Notes that a call's errno, tested by name, gives way to another errno constant."""
        if len(old) != 1 or old[0].symbol < 0 or not _constant_errno(new):
            return
        symbol = old[0].symbol
        if self.symbols[symbol].kind != "call":
            return
        held = intersect(old[0].values, state.known.get(symbol, ALL))
        target = new[0].values[0][0]
        if size(held) > 4 or not contains(ERRORS, held) or contains(held, new[0].values):
            return
        test = self._naming_test(state.trace, symbol)
        if test is not None:
            self.remaps.setdefault((symbol, at, target), RemapFact(symbol, held, target, at, end, test))

    def _naming_test(self, trace: Trace | None, symbol: int) -> tuple[int, int] | None:
        """The test on ``symbol`` that leads here; None when another call's result was asked about in between: then the
        errno only opened the way to what failed later."""
        while trace is not None:
            about = trace.target
            if about == f"#{symbol}":
                return trace.at, trace.end
            asked = about[:1] == "#" and trace.kind != "set"
            if about == "()" or (asked and self.symbols[int(about[1:])].kind == "call"):
                return None
            trace = trace.before
        return None

    def summary(self) -> Summary:
        """The equation: every way to return, with what must hold for it; symbols that it does not speak of are left
        out, the others numbered anew in order."""
        alternatives = {key: self._alternatives(ways) for key, ways in self.terms.items()}
        used = {symbol for symbol, _, _ in self.terms}
        used.update([fact.symbol for fact in self.remaps.values()])
        used.update([symbol for needs in alternatives.values() for one in needs for symbol, _ in one])
        used.discard(-1)
        kept = self.symbols.with_arguments(used)
        number = {old: new for new, old in enumerate(kept)}
        number[-1] = -1
        terms, steps = [], Steps()
        for key in sorted(self.terms):
            symbol, values, literal = key
            best = self.terms[key]
            needs = tuple([tuple([(number[s], v) for s, v in one]) for one in alternatives[key]])
            at, end = (-1, -1) if best.trace is None or self._is_placed(key) else (best.trace.at, best.trace.end)
            last = steps.add(best.trace)
            terms.append(Term(number[symbol], values, literal, needs, last, at, end, best.variable, best.length + 1))
        remaps = [
            RemapFact(number[r.symbol], r.source, r.target, r.at, r.end, r.test)
            for r in sorted(self.remaps.values(), key=_by_place)
        ]
        symbols = tuple([speaking_of(self.symbols[old], number) for old in kept])
        told = encoded_steps(steps.marks)
        return Summary(symbols, tuple(terms), tuple(remaps), self.complete, self.code.gaps, steps=told)

    def _is_placed(self, key: tuple[int, IntSet, bool]) -> bool:
        """Whether nobody will ask where a way to return this value ends."""
        symbol, values, _ = key
        return size(values) == 1 if symbol < 0 else self.symbols[symbol].at >= 0

    def _alternatives(self, ways: _Ways) -> list[Needs]:
        """What must hold for one of ``ways``, each alternative once; what they share where they are too many."""
        if len(ways.known) == 1:
            return [self.needs(ways.known[0])]
        found = {self.needs(known) for known in ways.known}
        if () in found:
            return [()]
        if len(found) > MAX_ALTERNATIVES:
            return [_common(list(found))]
        return sorted(found)

    def needs(self, known: Constraints) -> Needs:
        """What a path must meet: its constraints on calls and parameters."""
        if not known:
            return ()
        return tuple(sorted([(s, values) for s, values in known.items() if values != ALL and self._is_needed(s)]))

    def _is_needed(self, number: int) -> bool:
        kind = self.symbols[number].kind
        return kind == "call" or kind == "param" or kind == "bits" or kind == "result"


class _Join:
    """A place where paths meet: the states that have come here, told apart by the variables that are ``live``.

    The first of its kind goes on at once. What further ones add to it waits until no path is under way (``late``): the
    walk from here on is then made once for all of them, and leads to the same, for it knows less than each of theirs.
    """

    def __init__(self, live: tuple[int, ...], tracked: int) -> None:
        self._live = live
        self._all = len(live) == tracked
        self._seen: dict[tuple[Value, ...], State] = {}
        self._rest: State | None = None
        self.late: dict[tuple[Value, ...] | None, State] = {}

    def arrive(self, state: State) -> bool:
        """Whether ``state`` goes on; what it adds to one that went on before is kept in ``late``."""
        env = state.env if self._all else tuple([state.env[slot] for slot in self._live])
        old = self._seen.get(env)
        if old is not None:
            if not implies(state.known, old.known):
                known = merged(state.known, old.known)
                self._seen[env] = State(env, known, old.trace)
                self.late[env] = State(state.env, known, old.trace)
            return False
        if len(self._seen) >= MAX_STATES_AT:
            self._arrive_late(env, state)
            return False
        self._seen[env] = State(env, state.known, state.trace)
        return True

    def _arrive_late(self, env: tuple[Value, ...], state: State) -> None:
        """The same where too many different states have come already: the further ones are one."""
        old = self._rest
        if old is not None:
            env = tuple([joined(a, b) for a, b in zip(old.env, env, strict=True)])
            if env == old.env and implies(state.known, old.known):
                return
            state = State(self._filled(env, state.env), merged(state.known, old.known), old.trace)
        self._rest = State(env, state.known, state.trace)
        self.late[None] = state

    def settled(self) -> list[State]:
        """What has waited, and waits no more."""
        states = list(self.late.values())
        self.late = {}
        return states

    def _filled(self, live: tuple[Value, ...], env: tuple[Value, ...]) -> tuple[Value, ...]:
        """``env`` with the values of the live variables replaced."""
        whole = list(env)
        for slot, value in zip(self._live, live, strict=True):
            whole[slot] = value
        return tuple(whole)


def _is_number(op: Op | None) -> bool:
    """Whether ``op`` returns a number that stands there."""
    return op is not None and type(op.instr) is Ret and type(op.instr.value) is Num


def _mark_kind(test: Test) -> MarkKind:
    if test.kind == "case":
        return "case"
    if test.kind == "warn":
        return "warn"
    return "unwarn" if test.kind == "unwarn" else "test"


def _constant_errno(value: Value) -> bool:
    """Whether ``value`` is one negative errno number that comes from no symbol."""
    if len(value) != 1 or value[0].symbol >= 0 or len(value[0].values) != 1:
        return False
    lo, hi = value[0].values[0]
    return lo == hi and -MAX_ERRNO <= lo < 0


def _as_bool(piece: Piece) -> list[Piece]:
    """A bool function returns 1 for whatever is not 0."""
    if contains(BOOLEAN, piece.values):
        return [piece]
    ways = []
    if intersect(piece.values, ZERO):
        ways.append(Piece(-1, ZERO))
    if intersect(piece.values, NON_ZERO):
        ways.append(Piece(-1, single(1)))
    return ways


def _by_place(fact: RemapFact) -> tuple[int, int]:
    return fact.at, fact.target


def _widened(value: Value) -> Value:
    """A counter's next value: only its sign is kept, so that no state grows per turn of a loop."""
    return tuple(
        [
            Piece(-1, POSITIVE if piece.values[0][0] > 0 else NEGATIVE)
            if piece.symbol < 0 and size(piece.values) == 1 and piece.values != ZERO
            else piece
            for piece in value
        ]
    )


def _common(alternatives: list[Needs]) -> Needs:
    """What all alternatives need."""
    known: Constraints = dict(alternatives[0])
    for needs in alternatives[1:]:
        known = merged(known, dict(needs))
    return tuple(sorted(known.items()))


def summarize(code: Code, constant: ConstantOf, returns_bool: bool = False) -> Summary:
    """The summary of a function whose compact form is ``code``."""
    if not says_something(code, constant):
        return Summary((), (), gaps=code.gaps)
    exploration = Exploration(Layout(code, returns_bool=returns_bool), constant)
    exploration.run()
    return exploration.summary()


def summarize_behind(
    code: Code,
    index: int,
    constant: ConstantOf,
    returns_bool: bool = False,
    fixed: dict[int, IntSet] | None = None,
    given: dict[int, Given] | None = None,
) -> Summary | None:
    """The ways the function whose compact form is ``code`` can leave what its parameter ``index`` points to; None when
    the pointer cannot be followed. ``fixed`` and ``given`` as for a walk."""
    paired = code_behind(code, index)
    if paired is None:
        return None
    if not is_written(paired):
        return _untouched(paired)
    known = {**(given or {}), index: Given(NON_ZERO)}
    exploration = Exploration(Layout(paired, returns_bool=returns_bool), constant, fixed=fixed, given=known)
    exploration.run()
    return msgspec.structs.replace(exploration.summary(), remaps=())


def _untouched(paired: Code) -> Summary:
    """The summary of a pointer through which nothing is written."""
    before = len(paired.params) - 2
    symbol = Symbol("param", paired.params[before], index=before, args=(Argument(param=before),))
    return Summary((symbol,), (Term(0, ALL, False, ((),)),), gaps=paired.gaps)
