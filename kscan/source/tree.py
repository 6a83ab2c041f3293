"""A kernel tree on disk: its version, its files, and their bytes, read so that a bad file becomes a gap."""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from kscan.model.error import InputError
from kscan.model.gap import Gap
from kscan.model.regex import regex
from kscan.model.source import Source

# Programs and texts that come with the kernel and are no part of it (top-level folders).
NOT_KERNEL = frozenset({"Documentation", "samples", "scripts", "tools", "usr"})

# The largest header of 7.3 has 24 MB; what is larger than this is no source.
MAX_BYTES = 32 << 20

# A file changed this shortly before it was read may change again without a new time stamp (git's "racy" rule).
RACY_NS = 2_000_000_000

C_SUFFIXES = (".c", ".h")
_VERSION_LINE = regex(rb"^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION)[ \t]*=[ \t]*([\w.+-]*)[ \t]*$", re.M)
_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISDIR, "a folder, not a file"),
    (stat.S_ISFIFO, "a named pipe, not a file"),
    (stat.S_ISSOCK, "a socket, not a file"),
    (stat.S_ISBLK, "a device, not a file"),
    (stat.S_ISCHR, "a device, not a file"),
)
_ERRNO_TEXT = {
    errno.ENOENT: "no such file",
    errno.ENOTDIR: "no such file",
    errno.ELOOP: "a symbolic link that leads to itself",
    errno.EACCES: "no permission to read it",
    errno.EPERM: "no permission to read it",
    errno.ENAMETOOLONG: "the path is too long",
}


_IMAGES = regex(r"(?:arch/[^/]+/(?:boot|purgatory|(?:kernel/|entry/)?vdso\w*)|drivers/firmware/efi/libstub)/")


def image_of(path: str) -> str:
    """The folder of a boot loader, purgatory or vDSO that ``path`` is linked into, "" for the kernel itself: a name
    defined in one is no definition for another."""
    found = _IMAGES.match(path)
    return found.group() if found else ""


_BUILT = frozenset({"generated", "config"})
_BUILT_SUFFIX = ".mod.c"


def _is_built(folder: str, name: str) -> bool:
    """Whether a build writes the folder ``name`` of ``folder``: it holds one configuration, and is no source."""
    return name in _BUILT and f"/{folder}".endswith("/include/")


class FileStat(NamedTuple):
    """What the file system says of ``path`` (relative): ``size`` in bytes, ``mtime_ns`` since the epoch."""

    path: str
    size: int
    mtime_ns: int


Mark = tuple[int, int, int]
"""What the file system says of a folder for as long as it holds the same names: its device, its inode, and when that
changed last."""


class Folder(NamedTuple):
    """
    The ``files`` of a folder, each with its name, size and mtime, and its ``folders``, whose paths end in ``/``; in no
    order. While the stat of the folder has this ``mark``, it holds the same ones; None where that does not say so, for
    a link that may lead elsewhere, or a change that was just now.
    """

    files: list[tuple[str, int, int]]
    folders: list[str]
    mark: Mark | None = None


class Tree(Protocol):
    """What is read of a tree, be it on disk as it is or with changes; the methods are those of ``WorkingTree``."""

    @property
    def root(self) -> Path:
        """The folder it is in, absolute."""

    def read(self, path: str) -> Source | Gap:
        """The bytes at ``path``, or why there are none."""

    def exists(self, path: str) -> bool:
        """Whether ``path`` is a regular file of the tree."""

    def has_folder(self, path: str) -> bool:
        """Whether there may be files in the folder ``path``."""

    def files(
        self,
        under: Collection[str] = ...,
        suffixes: tuple[str, ...] = ...,
        skip: Collection[str] = ...,
        gaps: list[Gap] | None = ...,
    ) -> Iterator[FileStat]:
        """The files below ``under``, sorted."""

    def resolve(self, arg: str) -> str:
        """The path that a user's ``arg`` means."""


class _Unreadable(Exception):
    """Why a file cannot be had; never leaves this module."""


