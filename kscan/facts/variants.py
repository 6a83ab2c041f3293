"""The variants of a function body that ``#if`` lines cut in the middle of a statement, each parsed on its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from tree_sitter import Node, Tree

from kscan.dialect.conditions import Group, blank, groups, outside
from kscan.dialect.scan import Clean
from kscan.dialect.switches import Switches, Values, choices
from kscan.facts.functions import function_node
from kscan.facts.lower import lower_body
from kscan.facts.parsed import Parsed
from kscan.facts.repair import code_only, errors_in, touched
from kscan.model.code import Code
from kscan.model.facts import Function
from kscan.parse.parser import parse

MAX_VARIANTS = 8
"""Variants of one function; with more of them one branch of each group is all that is analysed."""


class Variant(NamedTuple):
    """One variant of a function: the bytes that were parsed, its compound statement in their tree, and for which
    configurations it is the one."""

    masked: bytes
    body: Node
    switches: tuple[tuple[str, Values], ...] = ()

    def code(self, function: Function, original: bytes) -> Code:
        """The compact code of this variant of ``function``; ``original`` are the author's bytes."""
        code = lower_body(self.body, function.params, self.masked, original)
        return msgspec.structs.replace(code, switches=self.switches) if self.switches else code


class _TooMany(Exception):
    """The variants are too many, or one of them does not parse."""


def bodies(parsed: Parsed, function: Function) -> tuple[Variant, ...]:
    """The body of ``function`` in each of its variants; one where no statement is cut, and where the variants cannot be
    told; none where no body is found."""
    found = variants(parsed, function)
    if found or parsed.tree is None:
        return found
    body = None if function.via else parsed.bodies.get(function.body_start) or _body(parsed.tree, function)
    return () if body is None else (Variant(parsed.masked, body),)


def variants(parsed: Parsed, function: Function) -> tuple[Variant, ...]:
    """The variants of a ``function`` with a cut statement; none when there is no such statement, when there are more
    than MAX_VARIANTS, or when one of them does not parse."""
    if function.via or not any(function.body_start < at < function.end for at in parsed.cuts):
        return ()
    key = (function.start, function.body_start, function.end)
    if key not in parsed.told_apart:
        parsed.told_apart[key] = _told_apart(parsed, function)
    return parsed.told_apart[key]


def _told_apart(parsed: Parsed, function: Function) -> tuple[Variant, ...]:
    span = (function.start, function.end)
    text = parsed.masked[: function.body_start] + parsed.uncut[function.body_start : function.end]
    lines = (line for line in parsed.skeleton.directives if function.body_start < line.start < function.end)
    try:
        return tuple(_Search(function, span, Clean(parsed.skeleton.text, tuple(lines))).found(text))
    except _TooMany:
        return ()


class _Search:
    """Takes the branches of one group after the other, until nothing is cut any more."""

    def __init__(self, function: Function, span: tuple[int, int], skeleton: Clean) -> None:
        self._function = function
        self._span = span
        self._skeleton = skeleton
        self._left = MAX_VARIANTS

    def found(self, text: bytes, known: Switches | None = None) -> Iterator[Variant]:
        """The variants of ``text`` that agree with what is ``known``. Raises _TooMany."""
        tree = parse(code_only(text, self._skeleton), self._span)
        if tree is None:
            raise _TooMany
        errors = errors_in(tree)
        if not errors:
            yield self._variant(text, tree, known or {})
            return
        group = next(touched(text, self._skeleton, errors), None)
        if group is None:
            raise _TooMany
        for index, switches in choices(group, known or {}):
            chosen = self._settled(_with_branch(text, group, index), switches)
            yield from self.found(chosen, switches)

    def _variant(self, text: bytes, tree: Tree, known: Switches) -> Variant:
        body = _body(tree, self._function)
        self._left -= 1
        if self._left < 0 or body is None or body.end_byte != self._function.end:
            raise _TooMany
        return Variant(text, body, tuple(sorted(known.items())))

    def _settled(self, text: bytes, known: Switches) -> bytes:
        """``text`` with the one branch that ``known`` leaves of further groups."""
        for group in sorted(groups(text, self._skeleton.directives), key=lambda one: one.start):
            ways = choices(group, known)
            if len(ways) == 1 and not group.guard:
                text = _with_branch(text, group, ways[0][0])
        return text


def _with_branch(text: bytes, group: Group, kept: int) -> bytes:
    """``text`` with blanks for the directives of ``group`` and every branch of it but one."""
    data = bytearray(text)
    blank(data, outside(group, kept))
    return bytes(data)


def _body(tree: Tree, function: Function) -> Node | None:
    node = function_node(tree, function)
    return node.child_by_field_name("body") if node is not None else None
