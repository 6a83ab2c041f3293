"""Conditions on members and parameters to bit-vector terms, with the widths and signs that C gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import z3

from kscan.model.code import Binary, Call, Cast, Dot, Expr, Name, Num, Unary
from kscan.model.regex import regex
from kscan.predicates.subject import Page, Param, Subject, Text, spelt
from kscan.predicates.syntax import read
from kscan.predicates.values import PAGES
from kscan.predicates.words import BITS_OF, FIRST_PAGES, WORD_BITS

LONG: Final = 64
INT: Final = 32
_CASTS: Final = {
    "int": (32, True), "unsigned int": (32, False), "unsigned": (32, False), "u32": (32, False), "s32": (32, True),
    "long": (64, True), "unsigned long": (64, False), "u64": (64, False), "s64": (64, True), "size_t": (64, False),
    "uintptr_t": (64, False), "u16": (16, False), "s16": (16, True), "u8": (8, False), "s8": (8, True),
    "unsigned char": (8, False), "unsigned short": (16, False), "short": (16, True), "long long": (64, True),
    "unsigned long long": (64, False),
}  # fmt: skip
_SUFFIX: Final = regex(r"[uUlL]*\Z")


class NoTerm(Exception):
    """The text is no arithmetic on members, parameters and constants."""


class Term(msgspec.Struct, frozen=True):
    """A z3 bit-vector and how C sees it; not ``known``: width and sign are only taken to be so."""

    bits: Any
    width: int
    signed: bool
    known: bool = True


class Words:
    """The variables of a question: one bit-vector for each member of each page, and for each parameter. ``signed``: how
    those are taken whose type is not known."""

    def __init__(self, signed: bool = False) -> None:
        self.signed = signed
        self.members: dict[tuple[str, str], Any] = {}
        self.params: dict[str, Any] = {}

    def member(self, subject: Subject, path: str) -> Any:
        """Member ``path`` of ``subject``."""
        key = (spelt(subject), path)
        if key not in self.members:
            self.members[key] = z3.BitVec(f"{key[0]}->{path}", WORD_BITS.get(path, LONG))
        return self.members[key]

    def param(self, name: str) -> Any:
        """Parameter ``name``, as wide as the widest."""
        if name not in self.params:
            self.params[name] = z3.BitVec(f"param {name}", LONG)
        return self.params[name]


class Reading:
    """Reads one text: ``number`` gives the value of a constant's name."""

    def __init__(self, words: Words, number: Callable[[str], int | None]) -> None:
        self.words = words
        self.number = number
        self.used: dict[str, int] = {}
        """The constants met and their values."""
        self.ordered = False
        """Whether the answer hangs on the sign of something whose type is not known."""
        self._places: Mapping[str, Subject | Param] = {}

    def condition(self, text: Text) -> Any:
        """The z3 truth of ``text``. Raises NoTerm."""
        tree, self._places = parsed(text)
        return self._truth(self._term(tree))

    def term(self, text: str, subject: Subject) -> Term:
        """``text`` (as "page_type >> 24") with its member taken of ``subject``. Raises NoTerm."""
        tree, self._places = parsed((subject, "->" + text))
        return self._term(tree)

    def _truth(self, term: Term) -> Any:
        return term.bits != z3.BitVecVal(0, term.width)

    def _term(self, tree: Expr) -> Term:
        if isinstance(tree, Num):
            return _literal(tree.value, tree.text)
        if isinstance(tree, Name):
            return self._name(tree.name)
        if isinstance(tree, Dot):
            return self._member(tree)
        if isinstance(tree, Cast):
            return self._cast(tree)
        if isinstance(tree, Unary):
            return self._unary(tree.op, self._term(tree.operand))
        if isinstance(tree, Binary):
            return self._binary(tree.op, self._term(tree.left), self._term(tree.right))
        if isinstance(tree, Call) and tree.callee in BITS_OF and len(tree.args) == 1:
            return self._binary("<<", Term(z3.BitVecVal(1, LONG), LONG, False), self._term(tree.args[0]))
        raise NoTerm

    def _name(self, name: str) -> Term:
        place = self._places.get(name)
        if isinstance(place, Param):
            return Term(self.words.param(place.name), LONG, self.words.signed, known=False)
        if isinstance(place, PAGES):
            return self._pointer(place)
        value = self.number(name)
        if value is None:
            raise NoTerm
        self.used[name] = value
        return _literal(value, "")

    def _pointer(self, place: Subject) -> Term:
        if not isinstance(place, Page):
            raise NoTerm
        return Term(self.words.param(place.name), LONG, False)

    def _member(self, tree: Dot) -> Term:
        names: list[str] = []
        base: Expr = tree
        while isinstance(base, Dot):
            names.insert(0, base.name)
            base = base.base
        place = self._places.get(base.name) if isinstance(base, Name) else None
        if not isinstance(place, PAGES):
            raise NoTerm
        named = [word for word in names if word not in FIRST_PAGES]
        if not named:
            raise NoTerm
        path = ".".join(named)
        known = path in WORD_BITS
        bits = self.words.member(place, path)
        return Term(bits, bits.size(), self.words.signed and not known, known)

    def _cast(self, tree: Cast) -> Term:
        inner = self._term(tree.operand)
        if tree.type not in _CASTS:
            raise NoTerm
        width, signed = _CASTS[tree.type]
        return Term(_resized(inner, width), width, signed)

    def _unary(self, operator: str, inner: Term) -> Term:
        if operator == "!":
            return _of_truth(z3.Not(self._truth(inner)))
        term = _promoted(inner)
        if operator == "~":
            return Term(~term.bits, term.width, term.signed, term.known)
        if operator == "-":
            return Term(-term.bits, term.width, term.signed, term.known)
        raise NoTerm

    def _binary(self, operator: str, left: Term, right: Term) -> Term:
        if operator in {"&&", "||"}:
            join = z3.And if operator == "&&" else z3.Or
            return _of_truth(join(self._truth(left), self._truth(right)))
        known = left.known and right.known
        self.ordered = self.ordered or (operator in _ORDERED and not known)
        if operator in {"<<", ">>"}:
            return _shifted(operator, _promoted(left), right)
        one, two, signed = _balanced(_promoted(left), _promoted(right))
        if operator in _COMPARED:
            return _of_truth(_COMPARED[operator](one, two, signed))
        if operator not in _COMPUTED:
            raise NoTerm
        return Term(_COMPUTED[operator](one, two), one.size(), signed, known)