@dataclass(frozen=True, slots=True)
class WorkingTree:
    """A kernel tree at ``root`` (absolute, links resolved); ``version`` is its Makefile's, such as ``7.3.4``."""

    root: Path
    version: str
    _folders: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    def read(self, path: str) -> Source | Gap:
        """The bytes at ``path`` (relative to the root), or the gap that says why there are none. Never raises."""
        try:
            return Source(path=path, data=_bytes_of(self._inside(path)))
        except _Unreadable as why:
            return _gap(path, str(why))
        except OSError as why:
            return _gap(path, _reason(why))
        except ValueError:
            return _gap(path, "no such file")

    def exists(self, path: str) -> bool:
        """True if ``path`` names a regular file that belongs to the tree."""
        try:
            mode = os.lstat(f"{self.root}/{path}").st_mode  # most are headers looked for in vain beside a file
            if stat.S_ISLNK(mode):
                return stat.S_ISREG(Path(self._inside(path)).stat().st_mode)
            return stat.S_ISREG(mode) and self._is_inside(path)
        except (_Unreadable, OSError, ValueError):
            return False

    def has_folder(self, path: str) -> bool:
        """True if ``path`` names a folder ("" the tree itself); one that links lead to may lie outside of the tree."""
        return os.path.isdir(f"{self.root}/{path}")  # noqa: PTH112 - Path takes longer than the system

    def files(
        self,
        under: Collection[str] = (),
        suffixes: tuple[str, ...] = C_SUFFIXES,
        skip: Collection[str] = (),
        gaps: list[Gap] | None = None,
    ) -> Iterator[FileStat]:
        """
        The files below ``under`` (folders or files, relative; none means all), sorted by path, each one once.

        Links to folders are not followed; folders whose name begins with a dot (``.git``, ``.pc``), what a build in the
        tree writes (``include/generated/``, ``x.mod.c``), and the top-level folders named in ``skip`` are left out, but
        where ``under`` names them. What could not be listed is appended to ``gaps``.
        """
        trouble: list[Gap] = [] if gaps is None else gaps
        for start in _outermost(under):
            if start and not (self.root / start).is_dir():
                yield from self._one(start, trouble)
            elif start.split("/")[0] not in skip:
                yield from self._walk(f"{start}/" if start else "", suffixes, skip, trouble)

    def resolve(self, arg: str) -> str:
        """
        The path relative to the tree that a user's ``arg`` means: absolute, or relative to the working directory,
        or relative to the tree. The tree itself is ``.``. Raises InputError if it leaves the tree or is not there.
        """
        tried = [Path(arg)] if Path(arg).is_absolute() else [Path.cwd() / arg, self.root / arg]
        there = [real for candidate in tried if (real := _real(candidate)) is not None]
        for real in there:
            if real == self.root or self.root in real.parents:
                return real.relative_to(self.root).as_posix()
        if there:
            raise InputError(f"{arg}: outside the tree {self.root}; name a file or folder in it")
        raise InputError(f"{arg}: no such file or folder in {self.root}; check the path")

    def _walk(
        self, folder: str, suffixes: tuple[str, ...], skip: Collection[str], gaps: list[Gap]
    ) -> Iterator[FileStat]:
        waiting = [iter(self._listing(folder, suffixes, gaps))]
        while waiting:
            for path, found in waiting[-1]:
                if found is not None:
                    yield found
                elif path[:-1] not in skip:
                    waiting.append(iter(self._listing(path, suffixes, gaps)))
                    break
            else:
                waiting.pop()

    def _listing(self, folder: str, suffixes: tuple[str, ...], gaps: list[Gap]) -> list[tuple[str, FileStat | None]]:
        """Files of one folder, and its folders (their path ends in ``/``), in the order of the full paths."""
        files, folders, _ = self.folder(folder, suffixes, gaps)
        entries: list[tuple[str, FileStat | None]] = [(path, None) for path in folders]
        for name, size, mtime_ns in files:
            path = folder + name
            entries.append((path, FileStat(path, size, mtime_ns)))
        entries.sort()
        return entries

    def folder(self, folder: str, suffixes: tuple[str, ...], gaps: list[Gap]) -> Folder:
        """What is in one folder ("" or a path that ends in ``/``). What cannot be had is appended to ``gaps``."""
        files: list[tuple[str, int, int]] = []
        folders: list[str] = []
        plain = folder.isascii()
        mark: Mark | None = None
        try:
            handle = os.open(f"{self.root}/{folder}", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                mark = settled_mark(os.fstat(handle))
                with os.scandir(handle) as found:  # of a handle: each stat is spared the way there
                    for entry in found:
                        name = entry.name
                        wanted = name.endswith(suffixes) and not name.endswith(_BUILT_SUFFIX)
                        if wanted and entry.is_file(follow_symlinks=False) and plain and name.isascii():
                            about = entry.stat(follow_symlinks=False)
                            files.append((name, about.st_size, about.st_mtime_ns))
                        elif entry.is_dir(follow_symlinks=False):
                            if name[0] != "." and not _is_built(folder, name):
                                folders.append(f"{folder}{name}/")
                        elif wanted:
                            mark = None
                            files += [(name, *one[1:]) for one in self._one(folder + name, gaps)]
            finally:
                os.close(handle)
        except OSError as why:
            gaps.append(_gap(folder.rstrip("/") or ".", _reason(why)))
            mark = None
        return Folder(files, folders, mark if all(map(str.isascii, folders)) else None)

    def _one(self, path: str, gaps: list[Gap]) -> Iterator[FileStat]:
        """One path looked at with all care: a link, a name that is no UTF-8, or a file the user named."""
        try:
            path.encode()
            about = Path(self._inside(path)).stat()
            if stat.S_ISREG(about.st_mode):
                yield FileStat(path, about.st_size, about.st_mtime_ns)
            else:
                gaps.append(_gap(path, _kind(about.st_mode)))
        except UnicodeEncodeError:
            gaps.append(_gap(path, "its name is not UTF-8"))
        except _Unreadable as why:
            gaps.append(_gap(path, str(why)))
        except OSError as why:
            gaps.append(_gap(path, _reason(why)))

    def _inside(self, path: str) -> str:
        """The absolute path of ``path``; raises _Unreadable if links or ``..`` take it out of the tree."""
        full = os.path.join(self.root, path)  # noqa: PTH118 - once per file of the tree; Path costs more than the read
        if stat.S_ISLNK(os.lstat(full).st_mode):
            Path(full).stat()  # a loop or a dangling link is said before "leaves the tree"
            inside = self._holds(full)
        else:
            inside = self._is_inside(path)
        if not inside:
            raise _Unreadable("leaves the tree")
        return full

    def _is_inside(self, path: str) -> bool:
        """Whether the folder of ``path`` belongs to the tree."""
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            self._folders[folder] = self._holds(os.path.join(self.root, folder))  # noqa: PTH118
        return self._folders[folder]

    def _holds(self, full: str) -> bool:
        real = os.path.realpath(full)
        return real == str(self.root) or real.startswith(f"{self.root}/")


def mark_of(about: os.stat_result) -> Mark:
    """The mark of the folder with this stat."""
    return about.st_dev, about.st_ino, about.st_ctime_ns


def settled_mark(about: os.stat_result) -> Mark | None:
    """The mark of a folder whose names are read next; None where it may change again without another mark."""
    return mark_of(about) if about.st_ctime_ns < time.time_ns() - RACY_NS else None


def open_tree(path: str | Path) -> WorkingTree:
    """The kernel tree at ``path``. Raises InputError if there is none: no such path, a file, or another folder."""
    root = _real(Path(path))
    if root is None:
        raise InputError(f"{path}: no such folder; name the top folder of a Linux source tree")
    if not root.is_dir():
        raise InputError(f"{path}: a file, not a folder; name the top folder of a Linux source tree")
    version = _version(root)
    if version is None:
        raise InputError(f"{path}: not a Linux source tree; {_advice(root)}")
    return WorkingTree(root=root, version=version)


def around(folder: Path) -> WorkingTree:
    """The kernel tree that ``folder`` is or lies in. Raises InputError if it is in none."""
    for one in (folder, *folder.parents):
        if _version(one) is not None:
            return open_tree(one)
    raise InputError(f"{folder}: not in a Linux source tree; go to one, or name one with --tree")


def read_file(path: str) -> Source | Gap:
    """The file at ``path``, in a tree or not, read with the same care; or the gap that says why it cannot be had."""
    try:
        return Source(path=path, data=_bytes_of(path))
    except _Unreadable as why:
        return _gap(path, str(why))
    except OSError as why:
        return _gap(path, _reason(why))
    except ValueError:
        return _gap(path, "no such file")


def _advice(root: Path) -> str:
    """What to do instead: the tree that ``root`` lies in, or what makes a tree."""
    for parent in root.parents:
        if _version(parent) is not None:
            return f"did you mean {parent}?"
    return "it needs a Makefile with VERSION and PATCHLEVEL, and include/linux"


def _version(root: Path) -> str | None:
    """The version in the top Makefile, spelt as ``make kernelversion`` does; None if this is no kernel tree."""
    try:
        if not (root / "include" / "linux").is_dir():
            return None
        said: dict[bytes, bytes] = dict(reversed(_VERSION_LINE.findall((root / "Makefile").read_bytes())))
    except OSError:
        return None
    if not (said.get(b"VERSION") and said.get(b"PATCHLEVEL")):
        return None
    numbers = [said[key] for key in (b"VERSION", b"PATCHLEVEL", b"SUBLEVEL") if said.get(key)]
    return (b".".join(numbers) + said.get(b"EXTRAVERSION", b"")).decode()


def _bytes_of(full: str) -> bytes:
    # O_NONBLOCK: opening a pipe that nobody writes to must not hang.
    handle = os.open(full, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise _Unreadable(_kind(about.st_mode))
        if about.st_size > MAX_BYTES:
            raise _Unreadable(f"larger than {MAX_BYTES >> 20} MiB")
        data = os.read(handle, about.st_size + 1)
    finally:
        os.close(handle)
    if len(data) != about.st_size:
        raise _Unreadable("changed while it was read")
    if b"\0" in data:
        raise _Unreadable("binary: it contains a NUL byte")
    return data


def _outermost(under: Collection[str]) -> list[str]:
    """``under`` in the order of the walk, without what lies in another of them; "" is the whole tree."""
    kept: list[str] = []
    for start in sorted({"" if one == "." else one.strip("/") for one in under} or {""}):
        if not any(have in (start, "") or start.startswith(have + "/") for have in kept):
            kept.append(start)
    return sorted(kept, key=lambda start: start + "/")


def _real(path: Path) -> Path | None:
    """``path`` without links, or None if there is nothing."""
    try:
        return path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        return None


def _kind(mode: int) -> str:
    return next((text for test, text in _KINDS if test(mode)), "not a regular file")


def _reason(why: OSError) -> str:
    return _ERRNO_TEXT.get(why.errno or 0, why.strerror or "cannot be read")


def _gap(path: str, reason: str) -> Gap:
    printable = path.encode(errors="backslashreplace").decode()
    return Gap(file=printable, start=-1, stage="read", function="", reason=reason)
