"""One file to its facts: mask, parse, repair what conditional lines cut, and collect."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tree_sitter import Node, Tree

from kscan.dialect.conditions import Conditions, Group, blank, groups
from kscan.dialect.mask import mask
from kscan.dialect.scan import Clean, clean, depth_at
from kscan.facts.constants import defined, definitions, enumerators
from kscan.facts.expansions import Expansion, expansions, functions_of, gaps_of
from kscan.facts.functions import QUERIES, Captured, function_node, functions
from kscan.model.facts import Constant, FileFacts, Function, Macro
from kscan.model.gap import Gap
from kscan.model.source import Source
from kscan.parse.parser import parse
from kscan.parse.queries import captures

__all__ = ["Expansion", "Parsed", "expansions", "extract", "function_node", "tree_of"]

_ROUNDS = 2
_NO_MACROS: Mapping[str, Macro] = {}
_NO_TEXT = Clean(b"", ())
_BLANKS = re.compile(rb"\s*+")
_STRUCTURE = re.compile(rb"#[ \t]*(?:if|ifdef|ifndef|elif|elifdef|elifndef|else|endif|include)\b")


class Parsed(NamedTuple):
    """The masked bytes and their tree; None when there is none, and ``gaps`` say why.

    ``gaps`` also name the conditional lines of which only the first branch was kept. ``skeleton`` is the lexical skeleton of
    the original."""

    masked: bytes
    tree: Tree | None
    gaps: tuple[Gap, ...] = ()
    skeleton: Clean = _NO_TEXT


def tree_of(source: Source, *, extra: frozenset[bytes] = frozenset(), kconfig: Mapping[str, str] | None = None) -> Parsed:
    """Mask and parse a file. Where ``#if`` lines cut a statement in two, a second try keeps their first branch only.

    The tree leaves out macro definitions: the grammar lets one with a comment in it run over into the code behind."""
    if b"\0" in source.data:
        return Parsed(b"", None, (Gap(source.path, -1, "parse", "", "binary content"),))
    skeleton = clean(source.data)
    masked = mask(source.data, extra, kconfig, skeleton)
    tree = parse(_code(masked, skeleton))
    if tree is None:
        reason = "the parser did not come to an end"
        return Parsed(masked, None, (Gap(source.path, -1, "parse", "", reason),), skeleton)
    return _repaired(source, Parsed(masked, tree, (), skeleton)) if tree.root_node.has_error else Parsed(masked, tree, (), skeleton)


def _code(masked: bytes, skeleton: Clean) -> bytes:
    """The masked text without the preprocessor lines that neither branch nor include."""
    data = bytearray(masked)
    blank(data, [line for line in skeleton.directives if not _STRUCTURE.match(masked, line.start)])
    return bytes(data)


def _repaired(source: Source, parsed: Parsed) -> Parsed:
    masked, tree = parsed.masked, parsed.tree
    flattened: list[Group] = []
    for _ in range(_ROUNDS):
        errors = captures(tree.root_node, "facts/errors").get("error", []) if tree else []
        cutting = _cutting(masked, parsed.skeleton, errors) if errors else []
        candidate = _first_branches(masked, cutting)
        again = parse(_code(candidate, parsed.skeleton)) if cutting else None
        if again is None:
            break
        masked, tree = candidate, again
        flattened += cutting
    gaps = (Gap(source.path, group.start, "parse", "", _kept(group)) for group in flattened)
    return Parsed(masked, tree, tuple(sorted(gaps)), parsed.skeleton)


def _kept(group: Group) -> str:
    condition = group.branches[0].condition.decode("utf-8", "replace")
    return f"#if {condition[:80]} cuts a statement: only its first branch is analysed"


def _cutting(masked: bytes, skeleton: Clean, errors: Sequence[Node]) -> list[Group]:
    """The groups inside braces that an ERROR or MISSING node touches, outermost only."""
    spans = [(node.start_byte, _BLANKS.match(masked, node.end_byte)) for node in errors]
    touched = [(start, blanks.end() if blanks else start) for start, blanks in spans]
    found: list[Group] = []
    for group in sorted(groups(masked, skeleton.directives), key=lambda one: one.start):
        outer = bool(found) and found[-1].end > group.start
        touches = any(start <= group.end + 1 and end >= group.start for start, end in touched)
        if not outer and touches and depth_at(skeleton.text, group.start) > 0:
            found.append(group)
    return found


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
    found = captures(parsed.tree.root_node, *QUERIES, "facts/enumerators")
    return _facts(source, parsed, found, macros, extra)


def _facts(
    source: Source, parsed: Parsed, found: Captured, known: Mapping[str, Macro], extra: frozenset[bytes]
) -> FileFacts:
    conditions = Conditions(source.data, parsed.skeleton.directives)
    written = tuple(functions(source, parsed.masked, found, conditions))
    lines = parse(definitions(parsed.masked, parsed.skeleton.directives))
    made = defined(source.data, lines) if lines else None
    own = made.macros if made else ()
    expanded = expansions(source, {**known, **{macro.name: macro for macro in reversed(own)}}, parsed.skeleton)
    by_macro = [function for one in expanded for function in functions_of(one, source, extra)]
    counted = enumerators(source.data, found.get("enumerator", []))
    return FileFacts(
        path=source.path,
        functions=tuple(sorted([*written, *by_macro], key=lambda function: function.start)),
        constants=tuple(sorted([*(made.constants if made else ()), *counted], key=_start)),
        macros=own,
        includes=made.includes if made else (),
        gaps=tuple(sorted([*_named(parsed.gaps, written), *_broken(written), *gaps_of(expanded, source)])),
    )


def _start(constant: Constant) -> int:
    return constant.start


def _named(gaps: Sequence[Gap], written: Sequence[Function]) -> Iterator[Gap]:
    """The gaps with the name of the function they stand in."""
    for gap in gaps:
        name = next((one.name for one in written if one.start <= gap.start < one.end), "")
        yield Gap(gap.file, gap.start, gap.stage, name, gap.reason)


def _broken(written: Sequence[Function]) -> Iterator[Gap]:
    for one in written:
        if one.errors:
            yield Gap(one.file, one.start, "parse", one.name, f"{one.errors} places that the grammar does not know")
