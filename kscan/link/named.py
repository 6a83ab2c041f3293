"""What the PATHs of a command line name: the files of a tree, and the functions in them."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from typing import Final

from kscan.link.catalog import Catalog
from kscan.link.program import LinkedProgram
from kscan.model.error import during
from kscan.model.facts import Function
from kscan.model.gap import Gap
from kscan.model.progress import Progress
from kscan.model.result import DefinedFunction, FunctionReturns
from kscan.model.span import Span
from kscan.source.tree import NOT_KERNEL, FileStat

MOST_HELD: Final = 60_000
"""Summaries held at a time when the functions of a whole tree are linked: some 2 GB."""


def in_files(
    catalog: Catalog, paths: Sequence[str], everything: bool, progress: Progress
) -> tuple[tuple[Function, ...], frozenset[str]]:
    """The functions in the files that ``paths`` name, or in all kernel code, and those files.

    Raises InputError for a path that there is not, or that leaves the tree."""
    stats = _files(catalog, paths, everything)
    progress.stage("read", len(stats))
    scope: list[Function] = []
    for stat in stats:
        with during("reading", stat.path):
            scope.extend(catalog.facts(stat.path).functions)
        progress.advance()
    return tuple(scope), frozenset(stat.path for stat in stats)


def defined_in(
    catalog: Catalog, paths: Sequence[str], everything: bool, progress: Progress
) -> Iterator[DefinedFunction]:
    """What ``in_files`` gives, but nothing is held of a file that was gone through.

    Raises InputError as that does."""
    stats = _files(catalog, paths, everything)
    progress.stage("read", len(stats))
    for stat in stats:
        with during("reading", stat.path):
            functions = catalog.passing_facts(stat.path).functions
        yield from (DefinedFunction(one.file, one.name_start, one.name, one.errors) for one in functions)
        progress.advance()


def returned_in(
    catalog: Catalog, paths: Sequence[str], everything: bool, progress: Progress
) -> Iterator[FunctionReturns]:
    """The return set of every function that returns something in the files that ``paths`` name, or in all kernel code.
    When much is held, the rest begins anew: what is below both is linked twice, and memory is bounded.

    Raises InputError as ``in_files`` does."""
    stats = _files(catalog, paths, everything)
    progress.stage("link", len(stats))
    part = catalog.anew()
    program = LinkedProgram(part, part.fillings)
    for stat in stats:
        with during("reading", stat.path):
            functions = part.passing_facts(stat.path).functions
        for function in functions:
            if function.return_type != "void":
                yield _returned(program, function)
        catalog.gaps.update(part.gaps)
        if part.held > MOST_HELD:
            part = catalog.anew()
            program = LinkedProgram(part, part.fillings)
            gc.collect()  # what was held speaks of itself in circles
        progress.advance()


def _returned(program: LinkedProgram, function: Function) -> FunctionReturns:
    with during(f"linking {function.name}()", function.file):
        closed, values = program.values(function)
    span = Span(function.file, function.name_start, function.name_start + len(function.name))
    return FunctionReturns(function.name, span, closed, values)


def _files(catalog: Catalog, paths: Sequence[str], everything: bool) -> list[FileStat]:
    tree = catalog.tree
    if everything:
        return list(tree.files(skip=NOT_KERNEL))
    unread: list[Gap] = []
    found = list(tree.files([tree.resolve(path) for path in paths], gaps=unread))
    catalog.gaps.update(unread)
    return found
