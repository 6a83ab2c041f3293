"""One file to a syntax tree: mask, parse, repair what conditional lines cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tree_sitter import Node, Tree

from kscan.dialect.mask import mask
from kscan.dialect.scan import Clean, clean
from kscan.facts.functions import found_in
from kscan.facts.repair import code_only, repair
from kscan.model.gap import Gap
from kscan.model.source import Source
from kscan.parse.parser import parse
from kscan.parse.queries import Captured

_NO_TEXT = Clean(b"", ())


@dataclass(frozen=True)
class Parsed:
    """The masked bytes and their tree; None when there is none, and ``gaps`` say why.

    ``gaps`` also name what the tree leaves out so that the rest of the file parses. ``skeleton`` is the lexical
    skeleton of the original. ``cuts`` are the offsets of the groups of ``#if`` lines of which the tree has one branch
    only, and ``uncut`` the masked bytes with all branches."""

    masked: bytes
    tree: Tree | None
    gaps: tuple[Gap, ...] = ()
    skeleton: Clean = _NO_TEXT
    cuts: tuple[int, ...] = ()
    uncut: bytes = b""

    @cached_property
    def found(self) -> Captured:
        """What the queries for all facts and tables hand over: one pass over the tree costs as much as one query."""
        return {} if self.tree is None else found_in(self.tree.root_node, "facts/enumerators", "facts/tables")

    @cached_property
    def bodies(self) -> dict[int, Node]:
        """The compound statements of the function definitions, by where they start."""
        found = [node.child_by_field_name("body") for node in self.found.get("function", ())]
        return {body.start_byte: body for body in found if body is not None}

    @cached_property
    def told_apart(self) -> dict[tuple[int, int, int], tuple[Any, ...]]:
        """The variants of functions with cut statements, as far as they were asked for: facts and code want the
        same."""
        return {}


MAX_CODE = 4 << 20
"""Bytes of code, blanks and comments apart, beyond which a file is not parsed: the tree would take gigabytes."""
_TOO_LARGE = f"more than {MAX_CODE >> 20} MiB of code"


def tree_of(
    source: Source,
    *,
    extra: frozenset[bytes] = frozenset(),
    kconfig: Mapping[str, str] | None = None,
    skeleton: Clean | None = None,
) -> Parsed:
    """Mask and parse a file. Where ``#if`` lines cut a statement in two, a second try keeps one branch only;
    ``gaps`` say so. ``skeleton`` is ``clean(source.data)`` where a caller has it.

    The tree leaves out macro definitions: the grammar lets one with a comment in it run over into the code behind."""
    if b"\0" in source.data:
        return Parsed(b"", None, (Gap(source.path, -1, "parse", "", "binary content"),))
    skeleton = skeleton or clean(source.data)
    masked = mask(source.data, extra, kconfig, skeleton)
    code = b"" if skeleton.text.isspace() else code_only(masked, skeleton)
    if len(code) > MAX_CODE and len(skeleton.text.translate(None, b" \t\r\n")) > MAX_CODE:
        return Parsed(masked, None, (Gap(source.path, -1, "parse", "", _TOO_LARGE),), skeleton)
    tree = parse(code)
    if tree is None:
        reason = "too long or too deeply nested to parse"
        return Parsed(masked, None, (Gap(source.path, -1, "parse", "", reason),), skeleton)
    whole = repair(masked, tree, skeleton)
    gaps = tuple(Gap(source.path, one.start, "parse", "", one.reason) for one in whole.omissions)
    cuts = tuple(one.start for one in whole.omissions if one.cut)
    return Parsed(whole.masked, whole.tree, gaps, skeleton, cuts, masked)
