"""Who still calls a function that a patch takes away: such a tree does not build, and its author may not see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from kscan.dialect.conditions import Conditions
from kscan.dialect.scan import clean
from kscan.link.catalog import Catalog
from kscan.link.tables import tables_in
from kscan.model.facts import CallSite, Function
from kscan.model.finding import Step
from kscan.model.span import Span
from kscan.source.grep import mentions
from kscan.source.overlay import Overlay
from kscan.source.tree import C_SUFFIXES

if TYPE_CHECKING:
    from kscan.rules.against import Comparison

MAX_CALLS: Final = 20
"""Calls of one function that are told."""


def still_called(both: Comparison, gone: Sequence[Function]) -> Iterator[Step]:
    """The calls of what was ``gone``, the definitions of one function, where none is left that they can mean. A call
    that some configurations leave out, and a name that a macro may make, are no ground to say anything."""
    catalog, name = both.now.catalog, gone[0].name
    defining = catalog.index.files_defining(name)
    if any(_may_define(catalog, path, name) for path in defining) or _may_be_written(both, name):
        return
    shared = any(function.linkage != "static" for function in gone)
    files = catalog.mentioning(name) if shared else [one.file for one in gone if catalog.tree.exists(one.file)]
    for path in sorted(set(files)):
        if catalog.definitions(name, path):
            continue
        for number, (function, site) in enumerate(_calls(catalog, path, name)):
            if number == MAX_CALLS:
                break
            yield Step(Span(path, site.start, site.end), function.name, f"calls {name}()", "context")


def _may_define(catalog: Catalog, path: str, name: str) -> bool:
    """Whether the file, the text of which looks as if it defined ``name``, does: what was not read of it may. A
    declaration over several lines looks like that too."""
    facts = catalog.facts(path)
    names = {function.name for function in facts.functions}
    names.update(macro.name for macro in facts.macros)
    names.update(constant.name for constant in facts.constants)
    return name in names or any(gap.function in {"", name} for gap in facts.gaps)


def _may_be_written(both: Comparison, name: str) -> bool:
    """Whether the function may be there all the same: in a file that is not C, or made by a macro of part of its
    name."""
    tree, word = both.now.catalog.tree, name.encode(errors="surrogateescape")
    others = [path for path in tree.present if not path.endswith(C_SUFFIXES)] if isinstance(tree, Overlay) else []
    below = both.now.catalog.below or both.now.catalog
    if below.fillings.assembled(name) or any(mentions(tree.read(path), (word,)) for path in others):
        return True
    return any(part in word for part in both.newly_handed)


def _calls(catalog: Catalog, path: str, name: str) -> Iterator[tuple[Function, CallSite]]:
    """The calls of ``name`` in a file that every configuration has."""
    source = catalog.source(path)
    if source is None:
        return
    conditions, tables = Conditions(source.data, clean(source.data).directives), tables_in(catalog, path)
    for function in catalog.facts(path).functions:
        for site in function.calls if not function.config and not function.via else ():
            through = tables is not None and site.start in tables.calls  # a variable of this name
            if site.callee == name and not through and not conditions.at(site.start):
                yield function, site
