"""The story on one screen: open source, mask, parse, extract, summarize, link, check, result."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

from kscan.model.edit import Grade
from kscan.model.error import InputError, during
from kscan.model.flow import Caller, ReturnSet
from kscan.model.gap import Gap
from kscan.model.progress import SILENT, Progress
from kscan.model.proof import MatrixResult, ProofResult, Relation
from kscan.model.result import (
    CallersResult,
    CheckResult,
    FlowResult,
    FunctionReturns,
    FunctionsResult,
    IndexResult,
    PredicatesResult,
    ReturnsResult,
)
from kscan.model.span import Span

if TYPE_CHECKING:
    from kscan.facts.names import NameIndex
    from kscan.facts.store import Store
    from kscan.fix.choose import Choice
    from kscan.index.engine import Engine
    from kscan.link.catalog import Catalog
    from kscan.link.program import LinkedProgram
    from kscan.model.facts import Function
    from kscan.model.rename import RenameResult
    from kscan.model.review import ReviewResult
    from kscan.model.standing import Entry
    from kscan.rules.rule import Rule
    from kscan.source.look import Look
    from kscan.source.tree import Tree, WorkingTree

T = TypeVar("T")


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
        before = None if against is None else _before(catalog, against, progress)
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

    with _begun(tree, cache) as begun:
        return _answered(begun, kconfig, jobs, progress, found)


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
    with _begun(tree, cache) as begun:
        series = read_series(begun.tree, patches, stdin) if staged is None else in_index(begun.tree, staged)
        applied = apply_series(begun.tree, series, base)
        with _catalog_of(begun, kconfig, jobs, progress) as catalog:
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
    with _begun(tree, cache) as begun:
        known, _ = (None, ()) if kconfig else begun.recalled(shape, function, *parts)
        if known is not None:
            return FlowResult(str(begun.tree.root), known, begun.store.notes)
        from kscan.link.ask import context_of, definitions_of

        def found(catalog: Catalog) -> FlowResult:
            def sets() -> tuple[ReturnSet, ...]:
                program = _program(catalog)
                named = definitions_of(catalog, function)
                return tuple(program.returns(f, context_of(catalog, f, arguments)) for f in named)

            made = remembered(catalog, begun.key(catalog, function, *parts), shape, sets)
            return FlowResult(str(begun.tree.root), made, catalog.notes)

        return _answered(begun, kconfig, None, progress, found)


def callers(
    tree: str, function: str, *, kconfig: str | None = None, cache: bool = True, progress: Progress = SILENT
) -> CallersResult:
    """The call sites of ``function``, what can arrive at each, and what becomes of it.

    Raises InputError for an unknown function.
    """
    from kscan.link.remember import remembered

    shape = tuple[tuple[Caller, ...], tuple[Gap, ...]]
    with _begun(tree, cache) as begun:
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

        return _answered(begun, kconfig, None, progress, found)


def index(tree: str, *, jobs: int | None = None, engine: str | None = None, progress: Progress = SILENT) -> IndexResult:
    """Work out every file of the tree ahead, or what changed since that was done. ``engine`` is ``dask=ADDRESS`` for a
    cluster, None for ``jobs`` processes here.

    Raises InputError when there is no tree, no such cluster, or no room for the index.
    """
    from kscan.index.build import Opened
    from kscan.index.make import make
    from kscan.index.status import evict, result_of
    from kscan.link.catalog import Catalog

    with _begun(tree, True) as begun:
        _refreshed(begun, jobs, progress)
        opened = Opened(begun.tree, begun.store, begun.names)
        state = make(Catalog(*opened), opened, _engine(engine, jobs), progress)
        evicted = evict(begun.store.path)
        return result_of(begun.store, str(begun.tree.root), state, begun.store.notes, evicted)


def index_status(tree: str) -> IndexResult:
    """What there is of an index of the tree; nothing is read of the tree's files.

    Raises InputError when there is no tree."""
    from kscan.facts.store import open_store
    from kscan.index.state import state_of
    from kscan.index.status import result_of
    from kscan.source.tree import open_tree

    working = open_tree(tree)
    with open_store(working.root) as store:
        return result_of(store, str(working.root), state_of(store), store.notes)


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
    """The return set of every function in ``paths`` (the whole tree when empty) that returns something."""
    from kscan.rules.run import in_files

    def found(catalog: Catalog) -> ReturnsResult:
        program = _program(catalog)
        functions, _ = in_files(catalog, paths, not paths, progress)
        wanted = [f for f in functions if f.return_type != "void"]
        progress.stage("link", len(wanted))
        rows = tuple(_returned(program, f, progress) for f in wanted)
        return ReturnsResult(str(catalog.tree.root), rows, tuple(sorted(catalog.gaps)), catalog.notes)

    with _begun(tree, cache) as begun:
        return _answered(begun, kconfig, None, progress, found)


def _returned(program: LinkedProgram, function: Function, progress: Progress) -> FunctionReturns:
    progress.advance()
    with during(f"linking {function.name}()", function.file):
        closed, values = program.values(function)
    span = Span(function.file, function.name_start, function.name_start + len(function.name))
    return FunctionReturns(function.name, span, closed, values)


def predicates(
    tree: str, *, kconfig: str | None = None, cache: bool = True, progress: Progress = SILENT
) -> PredicatesResult:
    """The page predicates of the tree as formulas over flags and types."""
    from kscan.predicates.collect import predicates as collected

    with _catalog(tree, kconfig, None, cache, progress) as catalog:
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

    with _catalog(tree, kconfig, None, cache, progress) as catalog:
        return ProofResult(str(catalog.tree.root), proved(catalog, left, relation, right), notes=catalog.notes)


def matrix(tree: str, *, kconfig: str | None = None, cache: bool = True, progress: Progress = SILENT) -> MatrixResult:
    """Who excludes, implies and equals whom among the tree's exact predicates of one page. Raises InputError without
    z3."""
    from kscan.predicates.needs import want_prover

    want_prover("kscan predicates --matrix")
    from kscan.predicates.matrix import matrix as decided

    with _catalog(tree, kconfig, None, cache, progress) as catalog:
        return MatrixResult(str(catalog.tree.root), *decided(catalog), notes=catalog.notes)


def functions(
    tree: str, paths: Sequence[str] = (), *, kconfig: str | None = None, cache: bool = True, progress: Progress = SILENT
) -> FunctionsResult:
    """The functions that the files in ``paths`` (the whole tree when empty) define, as facts."""
    from kscan.rules.run import in_files

    with _catalog(tree, kconfig, None, cache, progress) as catalog:
        found, _ = in_files(catalog, paths, not paths, progress)
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

    with _catalog(tree, None, jobs, cache, progress) as catalog:
        read = Read(catalog.tree, catalog.index.files_defining, catalog.annotations, _processes(jobs), progress)
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

    return dumped(what, file, None if kconfig is None else _options(kconfig))


def rules() -> tuple[Rule, ...]:
    """All rules, sorted by id."""
    from kscan.rules.registry import all_rules

    return all_rules()


def _entries(baseline: str) -> tuple[Entry, ...]:
    from kscan.rules.baseline import read

    return read(baseline)


def _program(catalog: Catalog) -> LinkedProgram:
    from kscan.link.program import LinkedProgram

    return LinkedProgram(catalog, catalog.fillings)


def _callers(program: LinkedProgram, callees: Sequence[Function]) -> tuple[tuple[Caller, ...], tuple[Gap, ...]]:
    found: dict[Span, Caller] = {}
    gaps: set[Gap] = set()
    for callee in callees:
        rows, missed = program.callers(callee)
        found.update({row.span: row for row in rows})
        gaps.update(missed)
    return tuple(found[span] for span in sorted(found)), tuple(sorted(gaps))


class _Begun(NamedTuple):
    """A tree, its store, and its names as they were; a look at its files is under way where anything is kept."""

    tree: WorkingTree
    store: Store
    names: NameIndex
    beside: Look | None

    def key(self, catalog: Catalog, function: str, *parts: object) -> str:
        """Under what an answer about ``function`` (NAME or FILE:NAME) is kept; "" when it cannot be."""
        from kscan.link.remember import key_of

        return key_of(catalog, self._files_named(function), *parts)

    def _files_named(self, function: str) -> tuple[str, ...]:
        file, colon, _ = function.rpartition(":")
        return (self.tree.resolve(file),) if colon else ()

    def recalled(self, shape: Any, function: str, *parts: object) -> tuple[Any, tuple[Gap, ...]]:
        """The answer about ``function`` that is kept of the tree as it is, and what cannot be read of the tree; None
        when there is none."""
        from kscan.facts.fingerprint import fingerprint
        from kscan.index.state import state_of
        from kscan.link.remember import key_in, recalled

        if self.beside is None:
            return None, ()
        indexed = state_of(self.store) is not None  # it is brought up to date by whoever finds it
        key = key_in(self.names.assumed(), fingerprint(), indexed, self._files_named(function), *parts)
        known = recalled(self.store, key, shape)
        if known is None or not self.names.is_of(self.beside.seen()):
            return None, ()
        return known, self.beside.seen().gaps


@contextmanager
def _begun(tree: str, cache: bool) -> Iterator[_Begun]:
    """A tree opened, and its store, which is closed again whatever happens."""
    from kscan.facts.names import NameIndex, looking
    from kscan.facts.store import open_store
    from kscan.source.tree import open_tree

    working = open_tree(tree)
    with (
        looking(working) if cache else nullcontext() as beside,  # before the store: another process must not hold it
        open_store(working.root, enabled=cache) as store,
    ):
        yield _Begun(working, store, NameIndex(store), beside)


@contextmanager
def _catalog(tree: str, kconfig: str | None, jobs: int | None, cache: bool, progress: Progress) -> Iterator[Catalog]:
    """The tree opened, its index brought up to date, and the store closed again whatever happens."""
    with _begun(tree, cache) as begun, _catalog_of(begun, kconfig, jobs, progress) as catalog:
        yield catalog


@contextmanager
def _catalog_of(begun: _Begun, kconfig: str | None, jobs: int | None, progress: Progress) -> Iterator[Catalog]:
    """The catalog of what was begun, with its index brought up to date; what is worked out with it is kept."""
    from kscan.index.attach import attach
    from kscan.link.catalog import Catalog

    options = None if kconfig is None else _options(kconfig)
    unread = _refreshed(begun, jobs, progress)
    catalog = Catalog(begun.tree, begun.store, begun.names, options)
    catalog.gaps.update(unread)
    if begun.beside is not None and kconfig is None:
        attach(catalog, begun.tree, begun.store, begun.names, _processes(jobs), progress)
    yield catalog
    begun.store.commit()


def _answered(
    begun: _Begun, kconfig: str | None, jobs: int | None, progress: Progress, ask: Callable[[Catalog], T]
) -> T:
    """What ``ask`` makes of the catalog of what was begun."""
    from kscan.link.remember import RESULT

    with _catalog_of(begun, kconfig, jobs, progress) as catalog:
        before = begun.store.losses
        result = ask(catalog)
        if catalog.indexed is None or begun.store.losses == before:
            return result
        begun.store.forget(RESULT)
    with _catalog_of(begun, kconfig, jobs, progress) as catalog:  # the index was damaged: none of what it told counts
        return ask(catalog)


def _refreshed(begun: _Begun, jobs: int | None, progress: Progress) -> tuple[Gap, ...]:
    """The names brought up to the tree's files; gives what could not be read of it."""
    progress.stage("names", None)
    return begun.names.refresh(begun.tree, _processes(jobs), beside=begun.beside).gaps


