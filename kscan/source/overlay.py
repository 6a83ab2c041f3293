"""A tree with some files replaced: by bytes in memory, or by those of another place that is read on demand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kscan.model.error import InputError
from kscan.model.gap import Gap
from kscan.model.source import Source
from kscan.source.tree import C_SUFFIXES, MAX_BYTES, FileStat, Tree

Read = Callable[[str], Source | Gap]

_BINARY = "binary: it contains a NUL byte"


@dataclass(frozen=True, slots=True)
class Overlay:
    """
    ``base`` without the files in ``gone``, and with those in ``present`` as ``other`` reads them. ``identity`` is the
    same only for overlays of one base with the same content.
    """

    base: Tree
    present: frozenset[str]
    gone: frozenset[str]
    other: Read
    identity: str

    @property
    def root(self) -> Path:
        """Where the base is."""
        return self.base.root

    @property
    def replaced(self) -> frozenset[str]:
        """The paths at which base and overlay differ."""
        return self.present | self.gone

    def read(self, path: str) -> Source | Gap:
        """The bytes at ``path``, or the gap that says why there are none. Never raises."""
        if path in self.present:
            return self.other(path)
        if path in self.gone:
            return Gap(path, -1, "read", "", "no such file")
        return self.base.read(path)

    def exists(self, path: str) -> bool:
        """True if ``path`` names a regular file that belongs to the tree."""
        return path in self.present or (path not in self.gone and self.base.exists(path))

    def has_folder(self, path: str) -> bool:
        """As for the base, and what holds a file that the overlay puts there."""
        return self.base.has_folder(path) or any(one.startswith(f"{path}/") for one in self.present)

    def files(
        self,
        under: Collection[str] = (),
        suffixes: tuple[str, ...] = C_SUFFIXES,
        skip: Collection[str] = (),
        gaps: list[Gap] | None = None,
    ) -> Iterator[FileStat]:
        """As for the base. The size and time of a replaced file are not known and given as 0."""
        starts = [start for start in under if self._in_base(start)]
        found = list(self.base.files(starts, suffixes, skip, gaps)) if starts or not under else []
        kept = {stat.path: stat for stat in found if stat.path not in self.replaced}
        for path in self.present:
            if path in under or (path.endswith(suffixes) and _below(path, under) and path.split("/", 1)[0] not in skip):
                kept[path] = FileStat(path, 0, 0)
        return iter([kept[path] for path in sorted(kept)])

    def resolve(self, arg: str) -> str:
        """As for the base; a path relative to the tree may also name what only the overlay has."""
        try:
            return self.base.resolve(arg)
        except InputError:
            plain = arg.rstrip("/")
            if any(path == plain or path.startswith(f"{plain}/") for path in self.present):
                return plain
            raise

    def _in_base(self, start: str) -> bool:
        return start in {"", "."} or (start not in self.replaced and (self.base.root / start).exists())


class _Held:
    """Reads files from memory, others as ``below`` does."""

    def __init__(self, data: Mapping[str, bytes], below: Read) -> None:
        self.data = data
        self.below = below

    def __call__(self, path: str) -> Source | Gap:
        return source(path, self.data[path]) if path in self.data else self.below(path)


def overlay(base: Tree, files: Mapping[str, bytes | None]) -> Overlay:
    """``base`` with ``files`` in place of its own; None takes a file away. Overlays may be many deep: reading one costs
    the same."""
    below = base if isinstance(base, Overlay) else Overlay(base, frozenset(), frozenset(), base.read, "")
    data = {path: content for path, content in files.items() if content is not None}
    gone = frozenset(files.keys() - data.keys())
    other = below.other
    held = _Held({**other.data, **data}, other.below) if isinstance(other, _Held) else _Held(data, other)
    return Overlay(
        below.base,
        (below.present - gone) | data.keys(),
        (below.gone - data.keys()) | gone,
        held,
        digest([below.identity, *(f"{path}\0{_blob(path, files[path])}" for path in sorted(files))]),
    )


def source(path: str, data: bytes) -> Source | Gap:
    """The file at ``path`` with these bytes, or the gap that a file with such bytes is on disk."""
    why = f"larger than {MAX_BYTES >> 20} MiB" if len(data) > MAX_BYTES else _BINARY if b"\0" in data else ""
    return Gap(path.encode(errors="backslashreplace").decode(), -1, "read", "", why) if why else Source(path, data)


def digest(parts: Iterable[str]) -> str:
    """One word for many."""
    return hashlib.sha256("\1".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _blob(path: str, data: bytes | None) -> str:
    return "" if data is None else Source(path, data).blob


def _below(path: str, under: Collection[str]) -> bool:
    if "/." in f"/{path}":
        return False
    return not under or any(start in {"", "."} or path.startswith(f"{start.rstrip('/')}/") for start in under)
