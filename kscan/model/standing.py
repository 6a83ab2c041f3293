"""What stands between a finding and those that count: a comment that allows it, or a baseline that has it already."""

from __future__ import annotations

import msgspec

from kscan.model.finding import Finding
from kscan.model.span import Span


class Allowed(msgspec.Struct, frozen=True):
    """``finding`` is hidden by the comment at ``span``, which gives ``reason``."""

    finding: Finding
    span: Span
    reason: str


class Entry(msgspec.Struct, frozen=True, order=True):
    """One line of a baseline: a finding that is known. ``fingerprint`` alone decides; the rest is for people."""

    file: str
    function: str
    rule: str
    fingerprint: str
