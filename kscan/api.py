"""The story on one screen: open source, mask, parse, extract, summarize, link, check, result."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from kscan.model.error import InputError, during
from kscan.model.progress import SILENT, Progress
from kscan.model.result import (
    CallersResult,
    CheckResult,
    FlowResult,
    FunctionReturns,
    FunctionsResult,
    PredicatesResult,
    ReturnsResult,
)
from kscan.model.span import Span

if TYPE_CHECKING:
    from kscan.link.catalog import Catalog
    from kscan.link.program import LinkedProgram
    from kscan.model.facts import Function
    from kscan.model.flow import Caller
    from kscan.model.gap import Gap
    from kscan.rules.rule import Rule


def check(
    tree: str,
    paths: Sequence[str] = (),
    *,
    everything: bool = False,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    contracts: Sequence[str] = (),
    kconfig: str | None = None,
    jobs: int | None = None,
    cache: bool = True,
    progress: Progress = SILENT,
) -> CheckResult:
    """The findings of the selected rules over ``paths``, and the contracts' verdicts.

    Without ``paths``, what the contracts concern and reach is checked.

    Raises InputError for bad usage or input.
    """
    from kscan.contracts.reader import in_force
    from kscan.rules import run as checking
    from kscan.rules.registry import select as chosen

    selected = chosen(rules(), select, ignore)
    promised = in_force([Path(name) for name in contracts])
    with _catalog(tree, kconfig, jobs, cache, progress) as catalog:
        key = checking.key_of(catalog, paths, everything, selected, promised)
        known = checking.stored(catalog, key)
        if known is not None:
            return known
        result = checking.run(catalog, paths, everything, selected, promised, progress)
        checking.keep(catalog, key, result)
        return result


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
    from kscan.link.ask import context_of, definitions_of

    with _catalog(tree, kconfig, None, cache, progress) as catalog:
        program = _program(catalog)
        found = definitions_of(catalog, function)
        sets = tuple(program.returns(f, context_of(catalog, f, arguments)) for f in found)
        return FlowResult(str(catalog.tree.root), sets, catalog.notes)


def callers(
    tree: str, function: str, *, kconfig: str | None = None, cache: bool = True, progress: Progress = SILENT
) -> CallersResult:
    """The call sites of ``function``, what can arrive at each, and what becomes of it.

    Raises InputError for an unknown function.
    """
    from kscan.link.ask import definitions_of

    with _catalog(tree, kconfig, None, cache, progress) as catalog:
        program = _program(catalog)
        found, missed = _callers(program, definitions_of(catalog, function))
        unread = {gap for gap in catalog.gaps if gap.stage == "read"}  # a call may stand there
        gaps = tuple(sorted(unread.union(missed)))
        return CallersResult(str(catalog.tree.root), function, found, gaps, catalog.notes)


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

    with _catalog(tree, kconfig, None, cache, progress) as catalog:
        program = _program(catalog)
        functions, _ = in_files(catalog, paths, not paths, progress)
        wanted = [f for f in functions if f.return_type != "void"]
        progress.stage("link", len(wanted))
        rows = tuple(_returned(program, f, progress) for f in wanted)
        return ReturnsResult(str(catalog.tree.root), rows, tuple(sorted(catalog.gaps)), catalog.notes)


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


def functions(
    tree: str, paths: Sequence[str] = (), *, kconfig: str | None = None, cache: bool = True, progress: Progress = SILENT
) -> FunctionsResult:
    """The functions that the files in ``paths`` (the whole tree when empty) define, as facts."""
    from kscan.rules.run import in_files

    with _catalog(tree, kconfig, None, cache, progress) as catalog:
        found, _ = in_files(catalog, paths, not paths, progress)
        return FunctionsResult(str(catalog.tree.root), found, tuple(sorted(catalog.gaps)), catalog.notes)


def dump(what: Literal["mask", "tree", "facts", "flow"], file: str, *, kconfig: str | None = None) -> bytes | str:
    """What a stage makes of one file, for whoever writes a rule. The file need not be in a kernel tree."""
    from kscan.link.dump import dumped

    return dumped(what, file, None if kconfig is None else _options(kconfig))


def rules() -> tuple[Rule, ...]:
    """All rules, sorted by id."""
    from kscan.rules.registry import all_rules

    return all_rules()


def _program(catalog: Catalog) -> LinkedProgram:
    from kscan.link.program import LinkedProgram

    return LinkedProgram(catalog)


def _callers(program: LinkedProgram, callees: Sequence[Function]) -> tuple[tuple[Caller, ...], tuple[Gap, ...]]:
    found: dict[Span, Caller] = {}
    gaps: set[Gap] = set()
    for callee in callees:
        rows, missed = program.callers(callee)
        found.update({row.span: row for row in rows})
        gaps.update(missed)
    return tuple(found[span] for span in sorted(found)), tuple(sorted(gaps))


@contextmanager
def _catalog(tree: str, kconfig: str | None, jobs: int | None, cache: bool, progress: Progress) -> Iterator[Catalog]:
    """The tree opened, its index brought up to date, and the store closed again whatever happens."""
    from kscan.facts.names import NameIndex
    from kscan.facts.store import open_store
    from kscan.link.catalog import Catalog
    from kscan.source.tree import open_tree

    working = open_tree(tree)
    options = None if kconfig is None else _options(kconfig)
    with open_store(working.root, enabled=cache) as store:
        index = NameIndex(store)
        progress.stage("index", None)
        unread = index.refresh(working, _processes(jobs)).gaps
        catalog = Catalog(working, store, index, options)
        catalog.gaps.update(unread)
        yield catalog
        store.commit()


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
