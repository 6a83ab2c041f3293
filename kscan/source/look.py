"""A look at a whole tree: the stats of all its files as one digest, taken beside whatever else there is to do."""

from __future__ import annotations

import gc
import hashlib
import os
import select
import signal
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple, Self

import msgspec

from kscan.model.gap import Gap
from kscan.source.listed import Listed, Listing, Listings
from kscan.source.pool import undisturbed
from kscan.source.tree import FileStat, WorkingTree, mark_of

_MOST: Final = 3
"""Other processes that look; more than these wait for each other in the kernel."""
_TICKET: Final = 2
"""Bytes of the number of a part, handed out through a pipe."""

Entry = tuple[str, int, int]
"""A file in its folder: its name, its size in bytes, and its mtime in nanoseconds since the epoch."""
Folders = dict[str, list[Entry]]


class Seen(NamedTuple):
    """What a look shows: equal ``stamp``s mean that no file was touched, added or taken away; ``gaps`` are what could
    not be listed, and are part of the stamp."""

    stamp: str
    gaps: tuple[Gap, ...] = ()


class _Part(NamedTuple):
    """A folder of which the files are looked at, and if ``deep``, those of all folders in it."""

    folder: str
    deep: bool


class _Looked(NamedTuple):
    """Digests of parts, what could not be listed there, and the listings of those parts where these are new."""

    parts: tuple[tuple[str, bytes], ...]
    gaps: tuple[Gap, ...]
    listed: tuple[tuple[str, Listings], ...]


class _Eyes:
    """What is looked at: the files of ``tree`` with one of ``suffixes``, top folders named in ``skip`` left out. What
    an earlier look found is at ``kept``."""

    def __init__(
        self, tree: WorkingTree, suffixes: tuple[str, ...], skip: Collection[str], kept: Path | None = None
    ) -> None:
        self._tree = tree
        self._suffixes = suffixes
        self._skip = skip
        self.listed = Listed(kept, " ".join(suffixes))

    def parts(self) -> list[_Part]:
        """The tree in parts that can be looked at in any order."""
        found = [_Part("", False)]
        for top in self._below("", []):
            found.append(_Part(top, False))
            found += [_Part(folder, True) for folder in self._tree.folder(top, (), []).folders]
        return found

    def look(self, parts: Iterable[_Part]) -> _Looked:
        """The digests of ``parts`` that hold files."""
        gaps: list[Gap] = []
        told: list[tuple[str, bytes]] = []
        listed: list[tuple[str, Listings]] = []
        for part in parts:
            seen = _PartSeen(self._tree, self._suffixes, self.listed.part(part.folder), gaps)
            seen.look(part)
            if seen.files:
                told.append((part.folder, _digest(seen.files)))
            if seen.is_new:
                listed.append((part.folder, seen.listings))
        return _Looked(tuple(told), tuple(gaps), tuple(listed))

    def _below(self, folder: str, gaps: list[Gap]) -> list[str]:
        return [one for one in self._tree.folder(folder, (), gaps).folders if one[:-1] not in self._skip]


