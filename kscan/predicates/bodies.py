"""The functions of a file with their code: those written in it, and those that its macro invocations write."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import msgspec

from kscan.dialect.conditions import Conditions
from kscan.dialect.mask import mask
from kscan.facts.expansions import Expansion, expansions
from kscan.facts.extract import function_node
from kscan.facts.functions import functions
from kscan.facts.lower import lower_body
from kscan.facts.lower.place import moved
from kscan.link.catalog import Catalog
from kscan.model.code import Code
from kscan.model.facts import Function, Macro
from kscan.model.source import Source
from kscan.parse.parser import parse
from kscan.predicates.words import HEADS, NTH, PAGE_TYPES

_RETURNS = frozenset({"bool", "_Bool", "int"})


class Body(msgspec.Struct, frozen=True):
    """A function, its code, and the invocation that wrote it ("" when written by hand)."""

    function: Function
    code: Code
    invocation: str = ""


def has_signature(function: Function) -> bool:
    """Whether it takes a page or folio and returns bool or int."""
    return function.return_type in _RETURNS and any(PAGE_TYPES.match(param.type) for param in function.params)


def written(catalog: Catalog, path: str, names: Collection[str]) -> Iterator[Body]:
    """The functions called ``names`` that stand in the file at ``path``."""
    for function in catalog.facts(path).functions:
        if function.name in names and not function.via:
            code = catalog.code(function)
            if code is not None:
                yield Body(function, code)


def made(catalog: Catalog, path: str, macros: Mapping[str, Macro]) -> Iterator[Body]:
    """The functions with the signature of a predicate that the invocations of ``macros`` in the file at ``path`` write.

    Ways from page to page that the table knows stay as they are written."""
    source = catalog.source(path)
    if source is None:
        return
    kept = {name: macro for name, macro in macros.items() if name not in HEADS | NTH}
    for expansion in expansions(source, kept):
        yield from _bodies(expansion, path, catalog.annotations)


def _bodies(expansion: Expansion, path: str, annotations: frozenset[bytes]) -> Iterator[Body]:
    text = Source(path, expansion.text.encode())
    masked = mask(text.data, annotations)
    tree = parse(masked)
    if tree is None:
        return
    for function in functions(text, masked, tree, Conditions(text.data, ())):
        node = function_node(tree, function) if has_signature(function) else None
        body = node.child_by_field_name("body") if node is not None else None
        if body is not None:
            code = lower_body(body, function.params, masked, text.data)
            at, end = expansion.start, expansion.end
            here = msgspec.structs.replace(
                function, start=at, end=end, name_start=at, body_start=at, config=expansion.config, via=expansion.invocation
            )
            yield Body(here, moved(code, at, end), expansion.invocation)
