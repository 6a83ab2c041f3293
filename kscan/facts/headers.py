"""What the headers of a tree say of its dialect: its annotations, and the macros that write functions and objects."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

import msgspec

from kscan.dialect.learning import learn_all
from kscan.dialect.shapes import definitions
from kscan.facts.definers import Candidate, Definers, Visible, defining_macros
from kscan.facts.overlaid import Index, Kept
from kscan.facts.shared import MAX_PRIVATE_BYTES, is_shared
from kscan.facts.whole import of_tree
from kscan.facts.writing import Positions
from kscan.model.regex import regex
from kscan.model.source import Source
from kscan.source.overlay import Overlay
from kscan.source.tree import NOT_KERNEL, RACY_NS, FileStat, Tree, WorkingTree

_ALIAS = regex(rb"define[ \t]++E[A-Z0-9_]++[ \t]++\(?E[A-Z0-9]++\)?(?=[ \t\r]*+(?:/[*/]|\n))")
_KIND = "dialect"
_ENCODER = msgspec.msgpack.Encoder(order="deterministic")


class Dialect(msgspec.Struct, frozen=True):
    """``annotations`` are words for ``mask``; ``definers`` is what ``extract`` looks foreign macros up in; ``aliases``
    are, by path, the lines of other headers than errno*.h that define an errno by another, for ``read_errnos``."""

    annotations: frozenset[bytes] = frozenset()
    definers: Definers = Definers()
    aliases: dict[str, bytes] = {}


def read_dialect(headers: Iterable[tuple[str, bytes]]) -> Dialect:
    """The dialect that ``headers`` (path and content) define; the same in whatever order they come."""
    annotations: set[bytes] = set()
    aliases: dict[str, bytes] = {}

    def learning() -> Iterator[tuple[str, bytes]]:
        for path, data in headers:
            if b"{" in data or is_shared(path):  # what else has no braces only numbers registers
                annotations.update(learn_all([data]))
                lines = _ALIAS.findall(data)
                if lines and not PurePosixPath(path).name.startswith("errno"):
                    aliases[path] = b"".join(b"#%s\n" % line for line in lines)
            yield path, data

    definers = defining_macros(learning())
    return Dialect(frozenset(annotations), definers, {path: aliases[path] for path in sorted(aliases)})


class _Definers(msgspec.Struct):
    by_name: dict[str, msgspec.Raw] = {}
    writing: dict[str, tuple[tuple[str, Positions], ...]] = {}


class _Kept(msgspec.Struct):
    """A kept ``Dialect``, of which little is decoded."""

    definers: _Definers


_KEPT = msgspec.msgpack.Decoder(_Kept)
_CANDIDATES = msgspec.msgpack.Decoder(tuple[Candidate, ...])


class _ByName(Mapping[str, Sequence[Candidate]]):
    """The definitions of each macro, decoded when it is asked for: a file invokes a few of thousands."""

    def __init__(self, kept: Mapping[str, msgspec.Raw]) -> None:
        self._kept = kept
        self._made: dict[str, tuple[Candidate, ...]] = {}

    def __getitem__(self, name: str) -> tuple[Candidate, ...]:
        found = self._made.get(name)
        if found is None:
            found = self._made[name] = _CANDIDATES.decode(self._kept[name])
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._kept

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


class Macros:
    """What files see of the ``definers`` of a dialect."""

    def __init__(
        self, by_name: Mapping[str, Sequence[Candidate]], writing: Mapping[str, Sequence[tuple[str, Positions]]]
    ) -> None:
        self._by_name = by_name
        self._writing = writing

    def seen_from(self, path: str, data: bytes = b"") -> Visible:
        """As for ``Definers``."""
        return Visible(self._by_name, path, data, writing=self._writing)


def told_by(path: str, data: bytes) -> object:
    """What the header at ``path`` with the content ``data`` says of the dialect by itself, wherever in it that stands:
    two contents of one header that say the same change nothing for any file."""
    annotations = learn_all([data]) if b"{" in data or is_shared(path) else frozenset()
    written = [(one.name, one.params, one.body) for one in definitions(data)]
    return annotations, _ALIAS.findall(data), written


def dialect_of(tree: Tree, store: Kept, index: Index) -> Dialect:
    """The dialect of ``tree``, from the store where its headers are the same as when it was read.

    ``index`` is the tree's name index, refreshed."""
    key = _key_of(tree, store, index)
    stored = store.get(_KIND, key)
    if stored is not None:
        return msgspec.msgpack.decode(stored, type=Dialect)
    stats = _headers(index)
    made = read_dialect(_contents(tree, stats))
    if _tell_all(stats, time.time_ns()):
        store.put(_KIND, key, _ENCODER.encode(made))
    return made


