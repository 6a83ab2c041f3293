"""The name index and the store of a tree, as an overlay of it sees them: nothing of the overlay is kept."""

from __future__ import annotations

import hashlib
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from kscan.facts.names import scan
from kscan.facts.shared import Shared, is_shared
from kscan.model.source import Source
from kscan.source.grep import mentions
from kscan.source.overlay import Overlay
from kscan.source.tree import C_SUFFIXES, NOT_KERNEL, FileStat

if TYPE_CHECKING:
    from kscan.facts.glance import FactsGlance, Head, TablesGlance


class Index(Protocol):
    """Which files may define a name."""

    @property
    def signature(self) -> str:
        """A digest of what the index was made from."""

    @property
    def files(self) -> Sequence[FileStat]:
        """The files of the kernel, sorted."""

    def files_defining(self, name: str) -> tuple[str, ...]:
        """The files that may define ``name``, sorted; a file too many is possible, a file too few is not."""


class Kept(Protocol):
    """Values by (kind, key)."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks for people."""

    def get(self, kind: str, key: str) -> bytes | None:
        """The value last put under (kind, key); None if there is none."""

    def put(self, kind: str, key: str, value: bytes) -> None:
        """Keeps ``value``, for this run or longer."""


class Ready(Protocol):
    """What an index of the whole tree has ready; ``kscan.facts.indexed.Indexed`` tells of each."""

    @property
    def lost(self) -> bool:
        """Whether all of it is gone."""

    def facts(self, path: str) -> FactsGlance | None:
        """The facts of a file."""

    def summary(self, path: str, key: str) -> bytes | None:
        """The encoded summary of a function."""

    def shared(self, path: str) -> Shared | None:
        """What a header shares."""

    def head(self, path: str) -> Head | None:
        """The head of the facts of a file."""

    def tables(self, path: str) -> TablesGlance | None:
        """The tables of a file."""

    def mentioning(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """The files that mention one of the names ``wanted``, sorted; a file too many is possible."""

    def filling(self, key: str) -> tuple[str, ...]:
        """The files whose tables have something under ``key``, sorted; a file too many is possible."""


class OverlaidReady:
    """What is ready for the base, for the files that are not replaced; summaries only if ``same``: no constant that a
    header shares is another one in the overlay."""

    def __init__(self, base: Ready, tree: Overlay) -> None:
        self._base = base
        self._tree = tree
        self.same = False

    @property
    def lost(self) -> bool:
        """As for the base."""
        return self._base.lost

    def facts(self, path: str) -> FactsGlance | None:
        """As for the base."""
        return None if path in self._tree.replaced else self._base.facts(path)

    def summary(self, path: str, key: str) -> bytes | None:
        """As for the base."""
        return self._base.summary(path, key) if self.same and path not in self._tree.replaced else None

    def shared(self, path: str) -> Shared | None:
        """As for the base."""
        return None if path in self._tree.replaced else self._base.shared(path)

    def head(self, path: str) -> Head | None:
        """As for the base."""
        return None if path in self._tree.replaced else self._base.head(path)

    def tables(self, path: str) -> TablesGlance | None:
        """As for the base."""
        return None if path in self._tree.replaced else self._base.tables(path)

    def mentioning(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """As for the base."""
        names = tuple(wanted)
        words = tuple(name.encode(errors="surrogateescape") for name in names)
        kept = [path for path in self._base.mentioning(names) if path not in self._tree.replaced]
        present = filter(_is_indexed, self._tree.present)
        return tuple(sorted([*kept, *(path for path in present if mentions(self._tree.read(path), words))]))

    def filling(self, key: str) -> tuple[str, ...]:
        """As for the base; each file that is replaced may have."""
        kept = [path for path in self._base.filling(key) if path not in self._tree.replaced]
        return tuple(sorted([*kept, *filter(_is_indexed, self._tree.present)]))


_MOST_NAMES = 20_000
"""Names of which is remembered who defines them."""


class Remembering:
    """The index ``base`` of a tree of which many overlays are asked about: who defines a name is looked up once."""

    def __init__(self, base: Index) -> None:
        self._base = base
        self._found: dict[str, tuple[str, ...]] = {}

    @property
    def signature(self) -> str:
        """As for the base."""
        return self._base.signature

    @property
    def files(self) -> Sequence[FileStat]:
        """As for the base."""
        return self._base.files

    def files_defining(self, name: str) -> tuple[str, ...]:
        """As for the base."""
        found = self._found.get(name)
        if found is None:
            if len(self._found) >= _MOST_NAMES:
                self._found.clear()
            found = self._found[name] = self._base.files_defining(name)
        return found


class OverlaidIndex:
    """The index of the base, with the names of the replaced files in place of their own."""

    def __init__(self, base: Index, tree: Overlay) -> None:
        self._base = base
        self._tree = tree
        self.named_alike: Callable[[str], bool] = lambda _: False
        """Whether the file at a path that is replaced defines the same names."""

    @property
    def signature(self) -> str:
        """As for the base: a digest."""
        return hashlib.blake2b(f"{self._base.signature} {self._tree.identity}".encode(), digest_size=16).hexdigest()

    @cached_property
    def files(self) -> tuple[FileStat, ...]:
        """As for the base."""
        kept = (stat for stat in self._base.files if stat.path not in self._tree.replaced)
        new = (FileStat(path, 0, 0) for path in self._tree.present if _is_indexed(path))
        return tuple(sorted([*kept, *new]))

    def files_defining(self, name: str) -> tuple[str, ...]:
        """As for the base."""
        replaced, alike = self._tree.replaced, self.named_alike
        kept = [path for path in self._base.files_defining(name) if path not in replaced or alike(path)]
        word = name.encode(errors="surrogateescape")
        return tuple(sorted([*kept, *self._replaced.get(word, ())]))

    @cached_property
    def _replaced(self) -> dict[bytes, list[str]]:
        found: dict[bytes, list[str]] = defaultdict(list)
        for path in sorted(self._tree.present):
            if _is_indexed(path) and not self.named_alike(path):
                for name in self._names(path):
                    found[name].append(path)
        return found

    def _names(self, path: str) -> frozenset[bytes]:
        got = self._tree.read(path)
        if not isinstance(got, Source):
            return frozenset()
        names = scan(got.data, header=is_shared(path))
        return names.functions | names.macros | names.constants


def _is_indexed(path: str) -> bool:
    return path.endswith(C_SUFFIXES) and path.split("/", 1)[0] not in NOT_KERNEL and "/." not in f"/{path}"


MOST_ASIDE = 128 << 20
"""Bytes of values that are put aside."""


class Aside:
    """The values of a store, and over them those put here, which last as long as this object. Where they are too many
    the oldest go: all can be made again."""

    def __init__(self, base: Kept) -> None:
        self._base = base
        self._own: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._bytes = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """None: those of the store are told once, by the tree itself."""
        return ()

    def get(self, kind: str, key: str) -> bytes | None:
        """As for a store."""
        return self._own.get((kind, key)) or self._base.get(kind, key)

    def put(self, kind: str, key: str, value: bytes) -> None:
        """As for a store; nothing of it reaches the disk."""
        self._bytes += len(value) - len(self._own.pop((kind, key), b""))
        self._own[kind, key] = value
        while self._bytes > MOST_ASIDE and len(self._own) > 1:
            self._bytes -= len(self._own.popitem(last=False)[1])
