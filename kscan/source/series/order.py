"""Mails to a series: sorted, the latest version of each patch, without answers; and what is missing is said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kscan.model.error import InputError
from kscan.model.patch import Patch, Series
from kscan.source.series.message import title

_COMBINED: Final = re.compile(r"(?m)^diff --(?:cc|combined) ")


def arranged(mails: list[Patch]) -> Series:
    """
    The series in ``mails`` (one at least; cover letters and answers among them), in the order to apply it.

    Raises InputError if there is no diff in any.
    """
    mails = _once(mails)
    notes: list[str] = []
    patches = [one for one in mails if one.files]
    if not patches:
        raise InputError(_nothing(mails))
    asked = [one for one in patches if not title(one.mail.title).reply]
    if asked and len(asked) < len(patches):
        left = [one for one in patches if one not in asked]
        notes.append(f"{_many(len(left), 'answer')} with a diff left out, such as {left[0].mail.title!r}")
        patches = asked
    covers = [one for one in mails if not one.files and one.number == 0 and not title(one.mail.title).reply]
    empty = [one for one in mails if not one.files and one.number > 0 and _is_numbered(one)]
    notes += [f"{name(one)}: no diff in it" for one in empty]
    patches, cover, said = _latest(patches, covers)
    notes += said
    runs = _runs(patches, notes)
    notes += [line for run in runs if len(run) > 1 for line in _missing(run, empty)]
    ordered = tuple(one for run in runs for one in sorted(run, key=lambda one: one.number))
    bases = [one.base for one in (*((cover,) if cover else ()), *ordered) if one.base]
    return Series(ordered, cover, bases[0] if bases else "", tuple(notes))


def name(patch: Patch) -> str:
    """How to name a patch to the user: "patch 2/5 (subject)"."""
    of = f" {patch.number}/{patch.total}" if patch.total > 1 or patch.number != 1 else ""
    return f"patch{of} ({patch.subject[:72]})" if patch.subject else f"patch{of} of {patch.origin}"


def _once(mails: list[Patch]) -> list[Patch]:
    """The same mail, through a list and directly, counts once."""
    seen: set[str] = set()
    kept = []
    for one in mails:
        if one.mail.message_id not in seen or not one.mail.message_id:
            kept.append(one)
        seen.add(one.mail.message_id)
    return kept


def _nothing(mails: list[Patch]) -> str:
    """Why there is no series in ``mails``."""
    first = mails[0]
    if any(one.number == 0 for one in mails):
        return f"{first.origin}: a cover letter alone; name the patches too"
    if not first.mail.title:
        return f"{first.origin}: no patch: there is no diff in it"
    if any(_COMBINED.search(f"{one.message}\n{one.notes}") for one in mails):
        return f"{first.origin}: a combined diff, of a merge; name the diff against one parent ('git show -m')"
    return f"{first.origin}: a mail without a diff ({first.mail.title[:72]})"


def _is_numbered(patch: Patch) -> bool:
    told = title(patch.mail.title)
    return told.numbered and not told.reply


def _latest(patches: list[Patch], covers: list[Patch]) -> tuple[list[Patch], Patch | None, list[str]]:
    """The patches without those of versions that a later one replaces, the cover letter, and what to say of it."""
    notes: list[str] = []
    kept = {version: [one for one in patches if one.version == version] for version in sorted(_versions(patches))}
    for version in list(kept)[:-1]:
        older = [*kept[version], *(one for one in covers if one.version == version)]
        later = [one for other in kept if other > version for one in kept[other]]
        if not _replaces([*later, *(one for one in covers if one.version > version)], older):
            continue
        filled = _filling(kept[version], later)
        if filled:
            which = ", ".join(f"{one.number}/{one.total}" for one in filled)
            notes.append(f"{which} of version {version} stay: version {max(kept)} does not have them")
        notes.append(f"version {version} left out ({_many(len(kept[version]) - len(filled), 'patch')}): sent again")
        kept[version] = filled
    left = [one for one in patches if one in kept[one.version]]
    known = [one for one in covers if one.version in _versions(left)] or covers
    return left, max(known, key=lambda one: one.version) if known else None, notes


def _replaces(later: list[Patch], older: list[Patch]) -> bool:
    """Whether ``later`` is the same series as ``older``: a subject is the same, or one is an answer to the other."""
    ids = {one.mail.message_id for one in older if one.mail.message_id}
    return bool({_key(one) for one in later} & {_key(one) for one in older}) or any(
        ids & set(one.mail.references) for one in later
    )


def _filling(older: list[Patch], later: list[Patch]) -> list[Patch]:
    """What stays of ``older`` where ``later`` is some of the same series sent again, in answer to it."""
    ids = {one.mail.message_id for one in older if one.mail.message_id}
    numbers = {(one.number, one.total) for one in later}
    totals = {one.total for one in later}
    if not any(ids & set(one.mail.references) for one in later):
        return []
    return [one for one in older if one.total in totals and (one.number, one.total) not in numbers]


def _versions(patches: Iterable[Patch]) -> set[int]:
    return {one.version for one in patches}


def _key(patch: Patch) -> str:
    return patch.subject.casefold()


def _runs(patches: list[Patch], notes: list[str]) -> list[list[Patch]]:
    """The patches that count together (1/3, 2/3, 3/3), each run where its first one was; others are a run each."""
    runs: list[list[Patch]] = []
    for one in patches:
        run = next((run for run in runs if _belongs(one, run)), None)
        if run is None:
            runs.append([one])
            continue
        same = next((other for other in run if other.number == one.number), None)
        if same is not None:
            notes.append(f"{name(one)} was sent twice; the later one counts")
            run.remove(same)
        run.append(one)
    return _threaded(runs)


def _belongs(patch: Patch, run: list[Patch]) -> bool:
    if not (_is_counted(patch) and _is_counted(run[0])):
        return any(_key(one) == _key(patch) and one.diff == patch.diff for one in run)
    if patch.total != run[0].total:
        return False
    same = next((one for one in run if one.number == patch.number), None)
    return same is None or _key(same) == _key(patch)


def _is_counted(patch: Patch) -> bool:
    return patch.total > 1


def _threaded(runs: list[list[Patch]]) -> list[list[Patch]]:
    """A patch that answers another of the runs comes behind it."""
    ids = {one.mail.message_id for run in runs for one in run if one.mail.message_id}
    return sorted(runs, key=lambda run: 0 if len(run) > 1 else len(ids & set(run[0].mail.references)))


def _missing(run: list[Patch], empty: list[Patch]) -> list[str]:
    total = run[0].total
    there = {one.number for one in run} | {one.number for one in empty if one.total == total}
    return [f"patch {number}/{total} is missing" for number in range(1, min(total, 1000) + 1) if number not in there]


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 'es' if what.endswith('ch') else 's'}"
