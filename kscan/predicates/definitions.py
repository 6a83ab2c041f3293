"""Which functions of a tree are page predicates, found on demand: a call of one is a reference, a call of another
is not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import msgspec

from kscan.link.catalog import Catalog
from kscan.model.code import Code, Num, Ret
from kscan.model.facts import Constant, Function, Macro, Param
from kscan.model.gap import Gap
from kscan.predicates.bodies import Body, made, written
from kscan.predicates.candidates import UNDER, Candidates, candidates, only, writers
from kscan.predicates.evaluate import Evaluator
from kscan.predicates.explore import NoFormula, calls, is_pure, result
from kscan.predicates.formula import Const, Formula, Opaque, Ref, Test, atoms
from kscan.predicates.subject import Page, joined
from kscan.predicates.subject import Param as Other
from kscan.predicates.syntax import read
from kscan.predicates.values import CAST, MEMBER, PAGES, PARAMETER, UNKNOWN, Address, Member, Number, Truth, Value,
Words, call, words
from kscan.predicates.words import FOLIO, PAGE_TYPES

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
        self.scanned = {one.path: one for one in self._scan()}
        known = writers(self.scanned.values())
        self.headers = tuple(path for path, one in self.scanned.items() if one.invoked & known)
        """The files whose invocations write predicates: their macros and constants count everywhere."""
        self._files: dict[str, dict[str, list[Body]]] = {}
        self._found: dict[_Key, Definition | None] = {}
        self._busy: set[_Key] = set()
        self._reads: dict[_Key, bool] = {}
        self._functions: dict[str, dict[str, Function]] = {}
        self._places: dict[str, list[str]] = {}
        for path, one in self.scanned.items():
            for name, _, _ in one.functions:
                self._places.setdefault(name, []).append(path)

    def _scan(self) -> Iterator[Candidates]:
        for stat in self.catalog.tree.files(UNDER):
            source = self.catalog.tree.read(stat.path)
            if isinstance(source, Gap):
                self.catalog.gaps.add(source)
                continue
            found = candidates(source)
            if found is not None:
                yield found

    def functions(self, path: str) -> dict[str, Function]:
        """The functions written in the file at ``path``, the first of each name."""
        if path not in self._functions:
            found = reversed(self.catalog.facts(path).functions)
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

    @property
    def policies(self) -> dict[str, Constant]:
        """The object-like macros of those headers that stand for something."""
        return {name: one for name, one in self.constants.items() if one.kind == "macro" and one.value}

    def conditions(self, path: str) -> frozenset[str]:
        """The conditions under which all functions of a file stand and that name no configuration option."""
        every = [frozenset(function.config) for function in self.catalog.facts(path).functions]
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
            yield from written(only(source, scanned), self.catalog.annotations, self.catalog.kconfig)
        if path in self.headers:
            yield from made(self.catalog, path, self.macros)

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
        """The predicates that ``name`` can mean in ``seen_from``; none when no variant says anything of a page."""
        found = [one for one in map(self.definition, self.named(name, seen_from)) if one is not None]
        return tuple(found) if any(_says_something(one) for one in found) else ()

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
        if not self._only_reads(body) or (returns == "int" and _has_other_numbers(body.code)):
            return None
        try:
            found = result(body.code, arguments(body), self._evaluator(body.function.file), returns)
        except NoFormula as why:
            return self._without_formula(body, str(why)) if returns == "bool" else None
        formula = found.formula if isinstance(found, Truth) else Const(False)
        uses = isinstance(formula, Const) or any(not isinstance(leaf, Test | Opaque) for leaf in atoms(formula))
        return Definition(body, formula) if uses else None

    def _only_reads(self, body: Body) -> bool:
        """Whether neither the body nor the candidates it calls change anything."""
        key = _key(body)
        if key not in self._reads:
            self._reads[key] = True  # a recursive call adds nothing
            called = (one for name in calls(body.code) for one in self.named(name, body.function.file))
            self._reads[key] = is_pure(body.code) and all(self._only_reads(one) for one in called)
        return self._reads[key]

    def _without_formula(self, body: Body, why: str) -> Definition | None:
        used = tuple(sorted({name for name in calls(body.code) if self.variants(name, body.function.file)}))
        if not used:
            return None
        text = f"{why} over {', '.join(used)}"
        return Definition(body, Opaque((text,), 2), used)

    def _evaluator(self, path: str) -> Evaluator:
        return Evaluator(_Sight(self, path))


def _key(body: Body) -> _Key:
    return body.function.file, body.function.body_start, body.function.name


def arguments(body: Body) -> dict[str, Value]:
    """What a body's parameters stand for: pages, and words for the others."""
    return {param.name: _argument(param) for param in body.function.params if param.name}


