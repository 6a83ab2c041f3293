"""Formulas over pages to z3: a truth for each leaf, and what is known of the leaves as facts with a text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import msgspec
import z3

from kscan.predicates import formula as f
from kscan.predicates.arithmetic import NoTerm, Reading, Words
from kscan.predicates.spelling import spell
from kscan.predicates.subject import Head, Nth, Page, Param, Subject, spelt, written
from kscan.predicates.words import FLAG_WORDS


class Constants(Protocol):
    """What names stand for in a tree."""

    def number(self, name: str) -> int | None:
        """The value of a constant."""

    def same_as(self, name: str) -> str:
        """The constant that ``name`` is only another word for; ``name`` itself when it is none."""

    def tail(self, subject: Subject) -> f.Formula | None:
        """When ``subject`` is a tail page, in terms of bits and members; None when the tree does not say."""


class Known(msgspec.Struct, frozen=True):
    """A fact as z3 has it, and as people read it; "" for what needs no words. ``type_of``: page, word and value
    where it is about a type; ``same_as``: the head that is said to be the page itself."""

    holds: Any
    text: str
    type_of: tuple[Subject, str, str] | None = None
    same_as: Subject | None = None


class Encoder:
    """One question's variables. Leaves that mean the same get one truth. ``bits_apart``: flag bits are asked about one
    by one, so that a condition on the whole word is not understood. ``typed_are_heads``: it is assumed that a page that
    has a type is no tail. ``signed``: how members and parameters are taken whose type is not known."""

    def __init__(
        self, constants: Constants, bits_apart: bool = True, typed_are_heads: bool = False, signed: bool = False
    ) -> None:
        self.constants = constants
        self.typed_are_heads = typed_are_heads
        self.bits_apart = bits_apart
        self.words = Words(signed)
        self.signs: list[str] = []
        """The conditions that hang on the sign of something whose type is not known."""
        self.known: list[Known] = []
        self.opaque: dict[str, Any] = {}
        """The leaves of which nothing is known, by their text."""
        self.leaves: dict[f.Atom, Any] = {}
        self.bits: dict[tuple[str, str], Any] = {}
        self.tails: dict[str, Any] = {}
        self._heads: dict[str, Subject] = {}
        self._linked: set[tuple[str, str]] = set()

    def truth(self, formula: f.Formula) -> Any:
        """``formula`` as a z3 truth."""
        made = self._truth(formula)
        self._relate_heads()
        return made

    def _truth(self, formula: f.Formula) -> Any:
        if isinstance(formula, f.Const):
            return z3.BoolVal(formula.value)
        if isinstance(formula, f.Not):
            return z3.Not(self._truth(formula.part))
        if isinstance(formula, f.And | f.Or):
            join = z3.And if isinstance(formula, f.And) else z3.Or
            return join(*(self._truth(part) for part in formula.parts))
        if formula not in self.leaves:
            self.leaves[formula] = self._leaf(formula)
        return self.leaves[formula]

    def _leaf(self, leaf: f.Atom) -> Any:
        if isinstance(leaf, f.Bit):
            return self._bit(leaf)
        if isinstance(leaf, f.Type):
            return self._type(leaf)
        if isinstance(leaf, f.Field | f.Test):
            return self._condition(leaf)
        return self._unknown(spell(leaf))

    def _unknown(self, text: str) -> Any:
        return self.opaque.setdefault(text, z3.Bool(f"? {text}"))

    def _bit(self, leaf: f.Bit) -> Any:
        name = self.constants.same_as(leaf.name)
        self._note_heads(leaf.subject)
        shared = self.bits.setdefault((spelt(leaf.subject), name), z3.Bool(f"{name} of {spelt(leaf.subject)}"))
        if name == leaf.name:
            return shared
        own = z3.Bool(f"{leaf.name} of {spelt(leaf.subject)}")
        self.known.append(Known(own == shared, f"{leaf.name} is another name of {name}"))
        return own

    def _type(self, leaf: f.Type) -> Any:
        number = self.constants.number(leaf.value)
        self._note_heads(leaf.subject)
        if number is None:
            return self._unknown(spell(leaf))
        try:
            term = Reading(self.words, self.constants.number).term(leaf.word, leaf.subject)
        except NoTerm:
            return self._unknown(spell(leaf))
        own = z3.Bool(spell(leaf))
        value = z3.BitVecVal(number, term.width)
        self.known.append(Known(own == (term.bits == value), "", (leaf.subject, leaf.word, leaf.value)))
        if self.typed_are_heads and isinstance(leaf.subject, Page) and not leaf.subject.head:
            no_tail = z3.Implies(own, z3.Not(self.tail(leaf.subject)))
            self.known.append(Known(no_tail, "a page that has a type is no tail page (assumed)"))
        return own

    def _condition(self, leaf: f.Field | f.Test) -> Any:
        for part in leaf.text:
            if not isinstance(part, str | Param):
                self._note_heads(part)
        shown = written(leaf.text)
        reading = Reading(self.words, self.constants.number)
        if self.bits_apart and any(f"->{word}" in shown for word in FLAG_WORDS):
            return self._unknown(shown)
        try:
            holds = reading.condition(leaf.text)
        except NoTerm:
            return self._free(leaf, shown)
        if reading.ordered:
            self.signs.append(shown)
        own = z3.Bool(shown)
        values = ", ".join(f"{name} is {value:#x}" for name, value in reading.used.items())
        self.known.append(Known(own == holds, f"{shown}: {values}" if values else ""))
        return own

    def _free(self, leaf: f.Field | f.Test, shown: str) -> Any:
        """A condition on the configuration, or whether a pointer is NULL, is free; others are not understood."""
        chosen = isinstance(leaf, f.Test) and ("CONFIG_" in shown or len(leaf.text) == 1)
        return z3.Bool(shown) if chosen else self._unknown(shown)

    # -- pages

    def _note_heads(self, subject: Subject) -> None:
        if isinstance(subject, Head):
            self._heads[spelt(subject.of)] = subject.of
        if isinstance(subject, Head | Nth):
            self._note_heads(subject.of)

    def tail(self, subject: Subject) -> Any:
        """Whether ``subject`` is a tail page."""
        key = spelt(subject)
        if key not in self.tails:
            self.tails[key] = z3.Bool(f"{key} is a tail page")
            meant = self.constants.tail(subject)
            if meant is not None:
                self.known.append(Known(self.tails[key] == self._truth(meant), ""))
            if isinstance(subject, Head) or (isinstance(subject, Page) and subject.head):
                self.known.append(Known(z3.Not(self.tails[key]), f"{key} is no tail page"))
        return self.tails[key]

    def _relate_heads(self) -> None:
        """What a page and its head share: every word, when the page is no tail."""
        for key, subject in list(self._heads.items()):
            tail, head = self.tail(subject), spelt(Head(subject))
            shared = [*self._shared_words(key, head), *self._shared_bits(key, head)]
            if shared:
                text = f"{head} is {key}, for {key} is no tail page"
                self.known.append(Known(z3.Implies(z3.Not(tail), z3.And(*shared)), text, same_as=Head(subject)))
            self.tail(Head(subject))

    def _shared_words(self, key: str, head: str) -> Iterator[Any]:
        for of, path in list(self.words.members):
            if of in {key, head} and (key, path) not in self._linked:
                self._linked.add((key, path))
                bits = self.words.members[of, path]
                names = (z3.BitVec(f"{one}->{path}", bits.size()) for one in (key, head))
                one, two = (
                    self.words.members.setdefault((of, path), made) for of, made in zip((key, head), names, strict=True)
                )
                yield one == two

    def _shared_bits(self, key: str, head: str) -> Iterator[Any]:
        for of, name in list(self.bits):
            if of in {key, head} and (key, f"bit {name}") not in self._linked:
                self._linked.add((key, f"bit {name}"))
                one, two = (self.bits.setdefault((of, name), z3.Bool(f"{name} of {of}")) for of in (key, head))
                yield one == two