class _PartSeen:
    """What is seen of one part of ``tree``: its ``files``, and the ``listings`` of its folders, for the next look;
    ``known`` are those of the last one. What could not be listed is appended to ``gaps``."""

    def __init__(self, tree: WorkingTree, suffixes: tuple[str, ...], known: Listings, gaps: list[Gap]) -> None:
        self._tree = tree
        self._suffixes = suffixes
        self._known = known
        self._gaps = gaps
        self.files: Folders = {}
        self.listings: Listings = {}
        self.is_new = False
        """Whether ``listings`` has more than was known."""

    def look(self, part: _Part) -> None:
        """Look at the folder of ``part`` and at what is below it."""
        waiting = [part.folder]
        while waiting:
            folder = waiting.pop()
            below = self._as_before(folder)
            below = self._anew(folder) if below is None else below
            waiting += below if part.deep else ()

    def _as_before(self, folder: str) -> list[str] | None:
        """The folders in one that holds what it held before; None where it does not."""
        listing = self._known.get(folder)
        files = None if listing is None else self._stats(folder, listing)
        if listing is None or files is None:
            return None
        if files:
            self.files[folder] = files
        self.listings[folder] = listing
        return listing.below

    def _stats(self, folder: str, listing: Listing) -> list[Entry] | None:
        """The files in a folder that holds what is listed; None where it does not."""
        stat = os.stat
        try:
            handle = os.open(f"{self._tree.root}/{folder}", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                if mark_of(os.fstat(handle)) != listing.mark:
                    return None
                return [
                    (name, (about := stat(name, dir_fd=handle, follow_symlinks=False)).st_size, about.st_mtime_ns)
                    for name in listing.names
                ]
            finally:
                os.close(handle)
        except OSError:  # whoever lists it says why
            return None

    def _anew(self, folder: str) -> list[str]:
        """The folders in one that is listed."""
        files, below, mark = self._tree.folder(folder, self._suffixes, self._gaps)
        if files:
            self.files[folder] = files
        if mark is not None:
            self.listings[folder] = Listing(mark, sorted([name for name, *_ in files]), below)
            self.is_new = True
        return below


def seen_in(stats: Iterable[FileStat], gaps: Iterable[Gap]) -> Seen:
    """What a look would have shown of files that were listed with ``tree.files()``."""
    parts: dict[str, Folders] = {}
    for path, size, mtime_ns in stats:
        folder, slash, name = path.rpartition("/")
        part = "".join(f"{step}/" for step in folder.split("/", 2)[:2]) if slash else ""
        parts.setdefault(part, {}).setdefault(folder + slash, []).append((name, size, mtime_ns))
    return _seen(((part, _digest(folders)) for part, folders in parts.items()), gaps)


def _digest(folders: Folders) -> bytes:
    told = [(folder, sorted(folders[folder])) for folder in sorted(folders)]
    return hashlib.blake2b(msgspec.msgpack.encode(told), digest_size=16).digest()


def _seen(parts: Iterable[tuple[str, bytes]], gaps: Iterable[Gap]) -> Seen:
    missed = tuple(sorted(gaps))
    told = msgspec.msgpack.encode((missed, sorted(parts)))
    return Seen(hashlib.blake2b(told, digest_size=16).hexdigest(), missed)


class Look:
    """A look that is begun at once and taken by other processes; to be used in a ``with`` statement, which ends it.

    Begin it before there are threads, and before files are open that other processes must not hold: where there are
    threads already, this process looks alone, when it is asked. What it sees of folders is kept in the file ``kept``,
    for the next look."""

    def __init__(
        self, tree: WorkingTree, suffixes: tuple[str, ...], skip: Collection[str], kept: Path | None = None
    ) -> None:
        self._eyes = _Eyes(tree, suffixes, skip, kept)
        self._found: Seen | None = None
        self._children: dict[int, int] = {}
        threading = sys.modules.get("threading")
        if threading is None or threading.active_count() == 1:
            self._begin()

    def seen(self) -> Seen:
        """What the look shows. This process takes the parts that no other has begun with, and waits for the rest."""
        if self._found is None:
            looked = self._together() if self._children else None
            if looked is None:
                looked = [self._eyes.look(self._eyes.parts())]
            parts = (part for one in looked for part in one.parts)
            self._found = _seen(parts, (gap for one in looked for gap in one.gaps))
            self._eyes.listed.keep(part for one in looked for part in one.listed)
        return self._found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for child in tuple(self._children):
            os.kill(child, signal.SIGKILL)
            self._wait(child)

    def _begin(self) -> None:
        self._parts = self._eyes.parts()
        numbers = b"".join(number.to_bytes(_TICKET, "little") for number in range(len(self._parts)))
        if len(numbers) > select.PIPE_BUF:  # no pipe may hold them, and no kernel tree is that wide
            return
        self._tickets, handing = os.pipe()
        os.write(handing, numbers)
        os.close(handing)
        for _ in range(max(1, min(_MOST, (os.cpu_count() or 1) - 1))):
            # In the new process Ctrl-C would unwind all that the old one was about to do, and be told of twice.
            with undisturbed(signal.SIGINT):
                self._fork()
        if not self._children:
            os.close(self._tickets)

    def _fork(self) -> None:
        reading, writing = os.pipe()
        try:
            child = os.fork()
        except OSError:  # no more processes are allowed
            os.close(reading)
            os.close(writing)
            return
        if not child:
            try:
                gc.disable()
                with os.fdopen(writing, "wb") as out:
                    out.write(msgspec.msgpack.encode(self._eyes.look(self._taken())))
            finally:
                os._exit(0)  # nothing of the parent's is flushed or closed here
        os.close(writing)
        self._children[child] = reading

    def _taken(self) -> Iterator[_Part]:
        """The parts that no other process has taken."""
        while ticket := os.read(self._tickets, _TICKET):
            yield self._parts[int.from_bytes(ticket, "little")]

    def _together(self) -> list[_Looked] | None:
        """What this process and the others found; None when one of them died over it."""
        looked = [self._eyes.look(self._taken())]
        for child, pipe in tuple(self._children.items()):
            data = b"".join(_blocks(pipe))
            self._wait(child)
            try:
                looked.append(msgspec.msgpack.decode(data, type=_Looked))
            except msgspec.DecodeError:
                return None
        return looked

    def _wait(self, child: int) -> None:
        os.close(self._children.pop(child))
        os.waitpid(child, 0)
        if not self._children:
            os.close(self._tickets)


def _blocks(pipe: int) -> Iterator[bytes]:
    while block := os.read(pipe, 1 << 16):
        yield block