def _argument(param: Param) -> Value:
    page = PAGE_TYPES.match(param.type)
    return Page(param.name, page[1] == FOLIO) if page else Words((Other(param.name),), PARAMETER)


def _says_something(one: Definition) -> bool:
    return not isinstance(one.formula, Const) or bool(one.body.invocation)


def _has_other_numbers(code: Code) -> bool:
    returned = (instr.value for instr in code.instrs if isinstance(instr, Ret))
    return any(isinstance(value, Num) and value.value not in (0, 1) for value in returned)


class _Sight:
    """What a body in the file at ``path`` can see."""

    def __init__(self, all_of: Definitions, path: str, inside: frozenset[str] = frozenset()) -> None:
        self.all_of = all_of
        self.path = path
        self.inside = inside

    def macro(self, name: str) -> Macro | None:
        own = (macro for macro in self.all_of.catalog.facts(self.path).macros if macro.name == name)
        return next(own, self.all_of.macros.get(name))

    def spelling(self, name: str) -> str | None:
        constant = self._constant(name)
        return constant.value if constant is not None else None

    def _constant(self, name: str) -> Constant | None:
        own = (one for one in self.all_of.catalog.facts(self.path).constants if one.name == name)
        return next(own, self.all_of.constants.get(name))

    def number(self, name: str) -> int | None:
        for _ in range(10):
            inner = read(self.spelling(name) or "")
            name = getattr(inner, "name", "")
            if not name:
                return inner.value if isinstance(inner, Num) else None
        return None

    def called(self, name: str, args: tuple[Value, ...]) -> Value | None:
        if self.macro(name) is not None:
            # some variants of it are functions, and this one is not: neither can stand for both
            return call(name, args, UNKNOWN) if self.all_of.named(name, self.path) else None
        variants = self.all_of.variants(name, self.path)
        if variants:
            static = variants[0].body.function.linkage == "static"
            shown = tuple(arg if isinstance(arg, PAGES) else words(arg).text for arg in args)
            return Truth(Ref(name, shown, self.path if static else ""))
        return self._handed_on(name, args)

    def _handed_on(self, name: str, args: tuple[Value, ...]) -> Value | None:
        """What a small function of this file, or of those headers, makes of its arguments: a place, or a truth."""
        for path in dict.fromkeys((self.path, *self.all_of.headers)):
            function = self.all_of.functions(path).get(name)
            if function is not None and len(function.params) == len(args):
                return self._inlined(function, args)
        return None

    def _inlined(self, function: Function, args: tuple[Value, ...]) -> Value | None:
        if function.linkage == "global" or function.name in self.inside:
            return None
        code = self.all_of.catalog.code(function)
        if code is None or not is_pure(code):
            return None
        bound = {param.name: _passed(param, arg) for param, arg in zip(function.params, args, strict=True)}
        returns = function.return_type if function.return_type in {"bool", "int"} else ""
        inner = _Sight(self.all_of, function.file, self.inside | {function.name})
        try:
            found = result(code, bound, Evaluator(inner), returns)
        except NoFormula:
            return None
        return found if isinstance(found, (*PAGES, Address, Member, Number, Truth)) else None


def _passed(param: Param, arg: Value) -> Value:
    """``arg`` as the callee has it: a member of a page is converted to the parameter's type."""
    if not isinstance(arg, Member) or param.type.endswith("*"):
        return arg
    return Words(joined(f"({param.type})", words(arg).text), MEMBER, CAST)
