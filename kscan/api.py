"""The story on one screen: open source, mask, parse, extract, summarize, link, check, result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from kscan.begun import (
    answered,
    begin,
    catalog_before,
    catalog_in,
    catalog_of,
    engine_of,
    options_in,
    processes,
    refreshed,
    settled,
)
from kscan.model.edit import Grade
from kscan.model.error import InputError
from kscan.model.flow import Caller, ReturnSet
from kscan.model.gap import Gap
from kscan.model.progress import SILENT, Progress
from kscan.model.proof import MatrixResult, ProofResult, Relation
from kscan.model.result import (
    CallersResult,
    CheckResult,
    FlowResult,
    FunctionsResult,
    IndexResult,
    PredicatesResult,
    ReturnsResult,
)
from kscan.model.span import Span

if TYPE_CHECKING:
    from kscan.fix.choose import Choice
    from kscan.link.catalog import Catalog
    from kscan.link.program import LinkedProgram
    from kscan.model.facts import Function
    from kscan.model.rename import RenameResult
    from kscan.model.review import ReviewResult
    from kscan.model.standing import Entry
    from kscan.rules.rule import Rule
    from kscan.source.tree import Tree


def check(
    tree: str,
    paths: Sequence[str] = (),
    *,
    everything: bool = False,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    contracts: Sequence[str] = (),
    against: str | None = None,
    baseline: str | None = None,
    kconfig: str | None = None,
    jobs: int | None = None,
    cache: bool = True,
    progress: Progress = SILENT,
) -> CheckResult:
    """The findings of the selected rules over ``paths``, and the contracts' verdicts.

    Without ``paths``, what the contracts concern and reach is checked. With ``against`` (another tree, or a git
    revision of this one) only what is new since then is found, and without ``paths`` what changed since is checked.
    Findings that are in the file ``baseline`` are set apart.

    Raises InputError for bad usage or input.
    """
    from kscan.contracts.reader import in_force
    from kscan.fix.check import checked
    from kscan.rules import run as checking
    from kscan.rules.against import run_against
    from kscan.rules.registry import select as chosen

    selected = chosen(rules(), select, ignore, added=against is not None)
    promised = in_force([Path(name) for name in contracts])
    entries = None if baseline is None else _entries(baseline)

    def found(catalog: Catalog) -> CheckResult:
        before = None if against is None else catalog_before(catalog, against, progress)
        key = checking.key_of(catalog, paths, everything, selected, promised, before)
        result = checking.stored(catalog, key)
        if result is None:
            if before is None:
                result = checking.run(catalog, paths, everything, selected, promised, progress)
            else:
                result = run_against(catalog, before, paths, everything, selected, promised, progress)
            result = checked(catalog, result, selected, promised, progress, before)
            checking.keep(catalog, key, result)
        if entries is None:
            return result
        from kscan.rules.baseline import below, sift

        whole = () if before else ("",) if everything else tuple(map(catalog.tree.resolve, paths))
        return sift(result, entries, {rule.id for rule in selected}, below(whole))

    with begin(tree, cache) as begun:
        return answered(begun, kconfig, jobs, progress, found)


def review(
    tree: str,
    patches: Sequence[str],
    *,
    stdin: bytes | None = None,
    staged: str | None = None,
    base: str | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    contracts: Sequence[str] = (),
    baseline: str | None = None,
    kconfig: str | None = None,
    jobs: int | None = None,
    cache: bool = True,
    progress: Progress = SILENT,
) -> tuple[ReviewResult, tuple[Tree, ...]]:
    """What the series that ``patches`` name (files, mboxes, maildirs, a git range, or "-" for ``stdin``) changes and
    newly does wrong, and the versions of the tree that its positions are of: before it, and after each patch. Findings
    that are in the file ``baseline`` are set apart.

    With ``staged`` it is what git's index changes, and no ``patches`` are named; ``staged`` is the file of the index,
    "" for the usual one.

    Raises InputError for bad usage or input, and for a patch that does not apply.
    """
    from kscan.contracts.reader import in_force
    from kscan.review.asked import Asked
    from kscan.review.kept import reviewed
    from kscan.rules.registry import select as chosen
    from kscan.source.series.apply import apply_series
    from kscan.source.series.read import read_series
    from kscan.source.series.staged import staged as in_index

    asked = Asked(chosen(rules(), select, ignore, added=True), in_force([Path(name) for name in contracts]))
    entries = None if baseline is None else _entries(baseline)
    with begin(tree, cache) as begun:
        series = read_series(begun.tree, patches, stdin) if staged is None else in_index(begun.tree, staged)
        applied = apply_series(begun.tree, series, base)
        with catalog_of(begun, kconfig, jobs, progress) as catalog:
            catalog.piecewise = True
            result = reviewed(catalog, series, applied, asked, progress)
        if entries is not None:
            from kscan.rules.baseline import sift_review

            result = sift_review(result, entries)
        return result, (applied.base, *(one.after for one in applied.patches))


def tree_around() -> str:
    """The kernel tree that the working directory is or lies in. Raises InputError if it is in none."""
    from kscan.source.tree import around

    return str(around(Path.cwd()).root)


def flow(
    tree: str,
    function: str,
    *,
    arguments: Mapping[str, str] = {},
    kconfig: str | None = None,
    cache: bool = True,
    progress: Progress = SILENT,
) -> FlowResult:
    """The return set of each definition of ``function``; ``arguments`` give parameters a constant.

    ``function`` may be written FILE:NAME. Raises InputError for an unknown function, parameter or constant.
    """
    from kscan.link.remember import remembered

    parts = ("flow", function, sorted(arguments.items()))
    shape = tuple[ReturnSet, ...]
    with begin(tree, cache) as begun:
        known, _ = (None, ()) if kconfig else begun.recalled(shape, function, *parts)
        if known is not None:
            return FlowResult(str(begun.tree.root), known, begun.store.notes)
        from kscan.link.ask import context_of, definitions_of

        def found(catalog: Catalog) -> FlowResult:
            def sets() -> tuple[ReturnSet, ...]:
                program = _program(catalog)
                named = definitions_of(catalog, function)
                return tuple(program.with_left(f, context_of(catalog, f, arguments)) for f in named)

            made = remembered(catalog, begun.key(catalog, function, *parts), shape, sets)
            return FlowResult(str(begun.tree.root), made, catalog.notes)

        return answered(begun, kconfig, None, progress, found)


def callers(
    tree: str, function: str, *, kconfig: str | None = None, cache: bool = True, progress: Progress = SILENT
) -> CallersResult:
    """The call sites of ``function``, what can arrive at each, and what becomes of it.

    Raises InputError for an unknown function.
    """
    from kscan.link.remember import remembered

    shape = tuple[tuple[Caller, ...], tuple[Gap, ...]]
    with begin(tree, cache) as begun:
        known, unread = (None, ()) if kconfig else begun.recalled(shape, function, "callers", function)
        if known is not None:
            gaps = tuple(sorted({*unread, *known[1]}))
            return CallersResult(str(begun.tree.root), function, known[0], gaps, begun.store.notes)
        from kscan.link.ask import definitions_of

        def found(catalog: Catalog) -> CallersResult:
            def sites() -> tuple[tuple[Caller, ...], tuple[Gap, ...]]:
                return _callers(_program(catalog), definitions_of(catalog, function))

            key = begun.key(catalog, function, "callers", function)
            rows, missed = remembered(catalog, key, shape, sites)
            read = {gap for gap in catalog.gaps if gap.stage == "read"}  # a call may stand there
            gaps = tuple(sorted(read.union(missed)))
            return CallersResult(str(begun.tree.root), function, rows, gaps, catalog.notes)

        return answered(begun, kconfig, None, progress, found)


def index(tree: str, *, jobs: int | None = None, engine: str | None = None, progress: Progress = SILENT) -> IndexResult:
    """Work out every file of the tree ahead, or what changed since that was done. ``engine`` is ``dask=ADDRESS`` for a
    cluster, None for ``jobs`` processes here.

    Raises InputError when there is no tree, no such cluster, or no room for the index.
    """
    from kscan.index.ahead import reading_ahead
    from kscan.index.build import Opened
    from kscan.index.make import gather, make
    from kscan.index.state import state_of
    from kscan.index.status import evict, result_of
    from kscan.link.catalog import Catalog

    with begin(tree, True) as begun:
        new = state_of(begun.store) is None
        with reading_ahead(begun.tree, new and processes(jobs) > 1) as ahead:
            refreshed(begun, jobs, progress)
            if ahead is not None:
                ahead.keep(begun.store, begun.names)
        opened = Opened(begun.tree, begun.store, begun.names)
        catalog = Catalog(*opened)
        state = make(catalog, opened, engine_of(engine, jobs), progress)
        settled(begun, catalog, jobs, progress)
        gather(catalog)
        evicted = evict(begun.store.path)
        return result_of(begun.store, str(begun.tree.root), state, begun.store.notes, evicted)


def index_status(tree: str) -> IndexResult:
    """What there is of an index of the tree; nothing is read of the tree's files.

    Raises InputError when there is no tree."""
    from kscan.facts.store import open_store
    from kscan.index.state import state_of
    from kscan.index.status import outdated, result_of
    from kscan.source.tree import open_tree

    working = open_tree(tree)
    with open_store(working.root) as store:
        notes = (*store.notes, *outdated(store, str(working.root)))
        return result_of(store, str(working.root), state_of(store), notes)


def index_clear(tree: str) -> IndexResult:
    """Forget all that is kept of the tree; tells what there was. Raises InputError when there is no tree, and when
    another run uses the store."""
    from kscan.facts.store import path_of, remove_file
    from kscan.source.tree import open_tree

    there = index_status(tree)
    path = path_of(open_tree(tree).root)
    if not remove_file(path):
        raise InputError(f"{path}: another run uses it, or it cannot be removed; try again when that has ended")
    return there


def returns(
    tree: str,
    paths: Sequence[str] = (),
    *,
    kconfig: str | None = None,
    cache: bool = True,
    progress: Progress = SILENT,
) -> ReturnsResult:
    """The return set of every function in ``paths`` (the whole tree when empty) that returns something.

    Raises InputError for bad usage or input."""
    from kscan.link.named import returned_in

    def found(catalog: Catalog) -> ReturnsResult:
        rows = tuple(returned_in(catalog, paths, not paths, progress))
        return ReturnsResult(str(catalog.tree.root), rows, tuple(sorted(catalog.gaps)), catalog.notes)

    with begin(tree, cache) as begun:
        return answered(begun, kconfig, None, progress, found)


def predicates(
    tree: str, *, kconfig: str | None = None, cache: bool = True, progress: Progress = SILENT
) -> PredicatesResult:
    """The page predicates of the tree as formulas over flags and types."""
    from kscan.predicates.collect import predicates as collected

    with catalog_in(tree, kconfig, None, cache, progress) as catalog:
        found, gaps = collected(catalog)
        return PredicatesResult(str(catalog.tree.root), found, gaps, catalog.notes)


def prove(
    tree: str,
    left: str,
    relation: Relation,
    right: str,
    *,
    kconfig: str | None = None,
    cache: bool = True,
    progress: Progress = SILENT,
) -> ProofResult:
    """Whether ``left`` RELATION ``right`` (predicates of the tree under && || ! and parentheses) holds for every page.

    Raises InputError for an expression that does not parse, an unknown predicate, and without z3.
    """
    from kscan.predicates.needs import want_prover

    want_prover("kscan prove")
    from kscan.predicates.proving import prove as proved

    with catalog_in(tree, kconfig, None, cache, progress) as catalog:
        return ProofResult(str(catalog.tree.root), proved(catalog, left, relation, right), notes=catalog.notes)


def matrix(tree: str, *, kconfig: str | None = None, cache: bool = True, progress: Progress = SILENT) -> MatrixResult:
    """Who excludes, implies and equals whom among the tree's exact predicates of one page. Raises InputError without
    z3."""
    from kscan.predicates.needs import want_prover

    want_prover("kscan predicates --matrix")
    from kscan.predicates.matrix import matrix as decided

    with catalog_in(tree, kconfig, None, cache, progress) as catalog:
        return MatrixResult(str(catalog.tree.root), *decided(catalog), notes=catalog.notes)


def functions(
    tree: str, paths: Sequence[str] = (), *, kconfig: str | None = None, cache: bool = True, progress: Progress = SILENT
) -> FunctionsResult:
    """The functions that the files in ``paths`` (the whole tree when empty) define."""
    from kscan.link.named import defined_in

    with catalog_in(tree, kconfig, None, cache, progress) as catalog:
        found = tuple(defined_in(catalog, paths, not paths, progress))
        return FunctionsResult(str(catalog.tree.root), found, tuple(sorted(catalog.gaps)), catalog.notes)


def fixes(result: CheckResult, grade: Grade) -> Choice:
    """Which fixes of ``result`` up to ``grade`` can be made at once, and which have to wait."""
    from kscan.fix.choose import choose

    return choose(result.findings, grade)


def fix_diff(tree: str, choice: Choice) -> bytes:
    """The chosen fixes as one unified diff; empty when there are none.

    Raises InputError for a file that has changed since."""
    from kscan.fix.make import diff_of
    from kscan.source.tree import open_tree

    return diff_of(open_tree(tree), choice)


def fix_mail(tree: str, choice: Choice) -> bytes:
    """The chosen fixes as a mail for ``git am``; empty when there are none.

    Raises InputError for a file that has changed since, and when git does not know who the author is."""
    from kscan.fix.make import mail_of
    from kscan.source.tree import open_tree

    return mail_of(open_tree(tree), choice, rules())


def fix_files(tree: str, choice: Choice, *, force: bool = False) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Writes the chosen fixes, all or none; gives the paths of the files and remarks for people.

    Raises InputError for a file that has changed since, cannot be written, or, without ``force``, has changes that are
    not committed."""
    from kscan.fix.make import write_all
    from kscan.source.tree import open_tree

    return write_all(open_tree(tree), choice, force)


