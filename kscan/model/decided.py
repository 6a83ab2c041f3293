"""What a function decides too early, and what it lets go."""

from __future__ import annotations

import msgspec

from kscan.model.edit import Fix
from kscan.model.finding import Step
from kscan.model.span import Span


class Decided(msgspec.Struct, frozen=True):
    """The condition at ``span`` (its negations included), written ``text``, is always true when ``holds``, else always
    false.

    ``whole``: it is all that its ``if`` asks. ``because`` are the tests that decided it, one on each way that leads
    here; none where the type of ``subject`` does. ``fix`` takes it out where the rest of the condition stays.
    """

    function: str
    span: Span
    text: str
    subject: str
    holds: bool
    whole: bool
    because: tuple[Step, ...] = ()
    fix: Fix | None = None


class Lost(msgspec.Struct, frozen=True):
    """The call at bytes ``at`` to ``end`` of ``callee`` can return ``errnos``, all of which become false."""

    callee: str
    at: int
    end: int
    errnos: tuple[str, ...]
