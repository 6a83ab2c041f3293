"""Fixes tried on the tree in memory before anyone sees them: one that does not hold goes, and a gap says why."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from kscan.fix.apply import Change, changes
from kscan.fix.fitted import fitted
from kscan.fix.naming import MAX_RENAMES, is_rename, renamed
from kscan.link.catalog import Catalog
from kscan.link.context import Context
from kscan.link.overlaid import overlaid
from kscan.link.program import LinkedProgram
from kscan.model.contract import Contract
from kscan.model.edit import Edit
from kscan.model.error import during
from kscan.model.facts import Function
from kscan.model.finding import Finding
from kscan.model.flow import ReturnSet
from kscan.model.gap import Gap
from kscan.model.progress import SILENT, Progress
from kscan.model.regex import regex
from kscan.model.result import CheckResult
from kscan.model.source import Source
from kscan.rules.added import Added
from kscan.rules.against import Comparison
from kscan.rules.rule import Rule
from kscan.rules.run import findings
from kscan.rules.since import Place, names, unmatched
from kscan.source.overlay import overlay
from kscan.source.tree import C_SUFFIXES

Key = tuple[str, str, str, str]

_COMMENT = regex(rb"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|/\*.*?(?:\*/|\Z)|//[^\n]*""", re.S)


def checked(
    catalog: Catalog,
    result: CheckResult,
    rules: Sequence[Rule],
    contracts: Sequence[Contract],
    progress: Progress,
    then: Catalog | None = None,
) -> CheckResult:
    """
    ``result`` with those fixes that apply, leave every file parsing as before, make their finding go and no other
    come. ``then`` is the tree compared with. Line ends are those of the file.
    """
    proposed, gaps = _proposed(catalog, result.findings)
    with_fix = [finding for finding in proposed if finding.fix is not None]
    if not with_fix:
        return msgspec.structs.replace(result, gaps=tuple(sorted({*result.gaps, *gaps})))
    progress.stage("fixes", len(with_fix))
    trials = Trials(catalog, rules, contracts, then)
    found: list[Finding] = []
    good = {id(one): fixed for one, fixed in trials.run(with_fix, progress)}
    for finding in proposed:
        if finding.fix is None:
            found.append(finding)
            continue
        fixed = good[id(finding)]
        if isinstance(fixed, Gap):
            gaps.append(fixed)
            found.append(msgspec.structs.replace(finding, fix=None))
        else:
            found.append(fixed)
    return msgspec.structs.replace(result, findings=tuple(found), gaps=tuple(sorted({*result.gaps, *gaps})))


def _proposed(catalog: Catalog, found: Sequence[Finding]) -> tuple[list[Finding], list[Gap]]:
    """The findings, those about names with a rename as their fix; and a gap for each that cannot be renamed."""
    gaps = []
    proposed = []
    left = MAX_RENAMES
    for finding in found:
        if is_rename(finding) and left:
            left -= 1
            made = renamed(catalog, finding)
            if isinstance(made, str):
                gaps.append(_refused(finding, made))
                made = finding
            proposed.append(made)
        else:
            proposed.append(finding)
    return proposed, gaps


