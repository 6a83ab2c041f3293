"""The hunks of one file applied to its bytes."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from kscan.model.patch import FileChange, Hunk
from kscan.model.regex import regex
from kscan.source.series.place import Effort, Image, Sides, Spot, lines_of, sides

_BARE = regex(rb"(?<!\r)\n")
_SHOWN = 60


class Misfit(Exception):
    """Why ``hunk`` does not apply: a clause whose subject is the file."""

    def __init__(self, hunk: Hunk, why: str) -> None:
        super().__init__(why)
        self.hunk = hunk


class Made(NamedTuple):
    """The new content; each hunk with its first line (from 1) there; and remarks, on a hunk or (None) on the file."""

    data: bytes
    placed: tuple[tuple[int, Hunk], ...]
    notes: tuple[tuple[Hunk | None, str], ...]


def applied(change: FileChange, data: bytes, effort: Effort) -> Made:
    """
    ``data`` with the hunks of ``change`` applied, in order. Where the file ends its lines with CRLF and the hunks do
    not, or the other way round, the hunks are taken to have the file's. Raises Misfit.
    """
    try:
        return _applied(change.hunks, data, effort)
    except Misfit:
        fitted = _fitted(change.hunks, data)
        if fitted is None:
            raise
        made = _applied(fitted, data, effort)
        own = {hunk.at: hunk for hunk in change.hunks}
        placed = tuple((line, own[hunk.at]) for line, hunk in made.placed)
        said = "the line ends of the patch are not those of the file (CRLF): taken as the file's"
        return Made(made.data, placed, ((None, said), *made.notes))


def _applied(hunks: tuple[Hunk, ...], data: bytes, effort: Effort) -> Made:
    image = Image(lines_of(data), effort)
    done: list[bytes] = []
    placed: list[tuple[int, Hunk]] = []
    notes: list[tuple[Hunk | None, str]] = []
    floor = shift = 0
    for number, hunk in enumerate(hunks, 1):
        both = sides(hunk)
        start = hunk.old_start - (1 if hunk.old_lines else 0)
        spot = image.spot(both, start + shift, floor, first=hunk.old_start <= 1)
        if spot is None:
            raise Misfit(hunk, f"does not take hunk {number} of {len(hunks)}: {_why(image, both, start + shift)}")
        cut = both.without(spot.before, spot.after)
        done += image.lines[floor : spot.at]
        placed.append((len(done) - spot.before + 1, hunk))
        done += cut.new
        floor = spot.at + len(cut.old)
        moved = spot.at - spot.before - start
        if moved != shift or spot.fuzz:
            notes.append((hunk, _moved(number, moved, spot)))
        shift = moved
    done += image.lines[floor:]
    return Made(b"".join(done), tuple(placed), tuple(notes))


def _fitted(hunks: tuple[Hunk, ...], data: bytes) -> tuple[Hunk, ...] | None:
    """The hunks with the line ends of the file; None if they have them."""
    lines = [line for hunk in hunks for line in hunk.lines if line[:1] != b"\\"]
    if b"\r\n" in data and not _BARE.search(data) and not any(line.endswith(b"\r") for line in lines):
        return tuple(_ending(hunk, b"\r") for hunk in hunks)
    if b"\r" not in data and lines and all(line.endswith(b"\r") for line in lines):
        return tuple(_ending(hunk, b"") for hunk in hunks)
    return None


def _ending(hunk: Hunk, end: bytes) -> Hunk:
    lines = tuple(line if line[:1] == b"\\" else line.removesuffix(b"\r") + end for line in hunk.lines)
    return msgspec.structs.replace(hunk, lines=lines)


def _moved(number: int, moved: int, spot: Spot) -> str:
    lines = f"{abs(moved)} line{'s' * (abs(moved) != 1)} further {'down' if moved > 0 else 'up'}"
    fuzz = f" with fuzz {spot.fuzz}" if spot.fuzz else ""
    return f"hunk {number} goes in {lines if moved else 'at its line'}{fuzz}"


def _why(image: Image, both: Sides, guess: int) -> str:
    """What keeps a hunk from going in."""
    if both.old != both.new and image.holds(both.new):
        return "the tree has this change already"
    near = image.near(both, guess)
    if near.wanted is None:
        return f"nothing in the file is like it; at line {near.line} there is {_shown(near.there)}"
    if near.there == near.wanted:
        return f"its place, line {near.line}, is taken by the hunk before it"
    return f"the nearest place is line {near.line}: {_shown(near.there)}, where the patch has {_shown(near.wanted)}"


def _shown(line: bytes | None) -> str:
    if line is None:
        return "nothing (the end of the file)"
    text = line.decode("utf-8", "backslashreplace").strip()
    return f"'{text[:_SHOWN]}...'" if len(text) > _SHOWN else f"'{text}'"
