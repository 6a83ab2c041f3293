"""Two versions compared: what functions return, what callers do with it, and the findings that are new."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from kscan.link.program import LinkedProgram
from kscan.model.contract import Contract, ContractResult
from kscan.model.error import during
from kscan.model.facts import Function
from kscan.model.finding import Finding
from kscan.model.gap import Gap
from kscan.model.progress import SILENT
from kscan.model.result import CheckResult
from kscan.model.review import Changed, ContractChange, DispositionChange, Reach
from kscan.model.span import Span
from kscan.model.standing import Allowed
from kscan.review.asked import Asked
from kscan.review.commented import commented
from kscan.review.explained import Explained
from kscan.review.handling import Handled, disposition_changes, handled, newly_folded
from kscan.review.outcomes import changes, new_errnos
from kscan.review.reach import reach
from kscan.review.through import beyond
from kscan.review.verdicts import concerned, verdict_changes, verdicts
from kscan.rules import (
    folded_errno,
    predicate_name_returns_errno,
    undocumented_errno,
    undocumented_far_value,
    undocumented_value,
    unmarked_return_prose,
    unreturnable_errno,
)
from kscan.rules.against import Comparison
from kscan.rules.run import Checked, found_by, gaps_of
from kscan.rules.since import Place, unmatched

_OF_VALUES: Final = frozenset(one.RULE.id for one in (undocumented_errno, undocumented_value, undocumented_far_value))
"""Rules whose findings are about one value that a function returns."""
_OF_SETS: Final = frozenset(
    one.RULE.id for one in (predicate_name_returns_errno, unmarked_return_prose, unreturnable_errno)
)
"""Rules whose findings are about all that it returns."""


class Meaning(NamedTuple):
    """What a change means, findings aside. ``own`` are the functions whose text or comment it changes, ``scope`` those
    and all that it reaches; ``then`` and ``now`` are the verdicts on the contracts that it concerns."""

    own: tuple[Function, ...]
    scope: tuple[Function, ...]
    changes: tuple[Changed, ...]
    calls: tuple[Handled, ...]
    dispositions: tuple[DispositionChange, ...]
    reach: tuple[Reach, ...]
    then: tuple[ContractResult, ...]
    now: tuple[ContractResult, ...]

    @property
    def contracts(self) -> tuple[ContractChange, ...]:
        """The contracts whose verdict is another one."""
        return tuple(verdict_changes(self.then, self.now))


class Compared(NamedTuple):
    """What is new in a version: ``findings``, and those ``allowed`` by a comment. ``gone`` are the findings that the
    version before had and this one has not."""

    meaning: Meaning
    findings: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    files: int
    allowed: tuple[Allowed, ...] = ()


def meaning_of(both: Comparison, contracts: Sequence[Contract]) -> Meaning:
    """What functions return, what callers do with it, and what contracts say of that, before and now."""
    reached = both.reached(SILENT)
    touched = both.touched.union(commented(both))
    own = tuple(dict.fromkeys(function for place in sorted(touched) for function in both.after(place)))
    scope = tuple(dict.fromkeys((*own, *reached)))
    changed = changes(both)
    calls = tuple(handled(both, scope))
    places = (_place(one) for one in changed if one.added and not one.gone)
    behind = beyond(both, (place for place in places if new_errnos(both, place)))
    further = tuple(handled(behind.both, behind.handling, behind.calls))
    sides = {Place(function.file, function.name) for function in scope} | both.touched
    judged = concerned(contracts, sides, both.changed)
    return Meaning(
        own,
        scope,
        changed,
        calls,
        disposition_changes((*calls, *further)),
        reach(both, changed, behind),
        verdicts(both.then, judged),
        verdicts(both.now, judged),
    )


def _place(change: Changed) -> Place:
    return Place(change.span.file, change.function)


def compare(both: Comparison, asked: Asked, earlier: Sequence[Finding] = ()) -> Compared:
    """What is new in the later of two versions, and which of the ``earlier`` findings are gone."""
    meaning = meaning_of(both, asked.contracts)
    check = _check(both, meaning, asked, both.added)
    found = found_by(check, asked.rules)
    explain = Explained(both.now, check, meaning.scope)
    own = {Place(one.file, one.name) for one in meaning.own}
    shown, hidden = check.hiding.sort_out(list(explain.of(found, own)))
    before = _before(both, meaning, asked, [*shown, *(one.finding for one in hidden), *earlier])
    had, _ = before
    new = list(explain.of(_not_had(both, unmatched(_sorted(shown), _sorted(had), both.names))))
    if any(rule.id == folded_errno.RULE.id for rule in asked.rules):
        folded, more = check.hiding.sort_out(newly_folded(meaning.calls, both))
        new, hidden = _joined(new, folded), [*hidden, *more]
    gaps = tuple(sorted({*gaps_of(check, asked.rules), *both.gaps}))
    result = CheckResult("", meaning.now, tuple(_sorted(new)), gaps, len(meaning.scope), len(check.files))
    result = _with_checked_fixes(both, result, asked)
    looked_at = {function.file for function in meaning.scope} | set(check.files)
    gone = _gone(both, meaning, asked, unmatched(_sorted(had), _sorted(found), both.names.turned()))
    allowed = tuple(_newly_allowed(both, hidden, before))
    return Compared(meaning, result.findings, tuple(gone), result.gaps, len(looked_at), allowed)


def _not_had(both: Comparison, new: Sequence[Finding]) -> list[Finding]:
    """The ``new`` findings but those about what a function returned before for all that is known: it reached too much
    to find out."""
    return [one for one in new if one.rule not in _OF_VALUES | _OF_SETS or _is_told_from_before(both, one)]


def _is_told_from_before(both: Comparison, finding: Finding) -> bool:
    place = Place(finding.span.file, finding.function)
    if not any(both.then.gave_up(function) for function in both.before(place)):
        return True
    return finding.subject in both.newly(place) if finding.rule in _OF_VALUES else place in both.touched


def _gone(both: Comparison, meaning: Meaning, asked: Asked, missed: Sequence[Finding]) -> list[Finding]:
    """Of the findings that the version before had and that are ``missed`` now those that are gone: rules on what is
    added are silent about what stays as it was, and are asked again about all that is there."""
    told = {one.rule for one in missed}
    silent = [rule for rule in asked.rules if rule.when == "added" and rule.id in told]
    if not silent:
        return list(missed)
    still = found_by(_check(both, meaning, asked, None), silent)
    return unmatched(missed, _sorted(still), both.names.turned())


def _check(both: Comparison, meaning: Meaning, asked: Asked, added: Callable[[Span], bool] | None) -> Checked:
    """The later version as rules see it, with what tells them that something is ``added``."""
    files = frozenset(path for path in both.changed if both.now.catalog.has(path))
    near = [function for function in meaning.own if Place(function.file, function.name) in both.touched]
    return Checked(_quick(both.now, asked), meaning.scope, meaning.now, SILENT, added, files, near)


def _with_checked_fixes(both: Comparison, result: CheckResult, asked: Asked) -> CheckResult:
    if not result.findings:
        return result
    from kscan.fix.check import checked  # noqa: PLC0415 - with all that renames, which few patches need

    return checked(both.now.catalog, result, asked.rules, asked.contracts, SILENT, both.then.catalog)


def _newly_allowed(both: Comparison, hidden: Sequence[Allowed], before: Sorted) -> Iterator[Allowed]:
    """Of the findings that a comment hides those that the version before did not have, hidden or not."""
    had = _sorted([*before[0], *(one.finding for one in before[1])])
    new = {id(one) for one in unmatched(_sorted([one.finding for one in hidden]), had, both.names)}
    return (one for one in hidden if id(one.finding) in new)


def _quick(program: LinkedProgram, asked: Asked) -> LinkedProgram:
    """``program`` without paths, unless a rule is asked for by name: such a one may judge by them."""
    return program if any(rule.when == "named" for rule in asked.rules) else program.without_paths()


Sorted = tuple[list[Finding], list[Allowed]]
"""Findings that nothing hides, and those that a comment does."""


def _before(both: Comparison, meaning: Meaning, asked: Asked, about: Sequence[Finding]) -> Sorted:
    """The findings of the version before that ``about`` may be compared with: by the same rules, of the same
    functions."""
    if not about:
        return [], []
    told = {one.rule for one in about}
    looked_at = {Place(one.file, one.name) for one in meaning.scope} | both.touched
    about_whom = {Place(one.span.file, one.function) for one in about}
    named = {both.names.place(place) for place in about_whom & looked_at}
    near = {both.names.place(Place(one.file, one.name)) for one in meaning.own} | both.touched
    scope = [function for place in sorted(named) for function in both.then_at(place)]
    own = [function for function in scope if Place(function.file, function.name) in near]
    files = frozenset(path for path in both.changed if both.then.catalog.has(path))
    with during("checking the version before"):
        check = Checked(_quick(both.then, asked), scope, meaning.then, SILENT, None, files, own)
        found = found_by(check, [rule for rule in asked.rules if rule.id in told])
        return check.hiding.sort_out(list(Explained(both.then, check, scope).of(found, near)))


def _joined(found: Sequence[Finding], folded: Sequence[Finding]) -> list[Finding]:
    """The findings, and of the errnos newly ``folded`` those that no contract speaks of."""
    told = {(one.span.file, one.function, one.subject.split()[-1]) for one in found if one.rule == folded_errno.RULE.id}
    return [*found, *(one for one in folded if (one.span.file, one.function, one.subject.split()[-1]) not in told)]


def _sorted(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda one: (one.span, one.rule, one.subject))