class Trials:
    """Fixes applied to ``catalog``'s tree in memory, alone or several at once."""

    def __init__(
        self, catalog: Catalog, rules: Sequence[Rule], contracts: Sequence[Contract], then: Catalog | None
    ) -> None:
        self._catalog = catalog
        self._program = LinkedProgram(catalog)
        self._rules = rules
        self._contracts = contracts
        self._then = then

    def run(self, some: Sequence[Finding], progress: Progress) -> Iterator[tuple[Finding, Finding | Gap]]:
        """Each finding with its fix as it is to be shown, or the gap that stands for it. Those in the comments of one
        file are tried together first, for they do not meet."""
        ready = {id(one): self._fitted(one) for one in some}
        together: dict[str, list[Finding]] = defaultdict(list)
        for one in some:
            together[self._comment_file(ready[id(one)]) or f"\0{id(one)}"].append(one)
        for group in together.values():
            faults = self._faults([ready[id(one)] for one in group])
            for one, fault in zip(group, faults, strict=True):
                progress.advance()
                yield one, _refused(one, fault) if fault else ready[id(one)]

    def _fitted(self, finding: Finding) -> Finding:
        assert finding.fix is not None
        edits = fitted(finding.fix.edits, self._read)
        files = sorted({edit.span.file for edit in edits})
        made_for = tuple((path, Source(path, self._read(path)).blob) for path in files)
        fix = msgspec.structs.replace(finding.fix, edits=edits, made_for=made_for)
        return msgspec.structs.replace(finding, fix=fix)

    def _faults(self, group: Sequence[Finding]) -> list[str]:
        with during("trying the fixes of", group[0].span.file):
            joint = self._fault(group)
            if not joint or len(group) == 1:
                return [joint for _ in group]
            return [self._fault([one]) for one in group]

    def _comment_file(self, finding: Finding) -> str:
        """The file all of whose changes are in comments; "" when there is not just one."""
        try:
            made = changes(_edits([finding]), self._read)
        except ValueError:
            return ""
        return made[0].path if len(made) == 1 and self._same_code(made[0]) else ""

    def _fault(self, group: Sequence[Finding]) -> str:
        """What is wrong with the fixes of ``group`` taken together; "" when nothing is."""
        try:
            made = changes(_edits(group), self._read)
        except ValueError:
            return "its edits overlap or leave the file"
        if not made:
            return "it changes nothing"
        after = self._changed(made)
        files = [change.path for change in made if change.path.endswith(C_SUFFIXES)]
        if any(_errors(after, path) > _errors(self._catalog, path) for path in files):
            return "the file would no longer parse"
        return self._found_fault(group, made, after)

    def _changed(self, made: Sequence[Change]) -> Catalog:
        return overlaid(self._catalog, overlay(self._catalog.tree, {change.path: change.data for change in made}))

    def _found_fault(self, group: Sequence[Finding], made: Sequence[Change], after: Catalog) -> str:
        """Whether a finding stays or a new one comes, among the functions that the edits touch."""
        edits = _edits(group)
        named = {(one.span.file, one.function) for one in group}
        before_scope = _touched(self._catalog, edits, named)
        after_scope = _touched(after, _moved(edits), named)
        same = all(self._same_code(change) for change in made)
        rules = [rule for rule in self._rules if not same or rule.audience == "docs" or _is_of(rule, group)]
        changed = _SameCode(after, self._program) if same else LinkedProgram(after)
        if not same:
            reached = self._reached(changed, made)
            before_scope = _joined(before_scope, self._catalog, reached)
            after_scope = _joined(after_scope, after, reached)
        contracts = _concerned(self._contracts, [*before_scope, *after_scope])
        files = frozenset(change.path for change in made if change.path.endswith(C_SUFFIXES))
        had = findings(self._program, before_scope, rules, contracts, self._added(self._catalog, edits), files)
        have = findings(changed, after_scope, rules, contracts, self._added(after, edits), files)
        left, were = Counter(map(_key, have)), Counter(map(_key, had))
        for key in {_key(one) for one in group}:
            if not were[key]:
                return "its finding is not found again by itself"
            if left[key] >= were[key]:
                return "its finding would stay"
        known = names(_texts(self._catalog, before_scope), _texts(after, after_scope))
        new = unmatched(have, had, known)
        return f"it would give another finding: {new[0].message} [{new[0].rule}]" if new else ""

    def _reached(self, changed: LinkedProgram, made: Sequence[Change]) -> set[Place]:
        """The functions to which another return set gets, from those that the edits touch."""
        files = frozenset(change.path for change in made if change.path.endswith(C_SUFFIXES))
        return {Place(f.file, f.name) for f in Comparison(changed, self._program, files).reached(SILENT)}

    def _added(self, now: Catalog, edits: Sequence[Edit]) -> Added | None:
        then = self._then
        if then is None:
            return None
        differing = frozenset(edit.span.file for edit in edits)
        return Added(lambda path: _bytes(then, path), lambda path: _bytes(now, path), differing)

    def _same_code(self, change: Change) -> bool:
        return _code(self._read(change.path)) == _code(change.data)

    def _read(self, path: str) -> bytes:
        return _bytes(self._catalog, path)


