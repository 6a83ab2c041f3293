"""The elements of a linked return set, and how they are spelt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, NamedTuple

from kscan.facts.errno import Errnos
from kscan.flow.values import ALL, MAX, MAX_ERRNO, MIN, NEGATIVE, POSITIVE, ZERO, IntSet, intersect, size

MAX_SINGLES: Final = 16
"""Up to so many numbers on one side of zero are listed one by one."""


class Atom(NamedTuple):
    """A number (``lo`` = ``hi``) or a range that is not told apart further; ``literal`` is a bare number, no errno
    word."""

    lo: int
    hi: int
    literal: bool = False

    @property
    def unbounded(self) -> bool:
        """Whether it can be any of many negative numbers: the set it is in is open."""
        return self.lo < self.hi and self.lo < 0


UNKNOWN: Final = Atom(MIN, MAX)
_atom: Final[Callable[[tuple[int, int, bool]], Atom]] = partial(tuple.__new__, Atom)
"""Atoms are many, and this makes one in a third of the time."""


def atoms_of(values: IntSet, literal: bool = False) -> Iterator[Atom]:
    """The atoms that make up ``values``, on each side of zero: few numbers are listed, more are one range.

    A range with some numbers taken out of it stays a range: what lies between them was never told apart."""
    if values == ALL:
        yield UNKNOWN
        return
    yield from _side(intersect(values, NEGATIVE), literal)
    if intersect(values, ZERO):
        yield Atom(0, 0)
    yield from _side(intersect(values, POSITIVE), False)


def _side(values: IntSet, literal: bool) -> Iterator[Atom]:
    if size(values) <= MAX_SINGLES:
        for lo, hi in values:
            for number in range(lo, hi + 1):
                yield _atom((number, number, literal))
    else:
        yield Atom(values[0][0], values[-1][1])


def narrowed(atom: Atom, values: IntSet) -> tuple[Atom, ...]:
    """What is left of ``atom`` inside ``values``."""
    if values == ALL:
        return (atom,)
    if atom.lo == atom.hi:
        inside = any(lo <= atom.lo <= hi for lo, hi in values)
        return (atom,) if inside else ()
    return tuple(atoms_of(intersect(((atom.lo, atom.hi),), values), atom.literal))


def spelt(atom: Atom, errnos: Errnos, pointer: bool = False) -> str:
    """The value as reports spell it."""
    if atom.lo == atom.hi:
        return _single(atom, errnos, pointer)
    if (atom.lo, atom.hi) == (MIN, MAX):
        return "unknown"
    if atom.hi < 0:
        return "negative"
    return "pointer" if pointer else "positive"


def _single(atom: Atom, errnos: Errnos, pointer: bool) -> str:
    number = atom.lo
    if number == 0:
        return "NULL" if pointer else "0"
    if number > 0:
        return "pointer" if pointer else str(number)
    name = None if atom.literal or number < -MAX_ERRNO else errnos.name(-number)
    text = f"-{name}" if name else str(number)
    return f"ERR_PTR({text})" if pointer else text
