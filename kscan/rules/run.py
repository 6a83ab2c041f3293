"""Runs rules over a scope of functions; keeps the result for as long as the tree stays as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import msgspec

from kscan.contracts.judge import judge
from kscan.contracts.scope import concerned
from kscan.facts.errno import Errnos
from kscan.facts.store import fingerprint
from kscan.link.catalog import Catalog
from kscan.link.program import LinkedProgram
from kscan.model.contract import Contract, ContractResult
from kscan.model.error import during
from kscan.model.facts import Function
from kscan.model.finding import Finding
from kscan.model.flow import Remap
from kscan.model.gap import Gap
from kscan.model.progress import Progress
from kscan.model.result import CheckResult, FunctionRow
from kscan.rules.rule import Rule
from kscan.source.tree import NOT_KERNEL, FileStat

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(CheckResult)


class Checked:
    """The program as rules see it: the functions under check, linked."""

    def __init__(
        self,
        program: LinkedProgram,
        scope: Sequence[Function],
        contracts: tuple[ContractResult, ...],
        progress: Progress,
    ) -> None:
        self._program = program
        self._scope = scope
        self._contracts = contracts
        self._progress = progress
        self._rows: tuple[FunctionRow, ...] | None = None

    @property
    def errnos(self) -> Errnos:
        return self._program.errnos

    @property
    def contracts(self) -> tuple[ContractResult, ...]:
        return self._contracts

    def functions(self) -> Sequence[FunctionRow]:
        """The documented functions under check; only of these does a rule ask the return set."""
        if self._rows is None:
            documented = [f for f in self._scope if f.doc is not None and f.return_type != "void"]
            self._progress.stage("link", len(documented))
            self._rows = tuple(self._row(f) for f in documented)
        return self._rows

    def _row(self, function: Function) -> FunctionRow:
        self._progress.advance()
        with during(f"linking {function.name}()", function.file):
            return FunctionRow(function, self._program.returns(function))

    def open_sets(self) -> Iterator[Gap]:
        """The documented functions whose return set is open, and the first reason for it: rules saw a lower bound."""
        for row in self._rows or ():
            if not row.returns.closed:
                why = row.returns.open_because[0].reason if row.returns.open_because else "a value is not known"
                function, reason = row.function, f"its return set is open: {why}"
                yield Gap(function.file, function.name_start, "link", function.name, reason)

    def remaps(self) -> Sequence[Remap]:
        """The errnos replaced in the functions under check."""
        return [remap for function in self._scope for remap in self._program.remaps_in(function)]


def run(
    catalog: Catalog,
    paths: Sequence[str],
    everything: bool,
    rules: Sequence[Rule],
    contracts: Sequence[Contract],
    progress: Progress,
) -> CheckResult:
    """Checks ``paths`` (tree-relative or as a user writes them); the contracts' reach when there are none."""
    program = LinkedProgram(catalog)
    verdicts = judge(program, contracts)
    scope, files = _scope(program, paths, everything, contracts, progress)
    checked = Checked(program, scope, verdicts, progress)
    findings: list[Finding] = []
    for rule in rules:
        with during(f"rule {rule.id}"):
            findings.extend(rule.check(checked))
    return CheckResult(
        tree=str(catalog.tree.root),
        contracts=verdicts,
        findings=tuple(
            sorted(_asked_for(findings, paths, files, contracts), key=lambda f: (f.span, f.rule, f.subject))
        ),
        gaps=(*_gaps(catalog, scope, files), *checked.open_sets()),
        functions=len(scope),
        files=len(files),
        notes=(*catalog.notes, *_remarks(verdicts)),
    )


def _asked_for(
    findings: Sequence[Finding], paths: Sequence[str], files: frozenset[str], contracts: Sequence[Contract]
) -> list[Finding]:
    """The findings in ``files``; when paths were named, of the contracts only those with a side in them."""
    if not paths:
        return list(findings)
    near = {contract.name for contract in contracts if contract.file in files}
    return [f for f in findings if f.span.file in files or f.subject.partition(" ")[0] in near]


