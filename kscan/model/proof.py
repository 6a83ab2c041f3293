"""What can be proved of page predicates: a verdict with the facts it rests on, and who excludes or implies whom."""

from __future__ import annotations

from typing import Literal

import msgspec

from kscan.model.gap import Gap
from kscan.model.span import Span

Relation = Literal["disjoint", "implies", "equals"]
Verdict = Literal["proved", "not proved", "open"]


class Fact(msgspec.Struct, frozen=True):
    """Something a proof rests on; ``span`` is where the tree says it, None for what follows from the words alone."""

    text: str
    span: Span | None = None


class Proof(msgspec.Struct, frozen=True):
    """The verdict on ``left`` RELATION ``right``.

    ``facts``: what a proof rests on. ``witness``: the conditions under which it does not hold, "" when none was
    found. ``provided``: an assumption under which it is proved after all, "" when none is known to do. ``unknown``: the
    parts that are no formula and on which an open verdict hangs.
    """

    left: str
    relation: Relation
    right: str
    verdict: Verdict
    facts: tuple[Fact, ...] = ()
    witness: str = ""
    provided: str = ""
    unknown: tuple[str, ...] = ()


class ProofResult(msgspec.Struct, frozen=True):
    """A proof about the predicates of a tree."""

    tree: str
    proof: Proof
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()


class Subject(msgspec.Struct, frozen=True):
    """A predicate in a matrix: its name, its formula over bits and types, and where it is defined."""

    name: str
    formula: str
    span: Span


class Pair(msgspec.Struct, frozen=True):
    """``left`` and ``right`` (places in a matrix's list) are so related; "implies" reads from left to right."""

    left: int
    right: int
    relation: Relation


class MatrixResult(msgspec.Struct, frozen=True):
    """Who excludes, implies and equals whom among ``predicates``: those with an exact formula over one page.

    Said of a page that is no tail. ``left_out`` are the names of the other predicates of one page, with the reason."""

    tree: str
    predicates: tuple[Subject, ...]
    pairs: tuple[Pair, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()
