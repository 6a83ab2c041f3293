"""A patch as a mail or a commit brings it, a series of them, and what became of one when it was applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

ChangeKind = Literal["modify", "add", "delete", "rename", "copy", "mode"]


class Hunk(msgspec.Struct, frozen=True):
    """
    One hunk: ``old_lines`` lines from ``old_start`` (from 1; 0 where there are none) become ``new_lines`` from
    ``new_start``. ``lines`` keep their first character (blank, ``-``, ``+``, or the backslash of "No newline at end
    of file") and a carriage return, not the newline. ``at`` is the index of the ``@@`` line among the lines of the
    diff, so ``lines[i]`` is line ``at + 1 + i`` there.
    """

    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    lines: tuple[bytes, ...]
    at: int


class FileChange(msgspec.Struct, frozen=True):
    """
    What a patch does to one file. ``old`` and ``new`` are paths in the tree, None for /dev/null; the same unless
    ``kind`` is "rename" or "copy". "mode" is a change of the mode alone. ``binary``: the content changes, and the diff
    has it as no lines. Modes are as git spells them ("100644", "120000" for a symbolic link), "" where not told.
    ``at`` is the index of the first line about this file among the lines of the diff.
    """

    old: str | None
    new: str | None
    kind: ChangeKind
    hunks: tuple[Hunk, ...] = ()
    binary: bool = False
    old_mode: str = ""
    new_mode: str = ""
    at: int = 0

    @property
    def path(self) -> str:
        """The path after the change, or before it where the file is deleted."""
        return self.new or self.old or ""


class Mail(msgspec.Struct, frozen=True):
    """
    The headers that an answer needs, decoded, each on one line: ``title`` is the whole Subject, with "[PATCH v2 1/3]";
    ``sender`` is From. Ids are without angle brackets; ``references`` has those of the mails before, the oldest
    first, that of In-Reply-To last.
    """

    title: str = ""
    message_id: str = ""
    sender: str = ""
    reply_to: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    date: str = ""
    references: tuple[str, ...] = ()


class Patch(msgspec.Struct, frozen=True):
    """
    One patch, or the cover letter of a series (``number`` 0, no ``files``).

    ``subject`` and ``message`` are the commit's: no "[PATCH ..]", no scissors, nothing below "---". ``notes`` is what
    stands between "---" and the diff. ``author`` is "Name <address>", ``date`` as the mail or commit spells it.
    ``commit`` is the id where git knows one, else "". ``number`` of ``total`` in version ``version``; 1 of 1 where
    nothing is said. ``diff`` is the text from its first line to the end of the last hunk, and ``line`` the line (from
    1) of ``origin`` at which it begins; 0 where no line there is that line. ``origin`` is what the user named.
    ``base`` is the commit that the mail names in "base-commit:", else "".
    """

    subject: str
    author: str = ""
    date: str = ""
    commit: str = ""
    number: int = 1
    total: int = 1
    version: int = 1
    message: str = ""
    notes: str = ""
    diff: bytes = b""
    files: tuple[FileChange, ...] = ()
    origin: str = ""
    line: int = 0
    base: str = ""
    mail: Mail = Mail()


class Series(msgspec.Struct, frozen=True):
    """
    ``patches`` in the order to apply them, one at least. ``base`` is the commit that they are said to be made on, ""
    where none is named. ``notes`` are remarks for people: a patch that is missing, one that came twice.
    """

    patches: tuple[Patch, ...]
    cover: Patch | None = None
    base: str = ""
    notes: tuple[str, ...] = ()


class Note(msgspec.Struct, frozen=True):
    """A remark on how a patch was applied to ``file``: on the hunk at line ``at`` of the diff (an index, as in
    ``Hunk``), or on all of the file where ``at`` is -1."""

    file: str
    at: int
    text: str


class Placed(msgspec.Struct, frozen=True):
    """Where a hunk went: its first new line is line ``line`` (from 1) of ``file`` as it is after the patch."""

    file: str
    line: int
    hunk: Hunk

    def lines(self) -> Iterator[tuple[int, int, bool]]:
        """Each line of the hunk that is there afterwards: its number (from 1) in ``file``, its index among the lines
        of the diff, and whether the patch adds it."""
        number = self.line
        for index, line in enumerate(self.hunk.lines, self.hunk.at + 1):
            if line[:1] not in (b"-", b"\\"):
                yield number, index, line[:1] == b"+"
                number += 1


class Applied(msgspec.Struct, frozen=True):
    """A patch applied: ``files`` are those it touches as they are afterwards (None: gone), ``placed`` its hunks."""

    patch: Patch
    files: Mapping[str, bytes | None]
    placed: tuple[Placed, ...] = ()
    notes: tuple[Note, ...] = ()