_ORDERED: Final = frozenset({"<", "<=", ">", ">=", ">>"})
_COMPARED: Final[dict[str, Callable[[Any, Any, bool], Any]]] = {
    "==": lambda one, two, _: one == two,
    "!=": lambda one, two, _: one != two,
    "<": lambda one, two, signed: one < two if signed else z3.ULT(one, two),
    "<=": lambda one, two, signed: one <= two if signed else z3.ULE(one, two),
    ">": lambda one, two, signed: one > two if signed else z3.UGT(one, two),
    ">=": lambda one, two, signed: one >= two if signed else z3.UGE(one, two),
}
_COMPUTED: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "&": lambda one, two: one & two,
    "|": lambda one, two: one | two,
    "^": lambda one, two: one ^ two,
    "+": lambda one, two: one + two,
    "-": lambda one, two: one - two,
}


def parsed(text: Text) -> tuple[Expr, Mapping[str, Subject | Param]]:
    """The tree of ``text``, and what the names in it that no C has stand for. Raises NoTerm."""
    places: dict[str, Subject | Param] = {}
    written = ""
    for part in text:
        if isinstance(part, str):
            written += part
        else:
            name = f"__place{len(places)}"
            places[name] = part
            written += name
    tree = read(written)
    if tree is None:
        raise NoTerm
    return tree, places


def _literal(value: int, text: str) -> Term:
    suffix = _SUFFIX.search(text)
    marks = suffix.group().lower() if suffix else ""
    unsigned = "u" in marks or value >= 1 << 63 or (value >= 1 << 31 and text[:2] in {"0x", "0X"} and value < 1 << 32)
    small = -(1 << 31) <= value < (1 << 32 if unsigned else 1 << 31)
    width = INT if small and "l" not in marks else LONG
    return Term(z3.BitVecVal(value, width), width, not unsigned)


def _of_truth(truth: Any) -> Term:
    return Term(z3.If(truth, z3.BitVecVal(1, INT), z3.BitVecVal(0, INT)), INT, True)


def _resized(term: Term, width: int) -> Any:
    if width < term.width:
        return z3.Extract(width - 1, 0, term.bits)
    extend = z3.SignExt if term.signed else z3.ZeroExt
    return extend(width - term.width, term.bits) if width > term.width else term.bits


def _promoted(term: Term) -> Term:
    """C11 6.3.1.1: what is narrower than an int becomes one."""
    return term if term.width >= INT else Term(_resized(term, INT), INT, True)


def _balanced(left: Term, right: Term) -> tuple[Any, Any, bool]:
    """C11 6.3.1.8: the usual arithmetic conversions."""
    width = max(left.width, right.width)
    wide = [term for term in (left, right) if term.width == width]
    return _resized(left, width), _resized(right, width), all(term.signed for term in wide)


def _shifted(operator: str, left: Term, right: Term) -> Term:
    """C11 6.5.7: the result has the type of the left side."""
    by = _resized(right, left.width)
    right_shift = left.bits >> by if left.signed else z3.LShR(left.bits, by)
    return Term(left.bits << by if operator == "<<" else right_shift, left.width, left.signed, left.known)