def _remarks(verdicts: Sequence[ContractResult]) -> Iterator[str]:
    for contract in verdicts:
        if contract.verdict == "not-applicable":
            yield f"contract {contract.name} is not applicable: {contract.clauses[0].reason}"


def _scope(
    program: LinkedProgram, paths: Sequence[str], everything: bool, contracts: Sequence[Contract], progress: Progress
) -> tuple[tuple[Function, ...], frozenset[str]]:
    """The functions under check, and the files that were looked at for them."""
    if not paths and not everything:
        reached = concerned(program, contracts)
        return reached, frozenset(function.file for function in reached)
    return in_files(program.catalog, paths, everything, progress)


def in_files(
    catalog: Catalog, paths: Sequence[str], everything: bool, progress: Progress
) -> tuple[tuple[Function, ...], frozenset[str]]:
    """The functions in the files that ``paths`` name, or in all kernel code, and those files."""
    stats = _files(catalog, paths, everything)
    progress.stage("read", len(stats))
    scope: list[Function] = []
    for stat in stats:
        with during("reading", stat.path):
            scope.extend(catalog.facts(stat.path).functions)
        progress.advance()
    return tuple(scope), frozenset(stat.path for stat in stats)


def _files(catalog: Catalog, paths: Sequence[str], everything: bool) -> list[FileStat]:
    tree = catalog.tree
    if everything:
        return list(tree.files(skip=NOT_KERNEL))
    unread: list[Gap] = []
    found = list(tree.files([tree.resolve(path) for path in paths], gaps=unread))
    catalog.gaps.update(unread)
    return found


def _gaps(catalog: Catalog, scope: Sequence[Function], files: frozenset[str]) -> tuple[Gap, ...]:
    """The gaps of the functions and files under check, and of files that could not be read at all."""
    for function in scope:
        catalog.gaps.update(_unfollowed(catalog, function))
    checked = {(function.file, function.name) for function in scope}
    return tuple(
        sorted(
            gap
            for gap in catalog.gaps
            if (gap.file, gap.function) in checked or gap.stage == "read" or (gap.file in files and not gap.function)
        )
    )


def _unfollowed(catalog: Catalog, function: Function) -> Iterator[Gap]:
    """What of the paths of ``function`` was left out."""
    summary = catalog.summary(function)
    if summary is None:
        return
    if not summary.complete:
        yield Gap(function.file, function.name_start, "summarize", function.name, "too many paths")
    for at, reason in summary.gaps:
        yield Gap(function.file, at, "summarize", function.name, reason)


# -- results kept between runs


def key_of(
    catalog: Catalog, paths: Sequence[str], everything: bool, rules: Sequence[Rule], contracts: Sequence[Contract]
) -> str:
    """What the result depends on; "" when it cannot be told (files outside the name index)."""
    resolved = [catalog.tree.resolve(path) for path in paths]
    if any(path.split("/")[0] in NOT_KERNEL for path in resolved):
        return ""
    parts = (
        catalog.index.signature,
        fingerprint(),
        catalog.made_by,
        sorted(resolved),
        everything,
        [rule.id for rule in rules],
        contracts,
    )
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()


def stored(catalog: Catalog, key: str) -> CheckResult | None:
    """The kept result for ``key``, if there is one."""
    found = catalog.store.get("check", key) if key else None
    if found is None:
        return None
    known = _DECODER.decode(found)
    return msgspec.structs.replace(known, notes=(*catalog.notes, *known.notes))


def keep(catalog: Catalog, key: str, result: CheckResult) -> None:
    """Keeps ``result`` for the next run on the same tree, without what is told of this run's store only."""
    if key:
        lasting = msgspec.structs.replace(result, notes=tuple(_remarks(result.contracts)))
        catalog.store.put("check", key, _ENCODER.encode(lasting))
