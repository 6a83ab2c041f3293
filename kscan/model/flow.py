"""What a function can return: outcomes with their paths, and whether the list is complete."""

from __future__ import annotations

from typing import Literal

import msgspec

from kscan.model.finding import Step
from kscan.model.span import Span


class Outcome(msgspec.Struct, frozen=True):
    """One value of a return set, spelt as reports spell it, and the shortest path that produces it.

    Spellings: "-EIO", "-1" (a bare literal), "0", "1", "positive", "negative", "unknown", and for pointers "NULL",
    "pointer", "ERR_PTR(-ENOMEM)". ``lo``/``hi`` are the numbers it stands for (inclusive). ``warned``: only a path
    on which a WARN_ON() fires gives it, or none could be followed all the way.
    """

    value: str
    lo: int
    hi: int
    path: tuple[Step, ...] = ()
    warned: bool = False


class Opening(msgspec.Struct, frozen=True, order=True):
    """Why a return set is not closed: a value that could not be bounded, and where."""

    span: Span
    function: str
    reason: str


class Left(msgspec.Struct, frozen=True):
    """What a function can leave behind its pointer ``parameter``: closed when nothing else is possible. The value
    "unchanged" is what stood there before."""

    parameter: str
    closed: bool
    outcomes: tuple[Outcome, ...]
    open_because: tuple[Opening, ...] = ()


class ReturnSet(msgspec.Struct, frozen=True):
    """The return set of ``function`` (defined at ``span``): closed when no other value is possible. ``left`` is told
    where it is asked for."""

    function: str
    span: Span
    closed: bool
    outcomes: tuple[Outcome, ...]
    open_because: tuple[Opening, ...] = ()
    left: tuple[Left, ...] = ()

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(outcome.value for outcome in self.outcomes)


DispositionKind = Literal["distinguished", "folded", "propagated", "remapped", "dropped"]


class Disposition(msgspec.Struct, frozen=True):
    """What a caller does with one outcome, and where. ``becomes`` are the values returned in its place."""

    kind: DispositionKind
    span: Span
    becomes: tuple[str, ...] = ()


class Caller(msgspec.Struct, frozen=True):
    """One call site: the function it is in, the call expression, what can arrive, and each outcome's disposition."""

    function: str
    span: Span
    receives: tuple[str, ...]
    dispositions: dict[str, Disposition]


class Remap(msgspec.Struct, frozen=True):
    """An errno that ``callee`` returned is replaced by another one at ``span`` (the assignment or return)."""

    function: str
    span: Span
    callee: str
    call: Span
    source: str
    target: str
    test: Span
