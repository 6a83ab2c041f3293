"""The tree of one function alone, where it is sure to be what a parse of its whole file makes of it: most files are
opened for the body of one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from tree_sitter import Node

from kscan.dialect.attributes import learnt
from kscan.dialect.mask import mask
from kscan.dialect.scan import Clean, Directive, clean
from kscan.facts.functions import function_node
from kscan.facts.parsed import Parsed
from kscan.facts.repair import code_only
from kscan.facts.variants import variants
from kscan.model.facts import FileFacts, Function
from kscan.model.source import Source
from kscan.parse.parser import parse

MAX_PIECES: Final = 16
"""Functions of one file that are parsed alone; who asks for more will ask for all."""
_BEHIND: Final = 200
"""Bytes behind a function that are masked with it."""


@dataclass(frozen=True)
class _Piece(Parsed):
    """The tree of one function; no query has to look for its ``body``."""

    body: Node | None = None

    @cached_property
    def bodies(self) -> dict[int, Node]:
        """That body, by where it starts."""
        return {} if self.body is None else {self.body.start_byte: self.body}


class Opened:
    """A file opened for its bodies: called, it gives a tree with that of the function ``wanted``. ``whole`` parses all
    of it; up to ``most`` functions are parsed alone."""

    def __init__(
        self,
        source: Source,
        facts: FileFacts,
        annotations: frozenset[bytes],
        kconfig: Mapping[str, str] | None,
        whole: Callable[[], Parsed | None],
        most: int = MAX_PIECES,
    ) -> None:
        self.wanted: Function | None = None
        self._source = source
        self._facts = facts
        self._annotations = annotations
        self._kconfig = kconfig
        self._whole = whole
        self._most = most
        self._pieces: set[tuple[int, int]] = set()
        self._last: tuple[Function, Parsed] | None = None

    def __call__(self) -> Parsed | None:
        if self.wanted is None or not self._is_sound(self.wanted):
            return self._whole()
        if self._last is not None and self._last[0] is self.wanted:
            return self._last[1]
        key = (self.wanted.start, self.wanted.end)
        if key not in self._pieces and len(self._pieces) >= self._most:
            return self._whole()
        self._pieces.add(key)
        self._last = None
        found = self._parsed(self.wanted)
        if found is None:
            return self._whole()
        self._last = self.wanted, found  # one alone: each holds as much as the file
        return found

    def alone(self, function: Function) -> tuple[Parsed, Node] | None:
        """The tree of ``function`` and its body there; None where it does not parse without the rest of the file."""
        found = self._parsed(function) if self._is_sound(function) else None
        return (found, found.body) if isinstance(found, _Piece) and found.body is not None else None

    def _is_sound(self, function: Function) -> bool:
        """Whether all of ``function`` was parsed as it stands: then nothing around it has a say in its tree."""
        return not function.errors and not any(function.start <= at < function.end for at in self._missed)

    @cached_property
    def _missed(self) -> frozenset[int]:
        return frozenset(gap.start for gap in self._facts.gaps)

    def _parsed(self, function: Function) -> Parsed | None:
        start, end = self._around(function)
        near = self._source.data[start:end]
        skeleton = clean(near)
        blanked = mask(near, self._words, self._kconfig, skeleton)
        code = code_only(blanked, skeleton)
        masked = self._filled(start, blanked, end)
        tree = parse(masked if code == blanked else self._filled(start, code, end), (function.start, function.end))
        if tree is None:
            return None
        if tree.root_node.has_error:
            # Sound and yet broken: an ``#if`` cuts it, and each variant is parsed alone in any case.
            lines = tuple([Directive(start + line.start, start + line.end) for line in skeleton.directives])
            text = Clean(self._filled(start, skeleton.text, end), lines)
            cut = Parsed(masked, tree, (), text, (function.body_start + 1,), masked)
            return cut if variants(cut, function) else None
        node = function_node(tree, function)
        body = None if node is None else node.child_by_field_name("body")
        if body is None or (body.start_byte, body.end_byte) != (function.body_start, function.end):
            return None
        return _Piece(masked, tree, uncut=masked, body=body)

    def _around(self, function: Function) -> tuple[int, int]:
        """What of the file is masked with ``function``: the mask looks at what is near, and begins anew behind each
        function."""
        before = bisect_right(self._ends, function.start)
        return self._ends[before - 1] if before else 0, function.end + _BEHIND

    def _filled(self, start: int, near: bytes, end: int) -> bytes:
        """The file with what is ``near`` in place of what stands from ``start`` to ``end``; no more of it is right."""
        data = memoryview(self._source.data)  # files are large, and this copies them once
        return b"".join((data[:start], near, data[end:]))

    @cached_property
    def _ends(self) -> list[int]:
        """Where the functions of the file end."""
        return sorted(one.end for one in self._facts.functions if not one.via)

    @cached_property
    def _words(self) -> frozenset[bytes]:
        """The annotations of the tree and those that the file defines."""
        own = {name for name, _ in learnt(self._source.data)}
        return self._annotations | own if own - self._annotations else self._annotations
