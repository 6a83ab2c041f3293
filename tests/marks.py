"""The marks in fixture C files: which findings must come out, and at which lines.

A mark is a comment on the line where the finding's primary location must be::

    /* expect: RULE */            a finding of RULE on this line
    /* expect: RULE SUBJECT */    ... that names SUBJECT (-EIO, 0, a function)
    /* expect: RULE@doc */        ... anywhere in the doc comment above this function; the mark stands on its signature
    /* known-miss: RULE ... */    the finding is due here, but kscan does not give it yet
    /* known-noise: RULE ... */   kscan gives this finding, though none is due
    /* expect: nothing */         the file has no expect mark, on purpose

A line may carry several. A comment that looks like a mark and is none is an error, and so is a file without any.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

Kind = Literal["expect", "known-miss", "known-noise"]
Where = Literal["line", "doc"]

_KINDS: tuple[Kind, ...] = get_args(Kind)
_LOOKS_LIKE_ONE = re.compile(r"/\*\s*(?P<text>(?:expect|known-)[^*]*)\*/|//\s*(?P<slashes>(?:expect|known-).*)")
_MARK = re.compile(r"(?P<kind>[a-z-]+): (?P<rule>[a-z]+(?:-[a-z]+)*)(?P<doc>@doc)?(?: (?P<subject>\S+))?")
_NOTHING = "expect: nothing"


class MarkError(Exception):
    """A fixture whose marks cannot be read: the message has path and line."""


@dataclass(frozen=True, order=True)
class Mark:
    """One expected finding: ``line`` (from 1) has the mark, and the finding lies between ``first`` and ``last``."""

    rule: str
    line: int
    where: Where
    subject: str
    kind: Kind
    first: int
    last: int


def marks(path: Path) -> list[Mark]:
    """The marks of the fixture at ``path``, by line. Raises MarkError for a wrong mark, a misplaced one, or none."""
    lines = path.read_text("utf-8").splitlines()
    texts = [(number, text) for number, line in enumerate(lines, 1) for text in _texts(line)]
    found = [_mark(path, lines, number, text) for number, text in texts if text != _NOTHING]
    expected = any(mark.kind == "expect" for mark in found)
    if expected == any(text == _NOTHING for _, text in texts):
        told = "has an expect mark and says nothing" if expected else "neither an expect mark nor /* expect: nothing */"
        raise MarkError(f"{path}: {told}")
    return found


def _texts(line: str) -> list[str]:
    return [(match["text"] or match["slashes"]).strip() for match in _LOOKS_LIKE_ONE.finditer(line)]


def _mark(path: Path, lines: list[str], number: int, text: str) -> Mark:
    match = _MARK.fullmatch(text)
    kind = next((kind for kind in _KINDS if match and match["kind"] == kind), None)
    if match is None or kind is None:
        raise MarkError(f"{path}:{number}: no mark: {text}")
    first, last = _doc(path, lines, number) if match["doc"] else (number, number)
    where: Where = "doc" if match["doc"] else "line"
    return Mark(match["rule"], number, where, match["subject"] or "", kind, first, last)


def _doc(path: Path, lines: list[str], number: int) -> tuple[int, int]:
    """First and last line of the doc comment that ends right above the signature on line ``number``."""
    last = number - 1
    while last > 0 and not re.search(r"[;{}]|\*/", lines[last - 1]):
        last -= 1
    first = last if lines[last - 1].strip().endswith("*/") else 0
    while first > 0 and not lines[first - 1].lstrip().startswith("/*"):
        first -= 1
    if first <= 0 or not lines[first - 1].lstrip().startswith("/**"):
        raise MarkError(f"{path}:{number}: @doc on a line that is no signature below a doc comment")
    return first, last