def _engine(named: str | None, jobs: int | None) -> Engine:
    """Who reads the files. Raises InputError for an engine that there is not."""
    from kscan.index.engine import Pool

    if named is None:
        return Pool(_processes(jobs))
    kind, _, address = named.partition("=")
    if kind != "dask" or not address:
        raise InputError(f"--engine {named}: no such engine; 'dask=ADDRESS' names the scheduler of a cluster")
    from kscan.index.cluster import Cluster

    return Cluster(address)


def _before(catalog: Catalog, other: str, progress: Progress) -> Catalog:
    """The catalog of the tree compared with; what is worked out for it is not kept."""
    from kscan.link.overlaid import overlaid
    from kscan.source.revision import other_tree
    from kscan.source.tree import open_tree

    progress.stage("compare", None)
    return overlaid(catalog, other_tree(open_tree(catalog.tree.root), other))


def _options(path: str) -> Mapping[str, str]:
    from kscan.dialect.kconfig import read_kconfig
    from kscan.source.tree import MAX_BYTES

    try:
        with Path(path).open("rb") as file:  # a pipe will do, as in --kconfig <(zcat config.gz)
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; name a readable .config file") from None
    if len(data) > MAX_BYTES or b"\0" in data:
        raise InputError(f"{path}: binary or too large for a kernel configuration; name a .config file")
    try:
        return read_kconfig(data.decode("utf-8", "replace"))
    except InputError as mistake:
        raise InputError(f"{path}: {mistake}") from None


def _processes(jobs: int | None) -> int:
    # More than eight wait for the disk and for the one process that collects.
    return jobs or min(8, os.cpu_count() or 1)
