"""What a user names, to a series of patches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from kscan.model.error import InputError
from kscan.model.patch import Mail, Patch, Series
from kscan.source.git import Repository
from kscan.source.series import boxes
from kscan.source.series.commits import commits
from kscan.source.series.mail import Letter, is_mail, letters
from kscan.source.series.message import MAX_LINES, patch
from kscan.source.series.order import arranged
from kscan.source.tree import WorkingTree

STDIN: Final = "-"


def read_series(tree: WorkingTree, names: Sequence[str], stdin: bytes | None = None) -> Series:
    """
    The series that ``names`` mean: patch files, mboxes and maildirs, ``-`` for what is in ``stdin``; or else, alone, a
    range of commits of the git repository that ``tree`` is in, a branch against its upstream, or one commit.

    Raises InputError, with one line that names what is wrong, if there is no such thing or no patch in it.
    """
    if not names:
        raise InputError("no patch named; name patch files, an mbox, a maildir, a range such as HEAD~3.., or -")
    found: list[Patch] = []
    lines = 0
    for name in names:
        if name != STDIN and not _exists(name):
            return _commits(tree, name, alone=len(names) == 1)
        for piece in _pieces(name, stdin):
            for one in _patches(piece):
                found.append(one)
                lines += one.diff.count(b"\n")
                if lines > MAX_LINES:
                    raise InputError(f"{one.origin}: a series of more than {MAX_LINES:,} lines")
    return arranged(found)


def _commits(tree: WorkingTree, name: str, *, alone: bool) -> Series:
    if name.startswith("-") or "\0" in name:
        raise InputError(f"{name}: no such file, and no range of commits")
    series = commits(Repository(tree.root), name)
    if not alone:
        raise InputError(f"{name}: no such file; name a range of commits alone, or patches without one")
    return series


def _pieces(name: str, stdin: bytes | None) -> list[boxes.Piece]:
    if name == STDIN:
        if stdin is None or not stdin.strip():
            raise InputError("standard input: empty, where a patch or a mail is expected")
        return boxes.pieces(stdin, "standard input")
    path = Path(name)
    return boxes.folder(path, name) if path.is_dir() else boxes.file(path, name)


def _patches(piece: boxes.Piece) -> Iterator[Patch]:
    is_a_mail = piece.escaped or bool(piece.commit) or is_mail(piece.data)
    found = letters(piece.data, piece.origin) if is_a_mail else [Letter(Mail(), piece.data, 1)]
    for letter in found:
        placed = letter._replace(line=letter.line + piece.line - 1) if letter.line else letter
        one = patch(placed, piece.origin, commit=piece.commit, escaped=piece.escaped)
        if not one.files and not is_a_mail:
            binary = b"\0" in piece.data
            raise InputError(f"{piece.origin}: no patch: {'a binary file' if binary else 'there is no diff in it'}")
        yield one


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):
        return False
