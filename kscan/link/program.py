"""The linked tree as commands and rules ask it: return sets, call sites and remaps, as values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from functools import cache, partial

import msgspec

from kscan.facts.errno import Errnos
from kscan.flow.evaluate import ConstantOf, Given
from kscan.flow.state import WARNED
from kscan.flow.summary import RemapFact, Symbol
from kscan.flow.values import MIN, single
from kscan.link.alike import Alike
from kscan.link.atoms import Atom, spelt
from kscan.link.catalog import Catalog
from kscan.link.context import Context, learned, passed
from kscan.link.dispositions import Arrival, Fate, Place, arrivals, fates, least
from kscan.link.equations import Node
from kscan.link.fillings import Fillings
from kscan.link.linker import Linker
from kscan.link.meanwhile import asked_meanwhile
from kscan.link.paths import NOT_SHOWN, Paths
from kscan.link.recent import Recent
from kscan.link.solver import Budget
from kscan.model.code import Code
from kscan.model.facts import CallSite, Function
from kscan.model.flow import Caller, Disposition, Left, Outcome, Remap, ReturnSet
from kscan.model.gap import Gap
from kscan.model.regex import regex
from kscan.model.span import Span

Looks = list[tuple[Code, tuple[Arrival, ...]]]
"""The variants of a function with a path to a call, and the ways it is reached in them."""
UNCHANGED = MIN
"""The number that stands for what a pointer pointed to before; nothing else is as small."""
_MAX_VALUES = 5_000
"""Functions of which is held what they return."""
_ERRNO_WORD = regex(rb"\bE[A-Z0-9_]+\b")


class LinkedProgram:
    """Answers about the functions of ``catalog``'s tree; ``fillings`` tells what all its files put into tables, and
    ``alike`` is shared with programs of trees that are like it but for some files."""

    def __init__(
        self,
        catalog: Catalog,
        fillings: Fillings | None = None,
        budget: Budget | None = None,
        alike: Alike | None = None,
    ) -> None:
        self.catalog = catalog
        self.linker = Linker(catalog, fillings, budget, alike)
        self.paths = Paths(self.linker)
        self._sets: dict[Node, ReturnSet] = {}
        self._values: Recent[Node, tuple[bool, tuple[str, ...]]] = Recent(_MAX_VALUES)
        self._constant: dict[str, ConstantOf] = {}
        self._with_paths = True

    def without_paths(self) -> LinkedProgram:
        """The same program, whose outcomes have no paths, which are most of the work."""
        other = copy(self)
        other._sets, other._with_paths = {}, False
        return other

    @property
    def errnos(self) -> Errnos:
        return self.catalog.errnos

    def canonical(self, errno: str) -> str:
        """The tree's own word for an errno ("-EAGAIN" for "-EWOULDBLOCK")."""
        number = self.errnos.number(errno.lstrip("-"))
        name = self.errnos.name(number) if number is not None else None
        return f"-{name}" if name else errno

    # -- return sets

    def returns(self, function: Function, context: Context = ()) -> ReturnSet:
        """The return set of ``function`` with parameters as ``context`` says, each outcome with its shortest path."""
        node = self.linker.node(function, context)
        if node not in self._sets:
            self._sets[node] = self._return_set(node)
        return self._sets[node]

    def with_left(self, function: Function, context: Context = ()) -> ReturnSet:
        """The same, and what is left behind the pointers through which ``function`` writes."""
        summary = self.catalog.summary(function)
        indices = [] if summary is None else [index for index, _ in summary.behind]
        left = (self._left(function, index, context) for index in indices)
        return msgspec.structs.replace(self.returns(function, context), left=tuple(filter(None, left)))

    def _left(self, function: Function, index: int, context: Context) -> Left | None:
        """What is left behind parameter ``index``; None when it is not written."""
        node = self.linker.left(function, index, context, Given(single(UNCHANGED)))
        if node is None:
            return None
        kind = function.params[index].type.removesuffix("*").rstrip()
        outcomes = self._outcomes(node, kind.endswith("*"))
        if all(outcome.value == "unchanged" for outcome in outcomes):
            return None
        closed = not any(atom.unbounded for atom in self.linker.result(node))
        openings = () if closed else tuple(sorted(self.linker.openings(node)))
        return Left(function.params[index].name, closed, outcomes, openings)

    def _outcomes(self, node: Node, pointer: bool) -> tuple[Outcome, ...]:
        costs = self.linker.result(node)
        alike: dict[str, list[Atom]] = {}
        for atom in sorted(costs, key=lambda a: (costs[a], a)):
            value = "unchanged" if atom.hi == UNCHANGED else spelt(atom, self.errnos, pointer)
            alike.setdefault(value, []).append(atom)
        ranked = sorted(alike.items(), key=lambda item: _rank(item[1][0], item[0]))
        return tuple(self._outcome(node, value, atoms, costs[atoms[0]]) for value, atoms in ranked)

    def _return_set(self, node: Node) -> ReturnSet:
        costs = self.linker.result(node)
        outcomes = self._outcomes(node, node.function.return_type.endswith("*"))
        function = node.function
        span = Span(function.file, function.name_start, function.name_start + len(function.name))
        closed = not any(atom.unbounded for atom in costs)
        openings = () if closed else tuple(sorted(self.linker.openings(node)))
        return ReturnSet(function.name, span, closed, outcomes, openings)

    def outcome(self, function: Function, value: str) -> Outcome | None:
        """One outcome of ``function`` with its path, as ``returns`` has it; None when it does not return ``value``."""
        node = self.linker.node(function)
        costs = self.linker.result(node)
        made = [atom for atom in costs if self.spelt(atom, function) == value]
        if not made:
            return None
        made.sort(key=lambda one: (costs[one], one))
        return self._outcome(node, value, made, costs[made[0]])

    def _outcome(self, node: Node, value: str, atoms: Sequence[Atom], cost: int) -> Outcome:
        """What is spelt ``value``, with the path of the first of ``atoms``."""
        lo, hi = min([atom.lo for atom in atoms]), max([atom.hi for atom in atoms])
        if not self._with_paths:
            return Outcome(value, lo, hi, (), cost >= WARNED)
        path = self.paths.of(node, atoms[0])
        doubtful = cost >= WARNED or any(step.note == NOT_SHOWN for step in path)
        return Outcome(value, lo, hi, path, doubtful)

    def values(self, function: Function) -> tuple[bool, tuple[str, ...]]:
        """Whether the return set of ``function`` is closed, and its values in order; no paths are looked for."""
        node = self.linker.node(function)
        found = self._values.get(node)
        if found is None:
            atoms = self.linker.result(node)
            spelt_as = {self.spelt(atom, function): atom for atom in sorted(atoms, reverse=True)}
            ranked = sorted(spelt_as, key=lambda value: _rank(spelt_as[value], value))
            found = self._values[node] = not any(atom.unbounded for atom in atoms), tuple(ranked)
        return found

    def gave_up(self, function: Function) -> bool:
        """Whether what ``function`` returns is more than the budget allowed to find out."""
        return self.linker.gave_up(self.linker.node(function))

    def give_up(self, function: Function) -> None:
        """What ``function`` returns is not looked for, unless it is known: only what it makes itself is."""
        self.linker.give_up(self.linker.node(function))

    def may_return(self, function: Function, value: str) -> bool:
        """Whether ``function`` or something near that it calls makes ``value``, an errno or a number."""
        word = value.removeprefix("ERR_PTR(").removesuffix(")")
        number = self.errnos.number(word.removeprefix("-"))
        known = -number if number is not None else int(word) if word.lstrip("-").isdecimal() else None
        return known is not None and self.linker.may_return(self.linker.node(function), known)

    def spelt(self, atom: Atom, function: Function) -> str:
        return spelt(atom, self.errnos, function.return_type.endswith("*"))

    # -- call sites

    def callers(self, callee: Function) -> tuple[tuple[Caller, ...], tuple[Gap, ...]]:
        """The call sites of ``callee`` with what arrives and what becomes of it, and those that could not be
        followed."""
        found: list[Caller] = []
        gaps: list[Gap] = []
        for function, site in self.call_sites(callee):
            caller = self.caller(function, site, callee)
            if caller is None:
                reason = f"the call of {callee.name}() is inside an expression that is not followed"
                gaps.append(Gap(function.file, site.start, "summarize", function.name, reason))
            else:
                found.append(caller)
        return tuple(sorted(found, key=lambda c: c.span)), tuple(sorted(gaps))

    def call_sites(self, callee: Function) -> list[tuple[Function, CallSite]]:
        """The functions that call ``callee``, each with the call; a static callee is looked for in its own file
        only."""
        files: Iterable[str] = (callee.file,)
        if callee.linkage != "static":
            files = self.catalog.mentioning(callee.name)
        sites = []
        for path in files:
            for function in self.catalog.facts(path).functions:
                for site in function.calls:
                    if site.callee == callee.name and callee in self.catalog.definitions(callee.name, path):
                        sites.append((function, site))
        return sites

    def caller(self, function: Function, site: CallSite, callee: Function) -> Caller | None:
        """What the call at ``site`` gives ``function`` and what becomes of it; None when no path evaluates it."""
        looks = self.looks(function, site)
        return self.handling(function, site, callee, looks) if looks else None

    def arriving(self, callee: Function, looks: Looks) -> set[Atom]:
        """What ``callee`` can return at a call with these ``looks``."""
        return {atom for _, ways in looks for atom in self.received(callee, ways)}

    def handling(
        self, function: Function, site: CallSite, callee: Function, looks: Looks, wanted: Collection[Atom] | None = None
    ) -> Caller:
        """What becomes of those of ``wanted`` (None: of all) that arrive; ``looks`` are those of the call."""
        received = [(code, self.received(callee, ways)) for code, ways in looks]
        atoms = sorted({atom for _, some in received for atom in some})
        ranked = sorted(atoms, key=lambda atom: _rank(atom, ""))
        spelt_as = {atom: self.spelt(atom, callee) for atom in ranked}
        first: dict[str, Atom] = {}  # what is spelt alike is one value
        for atom in ranked:
            if wanted is None or atom in wanted:
                first.setdefault(spelt_as[atom], atom)
        asked = frozenset(first.values())
        told = [
            self._fates(function, code, site, [atom for atom in some if atom in asked], some) for code, some in received
        ]
        dispositions = {
            value: self._disposition(function, least([found[atom] for found in told if atom in found]))
            for value, atom in first.items()
        }
        receives = tuple(dict.fromkeys(spelt_as.values()))
        return Caller(function.name, Span(function.file, site.start, site.end), receives, dispositions)

    def received(self, callee: Function, ways: Sequence[Arrival]) -> tuple[Atom, ...]:
        """What ``callee`` can return over all ``ways`` of reaching a call."""
        atoms: set[Atom] = set()
        summary = self.catalog.summary(callee)
        matters = frozenset(range(len(callee.params))) if summary is not None else frozenset()
        for way in ways:
            context = learned(way.symbols, way.needs, ())
            atoms |= set(self.linker.result(self.linker.node(callee, passed(way.args, context, matters))))
        return tuple(sorted(atoms))

    def fate_of(self, function: Function, site: CallSite, number: int) -> Fate | None:
        """What ``function`` would do if the call at ``site`` gave ``number``; None when no path evaluates the call."""
        one = Atom(number, number)
        found = [self._fates(function, code, site, (one,), (one,))[one] for code, _ in self.looks(function, site)]
        return least(found) if found else None

    def looks(self, function: Function, site: CallSite) -> Looks:
        """The variants of ``function`` with a path to the call at ``site``, and the ways it is reached in them."""
        shared = self.linker.shared(function)
        found = None if shared is None else shared[0].looks.get((shared[1], site.start))
        if found is None:
            codes = self.catalog.codes(function)
            reached = ((code, arrivals(code, self._constants(function), site.start)) for code in codes)
            found = [(code, ways) for code, ways in reached if ways]
            if shared is not None and found:
                alike, key = shared
                alike.looks[key, site.start] = found
        return found

    def _fates(
        self, function: Function, code: Code, site: CallSite, atoms: Iterable[Atom], received: tuple[Atom, ...]
    ) -> dict[Atom, Fate]:
        shared, wanted = self.linker.shared(function), tuple(atoms)
        if shared is None:
            return fates(code, self._constants(function), site.start, site.end, wanted, received)
        alike, key = shared
        told = alike.fates.get((key, id(code), site, wanted, received))
        if told is None:
            found = fates(code, self._constants(function), site.start, site.end, wanted, received)
            told = alike.fates[key, id(code), site, wanted, received] = code, found  # so that none has its id later
        return told[1]

    def _disposition(self, function: Function, found: Fate) -> Disposition:
        becomes = tuple(self.spelt(atom, function) for atom in found.becomes)
        return Disposition(found.kind, self.span(function, found.place), becomes)

    def span(self, function: Function, place: Place) -> Span:
        return Span(function.file, place.at, place.end)

    def _constants(self, function: Function) -> ConstantOf:
        found = self._constant.get(function.file)
        if found is None:
            asked = partial(self.catalog.numbers.constant, seen_from=function.file)
            found = self._constant[function.file] = cache(asked)
        return found

    # -- remaps

    def remaps_in(self, function: Function) -> tuple[Remap, ...]:
        """Where ``function`` replaces an errno, tested by name, with another one; only errnos that can arrive."""
        summary = self.catalog.summary(function)
        if summary is None:
            return ()
        found, errnos = [], self.errnos
        for fact in summary.remaps:
            symbol = summary.symbols[fact.symbol]
            if not self._asks_by_name(function, fact) or self._failed_later(function, fact):
                continue
            possible = self._possible(function, symbol.text)
            for lo, hi in fact.source:
                for number in range(lo, hi + 1):
                    source = spelt(Atom(number, number), errnos)
                    if possible is None or source in possible:
                        found.append(self._remap(function, fact, source, symbol))
        return tuple(found)

    def _remap(self, function: Function, fact: RemapFact, source: str, symbol: Symbol) -> Remap:
        return Remap(
            function.name,
            Span(function.file, fact.at, fact.end),
            symbol.text or symbol.via,
            Span(function.file, symbol.at, symbol.end),
            source,
            spelt(Atom(fact.target, fact.target), self.errnos),
            Span(function.file, *fact.test),
        )

    def _asks_by_name(self, function: Function, fact: RemapFact) -> bool:
        """Whether the test spells an errno; -1 and other sentinels of the same number are no errnos."""
        source = self.catalog.source(function.file)
        text = source.data[fact.test[0] : fact.test[1]] if source is not None else b""
        return any(word.decode() in self.errnos for word in _ERRNO_WORD.findall(text))

    def _failed_later(self, function: Function, fact: RemapFact) -> bool:
        """Whether the other errno tells of a later call."""
        return any(asked_meanwhile(code, *fact.test, fact.at) for code in self.catalog.codes(function))

    def _possible(self, function: Function, callee: str) -> set[str] | None:
        """What ``callee`` can return as seen from ``function``; None when that is not bounded."""
        definitions = self.catalog.definitions(callee, function.file) if callee else ()
        values: set[str] = set()
        for definition in definitions:
            atoms = self.linker.result(self.linker.node(definition))
            if any(atom.unbounded for atom in atoms):
                return None
            values |= {spelt(atom, self.errnos) for atom in atoms}
        return values if definitions else None


def _rank(atom: Atom, value: str) -> tuple[int, int, str]:
    """0 first, then what is above it, then errnos by number, then what is not told apart."""
    if atom.lo == atom.hi:
        return (0 if atom.lo == 0 else 1 if atom.lo > 0 else 2, abs(atom.lo), value)
    return (3, 0 if atom.lo >= 0 else 1 if atom.hi < 0 else 2, value)
