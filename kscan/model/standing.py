"""What stands between a finding and those that count: a comment that allows it, or a baseline that has it already."""

from __future__ import annotations

import msgspec

from kscan.model.finding import Finding
from kscan.model.span import Span


class Allowed(msgspec.Struct, frozen=True):
    """``finding`` is hidden by the comment at ``span``, which gives ``reason``. ``known``: a baseline has it, too."""

    finding: Finding
    span: Span
    reason: str
    known: bool = False


class Entry(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """One line of a baseline: a finding that is known. ``fingerprint`` alone decides; the rest is for people."""

    file: str
    function: str
    rule: str
    fingerprint: str


class Allowance(msgspec.Struct, frozen=True):
    """A comment at ``span`` that hides findings of ``rules``: those that begin from byte ``start`` to byte ``end`` of
    its file, and, where it stands in front of ``function`` and speaks for the ``whole`` of it, those of that function.
    Else ``function`` is the one it stands in, "" outside of any."""

    span: Span
    rules: tuple[str, ...]
    reason: str
    start: int
    end: int
    function: str = ""
    whole: bool = False

    def hides(self, finding: Finding) -> bool:
        """Whether ``finding`` is hidden."""
        if finding.rule not in self.rules or finding.span.file != self.span.file:
            return False
        inside = self.start <= finding.span.start < self.end
        return inside or (self.whole and finding.function == self.function)
