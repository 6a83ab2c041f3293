"""The tree of one function alone, where it is sure to be what a parse of its whole file makes of it: most files are
opened for the body of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from kscan.dialect.mask import mask
from kscan.dialect.scan import Clean, clean
from kscan.facts.parsed import Parsed
from kscan.facts.repair import code_only
from kscan.model.facts import FileFacts, Function
from kscan.model.source import Source
from kscan.parse.parser import parse

MAX_PIECES: Final = 3
"""Functions of one file that are parsed alone; who asks for more will ask for all."""


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
        self._missed = frozenset(gap.start for gap in facts.gaps)
        self._annotations = annotations
        self._kconfig = kconfig
        self._whole = whole
        self._most = most
        self._pieces: dict[tuple[int, int], Parsed | None] = {}
        self._text: tuple[Clean, bytes, bytes] | None = None

    def __call__(self) -> Parsed | None:
        if self.wanted is None or not self._is_sound(self.wanted):
            return self._whole()
        key = (self.wanted.start, self.wanted.end)
        if key not in self._pieces:
            if len(self._pieces) >= self._most:
                return self._whole()
            self._pieces[key] = self._parsed(self.wanted)
        return self._pieces[key] or self._whole()

    def _is_sound(self, function: Function) -> bool:
        """Whether all of ``function`` was parsed as it stands: then nothing around it has a say in its tree."""
        return not function.errors and not any(function.start <= at < function.end for at in self._missed)

    def _parsed(self, function: Function) -> Parsed | None:
        skeleton, masked, code = self._read()
        tree = parse(code, (function.start, function.end))
        if tree is None or tree.root_node.has_error:
            return None
        parsed = Parsed(masked, tree, (), skeleton, (), masked)
        body = parsed.bodies.get(function.body_start)
        return parsed if body is not None and body.end_byte == function.end else None

    def _read(self) -> tuple[Clean, bytes, bytes]:
        if self._text is None:
            skeleton = clean(self._source.data)
            masked = mask(self._source.data, self._annotations, self._kconfig, skeleton)
            self._text = skeleton, masked, code_only(masked, skeleton)
        return self._text
