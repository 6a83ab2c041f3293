"""A change to text: one span replaced, and a fix made of several with a safety grade."""

from __future__ import annotations

from typing import Literal

import msgspec

from kscan.model.span import Span

Grade = Literal["safe", "review", "show"]


class Edit(msgspec.Struct, frozen=True, order=True):
    """``span`` is replaced by ``text``; an empty span inserts."""

    span: Span
    text: str


class Fix(msgspec.Struct, frozen=True):
    """Edits that belong together. ``grade``: safe (cannot change behaviour), review (proved equal under stated
    facts), show (a proposal). ``made_for``: the files, each with its blob id when the edits were checked. ``assumes``:
    the title names something that is taken for granted and not proved."""

    title: str
    grade: Grade
    edits: tuple[Edit, ...]
    made_for: tuple[tuple[str, str], ...] = ()
    assumes: bool = False
