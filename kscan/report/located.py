"""The reports as people and programs read them: the JSON shapes, with lines (from 1) and columns (from 1, in bytes)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from kscan.model.contract import Verdict
from kscan.model.edit import Grade
from kscan.model.finding import Audience, Role, Severity
from kscan.model.flow import DispositionKind
from kscan.model.gap import Stage

SCHEMA: Final = "kscan.check/1"

File = Annotated[str, Meta(description="Path relative to the tree, with forward slashes.")]
Line = Annotated[int, Meta(ge=1, description="Line, from 1.")]
Column = Annotated[int, Meta(ge=1, description="Column, from 1, in bytes.")]
Value = Annotated[
    str,
    Meta(
        description='A returned value: "-EIO", "0", "1", "positive", "negative", "NULL", "ERR_PTR(-ENOMEM)", "unknown".'
    ),
]
Count = Annotated[int, Meta(ge=0)]


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What all shapes share: frozen, and no key that is not listed."""


class Location(Shape, frozen=True):
    """A place in the tree."""

    file: File
    line: Line
    column: Column


class LocatedStep(Shape, frozen=True):
    """One step of a path: what happens at this line, inside this function."""

    role: Role
    file: File
    line: Line
    function: str
    note: str


class Tool(Shape, frozen=True):
    """What made the report."""

    name: str
    version: str


class Clause(Shape, frozen=True):
    """What a contract asks of one caller, and whether it is so."""

    function: str
    requirement: Annotated[str, Meta(description="distinguish, propagate or never-receive")]
    verdict: Verdict
    reason: str
    location: Location | None


class ContractVerdict(Shape, frozen=True):
    """The verdict on one contract; not applicable where its callee's file is not in the tree."""

    name: str
    verdict: Verdict
    clauses: tuple[Clause, ...]


class LocatedFix(Shape, frozen=True):
    """A change that answers a finding. Safe: behaviour stays; review: it stays under stated facts; show: a proposal."""

    title: str
    grade: Grade
    diff: Annotated[str, Meta(description="Unified diff against the tree, for patch -p1.")]


class LocatedFinding(Shape, frozen=True):
    """A rule's remark about a function, with the path that shows it."""

    rule: str
    severity: Severity
    audience: Audience
    file: File
    line: Line
    column: Column
    function: str
    message: str
    steps: tuple[LocatedStep, ...]
    fix: LocatedFix | None
    fingerprint: Annotated[
        str, Meta(pattern="^[0-9a-f]{32}$", description="The same as long as rule, file, function and subject are.")
    ]


class LocatedGap(Shape, frozen=True):
    """Something that was not analysed, and why. No line where the whole file is meant."""

    stage: Stage
    file: File
    line: Line | None
    function: str
    reason: str


class LocatedAllowed(Shape, frozen=True):
    """A finding that a comment in the source hides: the line of the comment, and the reason it gives."""

    finding: LocatedFinding
    line: Line
    reason: str


class BaselineEntry(Shape, frozen=True, order=True):
    """A line of what `kscan baseline` prints: a known finding. Its fingerprint counts, the rest is for people."""

    file: File
    function: str
    rule: str
    fingerprint: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]


class Counts(Shape, frozen=True):
    """How much was looked at and how much was said; findings also by rule and severity, gaps also by stage. Beside the
    findings, how many are allowed by a comment, and how many are known from a baseline."""

    functions: Count
    files: Count
    findings: Count
    gaps: Count
    by_rule: dict[str, Count]
    by_severity: dict[str, Count]
    by_stage: dict[str, Count]
    allowed: Count = 0
    known: Count = 0


class Report(Shape, frozen=True):
    """What `kscan check --format json` prints."""

    schema: Literal["kscan.check/1"]
    tool: Tool
    tree: str
    contracts: tuple[ContractVerdict, ...]
    findings: tuple[LocatedFinding, ...]
    gaps: tuple[LocatedGap, ...]
    counts: Counts
    allowed: tuple[LocatedAllowed, ...] | UnsetType = UNSET
    absent: tuple[BaselineEntry, ...] | UnsetType = UNSET


class OpenReason(Shape, frozen=True):
    """Why a return set is not closed: a value that could not be bounded, and where."""

    function: str
    file: File
    line: Line
    reason: str


class LocatedOutcome(Shape, frozen=True):
    """One value of a return set, and the shortest path to it."""

    value: Value
    paths: tuple[tuple[LocatedStep, ...], ...]


class LocatedLeft(Shape, frozen=True):
    """What a function can leave behind a pointer; closed when nothing else is possible. "unchanged": what was there."""

    parameter: str
    closed: bool
    open_because: tuple[OpenReason, ...]
    outcomes: tuple[LocatedOutcome, ...]


class Definition(Shape, frozen=True):
    """The return set of one definition; closed when nothing else can be returned."""

    function: str
    file: File
    line: Line
    closed: bool
    open_because: tuple[OpenReason, ...]
    outcomes: tuple[LocatedOutcome, ...]
    left: tuple[LocatedLeft, ...] | UnsetType = UNSET


class FlowReport(Definition, frozen=True):
    """What `kscan flow --format json` prints: the main definition, and all of them where there are several."""

    definitions: tuple[Definition, ...] | UnsetType = UNSET


class LocatedFunction(Shape, frozen=True):
    """A function definition; ``errors`` counts what the grammar could make nothing of in its body."""

    file: File
    name: str
    line: Line
    errors: int


class FunctionsReport(Shape, frozen=True):
    """What `kscan dump functions --format json` prints."""

    functions: tuple[LocatedFunction, ...]
    gaps: tuple[LocatedGap, ...]


class LocatedReturns(Shape, frozen=True):
    """What one function can return; a set that is not closed is a lower bound."""

    file: File
    function: str
    line: Line
    closed: bool
    outcomes: tuple[Value, ...]


class ReturnsReport(Shape, frozen=True):
    """What `kscan returns --format json` prints."""

    functions: tuple[LocatedReturns, ...]
    gaps: tuple[LocatedGap, ...]


class LocatedDisposition(Shape, frozen=True):
    """What a caller does with one value and where, and what is returned in its place if anything."""

    kind: DispositionKind
    line: Line
    becomes: tuple[Value, ...] | UnsetType = UNSET


class LocatedCaller(Shape, frozen=True):
    """One call site: the values that can arrive there, and what becomes of each."""

    function: str
    file: File
    line: Line
    receives: tuple[Value, ...]
    dispositions: dict[str, LocatedDisposition]


class CallersReport(Shape, frozen=True):
    """What `kscan callers --format json` prints."""

    callee: str
    callers: tuple[LocatedCaller, ...]
    gaps: tuple[LocatedGap, ...] | UnsetType = UNSET


class LocatedPredicate(Shape, frozen=True):
    """A page predicate: its formula over other predicates, and the same expanded to flag bits and page types."""

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
    file: File
    line: Line


class PredicatesReport(Shape, frozen=True):
    """What `kscan predicates --format json` prints."""

    tree: str
    predicates: tuple[LocatedPredicate, ...]
    gaps: tuple[LocatedGap, ...]


AnyReport = Report | FlowReport | CallersReport | PredicatesReport
