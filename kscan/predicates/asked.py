"""Expressions that people write, predicates under && || ! and parentheses, to formulas over a tree's predicates."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from kscan.model.code import Binary, Call, Cast, Dot, Expr, Index, Name, Num, Unary
from kscan.model.error import InputError
from kscan.predicates import formula as f
from kscan.predicates.definitions import Definition, Definitions, arguments
from kscan.predicates.evaluate import Evaluator
from kscan.predicates.sight import Sight
from kscan.predicates.subject import Page, Param
from kscan.predicates.syntax import read
from kscan.predicates.values import PARAMETER, Value, Words, truth
from kscan.predicates.words import FIRST_PAGES, HEADS, NTH

_WAYS = HEADS | NTH
_JOINS = frozenset({"&&", "||"})


class Asking:
    """Reads expressions over the predicates of ``known``; names static in one file are found there."""

    def __init__(self, known: Definitions) -> None:
        self.known = known
        self.homes = _homes(known)
        self.taken_for_heads: set[str] = set()
        """The names that stand for a page in one place and for a folio in another."""

    def formulas(self, texts: Iterable[str]) -> list[f.Formula]:
        """Each text as a formula; a name means the same page in all of them.

        Raises InputError for what does not parse, an unknown predicate, and a page that is also a number."""
        trees = [self._tree(text) for text in texts]
        env: dict[str, Value] = {}
        for tree in trees:
            for call in _calls(tree):
                self._bind(call, env)
        evaluator = Evaluator(_Everywhere(self))
        return [truth(evaluator.value(tree, env)) for tree in trees]

    def _tree(self, text: str) -> Expr:
        tree = read(text)
        if tree is None:
            raise InputError(f"'{text}' does not parse: write predicates as PageSlab(p), joined by && || ! and ( )")
        self._check(tree, text)
        return tree

    def _check(self, tree: Expr, text: str) -> None:
        if isinstance(tree, Binary) and tree.op in _JOINS:
            self._check(tree.left, text)
            self._check(tree.right, text)
        elif isinstance(tree, Unary) and tree.op == "!":
            self._check(tree.operand, text)
        elif isinstance(tree, Call):
            self._check_call(tree)
        elif _compares_pages(tree):
            raise InputError(f"'{text}': pages are not compared: write compound_head(p) for the head of p")
        elif not isinstance(tree, Num):
            raise InputError(f"'{text}' is no expression of predicates: write PageSlab(p) && !PageReserved(p)")

    def _check_call(self, call: Call) -> None:
        one = self.definition(call.callee)
        wanted = len(one.body.function.params)
        if len(call.args) != wanted:
            raise InputError(f"{call.callee}() takes {wanted} argument{'s' * (wanted != 1)}, not {len(call.args)}")
        for inner in (inner for arg in call.args for inner in _calls(arg)):
            if inner.callee not in _WAYS:
                self._check_call(inner)

    def definition(self, name: str) -> Definition:
        """The predicate ``name``, the one that says most when there are variants. Raises InputError."""
        homes = self.homes.get(name)
        if not homes:
            close = difflib.get_close_matches(name, self.homes, n=1, cutoff=0.5)
            hint = f"did you mean '{close[0]}'?" if close else "'kscan predicates TREE' lists them"
            raise InputError(f"unknown predicate '{name}': {hint}")
        if len(homes) > 1:
            raise InputError(f"'{name}' is defined differently in {' and '.join(homes)}; ask about what it calls")
        variants = self.known.variants(name, homes[0])
        return next((one for one in variants if not isinstance(one.formula, f.Const)), variants[0])

    def _bind(self, call: Call, env: dict[str, Value]) -> None:
        """What the names among the arguments stand for: pages, folios, and numbers."""
        if call.callee in _WAYS:
            self._name_page(call.callee, call.args[0] if call.args else Num(0, "nothing"), False, env)
            return
        one = self.definition(call.callee)
        meant = arguments(one.body)
        for param, arg in zip(one.body.function.params, call.args, strict=True):
            value = meant.get(param.name)
            if isinstance(value, Page):
                self._name_page(call.callee, arg, value.head, env)
            elif isinstance(arg, Name) and not arg.name.isupper():
                _name_number(arg.name, env)

    def _name_page(self, callee: str, arg: Expr, folio: bool, env: dict[str, Value]) -> None:
        """Notes that the name at the root of ``arg``, which ``callee`` is asked about, is a page; one that is a folio
        anywhere is no tail."""
        if isinstance(arg, Num):
            raise InputError(f"{callee}() takes a page, not {arg.text}: write {callee}(p)")
        name, inside = _root(arg)
        known = env.get(name)
        if known is not None and not isinstance(known, Page):
            raise InputError(f"'{name}' is a number elsewhere and a page here; give them different names")
        if name:
            head = folio or inside
            if known is not None and known.head != head:
                self.taken_for_heads.add(name)
            env[name] = Page(name, head or (known is not None and known.head))


def _compares_pages(tree: Expr) -> bool:
    """Whether ``tree`` asks if a page is the head of one."""
    sides = (tree.left, tree.right) if isinstance(tree, Binary) and tree.op in {"==", "!="} else ()
    return any(isinstance(side, Call) and side.callee in _WAYS for side in sides)


def _root(arg: Expr) -> tuple[str, bool]:
    """The name that ``arg`` is a place in, and whether that place is a folio's first page."""
    inside = False
    while isinstance(arg, Dot | Index | Unary | Cast):
        inside = inside or (isinstance(arg, Dot) and arg.name in FIRST_PAGES)
        arg = arg.base if isinstance(arg, Dot | Index) else arg.operand
    return (arg.name if isinstance(arg, Name) else ""), inside


def _name_number(name: str, env: dict[str, Value]) -> None:
    if isinstance(env.setdefault(name, Words((Param(name),), PARAMETER)), Page):
        raise InputError(f"'{name}' is a page elsewhere and a number here; give them different names")


def _calls(tree: Expr) -> Iterator[Call]:
    if isinstance(tree, Call):
        yield tree
        for arg in tree.args:
            yield from _calls(arg)
    elif isinstance(tree, Binary):
        yield from _calls(tree.left)
        yield from _calls(tree.right)
    elif isinstance(tree, Unary | Cast):
        yield from _calls(tree.operand)
    elif isinstance(tree, Dot | Index):
        yield from _calls(tree.base)


def _homes(known: Definitions) -> dict[str, list[str]]:
    """Where each predicate is known by its name: "" for everywhere, else the files in which it is static."""
    found: dict[str, list[str]] = {}
    for path in known.scanned:
        for name, bodies in known.bodies(path).items():
            static = any(body.function.linkage == "static" for body in bodies)
            home = path if static else ""
            if known.variants(name, home):
                homes = found.setdefault(name, [])
                if home not in homes:
                    homes.append(home)
    return {name: [""] if "" in homes else homes for name, homes in found.items()}


class _Everywhere(Sight):
    """Sees every predicate of the tree by its name, wherever it is known."""

    def __init__(self, asking: Asking) -> None:
        super().__init__(asking.known, "")
        self.asking = asking

    def called(self, name: str, args: tuple[Value, ...]) -> Value | None:
        homes = self.asking.homes.get(name)
        return Sight(self.all_of, homes[0] if homes else "").called(name, args)
