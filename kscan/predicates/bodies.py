"""The functions of a file with their code: those written in it, and those that its macro invocations write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from kscan.dialect.conditions import inactive
from kscan.dialect.scan import clean
from kscan.facts.expansions import Expansion, expansions
from kscan.facts.extract import extract, tree_of
from kscan.facts.lower.place import moved
from kscan.facts.variants import bodies
from kscan.link.catalog import Catalog
from kscan.model.code import Code
from kscan.model.facts import FileFacts, Function, Macro
from kscan.model.source import Source
from kscan.predicates.words import PAGE_TYPES

Kconfig = Mapping[str, str]
_RETURNS = frozenset({"bool", "_Bool", "int"})


class Body(msgspec.Struct, frozen=True):
    """A function, its code, and the invocation that wrote it ("" when written by hand)."""

    function: Function
    code: Code
    invocation: str = ""


def has_signature(function: Function) -> bool:
    """Whether it takes a page or folio, no pointer to anything else, and returns bool or int."""
    pages = [bool(PAGE_TYPES.match(param.type)) for param in function.params]
    others = (param.type for param, page in zip(function.params, pages, strict=True) if not page)
    return function.return_type in _RETURNS and any(pages) and not any("*" in kind or "[" in kind for kind in others)


def written(source: Source, annotations: frozenset[bytes], kconfig: Kconfig | None) -> tuple[FileFacts, list[Body]]:
    """The facts of ``source``, and the functions with the signature of a predicate that stand in it."""
    facts = extract(source, extra=annotations, kconfig=kconfig)
    parsed = tree_of(source, extra=annotations, kconfig=kconfig)
    found: list[Body] = []
    for function in facts.functions:
        ways = bodies(parsed, function) if has_signature(function) and not function.via else ()
        if len(ways) == 1:
            found.append(Body(function, ways[0].code(function, source.data)))
    return facts, found


def made(catalog: Catalog, path: str, macros: Mapping[str, Macro]) -> Iterator[Body]:
    """The functions with the signature of a predicate that the invocations of ``macros`` in the file at ``path`` write.

    Other macros in what they write are left for the evaluation: one may have a name that a function has elsewhere."""
    source = catalog.source(path)
    if source is None:
        return
    left_out = inactive(source.data, clean(source.data).directives, catalog.kconfig)
    for expansion in expansions(source, macros):
        if not expansion.headed and not any(start <= expansion.start < end for start, end in left_out):
            yield from _bodies(expansion, path, catalog.annotations)


def _bodies(expansion: Expansion, path: str, annotations: frozenset[bytes]) -> Iterator[Body]:
    for body in written(Source(path, expansion.text.encode()), annotations, None)[1]:
        code = moved(body.code, expansion.start, expansion.end)
        yield Body(_here(body.function, expansion), code, expansion.invocation)


def _here(function: Function, expansion: Expansion) -> Function:
    """``function`` with its offsets at the invocation."""
    at = expansion.start
    return msgspec.structs.replace(
        function,
        start=at,
        end=expansion.end,
        name_start=at,
        body_start=at,
        config=expansion.config,
        via=expansion.invocation,
    )
