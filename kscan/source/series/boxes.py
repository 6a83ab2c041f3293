"""Files, mboxes and maildirs to single mails or diffs, as bytes; never more of them than memory has room for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from kscan.model.error import InputError
from kscan.model.regex import regex

MAX_BYTES: Final = 128 << 20
"""What is read at most of one file, mbox or standard input, and of all mails together."""
MAX_PATCH: Final = 32 << 20
"""The size of the largest patch that is read."""
MAX_MAILS: Final = 2000

# As git's mailsplit tells such a line from text that begins with "From "; and a header follows.
_FROM = regex(
    rb"^From (\S{1,200})[ \t][^\n]{0,100}\d:\d\d(?::\d\d)?[^\n]{0,40}\d{4}[^\n]{0,20}\n(?=[!-9;-~]{1,100}:)", re.M
)
_GITS = b" Mon Sep 17 00:00:00 2001"
_COMMIT = regex(rb"[0-9a-f]{40,64}")
_PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz", b"(\xb5/\xfd": "zstd", b"PK\x03\x04": "zip"}


class Piece(NamedTuple):
    """
    One mail or diff, which begins at line ``line`` (from 1) of ``origin``. ``commit`` is the id that git's own "From "
    line tells, else "". ``escaped``: its lines that begin with "From " are escaped.
    """

    data: bytes
    origin: str
    line: int = 1
    commit: str = ""
    escaped: bool = False


def folder(path: Path, origin: str) -> list[Piece]:
    """
    The mails of a maildir, or the patches (``*.patch``, ``*.diff``) in a plain folder, in order of their names.

    Raises InputError for any other folder.
    """
    boxes = [path / name for name in ("cur", "new") if (path / name).is_dir()]
    inside = (one for box in boxes or [path] for one in _listed(box, origin))
    files = [one for one in inside if (boxes or one.suffix in {".patch", ".diff"}) and one.is_file()]
    if not files and boxes:
        raise InputError(f"{origin}: a maildir without mails")
    if not files:
        raise InputError(f"{origin}: a folder that is no maildir (no cur, no new) and has no *.patch; name patch files")
    if len(files) > MAX_MAILS:
        raise InputError(f"{origin}: {len(files)} mails; name a folder with {MAX_MAILS} at most")
    found: list[Piece] = []
    for one in sorted(files):
        found += file(one, str(Path(origin) / one.relative_to(path)))
        _check(found, origin)
    return found


def file(path: Path, origin: str) -> list[Piece]:
    """The mails of an mbox, or the one mail or diff, in a file (or pipe). Raises InputError if it cannot be read."""
    try:
        with path.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as why:
        raise InputError(f"{origin}: cannot be read: {why.strerror}") from None
    return pieces(data, origin)


def pieces(data: bytes, origin: str) -> list[Piece]:
    """The mails of an mbox, or the one mail or diff, in ``data``."""
    if len(data) > MAX_BYTES:
        raise InputError(f"{origin}: larger than {MAX_BYTES >> 20} MiB, too much for a series of patches")
    packed = next((kind for magic, kind in _PACKED.items() if data.startswith(magic)), None)
    if packed is not None:
        raise InputError(f"{origin}: packed with {packed}; unpack it first")
    found = list(_split(data, origin))
    _check(found, origin)
    return found


def _split(data: bytes, origin: str) -> Iterator[Piece]:
    blank = re.match(rb"\s*", data)
    begin = blank.end() if blank else 0
    if not _FROM.match(data, begin):
        yield Piece(data[begin:], origin, data.count(b"\n", 0, begin) + 1)
        return
    heads = list(_FROM.finditer(data, begin))
    line, counted = 1, 0
    for head, end in zip(heads, [*(head.start() for head in heads[1:]), len(data)], strict=True):
        line += data.count(b"\n", counted, head.end())
        counted = head.end()
        commit = head[1].decode() if _COMMIT.fullmatch(head[1]) and head[1].strip(b"0") else ""
        yield Piece(data[head.end() : end], origin, line, commit, _GITS not in head.group())


def _check(found: list[Piece], origin: str) -> None:
    if len(found) > MAX_MAILS:
        raise InputError(f"{origin}: more than {MAX_MAILS} mails")
    if any(len(piece.data) > MAX_PATCH for piece in found):
        raise InputError(f"{origin}: a patch larger than {MAX_PATCH >> 20} MiB")
    if sum(len(piece.data) for piece in found) > MAX_BYTES:
        raise InputError(f"{origin}: mails of more than {MAX_BYTES >> 20} MiB")


def _listed(box: Path, origin: str) -> list[Path]:
    try:
        return list(box.iterdir())
    except OSError as why:
        raise InputError(f"{origin}: cannot be read: {why.strerror}") from None