class Reading(msgspec.Struct, frozen=True, array_like=True):
    """A dialect, encoded, as it was read of headers with these ``stats``; ``began``: when they were listed, in
    nanoseconds since the epoch."""

    stats: tuple[FileStat, ...]
    began: int
    dialect: bytes


def reading_of(tree: WorkingTree) -> Reading:
    """The dialect of ``tree`` as it is, for ``keep_reading``: of which tree that is, is told later."""
    began = time.time_ns()
    stats = tuple(tree.files(suffixes=(".h",), skip=NOT_KERNEL))
    return Reading(stats, began, _ENCODER.encode(read_dialect(_contents(tree, stats))))


def keep_reading(tree: Tree, store: Kept, index: Index, reading: Reading) -> None:
    """Keep what was read ahead, if ``index`` knows the headers with the same stats, and these tell all of them."""
    if reading.stats == tuple(_headers(index)) and _tell_all(reading.stats, reading.began):
        store.put(_KIND, _key_of(tree, store, index), reading.dialect)


def macros_of(tree: Tree, store: Kept, index: Index) -> Macros | None:
    """The definers of the dialect that is kept of ``tree``, None where there is none."""
    stored = store.get(_KIND, _key_of(tree, store, index))
    if stored is None:
        return None
    kept = _KEPT.decode(stored).definers
    return Macros(_ByName(kept.by_name), kept.writing)


def keep_dialect(tree: Tree, store: Kept, index: Index, dialect: Dialect) -> None:
    """Keep the ``dialect`` that was read when ``index`` had the signature it has now, for who knows that nothing was
    written since."""
    store.put(_KIND, _key_of(tree, store, index), _ENCODER.encode(dialect))


def _key_of(tree: Tree, store: Kept, index: Index) -> str:
    return of_tree(store, index, "headers", lambda: _key(tree, _headers(index), index).encode()).decode()


def _headers(index: Index) -> list[FileStat]:
    return [stat for stat in index.files if stat.path.endswith(".h")]


def _tell_all(stats: Iterable[FileStat], when: int) -> bool:
    """Whether files with these stats were long as they are at ``when`` (nanoseconds since the epoch), so that a later
    change has another stat."""
    return all(stat.mtime_ns < when - RACY_NS for stat in stats)


def _contents(tree: Tree, stats: Iterable[FileStat]) -> Iterator[tuple[str, bytes]]:
    for stat in stats:
        if stat.size > MAX_PRIVATE_BYTES and not is_shared(stat.path):
            continue
        found = tree.read(stat.path)
        if isinstance(found, Source):
            yield stat.path, found.data


def _key(tree: Tree, stats: Sequence[FileStat], index: Index) -> str:
    """A digest of the headers' stats; where headers are replaced in memory, of the whole tree's signature."""
    changed = isinstance(tree, Overlay) and any(path.endswith(".h") for path in tree.replaced)
    told = (stats, index.signature if changed else "")
    return hashlib.blake2b(msgspec.msgpack.encode(told), digest_size=16).hexdigest()