class _SameCode(LinkedProgram):
    """A tree in which only comments differ from that of another program, which knows all return sets already."""

    def __init__(self, catalog: Catalog, other: LinkedProgram) -> None:
        super().__init__(catalog)
        self._other = other

    def returns(self, function: Function, context: Context = ()) -> ReturnSet:
        """As the other program says of the function in its place."""
        mine = self.catalog.functions_in(function.file, function.name)
        theirs = self._other.catalog.functions_in(function.file, function.name)
        return self._other.returns(theirs[mine.index(function)], context)


def _refused(finding: Finding, fault: str) -> Gap:
    reason = f"the fix of {finding.rule} is not offered: {fault}"
    return Gap(finding.span.file, finding.span.start, "check", finding.function, reason)


def _edits(group: Sequence[Finding]) -> list[Edit]:
    return sorted({edit for one in group if one.fix is not None for edit in one.fix.edits})


def _touched(catalog: Catalog, edits: Sequence[Edit], named: set[tuple[str, str]]) -> list[Function]:
    """The functions that an edit touches, comment included, and those that have a name in ``named``."""
    files = sorted(
        {edit.span.file for edit in edits if edit.span.file.endswith(C_SUFFIXES)} | {file for file, _ in named}
    )
    found = []
    for path in sorted(files):
        for function in catalog.facts(path).functions:
            start = function.start if function.doc is None else min(function.doc.start, function.start)
            spans = (edit.span for edit in edits if edit.span.file == path)
            if (path, function.name) in named or any(s.start < function.end and start < s.end + 1 for s in spans):
                found.append(function)
    return found


def _joined(scope: Sequence[Function], catalog: Catalog, places: set[Place]) -> list[Function]:
    """The functions of ``scope``, and those at ``places`` that are not among them."""
    known = {Place(function.file, function.name) for function in scope}
    more = (f for place in sorted(places - known) for f in catalog.functions_in(place.file, place.name))
    return [*scope, *more]


def _moved(edits: Sequence[Edit]) -> list[Edit]:
    """The edits with the spans of their texts once all are made."""
    moved, shift, file = [], 0, ""
    for edit in edits:
        span = edit.span
        shift = shift if span.file == file else 0
        file, length = span.file, len(edit.text.encode("utf-8", "surrogateescape"))
        start = span.start + shift
        moved.append(Edit(msgspec.structs.replace(span, start=start, end=start + length), edit.text))
        shift += length - (span.end - span.start)
    return moved


def _concerned(contracts: Sequence[Contract], scope: Sequence[Function]) -> list[Contract]:
    """The contracts that one of the functions is a side of."""
    told = {f.name for f in scope} | {call.callee for f in scope for call in f.calls}
    return [one for one in contracts if told & {one.callee, *(caller.function for caller in one.callers)}]


def _is_of(rule: Rule, group: Sequence[Finding]) -> bool:
    return any(one.rule == rule.id for one in group)


def _errors(catalog: Catalog, path: str) -> int:
    facts = catalog.facts(path)
    return sum(f.errors for f in facts.functions) + sum(gap.stage in {"mask", "parse"} for gap in facts.gaps)


def _code(data: bytes) -> list[bytes]:
    """The words of the code, without comments."""
    return _COMMENT.sub(lambda found: found[1] or b" ", data).split()


def _texts(catalog: Catalog, scope: Sequence[Function]) -> list[tuple[Function, bytes]]:
    return [(function, _bytes(catalog, function.file)[function.start : function.end]) for function in scope]


def _bytes(catalog: Catalog, path: str) -> bytes:
    source = catalog.source(path)
    return b"" if source is None else source.data


def _key(finding: Finding) -> Key:
    return finding.rule, finding.span.file, finding.function, finding.subject
