"""Where in a file a hunk goes: at its line, at the nearest other place, or with the outermost context left out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Final, NamedTuple

from kscan.model.error import InputError
from kscan.model.patch import Hunk
from kscan.model.regex import regex

MAX_FUZZ: Final = 2
"""How many lines of context may be left out at each end, as for ``patch -F2``."""
_MAX_TRIES = 2_000_000
_MAX_HELD = 256 << 20
_MAX_VOTES = 2000

_LINE = regex(rb"[^\n]*\n|[^\n]+")


class Effort:
    """What applying a series has cost so far; a hostile one ends with InputError."""

    def __init__(self) -> None:
        self._left = _MAX_TRIES
        self._room = _MAX_HELD

    def spend(self, tries: int) -> None:
        """Counts ``tries`` places that were looked at."""
        self._left -= tries
        if self._left < 0:
            raise InputError("the patches have too many hunks that could go in too many places")

    def hold(self, size: int) -> None:
        """Counts a file of ``size`` bytes that is kept in memory."""
        self._room -= size
        if self._room < 0:
            raise InputError(f"the patches make files of more than {_MAX_HELD >> 20} MiB; apply fewer at a time")


class Sides(NamedTuple):
    """The lines of a hunk before and after, with their newlines, and how many at each end are context."""

    old: list[bytes]
    new: list[bytes]
    prefix: int
    suffix: int

    def without(self, before: int, after: int) -> Sides:
        """The hunk without so many lines of context at the two ends."""
        old = self.old[before : len(self.old) - after]
        new = self.new[before : len(self.new) - after]
        return Sides(old, new, self.prefix - before, self.suffix - after)


class Spot(NamedTuple):
    """Where a hunk goes: its old lines, without ``before`` and ``after`` lines of context at the ends, are those of the
    file from ``at`` (an index)."""

    at: int
    before: int = 0
    after: int = 0

    @property
    def fuzz(self) -> int:
        """How many lines of context were left out at one end."""
        return max(self.before, self.after)


class Near(NamedTuple):
    """
    The place that is most like a hunk: line ``line`` (from 1) has ``there`` (None: the file has ended) where the hunk
    has ``wanted`` (None: nothing in the file is like it). Both are the same where a hunk fits, but is not in turn.
    """

    line: int
    there: bytes | None
    wanted: bytes | None


def sides(hunk: Hunk) -> Sides:
    """The two sides of ``hunk``."""
    old: list[bytes] = []
    new: list[bytes] = []
    for line, following in zip(hunk.lines, (*hunk.lines[1:], b""), strict=True):
        kind, text = line[:1], line[1:] if following.startswith(b"\\") else line[1:] + b"\n"
        if kind in {b" ", b"-"}:
            old.append(text)
        if kind in {b" ", b"+"}:
            new.append(text)
    kinds = [line[:1] for line in hunk.lines if line[:1] != b"\\"]
    changed = [at for at, kind in enumerate(kinds) if kind != b" "]
    if not changed:
        return Sides(old, new, 0, 0)
    return Sides(old, new, changed[0], len(kinds) - 1 - changed[-1])


def lines_of(data: bytes) -> list[bytes]:
    """The lines of ``data`` with their newlines; the last may have none."""
    return _LINE.findall(data)


class Image:
    """The lines of a file, in which hunks are looked for."""

    def __init__(self, lines: Sequence[bytes], effort: Effort) -> None:
        self.lines = list(lines)
        self._effort = effort

    def spot(self, hunk: Sides, guess: int, floor: int, *, first: bool) -> Spot | None:
        """
        The place of ``hunk`` nearest to line ``guess`` (an index) and not above ``floor``, with as little context left
        out as will do; None if there is none. ``first``: by its line number the hunk is at the start of the file.

        As GNU patch does: a hunk with less context above than below, or below than above, is at that end of the file
        (here: unless it is so nowhere, and fits in one other place alone).
        """
        start = first and hunk.prefix < hunk.suffix
        end = hunk.suffix < hunk.prefix
        if start or end:
            at = 0 if start else len(self.lines) - len(hunk.old)
            if at >= floor and self._fits(hunk.old, at):
                return Spot(at)
        places = self._places(hunk.old, guess, floor)
        if places and not ((start or end) and len(places) > 1 and guess not in places):
            return Spot(places[0])
        return self._fuzzy(hunk, guess, floor)

    def _fuzzy(self, hunk: Sides, guess: int, floor: int) -> Spot | None:
        context = max(hunk.prefix, hunk.suffix)
        for fuzz in range(1, min(MAX_FUZZ, context) + 1):
            before, after = (max(0, fuzz + own - context) for own in (hunk.prefix, hunk.suffix))
            bare = hunk.without(before, after)
            places = self._places(bare.old, guess + before, floor) if bare.old else []
            # Without any context, a lone brace would go in anywhere.
            if places and (fuzz < context or self._is_alone(bare.old)):
                return Spot(places[0], before, after)
        return None

    def _is_alone(self, lines: list[bytes]) -> bool:
        return len(self._places(lines, -len(self.lines), -len(self.lines))) == 1

    def holds(self, lines: Sequence[bytes]) -> bool:
        """Whether ``lines`` (one at least) stand in the file."""
        return bool(lines) and bool(self._places(list(lines), 0, 0))

    def near(self, hunk: Sides, guess: int) -> Near:
        """The place that ``hunk`` would go to if only it fitted; the one nearest to ``guess`` of several."""
        lines = list(enumerate(hunk.old))
        # Braces and blank lines are everywhere.
        votes = self._votes([one for one in lines if len(one[1].strip()) > 2]) or self._votes(lines)
        if not votes:
            return Near(min(guess, len(self.lines)) + 1, self._line(guess), None)
        at = min(votes, key=lambda at: (-votes[at], abs(at - guess)))
        there = [(at + index, line) for index, line in enumerate(hunk.old) if at + index >= 0]
        wrong, wanted = next(((place, line) for place, line in there if self._line(place) != line), there[0])
        return Near(wrong + 1, self._line(wrong), wanted)

    def _votes(self, lines: list[tuple[int, bytes]]) -> Counter[int]:
        """For each place how many of the numbered ``lines`` are where they would be if it began there."""
        votes: Counter[int] = Counter()
        for index, line in lines[:_MAX_VOTES]:
            there = self._index.get(line, ())[:_MAX_VOTES]
            self._effort.spend(len(there))
            votes.update(at - index for at in there)
        return votes

    def _line(self, at: int) -> bytes | None:
        return self.lines[at] if 0 <= at < len(self.lines) else None

    def _fits(self, lines: list[bytes], at: int) -> bool:
        return at >= 0 and self.lines[at : at + len(lines)] == lines

    def _places(self, lines: list[bytes], guess: int, floor: int) -> list[int]:
        """Where ``lines`` stand, the nearest to ``guess`` first; only that one where it is just there."""
        if not lines:
            return [min(max(guess, floor), len(self.lines))]
        if guess >= floor and self._fits(lines, guess):
            return [guess]
        rarest = min(range(len(lines)), key=lambda index: len(self._index.get(lines[index], ())))
        there = [at - rarest for at in self._index.get(lines[rarest], ()) if at - rarest >= floor]
        self._effort.spend(len(there) + len(lines) // 8)
        found = []
        for at in there:
            if self._line(at) == lines[0] and self._line(at + len(lines) - 1) == lines[-1]:
                self._effort.spend(len(lines) // 8)
                if self._fits(lines, at):
                    found.append(at)
        # At the same distance the later one, as patch has it.
        return sorted(found, key=lambda at: (abs(at - guess), -at))

    @cached_property
    def _index(self) -> dict[bytes, list[int]]:
        index: dict[bytes, list[int]] = defaultdict(list)
        for at, line in enumerate(self.lines):
            index[line].append(at)
        return index
