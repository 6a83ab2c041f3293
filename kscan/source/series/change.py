"""What one patch makes of the files of a tree, in the order and with the checks of ``git apply``."""

from __future__ import annotations

from typing import Final

from kscan.model.error import InputError
from kscan.model.gap import Gap
from kscan.model.patch import Applied, FileChange, Hunk, Note, Patch, Placed
from kscan.source.series.hunks import Misfit, applied
from kscan.source.series.message import where
from kscan.source.series.paths import LINK, SUBMODULE, Paths
from kscan.source.series.place import Effort
from kscan.source.tree import Tree

_SPECIAL: Final = {LINK: "a symbolic link, which is not followed", SUBMODULE: "a commit of another repository"}


class Changes:
    """One patch on ``tree``. ``paths`` and ``effort`` are those of the whole series."""

    def __init__(self, patch: Patch, tree: Tree, paths: Paths, effort: Effort) -> None:
        self._patch = patch
        self._tree = tree
        self._paths = paths
        self._effort = effort
        self._now: dict[str, bytes | None] = {}
        self._made: set[str] = set()
        self._leaving = {one.old for one in patch.files if one.kind in {"rename", "delete"}}
        self._placed: list[Placed] = []
        self._notes: list[Note] = []

    def applied(self) -> Applied:
        """The patch applied. Raises InputError if it does not apply."""
        for change in self._patch.files:
            self._change(change)
        return Applied(self._patch, self._now, tuple(self._placed), tuple(self._notes))

    def _change(self, change: FileChange) -> None:
        special = _SPECIAL.get(change.new_mode or change.old_mode) or _SPECIAL.get(change.old_mode)
        if special:
            self._special(change, special)
        elif not _is_utf8(change):
            self._unread(change, "a name that is no UTF-8; the file is not looked at")
        elif change.binary or change.old in self._paths.unread:
            self._unread(
                change, "a binary change, which is not applied" if change.binary else "changed by a binary patch"
            )
        elif change.kind == "add":
            self._put(change, self._content(change, b""))
        elif change.kind == "delete":
            self._delete(change)
        elif change.kind in {"rename", "copy"}:
            self._move(change)
        else:
            self._put(change, self._content(change, self._read(change)))

    def _delete(self, change: FileChange) -> None:
        left = self._content(change, self._read(change))
        if change.hunks and left:
            raise self._wrong(change, "is deleted by the patch, but has lines that the patch does not have")
        self._take_away(change)

    def _move(self, change: FileChange) -> None:
        """The old file is taken as it is before the patch: with git, names may be swapped."""
        assert change.old is not None
        self._check(change, change.old)
        found = self._tree.read(change.old)
        if isinstance(found, Gap) and self._tree.exists(change.old) and not change.hunks:
            self._unread(change, found.reason)
            return
        if isinstance(found, Gap):
            raise self._wrong(change, self._missing(found), change.old)
        self._put(change, self._content(change, found.data))
        if change.kind == "rename" and change.old not in self._made:
            self._take_away(change)

    def _content(self, change: FileChange, data: bytes) -> bytes:
        """``data`` with the hunks applied."""
        try:
            made = applied(change, data, self._effort)
        except Misfit as why:
            raise self._wrong(change, f"{why}{self._hint()}", at=why.hunk.at) from None
        path = change.path
        self._placed += [Placed(path, line, hunk) for line, hunk in made.placed]
        self._notes += [Note(path, hunk.at if isinstance(hunk, Hunk) else -1, text) for hunk, text in made.notes]
        return made.data

    def _read(self, change: FileChange) -> bytes:
        path = change.old or change.path
        self._check(change, path)
        if path in self._now:
            data = self._now[path]
            if data is None:
                raise self._wrong(change, "is no longer there: the patch has taken it away before")
            return data
        found = self._tree.read(path)
        if isinstance(found, Gap):
            raise self._wrong(change, self._missing(found), path)
        return found.data

    def _put(self, change: FileChange, data: bytes) -> None:
        """What is at the new path from now on."""
        assert change.new is not None
        path = change.new
        if change.kind in {"add", "rename", "copy"}:
            self._check_free(change, path)
        self._effort.hold(len(data))
        self._now[path] = data
        self._paths.gone.discard(path)
        self._paths.links.discard(path)

    def _take_away(self, change: FileChange) -> None:
        assert change.old is not None
        self._now[change.old] = None
        self._paths.gone.add(change.old)
        self._paths.links.discard(change.old)
        self._paths.unread.discard(change.old)

    def _check_free(self, change: FileChange, path: str) -> None:
        if path in self._made:
            raise self._wrong(change, "is made twice by the patch")
        if path not in self._leaving:
            self._check(change, path)
            there = self._now[path] is not None if path in self._now else self._tree.exists(path)
            if there:
                raise self._wrong(change, "is there already, and the patch adds it")
        self._made.add(path)

    def _check(self, change: FileChange, path: str) -> None:
        why = self._paths.wrong(path)
        if why:
            raise self._wrong(change, why, path)

    def _special(self, change: FileChange, what: str) -> None:
        """A symbolic link or a submodule: not followed, but nothing may be reached through it."""
        if change.kind in {"delete", "rename"}:
            self._take_away(change)
        if change.new is not None:
            self._paths.links.add(change.new)
            self._notes.append(Note(change.new, -1, what))

    def _unread(self, change: FileChange, why: str) -> None:
        """A file that is what it is before the patch, or nothing, as far as is known."""
        if change.kind in {"delete", "rename"}:
            self._take_away(change)
        if change.new is not None:
            self._paths.unread.add(change.new)
        self._notes.append(Note(change.path, -1, why))

    def _missing(self, gap: Gap) -> str:
        """Why there is no content to change."""
        return (
            f"is not in the tree{self._hint()}" if gap.reason == "no such file" else f"cannot be changed: {gap.reason}"
        )

    def _hint(self) -> str:
        patch = self._patch
        if patch.total > 1 and patch.number > 1:
            return f"; it may need what comes before patch {patch.number}/{patch.total}, or another base (--base)"
        return "; --base names the commit that it was made on"

    def _wrong(self, change: FileChange, what: str, path: str = "", at: int = -1) -> InputError:
        patch = self._patch
        origin = f"{patch.origin} {patch.commit[:12]}" if patch.commit and not patch.line else patch.origin
        place = where(origin, patch.line, patch.subject)(change.at if at < 0 else at)
        return InputError(f"{place}: {path or change.path} {what}")


def _is_utf8(change: FileChange) -> bool:
    """Whether the names can be kept and told; those of files that are not are left alone everywhere."""
    try:
        f"{change.old}{change.new}".encode()
    except UnicodeEncodeError:
        return False
    return True
