"""Changes to files as data: shown before they are made, made one after the other, taken back when one fails."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kscan.model.error import InputError


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder ``path`` is made."""

    path: Path


@dataclass(frozen=True, slots=True)
class NoFolder:
    """The folder ``path`` goes, if nothing is in it."""

    path: Path


@dataclass(frozen=True, slots=True)
class Move:
    """What is at ``old``, a link or a file, goes to ``new`` as it is."""

    old: Path
    new: Path


@dataclass(frozen=True, slots=True)
class Write:
    """``path`` has the bytes ``data`` from now on; whoever reads it sees those before or these. ``mode`` is for a new
    file; one that is there keeps its own."""

    path: Path
    data: bytes
    mode: int = 0o644


@dataclass(frozen=True, slots=True)
class Remove:
    """The file ``path`` goes."""

    path: Path


Step = Folder | NoFolder | Move | Write | Remove
_Undo = Callable[[], object]


def make(steps: Sequence[Step]) -> None:
    """Makes all ``steps``, or none: raises InputError for one that fails, when those before it are taken back."""
    undo: list[_Undo] = []
    for step in steps:
        try:
            undo.append(_make(step))
        except OSError as why:
            for back in reversed(undo):
                back()
            where = why.filename or _place(step)
            raise InputError(f"{where}: {why.strerror}; nothing was changed") from None


def _place(step: Step) -> Path:
    return step.old if isinstance(step, Move) else step.path


def _make(step: Step) -> _Undo:
    """Makes one step; gives what takes it back."""
    match step:
        case Folder(path):
            path.mkdir()
            return path.rmdir
        case NoFolder(path):
            return _without(path)
        case Move(old, new):
            old.rename(new)
            return lambda: new.rename(old)
        case Write(path, data, mode):
            before = path.read_bytes() if path.exists() else None
            _write(path, data, mode)
            return path.unlink if before is None else lambda: _write(path, before, mode)
        case Remove(path):
            data, mode = path.read_bytes(), path.stat().st_mode
            path.unlink()
            return lambda: _write(path, data, mode)


def _without(path: Path) -> _Undo:
    if any(path.iterdir()):
        return lambda: None
    path.rmdir()
    return path.mkdir


def _write(path: Path, data: bytes, mode: int) -> None:
    target = Path(os.path.realpath(path))
    fresh = target.with_name(f".{target.name}.kscan-{os.getpid()}")
    try:
        with fresh.open("xb") as file:
            file.write(data)
        fresh.chmod(target.stat().st_mode & 0o7777 if target.exists() else mode & 0o7777)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