def rename(
    tree: str,
    target: str,
    new: str,
    *,
    jobs: int | None = None,
    cache: bool = True,
    progress: Progress = SILENT,
) -> RenameResult:
    """The symbol ``target`` (NAME or FILE:NAME) renamed to ``new`` over the whole tree; nothing is written.

    Raises InputError when the rename is refused.
    """
    from kscan.fix.rename.code import Read
    from kscan.fix.rename.plan import plan

    with catalog_in(tree, None, jobs, cache, progress) as catalog:
        read = Read(catalog.tree, catalog.index.files_defining, catalog.annotations, processes(jobs), progress)
        return plan(read, target, new)


def rename_diff(result: RenameResult) -> bytes:
    """A rename as one unified diff."""
    from kscan.fix.rename.make import diff_of

    return diff_of(result)


def rename_files(result: RenameResult, *, force: bool = False) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Writes the files of a rename, all or none; gives their paths, and remarks for people.

    Raises InputError, with nothing written, for a file that changed or cannot be written or, unless ``force``, that has
    changes which are not committed.
    """
    from kscan.fix.rename.make import write_all

    return write_all(result, force)


def dump(what: Literal["mask", "tree", "facts", "flow"], file: str, *, kconfig: str | None = None) -> bytes | str:
    """What a stage makes of one file, for whoever writes a rule. The file need not be in a kernel tree."""
    from kscan.link.dump import dumped

    return dumped(what, file, None if kconfig is None else options_in(kconfig))


def rules() -> tuple[Rule, ...]:
    """All rules, sorted by id."""
    from kscan.rules.registry import all_rules

    return all_rules()


def _entries(baseline: str) -> tuple[Entry, ...]:
    from kscan.rules.baseline import read

    return read(baseline)


def _program(catalog: Catalog) -> LinkedProgram:
    from kscan.link.program import LinkedProgram

    catalog.piecewise = True
    return LinkedProgram(catalog, catalog.fillings)


def _callers(program: LinkedProgram, callees: Sequence[Function]) -> tuple[tuple[Caller, ...], tuple[Gap, ...]]:
    found: dict[Span, Caller] = {}
    gaps: set[Gap] = set()
    for callee in callees:
        rows, missed = program.callers(callee)
        found.update({row.span: row for row in rows})
        gaps.update(missed)
    return tuple(found[span] for span in sorted(found)), tuple(sorted(gaps))
