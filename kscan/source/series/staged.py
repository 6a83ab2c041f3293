"""What is staged for the next commit, as a series of one patch."""

from __future__ import annotations

from kscan.model.error import InputError
from kscan.model.patch import Patch, Series
from kscan.source.git import Repository
from kscan.source.series.boxes import MAX_BYTES
from kscan.source.series.diff import parse
from kscan.source.series.message import MAX_LINES, where
from kscan.source.tree import WorkingTree

_ORIGIN = "what is staged"


class NothingStaged(InputError):
    """There is nothing to review."""


def staged(tree: WorkingTree, index: str = "") -> Series:
    """
    The difference between HEAD and git's index (the file ``index``, where git names another than the usual one).

    Raises NothingStaged where there is none, and InputError when ``tree`` is in no git repository and for changes too
    large to review.
    """
    repository = Repository(tree.root)
    base = repository.tree_of("HEAD") or repository.no_tree()
    diff = repository.index_diff(base, index)
    lines = diff.removesuffix(b"\n").split(b"\n")
    if len(diff) > MAX_BYTES or len(lines) > MAX_LINES:
        raise InputError(f"{_ORIGIN}: more than {MAX_LINES:,} lines or {MAX_BYTES >> 20} MiB, too much for one review")
    if not diff:
        raise NothingStaged("nothing is staged; 'git add' what is to be reviewed")
    files, end = parse(lines, where(_ORIGIN, 0, _ORIGIN))
    text = b"".join(line + b"\n" for line in lines[:end])
    return Series((Patch(subject=_ORIGIN, diff=text, files=files, origin=_ORIGIN),), None, base)
