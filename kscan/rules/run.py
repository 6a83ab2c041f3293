"""Runs rules over a scope of functions; keeps the result for as long as the tree stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from kscan.contracts.judge import judge
from kscan.contracts.scope import concerned
from kscan.facts.declared import MIXED, Declared
from kscan.facts.errno import Errnos
from kscan.link import remember
from kscan.link.catalog import Catalog
from kscan.link.lost import lost_in
from kscan.link.named import in_files
from kscan.link.program import LinkedProgram
from kscan.model.contract import Contract, ContractResult
from kscan.model.decided import Decided, Lost
from kscan.model.error import during
from kscan.model.facts import Function
from kscan.model.finding import Finding
from kscan.model.flow import Remap
from kscan.model.gap import Gap
from kscan.model.guard import Guard, TailTest
from kscan.model.progress import SILENT, Progress
from kscan.model.result import CheckResult, FunctionRow
from kscan.model.span import Span
from kscan.model.standing import Allowance
from kscan.predicates.needs import prover
from kscan.rules.added import Added
from kscan.rules.hiding import Hiding
from kscan.rules.proved import Proved, able, unable
from kscan.rules.reading import Reading
from kscan.rules.registry import all_rules
from kscan.rules.rule import Rule
from kscan.source.grep import grep

if TYPE_CHECKING:
    from kscan.predicates.definitions import Definitions

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
        added: Callable[[Span], bool] | None = None,
        files: Collection[str] = (),
        near: Sequence[Function] | None = None,
        definitions: Callable[[], Definitions] | None = None,
    ) -> None:
        """``near`` are the functions whose own text is looked into; all of the ``scope`` unless told otherwise.
        ``definitions`` gives the page predicates, where someone holds them already."""
        self.catalog = program.catalog
        self.files = files
        self._program = program
        self._scope = scope
        self._contracts = contracts
        self._progress = progress
        self._added = added
        self._near = scope if near is None else near
        self._proved = Proved(program, self._near, progress, definitions)
        self._reading = Reading(program.catalog, self._near, files, progress)
        self._rows: tuple[FunctionRow, ...] | None = None
        self._found: dict[str, list[Finding]] = {}
        self.hiding = Hiding(program.catalog, scope)

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

    def source(self, path: str) -> bytes:
        """The bytes of the file at ``path``; empty where it cannot be read."""
        found = self.catalog.source(path)
        return b"" if found is None else found.data

    def guards(self) -> Sequence[Guard]:
        """The early returns of the functions under check that the prover finds needless."""
        return self._proved.guards()

    def tail_tests(self) -> Sequence[TailTest]:
        """The tests of a page's type, in the functions under check, on a page that may be a tail."""
        return self._proved.tail_tests()

    def naming(self, function: Function) -> Sequence[str]:
        """The files whose text names ``function``: its own only, where it is static in a source file."""
        if function.linkage == "static":
            return (function.file,)
        return sorted(grep(self.catalog.tree, function.name))

    def scope(self) -> Sequence[Function]:
        """The functions under check, documented or not."""
        return self._scope

    def values(self, function: Function) -> tuple[bool, tuple[str, ...]]:
        """Whether the return set of ``function`` is closed, and its values."""
        with during(f"linking {function.name}()", function.file):
            return self._program.values(function)

    def parameters(self, file: str, function: str) -> frozenset[str]:
        """The names of the parameters of the functions called ``function`` in ``file``."""
        found = self._program.catalog.functions_in(file, function)
        return frozenset(param.name for one in found for param in one.params)

    def decided(self) -> Sequence[Decided]:
        """The conditions in the functions under check that are decided before they are asked."""
        return self._reading.decided()

    def lost(self, function: Function) -> Iterator[Lost]:
        """The calls in ``function`` whose errnos become a returned false."""
        return lost_in(self._program, function)

    def declared(self) -> Iterator[Declared]:
        """The names of mixed case that the files under check declare; none of a file in which none of them is new since
        the tree compared with."""
        new = self._added
        return self._reading.declared(lambda path: not isinstance(new, Added) or new.adds(path, MIXED))

    def identifiers(self, path: str) -> frozenset[str]:
        """Every identifier in the code of the file at ``path``, its macros included."""
        return self._reading.identifiers(path)

    def callers_beside(self, function: Function) -> frozenset[str]:
        """The functions of its own file that call ``function``."""
        return self._reading.callers_beside(function)

    def files_defining(self, name: str) -> Sequence[str]:
        """The files that may define a function or macro called ``name``."""
        return self._reading.files_defining(name)

    def is_callback(self, function: Function) -> bool:
        """Whether the file of ``function``, or a header of it, names it without calling it."""
        return self._reading.is_callback(function)

    def added(self, span: Span) -> bool | None:
        """Whether something at ``span`` is new since the tree compared with; None when there is none."""
        return None if self._added is None else self._added(span)

    def found(self, rule: Rule) -> list[Finding]:
        """What ``rule`` finds, hidden or not."""
        if rule.id not in self._found:
            with during(f"rule {rule.id}"):
                self._found[rule.id] = list(rule.check(self))
        return self._found[rule.id]

    def unused_allowances(self) -> Iterator[tuple[Allowance, str]]:
        """The comments that are to hide findings, with each rule of which they hide none: of all rules that say all
        that they have to say here."""
        whens = {"always"} if self._added else {"always", "added"}
        judged = [rule for rule in able(all_rules()) if rule.when in whens]
        files = sorted({*self.files, *(function.file for function in self._scope)})
        return self.hiding.unused(files, {rule.id: self.found(rule) for rule in judged})


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
    scope, files = _scope(program, paths, everything, contracts, progress)
    return over(program, scope, files, rules, contracts, progress, named=bool(paths))


