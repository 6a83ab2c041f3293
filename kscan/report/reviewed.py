"""The report of a review: the JSON shapes, with the lines of the version of the tree that each speaks of."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta

from kscan.model.contract import Verdict
from kscan.model.flow import DispositionKind
from kscan.model.review import EntryKind
from kscan.report.located import (
    ContractVerdict,
    Count,
    File,
    Line,
    LocatedFinding,
    LocatedGap,
    LocatedOutcome,
    LocatedStep,
    Shape,
    Tool,
    Value,
)

SCHEMA: Final = "kscan.review/1"
Number = Annotated[int, Meta(ge=1, description="The place of a patch in the series, from 1.")]


class LocatedChange(Shape, frozen=True):
    """A function whose return set is another one; the line of one that is gone is that before the patch. Edited: its
    text changes, not only what it calls. New: there was none before. Still called: where one that is gone is called."""

    function: str
    file: File
    line: Line
    edited: bool
    gone: bool
    new: bool
    still_called: tuple[LocatedStep, ...]
    added: tuple[LocatedOutcome, ...]
    removed: tuple[Value, ...]
    remapped: tuple[tuple[Value, Value], ...]
    closed_before: bool
    closed_after: bool


class LocatedHandling(Shape, frozen=True):
    """What a caller does with a value at the call on this line, before (null: it could not arrive) and after."""

    caller: str
    callee: str
    file: File
    line: Line
    value: Value
    before: DispositionKind | None
    after: DispositionKind
    decided: Annotated[int, Meta(ge=1, description="The line on which that is decided.")]
    becomes: tuple[Value, ...]


class LocatedEntry(Shape, frozen=True):
    """A place where user space sees the value, and the path from there to where it is made."""

    kind: EntryKind
    name: str
    function: str
    file: File
    line: Line
    when: Annotated[str, Meta(description="The test by name that leads there, if there is one.")]
    path: tuple[LocatedStep, ...]


class LocatedReach(Shape, frozen=True):
    """A value that gets to user space now; function and line are where it is made."""

    value: Value
    function: str
    file: File
    line: Line
    entries: tuple[LocatedEntry, ...]


class LocatedVerdict(Shape, frozen=True):
    """A contract whose verdict is another one."""

    before: Verdict
    now: ContractVerdict


class PatchNote(Shape, frozen=True):
    """A remark on how the patch was applied."""

    file: File
    text: str


class ReviewedPatch(Shape, frozen=True):
    """What one patch changes, and the findings that it introduces and that no later patch repairs."""

    number: Number
    subject: str
    commit: str
    message_id: str
    notes: tuple[PatchNote, ...]
    changes: tuple[LocatedChange, ...]
    dispositions: tuple[LocatedHandling, ...]
    contracts: tuple[LocatedVerdict, ...]
    reach: tuple[LocatedReach, ...]
    findings: tuple[LocatedFinding, ...]
    gaps: tuple[LocatedGap, ...]


class LocatedBisect(Shape, frozen=True):
    """A finding that comes with one patch and goes with a later one."""

    broken: Number
    repaired: Number
    finding: LocatedFinding


class ReviewCounts(Shape, frozen=True):
    """How much was looked at and how much was said, over all patches."""

    patches: Count
    functions: Count
    files: Count
    findings: Count
    gaps: Count
    by_rule: dict[str, Count]
    by_severity: dict[str, Count]
    allowed: Count = 0
    known: Count = 0


class ReviewReport(Shape, frozen=True):
    """What `kscan review --format json` prints: each patch, and what the series as a whole comes to."""

    schema: Literal["kscan.review/1"]
    tool: Tool
    tree: str
    base: str
    patches: tuple[ReviewedPatch, ...]
    changes: tuple[LocatedChange, ...]
    dispositions: tuple[LocatedHandling, ...]
    contracts: tuple[LocatedVerdict, ...]
    reach: tuple[LocatedReach, ...]
    bisect: tuple[LocatedBisect, ...]
    counts: ReviewCounts
