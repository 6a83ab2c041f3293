"""Which findings are new: those that the tree compared with does not have in another place or under another name."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kscan.model.facts import Function
from kscan.model.finding import Finding


class Place(NamedTuple):
    """A function by file and name."""

    file: str
    name: str


class Names:
    """What the functions and files of a tree were called before."""

    def __init__(self, places: Mapping[Place, Place]) -> None:
        self._places = places
        self._left = frozenset(places.values())
        moves: dict[str, Counter[str]] = defaultdict(Counter)
        for now, then in places.items():
            moves[now.file][then.file] += 1
        self._files = {file: then.most_common(1)[0][0] for file, then in moves.items()}

    def file(self, path: str) -> str:
        """The file that ``path`` was before."""
        return self._files.get(path, path)

    def turned(self) -> Names:
        """What the functions and files of the tree before are called now."""
        return Names({then: now for now, then in self._places.items()})

    def was(self, then: Place) -> bool:
        """Whether the function that was at ``then`` is at another place now."""
        return then in self._left

    def place(self, now: Place) -> Place:
        """The function that the one at ``now`` was before."""
        return self._places.get(now, Place(self.file(now.file), now.name))


Text = tuple[Function, bytes]
"""A function and its text, from its first token to the closing brace."""


def names(before: Iterable[Text], after: Iterable[Text]) -> Names:
    """
    Who is who among functions that came and went: the same text but for its own name, or, of the rest, the same name in
    a file that is new where the other is gone. Only where one alone fits.
    """
    old = {Place(f.file, f.name): text for f, text in before}
    new = {Place(f.file, f.name): text for f, text in after}
    went = {place: text for place, text in old.items() if place not in new}
    came = {place: text for place, text in new.items() if place not in old}
    found = _pairs(
        {place: _nameless(place.name, text) for place, text in went.items()},
        {place: _nameless(place.name, text) for place, text in came.items()},
    )
    left, right = {p.file for p in old} - {p.file for p in new}, {p.file for p in new} - {p.file for p in old}
    taken = set(found.values())
    found |= _pairs(
        {place: place.name.encode() for place in went if place.file in left and place not in taken},
        {place: place.name.encode() for place in came if place.file in right and place not in found},
    )
    return Names(found)


def _pairs(went: Mapping[Place, bytes], came: Mapping[Place, bytes]) -> dict[Place, Place]:
    by_text: dict[bytes, list[Place]] = defaultdict(list)
    for place, text in went.items():
        by_text[text].append(place)
    rivals = Counter(came.values())
    return {now: by_text[text][0] for now, text in came.items() if len(by_text[text]) == 1 and rivals[text] == 1}


def _nameless(name: str, text: bytes) -> bytes:
    return b" ".join(re.sub(rb"\b%b\b" % re.escape(name.encode()), b"\0", text).split())


def unmatched(after: Sequence[Finding], before: Sequence[Finding], known: Names) -> list[Finding]:
    """The findings of ``after`` that ``before`` does not have; of several of one rule, function and subject, the last
    ones."""
    seen = Counter(_key(finding, finding.span.file, finding.function, finding.subject) for finding in before)
    new = []
    for finding in after:
        then = known.place(Place(finding.span.file, finding.function))
        subject = finding.subject
        if finding.function and then.name != finding.function:
            subject = re.sub(rf"\b{re.escape(finding.function)}\b", then.name, subject)
        key = _key(finding, then.file, then.name, subject)
        seen[key] -= 1
        if seen[key] < 0:
            new.append(finding)
    return new


def _key(finding: Finding, file: str, function: str, subject: str) -> tuple[str, str, str, str]:
    return finding.rule, file, function, subject
