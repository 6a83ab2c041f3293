"""Which functions of a tree are page predicates, found on demand: a call of one is a reference, a call of another
is not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import msgspec

from kscan.link.catalog import Catalog
from kscan.model.code import Code, Num, Ret
from kscan.model.facts import Constant, FileFacts, Function, Macro, Param
from kscan.predicates.bodies import Body, made, written
from kscan.predicates.candidates import only, writers
from kscan.predicates.evaluate import Evaluator
from kscan.predicates.explore import NoFormula, NoTruth, calls, is_pure, result
from kscan.predicates.formula import Const, Formula, Opaque, Test, atoms
from kscan.predicates.scanned import scanned
from kscan.predicates.sight import Sight
from kscan.predicates.subject import Page
from kscan.predicates.subject import Param as Other
from kscan.predicates.values import PARAMETER, Truth, Value, Words
from kscan.predicates.words import FOLIO, PAGE_TYPES

_MAX_LEAVES = 24
"""A body with more conditions than this is no predicate that anyone can read."""
_OPTION = "CONFIG_"
_Key = tuple[str, int, str]


class Definition(msgspec.Struct, frozen=True):
    """A predicate: its body, its formula, and for a body that is none (a loop) the predicates it calls."""

    body: Body
    formula: Formula
    calls: tuple[str, ...] = ()


class Definitions:
    """The page predicates of a tree. Files are read and parsed as names in them are asked for."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.scanned = scanned(catalog)
        self.writers = writers(self.scanned.values())
        """The macros whose invocations write predicates."""
        self.headers = tuple(path for path, one in self.scanned.items() if one.invoked & self.writers)
        """The files whose invocations write predicates: their macros and constants count everywhere."""
        self._files: dict[str, dict[str, list[Body]]] = {}
        self._found: dict[_Key, Definition | None] = {}
        self._busy: set[_Key] = set()
        self.other: set[_Key] = set()
        """The candidates known to be no predicates: they change something, or return more than true and false."""
        self._reads: dict[_Key, bool] = {}
        self._functions: dict[str, dict[str, Function]] = {}
        self._facts: dict[str, FileFacts] = {}
        self._places: dict[str, list[str]] = {}
        for path, one in self.scanned.items():
            for name, _, _ in one.functions:
                self._places.setdefault(name, []).append(path)

    def facts(self, path: str) -> FileFacts:
        """All facts of a header that writes predicates; of another file its macros, constants and candidates."""
        if path in self.headers:
            return self.catalog.facts(path)
        self.bodies(path)
        return self._facts.get(path) or FileFacts(path)

    def functions(self, path: str) -> dict[str, Function]:
        """The functions written in the file at ``path``, the first of each name."""
        if path not in self._functions:
            found = reversed(self.facts(path).functions)
            self._functions[path] = {function.name: function for function in found if not function.via}
        return self._functions[path]

    @cached_property
    def macros(self) -> dict[str, Macro]:
        """The function-like macros of the headers that write predicates."""
        return {macro.name: macro for path in self.headers for macro in reversed(self.catalog.facts(path).macros)}

    @cached_property
    def constants(self) -> dict[str, Constant]:
        """The constants of those headers."""
        return {one.name: one for path in self.headers for one in reversed(self.catalog.facts(path).constants)}

    def shared_macro(self, name: str, seen_from: str) -> Macro | None:
        """One of ``macros``, whoever asks."""
        return self.macros.get(name)

    def shared_inline(self, name: str, seen_from: str) -> Function | None:
        """None: what is no predicate says nothing of a page."""
        return None

    @property
    def policies(self) -> dict[str, Constant]:
        """The object-like macros of those headers that stand for something."""
        return {name: one for name, one in self.constants.items() if one.kind == "macro" and one.value}

    def conditions(self, path: str) -> frozenset[str]:
        """The conditions under which all functions of a file stand and that name no configuration option."""
        every = [frozenset(function.config) for function in self.facts(path).functions]
        return frozenset(one for one in frozenset.intersection(*every) if _OPTION not in one) if every else frozenset()

    # -- bodies

    def bodies(self, path: str) -> dict[str, list[Body]]:
        """The candidates of the file at ``path`` by name."""
        if path not in self._files:
            found: dict[str, list[Body]] = {}
            for body in self._read(path):
                found.setdefault(body.function.name, []).append(body)
            self._files[path] = found
        return self._files[path]

    def _read(self, path: str) -> Iterator[Body]:
        scanned = self.scanned.get(path)
        if scanned is None:
            return
        source = self.catalog.source(path) if scanned.functions else None
        if source is not None:
            reduced = only(source, scanned)
            self._facts[path], found = written(reduced, self.catalog.annotations, self.catalog.kconfig)
            yield from found
        if path in self.headers:
            writing = {name: macro for name, macro in self.macros.items() if name in self.writers}
            yield from made(self.catalog, path, writing)

    def named(self, name: str, seen_from: str) -> list[Body]:
        """The candidates that ``name`` can mean in the file ``seen_from``: its own, else what others share."""
        own = self.bodies(seen_from).get(name, []) if seen_from else []
        if any(body.function.linkage == "static" for body in own):
            return own
        paths = dict.fromkeys([*self.headers, *self._places.get(name, [])])
        shared = (body for path in paths for body in self.bodies(path).get(name, []))
        return [body for body in shared if body.function.linkage != "static"]

    # -- predicates

    def variants(self, name: str, seen_from: str) -> tuple[Definition, ...]:
        """The predicates that ``name`` can mean in ``seen_from``: none when no variant says anything of a page, unless
        all there is are the stubs that a macro writes."""
        every = [self.definition(body) for body in self.named(name, seen_from)]
        found = tuple(one for one in every if one is not None)
        if any(not isinstance(one.formula, Const) for one in found):
            return found
        stubs = len(found) == len(every) and any(one.body.invocation for one in found)
        return found if stubs else ()

    def linkages(self, name: str, seen_from: str) -> tuple[str, ...]:
        """The linkage of each of the variants."""
        return tuple(one.body.function.linkage for one in self.variants(name, seen_from))

    def is_unread(self, body: Body) -> bool:
        """Whether ``body`` may be a predicate and no formula was found."""
        return self.definition(body) is None and _key(body) not in self.other

    def definition(self, body: Body) -> Definition | None:
        """``body`` as a predicate, constant stubs included; None when it is none."""
        key = _key(body)
        if key not in self._found:
            if key in self._busy:
                return None
            self._busy.add(key)
            self._found[key] = self._made(body)
            self._busy.discard(key)
        return self._found[key]

    def _made(self, body: Body) -> Definition | None:
        returns = "int" if body.function.return_type == "int" else "bool"
        if not self.only_reads(body) or (returns == "int" and _has_other_numbers(body.code)):
            self.other.add(_key(body))
            return None
        try:
            found = result(body.code, arguments(body), self._evaluator(body.function.file), returns)
        except NoTruth:
            self.other.add(_key(body))
            return None
        except NoFormula as why:
            return self._without_formula(body, str(why)) if returns == "bool" else None
        formula = found.formula if isinstance(found, Truth) else Const(False)
        leaves = list(atoms(formula))
        if len(leaves) > _MAX_LEAVES:
            return self._without_formula(body, f"{len(leaves)} conditions")
        uses = isinstance(formula, Const) or any(not isinstance(leaf, Test | Opaque) for leaf in leaves)
        return Definition(body, formula) if uses else None

    def only_reads(self, body: Body) -> bool:
        """Whether neither the body nor the candidates it calls change anything."""
        key = _key(body)
        if key not in self._reads:
            self._reads[key] = True  # a recursive call adds nothing
            called = (one for name in calls(body.code) for one in self.named(name, body.function.file))
            harmless = Sight(self, body.function.file).harmless
            pure = is_pure(body.code, harmless) and not self._counts(body)
            self._reads[key] = pure and all(self.only_reads(one) for one in called)
        return self._reads[key]

    def _counts(self, body: Body) -> bool:
        return body.function.name in self.scanned[body.function.file].counting

    def _without_formula(self, body: Body, why: str) -> Definition | None:
        used = tuple(sorted({name for name in calls(body.code) if self.variants(name, body.function.file)}))
        if not used:
            return None
        text = f"{why} over {', '.join(used)}"
        return Definition(body, Opaque((text,), 2), used)

    def _evaluator(self, path: str) -> Evaluator:
        return Evaluator(Sight(self, path))


def _key(body: Body) -> _Key:
    return body.function.file, body.function.body_start, body.function.name


def arguments(body: Body) -> dict[str, Value]:
    """What a body's parameters stand for: pages, and words for the others."""
    return {param.name: _argument(param) for param in body.function.params if param.name}


def _argument(param: Param) -> Value:
    page = PAGE_TYPES.match(param.type)
    return Page(param.name, page[1] == FOLIO) if page else Words((Other(param.name),), PARAMETER)


def _has_other_numbers(code: Code) -> bool:
    returned = (instr.value for instr in code.instrs if isinstance(instr, Ret))
    return any(isinstance(value, Num) and value.value not in (0, 1) for value in returned)
