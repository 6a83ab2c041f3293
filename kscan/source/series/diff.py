"""
Diffs as git, diff and quilt write them, to what they do to each file; read as git's apply.c reads them.

A parser of our own: those on PyPI (unidiff, whatthepatch) read text and not bytes, hold an object a line, leave quoted
names quoted and do not tell copies, changes of mode and binary patches from the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from kscan.model.error import InputError
from kscan.model.patch import ChangeKind, FileChange, Hunk
from kscan.model.regex import regex
from kscan.source.series import names

Where = Callable[[int], str]
"""How to name, to the user, the line of a diff with this index."""

_HUNK = regex(rb"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_MODE = regex(rb"(old mode|new mode|deleted file mode|new file mode) ([0-7]{6})$")
_MOVED = regex(rb"(rename|copy) (from|to|old|new) (.+)")
_SILENT = regex(rb"(?:dis)?similarity index |index [0-9a-f]+(?:,[0-9a-f]+)*\.\.[0-9a-f]+(?: ([0-7]{6}))?$")
_BLOCK = regex(rb"(?:literal|delta) \d+$")
_GIT: Final = b"diff --git "
_KINDS: dict[bytes, ChangeKind] = {b"deleted file mode": "delete", b"new file mode": "add"}


def start(lines: Sequence[bytes]) -> int:
    """The index of the first line of ``lines`` that begins a diff, -1 if none does."""
    return next((at for at in range(len(lines)) if _begins(lines, at)), -1)


def parse(lines: Sequence[bytes], where: Where) -> tuple[tuple[FileChange, ...], int]:
    """
    What the diff in ``lines``, which may have other text before, between and after its files, does to each file in
    order; and how many lines it takes, counted from the first of ``lines``. Work and memory are linear in them.

    Raises InputError for a diff that git would not take: counts that lie, names outside the tree.
    """
    reader = _Reader(lines, where)
    return tuple(reader.changes()), reader.end


def _begins(lines: Sequence[bytes], at: int) -> bool:
    line = lines[at]
    if line.startswith(_GIT):
        return True
    return (
        line.startswith(b"--- ") and at + 2 < len(lines) and _is_headed(lines, at) and bool(_HUNK.match(lines[at + 2]))
    )


def _is_headed(lines: Sequence[bytes], at: int) -> bool:
    return at + 1 < len(lines) and lines[at].startswith(b"--- ") and lines[at + 1].startswith(b"+++ ")


class _Header:
    """What the lines between ``diff --git`` and the first hunk say."""

    def __init__(self) -> None:
        self._modes: dict[bytes, str] = {}
        self._mode = ""
        self.moved: dict[str, bytes] = {}
        self.kind: ChangeKind = "modify"

    def take(self, line: bytes) -> bool:
        """Whether ``line`` is one of them."""
        line = line.rstrip(b"\r")
        if found := _MODE.match(line):
            self._modes[found[1]] = found[2].decode()
            if found[1] in _KINDS:
                self.kind = _KINDS[found[1]]
        elif found := _MOVED.match(line):
            self.kind = "rename" if found[1] == b"rename" else "copy"
            self.moved["old" if found[2] in {b"from", b"old"} else "new"] = names.unquoted(found[3])
        elif found := _SILENT.match(line):
            self._mode = (found[1] or b"").decode()
        else:
            return False
        return True

    @property
    def modes(self) -> tuple[str, str]:
        """The mode before and after, each "" if not told."""
        told = self._modes
        old = told.get(b"old mode") or told.get(b"deleted file mode") or self._mode
        return old, told.get(b"new mode") or told.get(b"new file mode") or self._mode


class _Reader:
    """``end`` is the index behind the last line that belongs to the diff."""

    def __init__(self, lines: Sequence[bytes], where: Where) -> None:
        self._lines = lines
        self._where = where
        self._at = 0
        self.end = 0

    def changes(self) -> list[FileChange]:
        """All of them."""
        found = []
        signed = False
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if _begins(self._lines, self._at):
                found += self._git() if line.startswith(_GIT) else self._plain()
                self.end = self._at
                signed = False
            elif _HUNK.match(line) and not signed:
                raise self._wrong(self._at, "a hunk that belongs to no file")
            else:
                signed = signed or line.rstrip() == b"--"
                self._at += 1
        return found

    def _git(self) -> list[FileChange]:
        """A change with git's header; none where nothing is changed."""
        first, header = self._at, _Header()
        self._at += 1
        while self._at < len(self._lines) and header.take(self._lines[self._at]):
            self._at += 1
        headed = self._heads()[0] if _is_headed(self._lines, self._at) else None
        told = headed or names.sides(self._lines[first][len(_GIT) :].rstrip(b"\r"))
        binary = self._skip_binary()
        hunks = self._hunks()
        kind: ChangeKind = header.kind
        if kind == "modify" and not hunks and not binary:
            kind = "mode"
        if kind == "mode" and header.modes[0] == header.modes[1]:
            return []
        if kind in {"rename", "copy"}:
            old, new = self._moved(first, kind, headed, header.moved)
        else:
            old, new = self._paths(first, kind, told)
        return [FileChange(old, new, kind, hunks, binary, *header.modes, at=first)]

    def _plain(self) -> list[FileChange]:
        """A change with the header that diff and quilt write."""
        first = self._at
        (old, new), (is_new, is_gone) = self._heads()
        hunks = self._hunks()
        kind: ChangeKind = "modify"
        if old == names.NOWHERE or (is_new and hunks[0].old_lines == 0):
            kind = "add"
        elif new == names.NOWHERE or (is_gone and hunks[0].new_lines == 0):
            kind = "delete"
        one, other = self._in_tree(first, old, new)
        if one and other and one != other:
            # "x.c.orig" against "x.c", as quilt and people do it.
            one = other = min(one, other, key=len)
        return [FileChange(None if kind == "add" else one, None if kind == "delete" else other, kind, hunks, at=first)]

    def _heads(self) -> tuple[tuple[bytes, bytes], tuple[bool, bool]]:
        """The names behind ``---`` and ``+++``, and whether each is said not to be there."""
        old, is_new = names.headed(self._lines[self._at][4:])
        new, is_gone = names.headed(self._lines[self._at + 1][4:])
        self._at += 2
        return (old, new), (is_new, is_gone)

    def _moved(
        self, first: int, kind: ChangeKind, headed: tuple[bytes, bytes] | None, moved: dict[str, bytes]
    ) -> tuple[str | None, str | None]:
        if moved.keys() != {"old", "new"}:
            raise self._wrong(first, f"a {kind} that does not name both files")
        told = moved["old"], moved["new"]
        if headed and not all(head.endswith(name) for head, name in zip(headed, told, strict=True)):
            raise self._wrong(first, f"names two files beside those of its {kind}")
        return self._safe(first, told[0]), self._safe(first, told[1])

    def _paths(self, first: int, kind: ChangeKind, told: tuple[bytes, bytes] | None) -> tuple[str | None, str | None]:
        if told is None:
            raise self._wrong(first, "the names of the file cannot be told apart")
        old, new = self._in_tree(first, *told)
        if kind == "add":
            return None, new
        if kind == "delete":
            return old, None
        if old is None or old != new:
            raise self._wrong(first, "two names for a file that is not said to be renamed")
        return old, new

    def _in_tree(self, first: int, old: bytes, new: bytes) -> tuple[str | None, str | None]:
        try:
            return names.path(old, new)
        except InputError as why:
            raise self._wrong(first, str(why)) from None

    def _safe(self, first: int, name: bytes) -> str:
        try:
            return names.safe(name)
        except InputError as why:
            raise self._wrong(first, str(why)) from None

    def _skip_binary(self) -> bool:
        """Whether the content is told as no lines."""
        line = self._lines[self._at].rstrip() if self._at < len(self._lines) else b""
        if line.startswith(b"Binary files ") and line.endswith(b" differ"):
            self._at += 1
            return True
        if line != b"GIT binary patch":
            return False
        self._at += 1
        while self._at < len(self._lines) and _BLOCK.match(self._lines[self._at].rstrip()):
            while self._at < len(self._lines) and self._lines[self._at].strip():
                self._at += 1
            self._at += 1
        self._at = min(self._at, len(self._lines))
        return True

    def _hunks(self) -> tuple[Hunk, ...]:
        found = []
        while self._at < len(self._lines) and (head := _HUNK.match(self._lines[self._at])):
            found.append(self._hunk(head))
        return tuple(found)

    def _hunk(self, head: re.Match[bytes]) -> Hunk:
        old_start, old_lines, new_start, new_lines = (int(head[n] or 1) for n in range(1, 5))
        first = self._at
        self._at += 1
        lines = self._body(first, old_lines, new_lines)
        if self._at < len(self._lines) and _goes_on(self._lines, self._at):
            raise self._wrong(self._at, f"a line more than the hunk has by its header (line {self._where(first)})")
        return Hunk(old_start, old_lines, new_start, new_lines, tuple(lines), first)

    def _body(self, first: int, old: int, new: int) -> list[bytes]:
        """The lines of a hunk that has ``old`` lines before and ``new`` after."""
        lines = []
        while old > 0 or new > 0:
            line = self._lines[self._at] if self._at < len(self._lines) else b"."
            # Mail programs take blanks off the ends of lines.
            line = line or b" "
            old -= line[0] in b" -"
            new -= line[0] in b" +"
            if line[0] not in b" +-\\" or old < 0 or new < 0:
                raise self._wrong(first, "the hunk has other lines than its header counts; the patch is damaged")
            lines.append(line)
            self._at += 1
        if self._at < len(self._lines) and self._lines[self._at].startswith(b"\\ "):
            lines.append(self._lines[self._at])
            self._at += 1
        return lines

    def _wrong(self, at: int, what: str) -> InputError:
        return InputError(f"{self._where(at)}: {what}")


def _goes_on(lines: Sequence[bytes], at: int) -> bool:
    """Whether a hunk seems to go on at a line where its header says that it has ended."""
    line = lines[at]
    if line.startswith(b"-"):
        return line.rstrip() not in {b"--", b"---"} and not _is_headed(lines, at)
    return line.startswith(b"+") or (line.startswith(b" ") and bool(line.strip()))
