"""What a patch or a series changes in what functions return, in what becomes of it, and what it newly does wrong.

Positions are bytes of the tree after the patch that they are told of: version N of a series is the tree after its patch
N, version 0 the tree that it is applied to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from kscan.model.contract import ContractResult, Verdict
from kscan.model.finding import Finding, Step
from kscan.model.flow import DispositionKind, Outcome
from kscan.model.gap import Gap
from kscan.model.patch import Note, Patch, Placed
from kscan.model.span import Span
from kscan.model.standing import Allowed

ReadVersion = Callable[[int, str], bytes]
"""The bytes of a path in version N of the series; b"" where there is no such file."""


class Changed(msgspec.Struct, frozen=True):
    """The return set of ``function`` is another one.

    ``span`` is its name; where it is ``gone``, in the version before (for a series as a whole, version 0).
    ``removed`` are values; ``remapped`` are pairs of an errno of a callee and the one newly returned in its place.
    ``edited``: the patch changes the text of the function; otherwise only what it calls gives other values.
    ``new``: there was none before. Where one that is gone is ``still_called`` and no other is there, the calls.
    """

    function: str
    span: Span
    added: tuple[Outcome, ...] = ()
    removed: tuple[str, ...] = ()
    remapped: tuple[tuple[str, str], ...] = ()
    closed_before: bool = True
    closed_after: bool = True
    edited: bool = True
    gone: bool = False
    new: bool = False
    still_called: tuple[Step, ...] = ()


class DispositionChange(msgspec.Struct, frozen=True):
    """What ``caller`` does with ``value`` of ``callee`` is another thing. ``span`` is the call, ``at`` where the fate
    of the value is decided. ``before`` is None where the value could not arrive, or where the call is new. ``becomes``
    are the values returned in its place."""

    caller: str
    callee: str
    span: Span
    value: str
    before: DispositionKind | None
    after: DispositionKind
    at: Span
    becomes: tuple[str, ...] = ()


EntryKind = Literal[
    "system call",
    "file operation",
    "ioctl",
    "sysfs attribute",
    "configfs attribute",
    "debugfs file",
    "proc file",
    "module parameter",
]


class Entry(msgspec.Struct, frozen=True):
    """A place where user space gets to see a value: the function at ``span`` that is called for it, under the name that
    user space knows ("madvise", "soft_offline_page"). ``when`` is the test by name that leads there ("behavior ==
    MADV_SOFT_OFFLINE"), "" if there is none. ``path`` leads from ``function`` to where the value is made."""

    kind: EntryKind
    name: str
    function: str
    span: Span
    when: str = ""
    path: tuple[Step, ...] = ()


class Reach(msgspec.Struct, frozen=True):
    """``value``, which ``function`` newly returns from ``span``, gets to user space at each of ``entries``."""

    value: str
    function: str
    span: Span
    entries: tuple[Entry, ...]


class ContractChange(msgspec.Struct, frozen=True):
    """The verdict on a contract, before and after; ``now`` has the clauses, with their positions after it."""

    name: str
    before: Verdict
    now: ContractResult


class PatchReview(msgspec.Struct, frozen=True):
    """What one patch changes. ``number`` is its place among those reviewed, from 1, and its version of the tree;
    ``placed`` tells where its hunks went, and ``applied`` has remarks on that (an offset, fuzz).

    ``findings`` are those that it introduces, without the ones that a later patch of the series repairs; ``allowed``
    are hidden by a comment, ``known`` are in the baseline, and neither count."""

    number: int
    patch: Patch
    placed: tuple[Placed, ...] = ()
    applied: tuple[Note, ...] = ()
    changes: tuple[Changed, ...] = ()
    dispositions: tuple[DispositionChange, ...] = ()
    contracts: tuple[ContractChange, ...] = ()
    reach: tuple[Reach, ...] = ()
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    allowed: tuple[Allowed, ...] = ()
    known: tuple[Finding, ...] = ()


class Bisect(msgspec.Struct, frozen=True):
    """``finding`` comes with patch ``broken`` (positions are of its version) and goes with patch ``repaired``: between
    them the tree is worse than before and after, which whoever bisects may meet."""

    finding: Finding
    broken: int
    repaired: int


class ReviewResult(msgspec.Struct, frozen=True):
    """The review of a series, or of one patch.

    ``base`` says what it is applied to, for people. ``changes``, ``dispositions`` and ``reach`` are those of the series
    as a whole, with positions of its last version; ``findings`` of all patches are what is held against it.
    ``functions`` and ``files`` count what was looked at, once for each patch."""

    tree: str
    base: str
    patches: tuple[PatchReview, ...]
    cover: Patch | None = None
    changes: tuple[Changed, ...] = ()
    dispositions: tuple[DispositionChange, ...] = ()
    contracts: tuple[ContractChange, ...] = ()
    reach: tuple[Reach, ...] = ()
    bisect: tuple[Bisect, ...] = ()
    gaps: tuple[Gap, ...] = ()
    functions: int = 0
    files: int = 0
    notes: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that is held against the series, in the order of the patches."""
        return tuple(finding for patch in self.patches for finding in patch.findings)
