"""What is about to be pushed, as ranges of commits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kscan.source.git import Repository

_MOST = 200


class Skipped(NamedTuple):
    """What is pushed and not to be reviewed, and ``why``."""

    why: str


def ranges(repository: Repository, remote: str, told: str) -> Iterator[str | Skipped]:
    """The ranges that git tells pre-push of in ``told``, a line each of local ref and id, remote ref and id: what is
    new to the branch there, or, for a new branch, to all of ``remote``. What is deleted is none."""
    for line in told.splitlines():
        words = line.split(" ")
        if len(words) != 4 or not words[1].strip("0"):
            continue
        local, there = words[1], words[3]
        if there.strip("0") and repository.tree_of(there) is not None:
            yield f"{there}..{local}"
        else:
            yield from _new(repository, remote, local)


def _new(repository: Repository, remote: str, local: str) -> Iterator[str | Skipped]:
    """What ``remote`` has nothing of, unless it is all of the history, or too much to have been written here."""
    first = repository.first_new(remote, local, _MOST)
    if first is None:
        lacks = f"{remote or 'the remote'} lacks more than {_MOST} commits below {local[:12]}, or all"
        yield Skipped(f"{lacks}; 'kscan review FIRST~1..LAST' reviews some of them")
    elif first:
        yield f"{first}..{local}"
