"""Installs, describes and removes hooks: what is to be changed, as steps; nothing is changed here."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from kscan.hooks import b4
from kscan.hooks.places import Places
from kscan.hooks.script import HOOKS, KEPT, Written, script, written
from kscan.hooks.steps import Folder, Move, NoFolder, Remove, Step, Write
from kscan.model.error import InputError


def _kscan() -> list[str]:
    """The command that this kscan is, by its whole path: git, editors and b4 run hooks without the user's own PATH, and
    a virtual environment is active in few of the places that commit from. b4 shows its last part at each item."""
    beside = Path(sys.executable).with_name("kscan")
    return [str(beside)] if os.access(beside, os.X_OK) else [sys.executable, "-P", "-m", "kscan"]


_KSCAN: Final = _kscan()
NAMES: Final = ("sendemail", "b4", "pre-commit", "pre-push", "commit-msg")


def install(places: Places, names: Iterable[str], tree: str | None) -> list[Step]:
    """The steps that install the hooks ``names``; those that are there as they should be take none. ``tree`` is asked
    about, or the work tree at hand where it is None.

    Raises InputError for a hook that was changed by hand, and for places that cannot be written."""
    steps: list[Step] = []
    for name in names:
        words = [*_KSCAN, "hook", "run", *(("--tree", tree) if tree is not None else ())]
        if name == "b4":
            steps += b4.installed(places, words)
        else:
            made = any(isinstance(step, Folder) for step in steps)
            steps += _installed(places, name, [*words, HOOKS[name]], made)
    _check_writable(steps)
    return steps


def uninstall(places: Places, names: Iterable[str]) -> list[Step]:
    """The steps that take the hooks ``names`` away and put back what was there before, byte for byte.

    Raises InputError for a hook that was changed by hand."""
    steps: list[Step] = []
    last = False
    for name in names:
        if name == "b4":
            steps += b4.uninstalled(places)
        else:
            found = _ours(places, name)
            if found is not None:
                steps.append(Remove(places.hooks / HOOKS[name]))
                steps += _put_back(places, name)
                last = last or found.folder_made
    if last:
        steps.append(NoFolder(places.hooks))
    _check_writable(steps)
    return steps


def state(places: Places, name: str) -> str:
    """Whether the hook ``name`` is installed, for people."""
    if name == "b4":
        return b4.state(places)
    found = _written(places.hooks / HOOKS[name])
    if found is None:
        return "not installed"
    if not found.intact:
        return "changed by hand"
    return "installed, after the hook that was there" if _exists(_kept(places, name)) else "installed"


def where(places: Places, name: str) -> Path:
    """The file that the hook ``name`` is, or is told of in."""
    return places.config if name == "b4" else places.hooks / HOOKS[name]


def _installed(places: Places, name: str, words: Sequence[str], made: bool) -> list[Step]:
    path = places.hooks / HOOKS[name]
    ours = _ours(places, name)
    folder_made = ours.folder_made if ours is not None else made or not places.hooks.exists()
    wanted = script(name, words, folder_made=folder_made)
    if ours is not None:
        return [] if path.read_bytes() == wanted else [Write(path, wanted, 0o755)]
    steps: list[Step] = [] if made or places.hooks.exists() else [Folder(places.hooks)]
    if _exists(path):
        if _exists(_kept(places, name)):
            raise InputError(f"{path}: not kscan's, though {_kept(places, name).name} is there: move one of them away")
        steps.append(Move(path, _kept(places, name)))
    return [*steps, Write(path, wanted, 0o755)]


def _put_back(places: Places, name: str) -> list[Step]:
    kept = _kept(places, name)
    return [Move(kept, places.hooks / HOOKS[name])] if _exists(kept) else []


def _kept(places: Places, name: str) -> Path:
    return places.hooks / (HOOKS[name] + KEPT)


def _ours(places: Places, name: str) -> Written | None:
    """What kscan says of the hook that is there, if it wrote it. Raises InputError if that was changed by hand."""
    path = places.hooks / HOOKS[name]
    found = _written(path)
    if found is not None and not found.intact:
        raise InputError(f"{path}: changed by hand since kscan wrote it; take your lines out of it, or remove it")
    return found


def _written(path: Path) -> Written | None:
    try:
        return written(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as why:
        raise InputError(f"{path}: {why.strerror}; a hook is a file that can be read") from None


def _exists(path: Path) -> bool:
    return os.path.lexists(path)


def _check_writable(steps: Iterable[Step]) -> None:
    for step in steps:
        path = step.old if isinstance(step, Move) else step.path
        folder = next(parent for parent in path.parents if parent.exists())
        if not folder.is_dir() or not os.access(folder, os.W_OK):
            raise InputError(f"{folder}: no permission to write there; nothing was changed")
