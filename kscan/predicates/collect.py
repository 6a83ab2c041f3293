"""The page predicates of a tree as rows: what each is in terms of others, and in terms of bits and types."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kscan.link.catalog import Catalog
from kscan.model.code import Do, Opaque, Ret, Set, Test
from kscan.model.gap import Gap
from kscan.model.regex import regex
from kscan.model.result import Predicate
from kscan.model.span import Span
from kscan.predicates import formula as f
from kscan.predicates.definitions import Definition, Definitions
from kscan.predicates.expanding import Expanding
from kscan.predicates.spelling import COMPARED, spell

_ARGUMENTS = regex(r"\((.*)\)\s*\Z", re.DOTALL)
_ADDRESSED = regex(r"&\s*(\w+)\s*\(")


def predicates(catalog: Catalog) -> tuple[tuple[Predicate, ...], tuple[Gap, ...]]:
    """All page predicates of the tree, sorted by name and place, and what could not be read on the way.

    The name index is not asked: headers and memory management are searched as text first."""
    known = Definitions(catalog)
    found = definitions(known)
    expanding = Expanding(known)
    rows = sorted((_row(one, known, expanding) for one in found), key=lambda row: (row.name, row.span))
    return tuple(rows), gaps(catalog, known, {(row.span.file, row.name) for row in rows})


def definitions(known: Definitions) -> list[Definition]:
    """Every definition of every name that is a predicate."""
    found: dict[tuple[str, int, str], Definition] = {}
    for path in known.scanned:
        for name in known.bodies(path):
            for one in known.variants(name, path):
                function = one.body.function
                found[function.file, function.body_start, function.name] = one
    return list(found.values())


def _row(one: Definition, known: Definitions, expanding: Expanding) -> Predicate:
    function = one.body.function
    expanded = expanding.expanded(one.formula)
    opaque = tuple(dict.fromkeys(map(spell, _opaque(expanded))))
    used = {leaf.name for leaf in f.atoms(one.formula) if isinstance(leaf, f.Ref)}
    return Predicate(
        name=function.name,
        params=tuple(param.name for param in function.params),
        kind=_kind(one.formula),
        policy=_policy(one, known),
        formula=spell(one.formula),
        expanded=spell(expanded),
        exact=not opaque,
        opaque=opaque,
        uses=tuple(sorted(used.union(one.calls))),
        config=_config(one, known),
        made_by=one.body.invocation,
        span=Span(function.file, function.start, function.end),
    )


def _opaque(formula: f.Formula) -> Iterator[f.Formula]:
    """The opaque leaves, a comparison the way round that the formula shows."""
    for leaf in f.literals(formula):
        bare = leaf.part if isinstance(leaf, f.Not) else leaf
        if isinstance(bare, f.Opaque):
            yield leaf if bare.level == COMPARED else bare


def _kind(formula: f.Formula) -> str:
    if isinstance(formula, f.Const):
        return "constant"
    return {f.Bit: "flag", f.Type: "type"}.get(type(formula), "derived")


def _policy(one: Definition, known: Definitions) -> str:
    """The macro that says which page a flag lives on: an argument of the invocation, or what the bit test applies."""
    if not any(isinstance(leaf, f.Bit) for leaf in f.atoms(one.formula)):
        return ""
    listed = _ARGUMENTS.search(one.body.invocation)
    words = [word.strip() for word in listed[1].split(",")] if listed else _applied(one)
    return next((word for word in words if word in known.macros or word in known.policies), "")


def _applied(one: Definition) -> list[str]:
    """The macros whose result's member the body takes the address of."""
    found: list[str] = []
    for instr in one.body.code.instrs:
        value = instr.cond if isinstance(instr, Test) else instr.value if isinstance(instr, Ret | Set | Do) else None
        for arg in getattr(value, "args", ()):
            if isinstance(arg, Opaque):
                found += _ADDRESSED.findall(arg.text)
    return found


def _config(one: Definition, known: Definitions) -> tuple[str, ...]:
    """The conditions around a definition, without those that hold all over its file (an include guard)."""
    function = one.body.function
    everywhere = known.conditions(function.file)
    return tuple(condition for condition in function.config if condition not in everywhere)


def gaps(catalog: Catalog, known: Definitions, names: set[tuple[str, str]]) -> tuple[Gap, ...]:
    """What was not read: files, functions of the headers that count here, and macros that stand for a predicate.
    ``names`` are the files and names of the predicates."""
    met = {one for one in catalog.gaps if one.stage == "read" or (one.file, one.function) in names}
    met |= {one for one in catalog.gaps if one.file in known.headers}
    return tuple(sorted(met | set(_unread(known))))


def _unread(known: Definitions) -> Iterator[Gap]:
    for path in known.headers:
        for macro in known.facts(path).macros:
            if known.named(macro.name, path):
                yield Gap(path, macro.start, "summarize", macro.name, "a macro in one configuration: not read")
        for name, bodies in known.bodies(path).items():
            for body in bodies:
                if known.is_unread(body):
                    yield Gap(path, body.function.start, "summarize", name, "no formula over bits, types and members")
