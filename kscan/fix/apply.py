"""Changed files written back to their tree: all of them, or none."""

from __future__ import annotations

import os
import shutil
import signal
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import msgspec

from kscan.model.edit import Edit
from kscan.model.error import InputError
from kscan.model.source import Source
from kscan.report.diff import apply
from kscan.source.pool import undisturbed

_NOTHING = "nothing was written"


class Change(msgspec.Struct, frozen=True):
    """``path`` (relative to the tree) becomes ``data``; ``blob`` is the git blob id of what it was made for."""

    path: str
    blob: str
    data: bytes


def changes(
    edits: Iterable[Edit], read: Callable[[str], bytes], made_for: Mapping[str, str] = {}
) -> tuple[Change, ...]:
    """
    The edited files, in order of path; those whose bytes stay the same are left out. ``made_for`` are blob ids by path,
    as far as they are known. Raises InputError when a file is not what it was then, ValueError when two edits overlap
    or one leaves its file, and what ``read`` (path to bytes) raises.
    """
    made = []
    for path, some in groupby(sorted(set(edits)), key=lambda edit: edit.span.file):
        before = Source(path, read(path))
        if made_for.get(path, before.blob) != before.blob:
            raise _changed(path)
        after = apply(before.data, list(some))
        if after != before.data:
            made.append(Change(path, before.blob, after))
    return tuple(made)


def write(root: Path, todo: Sequence[Change]) -> None:
    """
    Writes every change below ``root``: beside the file, synced, then renamed over it, mode and owner kept; a link is
    followed only inside the tree. The originals come back when anything fails.

    Raises InputError, with every file as it was, when one was changed since it was read, is no regular file of the
    tree, or cannot be written.
    """
    staged: list[_Staged] = []
    try:
        for path, target, change in _targets(root, todo):
            with _said(path):
                staged.append(_stage(path, target, change))
        with undisturbed(signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            _swap(staged)
    finally:
        for one in staged:
            one.fresh.unlink(missing_ok=True)


class _Staged(NamedTuple):
    """A file about to be replaced: ``target`` by ``fresh``; ``kept`` is where the original stays meanwhile."""

    path: str
    target: Path
    fresh: Path
    kept: Path
    seen: tuple[int, int, int]


def _targets(root: Path, todo: Sequence[Change]) -> Iterator[tuple[str, Path, Change]]:
    """The real file of each change, each one once."""
    top = root.resolve()
    found: dict[Path, Change] = {}
    for change in todo:
        with _said(change.path):
            target = (top / change.path).resolve(strict=True)
        if top not in target.parents:
            raise InputError(f"{change.path}: leads out of the tree {top}; {_NOTHING}")
        other = found.setdefault(target, change)
        if other.data != change.data:
            raise InputError(f"{change.path}: the same file as {other.path}, changed in another way; {_NOTHING}")
        if other is change:
            yield change.path, target, change


def _stage(path: str, target: Path, change: Change) -> _Staged:
    """Writes the new content beside ``target``, which must still be what the change was made for."""
    about = target.stat()
    if not stat.S_ISREG(about.st_mode):
        raise InputError(f"{path}: not a regular file; {_NOTHING}")
    if not os.access(target, os.W_OK):
        raise InputError(f"{path}: read-only; {_NOTHING}")
    if Source(path, target.read_bytes()).blob != change.blob:
        raise _changed(path)
    mark = f".kscan-{os.getpid()}-{os.urandom(4).hex()}"
    fresh, kept = target.with_name(f"{mark}.new"), target.with_name(f"{mark}.orig")
    try:
        with fresh.open("xb") as file:
            file.write(change.data)
            with suppress(PermissionError):
                os.fchown(file.fileno(), about.st_uid, about.st_gid)
            os.fchmod(file.fileno(), stat.S_IMODE(about.st_mode))
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    return _Staged(path, target, fresh, kept, _identity(about))


def _swap(staged: Sequence[_Staged]) -> None:
    """Puts every file in place; the originals come back if one cannot be."""
    begun: list[_Staged] = []
    try:
        for one in staged:
            with _said(one.path):
                begun.append(one)
                _put(one)
    except BaseException:
        _restore(begun)
        raise
    for one in begun:
        with suppress(OSError):  # all is written; an original too many does no harm
            one.kept.unlink()


def _put(one: _Staged) -> None:
    if _identity(one.target.stat()) != one.seen:
        raise _changed(one.path)
    try:
        os.link(one.target, one.kept)
    except OSError:  # not every file system has links
        shutil.copy2(one.target, one.kept)
    one.fresh.replace(one.target)


def _restore(begun: Sequence[_Staged]) -> None:
    left = []
    for one in reversed(begun):
        try:
            if one.kept.exists():
                one.kept.replace(one.target)
                one.kept.unlink(missing_ok=True)  # a rename between two names of one file does nothing
        except OSError:
            left.append(f"{one.path} (its original is {one.kept.name} beside it)")
    if left:
        raise InputError(f"not restored after a fault: {', '.join(left)}")


@contextmanager
def _said(path: str) -> Iterator[None]:
    """What the file system objects to, as the user's one line."""
    try:
        yield
    except (OSError, RuntimeError) as why:  # RuntimeError: links in a circle, before Python 3.13
        reason = getattr(why, "strerror", None) or str(why)
        raise InputError(f"{path}: {reason}; {_NOTHING}") from why


def _changed(path: str) -> InputError:
    return InputError(f"{path}: changed since it was read; {_NOTHING}, run again")


def _identity(about: os.stat_result) -> tuple[int, int, int]:
    return about.st_ino, about.st_size, about.st_mtime_ns
