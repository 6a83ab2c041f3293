"""What the headers of a tree say that holds for all its files: its dialect, its annotations, its errnos."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

import msgspec

from kscan.dialect.mask import learn
from kscan.facts.definers import Definers
from kscan.facts.errno import Errnos, read_errnos
from kscan.facts.headers import Dialect, Macros, dialect_of, macros_of
from kscan.facts.overlaid import Index, Kept
from kscan.facts.whole import of_tree
from kscan.model.regex import regex
from kscan.model.source import Source
from kscan.source.tree import Tree

ERRNO_FILES: Final = (
    "include/uapi/asm-generic/errno-base.h",
    "include/uapi/asm-generic/errno.h",
    "include/linux/errno.h",
)
ANNOTATION_FILES: Final = (
    "include/linux/compiler_attributes.h",
    "include/linux/compiler_types.h",
    "include/linux/init.h",
)
_ARCH_ERRNOS: Final = regex(r"arch/.*uapi/asm/errno\.h")
_ERRNOS: Final = msgspec.msgpack.Decoder(Errnos)
_WORDS: Final = msgspec.msgpack.Decoder(frozenset[bytes])
_ENCODER: Final = msgspec.msgpack.Encoder()


class Lore:
    """That of ``tree``, each part when it is first asked for: a run needs few of them, and they are large."""

    def __init__(self, tree: Tree, store: Kept, index: Index) -> None:
        self._tree = tree
        self._store = store
        self._index = index

    @cached_property
    def dialect(self) -> Dialect:
        """What the headers say of the dialect."""
        return dialect_of(self._tree, self._store, self._index)

    @cached_property
    def macros(self) -> Definers | Macros:
        """Those that write functions or objects; of a dialect that is kept only those are decoded that are asked
        for."""
        known = None if "dialect" in self.__dict__ else macros_of(self._tree, self._store, self._index)
        return self.dialect.definers if known is None else known

    @cached_property
    def annotations(self) -> frozenset[bytes]:
        """The annotations that they define."""
        return _WORDS.decode(of_tree(self._store, self._index, "annotations", self._read_annotations))

    @cached_property
    def errnos(self) -> Errnos:
        """The errno vocabulary."""
        return _ERRNOS.decode(of_tree(self._store, self._index, "errnos", self._read_errnos))

    def _read_annotations(self) -> bytes:
        own = [learn(data) for _, data in self._read(ANNOTATION_FILES)]
        return _ENCODER.encode(sorted(self.dialect.annotations.union(*own)))

    def _read_errnos(self) -> bytes:
        found = [stat.path for stat in self._index.files if _ARCH_ERRNOS.fullmatch(stat.path)]
        texts: dict[str, str | bytes] = dict(self._read((*ERRNO_FILES, *found)))
        return _ENCODER.encode(read_errnos({**self.dialect.aliases, **texts}))

    def _read(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Those of the files that are there, with their content."""
        for path in paths:
            source = self._tree.read(path) if self._tree.exists(path) else None
            if isinstance(source, Source):
                yield path, source.data
