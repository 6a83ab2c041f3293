"""A range of commits of the tree's git repository to patches: read, never checked out, and nothing of it is run."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Final

from kscan.model.error import InputError
from kscan.model.patch import Patch, Series
from kscan.model.regex import regex
from kscan.source.git import Repository
from kscan.source.series.boxes import MAX_BYTES
from kscan.source.series.diff import parse
from kscan.source.series.mail import charset_decoded, unfolded
from kscan.source.series.message import MAX_LINES, where

MAX_COMMITS: Final = 500
"""How many commits a range may have."""

_LOOKED_AT = 200
_ID = regex(rb"^([0-9a-f]{40,64})\n", re.M)
_PERSON = regex(r"(.*?) ?(<[^<>]*>) (\d{1,11}) ([+-])(\d\d)(\d\d)$")


def commits(repository: Repository, name: str) -> Series:
    """
    The commits that ``name`` means as a series on the parent of the first: a range ("HEAD~6..", "A..B"), a branch
    against its upstream, or a single commit.

    Raises InputError if it means none, or more than a series.
    """
    taken, left_out = _meant(repository, name)
    notes: tuple[str, ...] = ()
    if left_out:
        ids, merges = repository.commits(taken, left_out, MAX_COMMITS + 1)
        notes = (f"{name}: {merges} merge{'s' * (merges > 1)} left out",) if merges else ()
    else:
        ids = taken
    if not ids:
        raise InputError(f"{name}: no commits in this range{', merges aside' if notes else ''}")
    if len(ids) > MAX_COMMITS:
        raise InputError(f"{name}: more than {MAX_COMMITS} commits; name a shorter range")
    return _series(repository, name, ids, notes)


def parent_of(repository: Repository, patch: Patch, tip: str = "HEAD") -> str | None:
    """The parent of the commit that ``patch`` is, if it is one of the last below ``tip``."""
    if not patch.subject:
        return None
    reader = repository.blobs()
    for commit in repository.latest(_LOOKED_AT, tip):
        raw = reader.read(commit) or b""
        subject, _ = _parted(_text(raw.partition(b"\n\n")[2], _charset(raw)))
        if subject == patch.subject and _changes(_series(repository, commit, [commit], ()).patches[0]) == _changes(
            patch
        ):
            before = _parents(raw)
            return before[0] if before else repository.no_tree()
    return None


def _changes(patch: Patch) -> list[tuple[object, ...]]:
    """What a patch changes, whatever context it shows and wherever it finds it."""
    return sorted(
        (
            change.old or "",
            change.new or "",
            [line for hunk in change.hunks for line in hunk.lines if line[:1] in b"+-"],
        )
        for change in patch.files
    )


def _meant(repository: Repository, name: str) -> tuple[list[str], list[str]]:
    """The commits that ``name`` takes in and leaves out."""
    taken, left_out = repository.named(name)
    if not taken and not left_out:
        raise InputError(
            f"{name}: neither a file, a folder nor commits of a git repository at {repository.root}; "
            "name patch files, an mbox, a maildir, a range such as HEAD~3.., or -"
        )
    if len(taken) != 1:
        raise InputError(f"{name}: no line of commits; name a range such as A..B")
    if left_out or not repository.branch(name):
        return taken, left_out
    upstream, _ = repository.named(f"{name}@{{upstream}}")
    if not upstream:
        raise InputError(f"{name}: a branch without an upstream; name its commits, such as BASE..{name}")
    return taken, upstream


def _series(repository: Repository, name: str, ids: list[str], notes: tuple[str, ...]) -> Series:
    told = repository.diffs(ids, MAX_BYTES)
    if told is None:
        raise InputError(f"{name}: changes of more than {MAX_BYTES >> 20} MiB, too much for a series of patches")
    diffs = _by_commit(told, ids)
    reader = repository.blobs()
    objects = [(one, reader.read(one) or b"") for one in ids]
    patches = []
    for number, (one, raw) in enumerate(objects, 1):
        if one not in diffs:
            notes = (*notes, f"{name}: commit {one[:12]} changes nothing here")
            continue
        patches.append(_patch(name, one, raw, diffs[one], number, len(ids)))
    if not patches:
        raise InputError(f"{name}: no changes{' (a merge)' if len(_parents(objects[0][1])) > 1 else ''} to review")
    before = _parents(objects[0][1])
    return Series(tuple(patches), None, before[0] if before else repository.no_tree(), notes)


def _by_commit(told: bytes, ids: list[str]) -> dict[str, bytes]:
    # No line of a diff begins with such an id: what is no header has a character before it.
    wanted = set(ids)
    heads = [head for head in _ID.finditer(told) if head[1].decode() in wanted]
    ends = [*(head.start() for head in heads), len(told)][1:]
    return {head[1].decode(): told[head.end() : end] for head, end in zip(heads, ends, strict=False)}


def _patch(name: str, commit: str, raw: bytes, diff: bytes, number: int, total: int) -> Patch:
    head, _, body = raw.partition(b"\n\n")
    subject, message = _parted(_text(body, _charset(raw)))
    author, date = _person(_text(_told(head, b"author"), _charset(raw)))
    lines = diff.lstrip(b"\n").removesuffix(b"\n").split(b"\n")
    if len(lines) > MAX_LINES:
        raise InputError(f"{name}: commit {commit[:12]} changes more than {MAX_LINES:,} lines")
    files, end = parse(lines, where(f"{name} {commit[:12]}", 0, subject))
    return Patch(
        subject=subject,
        author=author,
        date=date,
        commit=commit,
        number=number,
        total=total,
        message=message,
        diff=b"".join(line + b"\n" for line in lines[:end]),
        files=files,
        origin=name,
    )


def _charset(raw: bytes) -> str:
    return _told(raw.partition(b"\n\n")[0], b"encoding").decode("ascii", "replace") or "utf-8"


def _told(head: bytes, name: bytes) -> bytes:
    """What the header of a commit says of ``name``."""
    found = re.search(rb"(?m)^%s (.*)$" % name, head)
    return found[1] if found else b""


def _parents(raw: bytes) -> list[str]:
    return re.findall(r"(?m)^parent ([0-9a-f]+)$", raw.partition(b"\n\n")[0].decode("ascii", "replace"))


def _parted(text: str) -> tuple[str, str]:
    """The subject (the first paragraph, on one line) and the rest."""
    first, _, rest = text.strip("\n").partition("\n\n")
    return unfolded(first), "\n".join(line.rstrip() for line in rest.split("\n")).strip("\n")


def _person(text: str) -> tuple[str, str]:
    """The name and address, and the date as mails spell it."""
    found = _PERSON.match(text)
    if found is None:
        return text, ""
    minutes = int(found[5]) * 60 + int(found[6])
    zone = timezone(timedelta(minutes=min(minutes, 1439) * (-1 if found[4] == "-" else 1)))
    try:
        when = datetime.fromtimestamp(int(found[3]), zone)
    except (OverflowError, ValueError, OSError):
        return f"{found[1]} {found[2]}".strip(), ""
    return f"{found[1]} {found[2]}".strip(), f"{when:%a}, {when.day} {when:%b %Y %H:%M:%S %z}"


def _text(data: bytes, charset: str) -> str:
    said = charset_decoded(data, charset)
    return data.decode("utf-8", "surrogateescape") if said is None else said