def over(
    program: LinkedProgram,
    scope: Sequence[Function],
    files: frozenset[str],
    rules: Sequence[Rule],
    contracts: Sequence[Contract],
    progress: Progress,
    *,
    named: bool = False,
    added: Callable[[Span], bool] | None = None,
    definitions: Callable[[], Definitions] | None = None,
) -> CheckResult:
    """Checks the functions in ``scope``, for which ``files`` were looked at; with ``named``, no contract that is
    elsewhere. ``added`` tells what is new since the tree compared with; ``definitions`` gives the page predicates,
    where someone holds them already."""
    verdicts = judge(program, contracts)
    checked = Checked(program, scope, verdicts, progress, added, files, definitions=definitions)
    found = found_by(checked, rules)
    if named:
        found = _asked_for(found, files, contracts)
    found, allowed = checked.hiding.sort_out(found)
    return CheckResult(
        tree=str(program.catalog.tree.root),
        contracts=verdicts,
        findings=tuple(sorted(found, key=_order)),
        gaps=gaps_of(checked, rules),
        functions=len(scope),
        files=len(files),
        notes=(*program.catalog.notes, *_remarks(verdicts)),
        allowed=tuple(sorted(allowed, key=lambda one: _order(one.finding))),
    )


def _order(finding: Finding) -> tuple[Span, str, str]:
    return finding.span, finding.rule, finding.subject


def findings(
    program: LinkedProgram,
    scope: Sequence[Function],
    rules: Sequence[Rule],
    contracts: Sequence[Contract],
    added: Callable[[Span], bool] | None = None,
    files: frozenset[str] = frozenset(),
) -> list[Finding]:
    """The findings alone, of the functions in ``scope`` and the ``files``; without those that a comment hides."""
    checked = Checked(program, scope, judge(program, contracts), SILENT, added, files)
    return checked.hiding.sort_out(found_by(checked, rules))[0]


def found_by(checked: Checked, rules: Sequence[Rule]) -> list[Finding]:
    """What those of the ``rules`` say that can run, whatever comments hide."""
    return [finding for rule in able(rules) for finding in checked.found(rule)]


def _asked_for(findings: Sequence[Finding], files: frozenset[str], contracts: Sequence[Contract]) -> list[Finding]:
    """The findings in ``files``, and of the contracts those with a side in them."""
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


def gaps_of(checked: Checked, rules: Sequence[Rule]) -> tuple[Gap, ...]:
    """What was not analysed of the functions and files under check, once the ``rules`` have run over them."""
    own = _gaps(checked.catalog, checked.scope(), checked.files)
    return (*own, *checked.open_sets(), *unable(rules), *checked.hiding.gaps(checked.files))


def _gaps(catalog: Catalog, scope: Sequence[Function], files: Collection[str]) -> tuple[Gap, ...]:
    """The gaps of the functions and files under check, of what was not found to be a function there, and of files that
    could not be read at all."""
    for function in scope:
        catalog.gaps.update(_unfollowed(catalog, function))
    checked = {(function.file, function.name) for function in scope}

    def concerns(gap: Gap) -> bool:
        if (gap.file, gap.function) in checked or gap.stage == "read":
            return True
        return gap.file in files and not (gap.function and catalog.functions_in(gap.file, gap.function))

    return tuple(sorted(filter(concerns, catalog.met)))


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
    catalog: Catalog,
    paths: Sequence[str],
    everything: bool,
    rules: Sequence[Rule],
    contracts: Sequence[Contract],
    before: Catalog | None = None,
) -> str:
    """What the result depends on; "" when it cannot be told (files outside the name index). ``before`` is the tree
    compared with."""
    resolved = [catalog.tree.resolve(path) for path in paths]
    other = None if before is None else before.index.signature
    return remember.key_of(catalog, resolved, everything, [rule.id for rule in rules], prover(), contracts, other)


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
