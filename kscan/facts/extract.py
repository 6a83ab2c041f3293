"""One file to its facts: mask, parse, repair what conditional lines cut, and collect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from tree_sitter import Tree

from kscan.dialect.conditions import Conditions
from kscan.dialect.mask import mask
from kscan.dialect.scan import Clean, clean
from kscan.facts.constants import defined, definitions, enumerators
from kscan.facts.expansions import Expansion, expansions, functions_of, gaps_of
from kscan.facts.functions import QUERIES, function_node, functions
from kscan.facts.repair import code_only, repair
from kscan.model.facts import Constant, FileFacts, Function, Macro
from kscan.model.gap import Gap
from kscan.model.source import Source
from kscan.parse.parser import parse
from kscan.parse.queries import Captured, captures

__all__ = ["Expansion", "Parsed", "expansions", "extract", "function_node", "tree_of"]

_NO_MACROS: Mapping[str, Macro] = {}
_NO_TEXT = Clean(b"", ())


class Parsed(NamedTuple):
    """The masked bytes and their tree; None when there is none, and ``gaps`` say why.

    ``gaps`` also name what the tree leaves out so that the rest of the file parses. ``skeleton`` is the lexical
    skeleton of
    the original."""

    masked: bytes
    tree: Tree | None
    gaps: tuple[Gap, ...] = ()
    skeleton: Clean = _NO_TEXT


MAX_CODE = 4 << 20
"""Bytes of code, blanks and comments apart, beyond which a file is not parsed: the tree would take gigabytes."""
_TOO_LARGE = f"more than {MAX_CODE >> 20} MiB of code"


def tree_of(
    source: Source, *, extra: frozenset[bytes] = frozenset(), kconfig: Mapping[str, str] | None = None
) -> Parsed:
    """Mask and parse a file. Where ``#if`` lines cut a statement in two, a second try keeps one branch only;
    ``gaps`` say so.

    The tree leaves out macro definitions: the grammar lets one with a comment in it run over into the code behind."""
    if b"\0" in source.data:
        return Parsed(b"", None, (Gap(source.path, -1, "parse", "", "binary content"),))
    skeleton = clean(source.data)
    masked = mask(source.data, extra, kconfig, skeleton)
    code = code_only(masked, skeleton)
    if len(code) > MAX_CODE and len(skeleton.text.translate(None, b" \t\r\n")) > MAX_CODE:
        return Parsed(masked, None, (Gap(source.path, -1, "parse", "", _TOO_LARGE),), skeleton)
    tree = parse(code)
    if tree is None:
        reason = "too long or too deeply nested to parse"
        return Parsed(masked, None, (Gap(source.path, -1, "parse", "", reason),), skeleton)
    whole = repair(masked, tree, skeleton)
    gaps = tuple(Gap(source.path, one.start, "parse", "", one.reason) for one in whole.omissions)
    return Parsed(whole.masked, whole.tree, gaps, skeleton)


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
    written = tuple(_with_omissions(function, parsed.gaps) for function in written)
    lines = parse(definitions(parsed.masked, parsed.skeleton.directives))
    made = defined(source.data, lines) if lines else None
    own = made.macros if made else ()
    expanded = expansions(source, {**known, **{macro.name: macro for macro in reversed(own)}}, parsed.skeleton)
    by_macro = [function for one in expanded for function in functions_of(one, source, extra)]
    counted = enumerators(source.data, found)
    return FileFacts(
        path=source.path,
        functions=tuple(sorted([*written, *by_macro], key=lambda function: function.start)),
        constants=tuple(sorted([*(made.constants if made else ()), *counted], key=_start)),
        macros=own,
        includes=made.includes if made else (),
        gaps=tuple(
            sorted(
                [
                    *_named(parsed.gaps, written),
                    *_broken(written),
                    *gaps_of(expanded, source),
                    *_lost(source, found, written),
                ]
            )
        ),
    )


def _with_omissions(function: Function, gaps: Sequence[Gap]) -> Function:
    """A macro that stands for statements and was left out counts as an error of the body it stands in."""
    left_out = sum(function.body_start < gap.start < function.end and "macro" in gap.reason for gap in gaps)
    return msgspec.structs.replace(function, errors=function.errors + left_out) if left_out else function


def _start(constant: Constant) -> int:
    return constant.start


def _named(gaps: Sequence[Gap], written: Sequence[Function]) -> Iterator[Gap]:
    """The gaps with the name of the function they stand in."""
    for gap in gaps:
        name = next((one.name for one in written if one.start <= gap.start < one.end), "")
        yield Gap(gap.file, gap.start, gap.stage, name, gap.reason)


def _lost(source: Source, found: Captured, written: Sequence[Function]) -> Iterator[Gap]:
    """Braced text outside every function that the grammar could make nothing of."""
    ends = [(one.start, one.end) for one in written]
    for node in found.get("error", ()):
        inside = any(start <= node.start_byte < end for start, end in ends)
        if not inside and b"{" in source.data[node.start_byte : node.end_byte]:
            reason = "text outside any function that the grammar does not know"
            yield Gap(source.path, node.start_byte, "parse", "", reason)


def _broken(written: Sequence[Function]) -> Iterator[Gap]:
    for one in written:
        if one.errors:
            yield Gap(one.file, one.start, "parse", one.name, f"{one.errors} places that the grammar does not know")
