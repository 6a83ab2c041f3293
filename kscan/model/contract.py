"""Contracts: which callers must tell an errno of a callee apart, and the verdict on them."""

from __future__ import annotations

from typing import Literal

import msgspec

from kscan.model.finding import Step
from kscan.model.span import Span

Requirement = Literal["distinguish", "propagate", "never-receive"]
"""distinguish: its own branch; propagate: own branch, or passed on under a Return text that covers it;
never-receive: the arguments of the call exclude it."""


class CallerClause(msgspec.Struct, frozen=True):
    """What one caller must do with the errnos, and why (shown to people)."""

    function: str
    must: Requirement
    reason: str


class Contract(msgspec.Struct, frozen=True):
    """``callee`` (defined in ``file``) returns each of ``errnos`` ("-ENOTRECOVERABLE"), and the callers keep their
    clauses."""

    name: str
    reason: str
    callee: str
    file: str
    errnos: tuple[str, ...]
    callers: tuple[CallerClause, ...]
    origin: str = ""


Verdict = Literal["met", "unmet", "not-applicable"]


class ClauseResult(msgspec.Struct, frozen=True):
    """The verdict on one clause. ``rule`` names the finding class an unmet clause is reported as."""

    function: str
    requirement: str
    verdict: Verdict
    reason: str
    span: Span | None
    errno: str = ""
    rule: str = ""
    why: str = ""
    steps: tuple[Step, ...] = ()


class ContractResult(msgspec.Struct, frozen=True):
    """The verdict on a contract: met when every clause is, not applicable where its callee's file is not in the tree.

    ``others`` are callers that no clause names and that fold an errno of the contract; they do not weigh on the
    verdict."""

    name: str
    verdict: Verdict
    clauses: tuple[ClauseResult, ...]
    others: tuple[ClauseResult, ...] = ()
