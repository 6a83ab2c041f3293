"""What the PATHs of a command line name: the files of a tree, and the functions in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kscan.link.catalog import Catalog
from kscan.model.error import during
from kscan.model.facts import Function
from kscan.model.gap import Gap
from kscan.model.progress import Progress
from kscan.model.result import DefinedFunction
from kscan.source.tree import NOT_KERNEL, FileStat


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


def _files(catalog: Catalog, paths: Sequence[str], everything: bool) -> list[FileStat]:
    tree = catalog.tree
    if everything:
        return list(tree.files(skip=NOT_KERNEL))
    unread: list[Gap] = []
    found = list(tree.files([tree.resolve(path) for path in paths], gaps=unread))
    catalog.gaps.update(unread)
    return found
