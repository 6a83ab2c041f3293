"""What the commands hand to the reports: plain values, positions still in bytes."""

from __future__ import annotations

import msgspec

from kscan.model.contract import ContractResult
from kscan.model.facts import Function
from kscan.model.finding import Finding
from kscan.model.flow import Caller, ReturnSet
from kscan.model.gap import Gap
from kscan.model.span import Span
from kscan.model.standing import Allowed, Entry


class CheckResult(msgspec.Struct, frozen=True):
    """The outcome of a check. ``functions`` counts the functions checked, ``files`` those read; ``notes`` are
    one-line remarks
    for people (a rebuilt cache, a contract that does not apply).

    Of all that was found, ``findings`` are what counts: ``allowed`` are hidden by a comment, ``known`` are in the
    baseline. ``absent`` are entries of the baseline that are found no more."""

    tree: str
    contracts: tuple[ContractResult, ...]
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    functions: int
    files: int
    notes: tuple[str, ...] = ()
    allowed: tuple[Allowed, ...] = ()
    known: tuple[Finding, ...] = ()
    absent: tuple[Entry, ...] = ()


class FlowResult(msgspec.Struct, frozen=True):
    """The return set of each definition of the function asked for (configuration variants are rows of their own)."""

    tree: str
    returns: tuple[ReturnSet, ...]
    notes: tuple[str, ...] = ()


class CallersResult(msgspec.Struct, frozen=True):
    """The call sites of ``callee``."""

    tree: str
    callee: str
    callers: tuple[Caller, ...]
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()


class ReturnsResult(msgspec.Struct, frozen=True):
    """The return sets of many functions, without their paths, in the order of files and lines."""

    tree: str
    returns: tuple[FunctionReturns, ...]
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()


class DefinedFunction(msgspec.Struct, frozen=True, order=True):
    """A function's definition: the byte where its name starts, and the ERROR nodes that are left in its body."""

    file: str
    name_start: int
    name: str
    errors: int


class FunctionsResult(msgspec.Struct, frozen=True):
    """The functions that many files define."""

    tree: str
    functions: tuple[DefinedFunction, ...]
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()


class FunctionReturns(msgspec.Struct, frozen=True):
    """What one function can return: values as reports spell them; ``span`` is its name."""

    function: str
    span: Span
    closed: bool
    values: tuple[str, ...]


class Predicate(msgspec.Struct, frozen=True):
    """A page predicate as a formula over flags and types.

    ``kind``: "flag" (one bit), "type" (one value of the type byte), "constant" (a stub that is always true or
    false), "derived"
    (a formula over others). ``policy`` is the PF_* word of a flag. ``formula`` is in terms of other predicates and
    of the
    function's own parameters; ``expanded`` in terms of bits and types only. ``exact`` is False when ``opaque`` names
    parts that are no formula (loops, memory). ``made_by`` is the macro invocation, "" when hand-written.
    """

    name: str
    params: tuple[str, ...]
    kind: str
    policy: str
    formula: str
    expanded: str
    exact: bool
    opaque: tuple[str, ...]
    uses: tuple[str, ...]
    config: tuple[str, ...]
    made_by: str
    span: Span


class PredicatesResult(msgspec.Struct, frozen=True):
    """All page predicates of a tree, by name."""

    tree: str
    predicates: tuple[Predicate, ...]
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()


class FunctionRow(msgspec.Struct, frozen=True):
    """A function with the return set found for it; what documentation rules look at."""

    function: Function
    returns: ReturnSet


class IndexResult(msgspec.Struct, frozen=True):
    """What is kept of a tree: in ``store`` ("" when nothing is kept on disk) with ``bytes`` on disk. ``made`` is False
    when there is no index; ``read`` files were read by the last change, in ``seconds``, ended at ``finished_ns`` since
    the epoch. ``evicted`` are the stores of other trees that made room."""

    tree: str
    store: str
    bytes: int
    made: bool
    files: int = 0
    functions: int = 0
    read: int = 0
    seconds: float = 0.0
    finished_ns: int = 0
    evicted: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
