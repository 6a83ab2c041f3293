"""The mails of a series, as git hands them to its hook one by one."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from kscan.model.error import InputError
from kscan.model.patch import Patch
from kscan.provenance import cache_folder
from kscan.source.series.read import read_series
from kscan.source.tree import WorkingTree

_MOST: Final = 500
"""Files in a folder of mails that are looked at."""


class Mails(NamedTuple):
    """The files of the mails to review together, in their order; ``only`` is the number of the patch among them that is
    asked about, 0 for all."""

    files: tuple[str, ...]
    only: int = 0


def mails(tree: WorkingTree, mail: str, env: Mapping[str, str]) -> Mails | None:
    """
    What to review now that ``mail`` is about to be sent; None while more are to come.

    Where git counts the mails (2.41 and later), the last one stands for all. Where it does not, each is asked about by
    itself, among those of its series that lie beside it.
    """
    count, total = env.get("GIT_SENDEMAIL_FILE_COUNTER", ""), env.get("GIT_SENDEMAIL_FILE_TOTAL", "")
    if not (count.isdecimal() and total.isdecimal()):
        return _beside(tree, mail)
    noted = _noted(tree, mail, int(count), int(total))
    if noted is None:
        return None
    return Mails(tuple(noted))


def _noted(tree: WorkingTree, mail: str, count: int, total: int) -> list[str] | None:
    """All mails, when this is the last; those before are noted between the calls, which are processes of their own."""
    place = cache_folder() / f"sendemail-{hashlib.blake2b(os.fsencode(tree.root), digest_size=8).hexdigest()}"
    before = _read(place) if count > 1 else []
    told = [*before, mail]
    if count < total:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(told))
        return None
    place.unlink(missing_ok=True)
    # Notes of a run that was broken off, or mails that are gone: this one is all that is known.
    return told if len(told) == total and all(Path(one).is_file() for one in told) else [mail]


def _read(place: Path) -> list[str]:
    try:
        noted = json.loads(place.read_text())
    except (OSError, ValueError):
        return []
    return [str(one) for one in noted] if isinstance(noted, list) else []


def _beside(tree: WorkingTree, mail: str) -> Mails:
    own = _patch(tree, mail)
    if own is None:
        return Mails(())
    found = {own.number: mail}
    for path in sorted(Path(mail).parent.glob("*.patch"))[:_MOST] if own.total > 1 else ():
        other = _patch(tree, str(path))
        if other is not None and (other.total, other.version) == (own.total, own.version):
            found.setdefault(other.number, str(path))
    numbers = _run(sorted(found), own.number)
    return Mails(tuple(found[number] for number in numbers), numbers.index(own.number) + 1)


def _run(numbers: Sequence[int], own: int) -> list[int]:
    """Of ``numbers`` those that follow on each other without a hole, up to and behind ``own``."""
    first = last = own
    while first - 1 in numbers:
        first -= 1
    while last + 1 in numbers:
        last += 1
    return list(range(first, last + 1))


def _patch(tree: WorkingTree, mail: str) -> Patch | None:
    """The patch in the file ``mail``; None for a cover letter, and for what is no patch."""
    try:
        series = read_series(tree, [mail])
    except InputError:
        return None
    return series.patches[0] if series.patches[0].files else None
