"""One file to its facts: mask, parse, repair what conditional lines cut, and collect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tree_sitter import Node, Tree

from kscan.dialect.conditions import Conditions, Group, blank, groups
from kscan.dialect.mask import mask
from kscan.dialect.scan import clean, depth_at
from kscan.facts.constants import constants, includes, macros
from kscan.facts.expansions import Expansion, expansions, functions_of, gaps_of
from kscan.facts.functions import function_node, functions
from kscan.model.facts import FileFacts, Function, Macro
from kscan.model.gap import Gap
from kscan.model.source import Source
from kscan.parse.parser import parse
from kscan.parse.queries import captures

__all__ = ["Expansion", "Parsed", "expansions", "extract", "function_node", "tree_of"]

_ROUNDS = 2
_NO_MACROS: Mapping[str, Macro] = {}


class Parsed(NamedTuple):
    """The masked bytes and their tree; None when there is none, and ``gaps`` say why.

    ``gaps`` also name the conditional lines of which only the first branch was kept."""

    masked: bytes
    tree: Tree | None
    gaps: tuple[Gap, ...] = ()


def tree_of(source: Source, *, extra: frozenset[bytes] = frozenset(), kconfig: Mapping[str, str] | None = None) -> Parsed:
    """Mask and parse a file. Where ``#if`` lines cut a statement in two, a second try keeps their first branch only."""
    if b"\0" in source.data:
        return Parsed(b"", None, (Gap(source.path, -1, "parse", "", "binary content"),))
    masked = mask(source.data, extra, kconfig)
    tree = parse(masked)
    if tree is None:
        return Parsed(masked, None, (Gap(source.path, -1, "parse", "", "the parser did not come to an end"),))
    return _repaired(source, masked, tree)


def _repaired(source: Source, masked: bytes, tree: Tree) -> Parsed:
    flattened: list[Group] = []
    for _ in range(_ROUNDS):
        errors = captures("facts/errors", tree.root_node).get("error", []) if tree.root_node.has_error else []
        cutting = _cutting(masked, errors) if errors else []
        if not cutting:
            break
        candidate = _first_branches(masked, cutting)
        again = parse(candidate)
        if again is None:
            break
        masked, tree = candidate, again
        flattened += cutting
    gaps = (Gap(source.path, group.start, "parse", "", _kept(group)) for group in flattened)
    return Parsed(masked, tree, tuple(sorted(gaps)))


def _kept(group: Group) -> str:
    condition = group.branches[0].condition.decode("utf-8", "replace")
    return f"#if {condition[:80]} cuts a statement: only its first branch is analysed"


def _cutting(masked: bytes, errors: Sequence[Node]) -> list[Group]:
    """The groups inside braces that an ERROR or MISSING node touches, outermost only."""
    skeleton = clean(masked)
    found: list[Group] = []
    for group in sorted(groups(masked, skeleton.directives), key=lambda one: one.start):
        outer = bool(found) and found[-1].end > group.start
        if not outer and _touched(group, errors) and depth_at(skeleton.text, group.start) > 0:
            found.append(group)
    return found


def _touched(group: Group, errors: Sequence[Node]) -> bool:
    return any(node.start_byte <= group.end + 1 and node.end_byte >= group.start - 1 for node in errors)


def _first_branches(masked: bytes, cutting: Sequence[Group]) -> bytes:
    data = bytearray(masked)
    for group in cutting:
        first = group.branches[0]
        blank(data, [(first.line.start, first.line.end), (first.end, group.end)])
    return bytes(data)


def extract(
    source: Source,
    *,
    macros: Mapping[str, Macro] = _NO_MACROS,
    extra: frozenset[bytes] = frozenset(),
    kconfig: Mapping[str, str] | None = None,
) -> FileFacts:
    """The facts of one file. ``macros`` are the function-like macros of the tree; those of the file itself come first.

    A file that is binary or does not parse in bounded time has no facts but a gap."""
    parsed = tree_of(source, extra=extra, kconfig=kconfig)
    if parsed.tree is None:
        return FileFacts(source.path, gaps=parsed.gaps)
    return _facts(source, parsed, parsed.tree, macros, extra)


def _facts(
    source: Source, parsed: Parsed, tree: Tree, known: Mapping[str, Macro], extra: frozenset[bytes]
) -> FileFacts:
    own = tuple(macros(source.data, tree))
    conditions = Conditions(source.data, clean(source.data).directives)
    written = tuple(functions(source, parsed.masked, tree, conditions))
    expanded = expansions(source, {**known, **{macro.name: macro for macro in reversed(own)}})
    made = [function for one in expanded for function in functions_of(one, source, extra)]
    return FileFacts(
        path=source.path,
        functions=tuple(sorted([*written, *made], key=lambda function: function.start)),
        constants=tuple(constants(source.data, tree)),
        macros=own,
        includes=tuple(includes(source.data, tree)),
        gaps=tuple(sorted([*_named(parsed.gaps, written), *_broken(written), *gaps_of(expanded, source)])),
    )


def _named(gaps: Sequence[Gap], written: Sequence[Function]) -> Iterator[Gap]:
    """The gaps with the name of the function they stand in."""
    for gap in gaps:
        name = next((one.name for one in written if one.start <= gap.start < one.end), "")
        yield Gap(gap.file, gap.start, gap.stage, name, gap.reason)


def _broken(written: Sequence[Function]) -> Iterator[Gap]:
    for one in written:
        if one.errors:
            yield Gap(one.file, one.start, "parse", one.name, f"{one.errors} places that the grammar does not know")
