"""What a rule says: one finding, its locations with roles, and the path that shows it."""

from __future__ import annotations

from typing import Literal

import msgspec

from kscan.model.edit import Fix
from kscan.model.span import Span

Role = Literal["primary", "step", "context"]
Severity = Literal["error", "warning", "note"]
Audience = Literal["author", "reviewer", "docs", "maintainer"]


class Step(msgspec.Struct, frozen=True):
    """One located step of a path: what happens at ``span``, inside ``function``."""

    span: Span
    function: str
    note: str
    role: Role = "step"


class Finding(msgspec.Struct, frozen=True):
    """A rule's remark about ``function`` at ``span``.

    ``subject`` is what the remark is about (an errno, a callee) and never holds a position: the fingerprint is made
    of rule, file,
    function and subject, so that it survives lines added above.
    """

    rule: str
    severity: Severity
    audience: Audience
    span: Span
    function: str
    message: str
    subject: str
    steps: tuple[Step, ...] = ()
    fix: Fix | None = None
