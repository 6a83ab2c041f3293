"""Preprocessor conditions as questions about one symbol, so that opposite and weaker questions are told apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from kscan.dialect.conditions import Group
from kscan.model.regex import regex

Values: TypeAlias = frozenset[int]
"""What a symbol can be: 0 when it is not set, 1 for a module, 2 when built in; 0 and 1 for any other condition."""

Switches: TypeAlias = Mapping[str, Values]
"""What is known of symbols; nothing of those that are missing."""

_OPTION: Final[Values] = frozenset({0, 1, 2})
_TRUTH: Final[Values] = frozenset({0, 1})
_MADE: Final[Mapping[str, Values]] = {
    "defined": frozenset({2}),
    "IS_BUILTIN": frozenset({2}),
    "IS_ENABLED": frozenset({1, 2}),
    "IS_MODULE": frozenset({1}),
}
"""For which values of an option each test holds (include/linux/kconfig.h)."""

_TEST: Final = regex(r"(\w+)\s*(?:\(\s*|\s)(\w+)\s*\)?\Z")


class Asked(NamedTuple):
    """The symbol a condition is about, and its values for which the condition holds and does not hold."""

    symbol: str
    yes: Values
    no: Values


@lru_cache(maxsize=4096)
def asked(condition: str) -> Asked:
    """What ``condition`` asks: ``defined(X)``, ``defined X``, ``IS_ENABLED(CONFIG_X)`` and their negations of X, any
    other condition of itself."""
    text, flipped = _bare(" ".join(condition.split()))
    test = _TEST.match(text)
    values = _MADE.get(test.group(1)) if test else None
    if test and values is not None and test.group(2).startswith("CONFIG_"):
        found = _option(test.group(1), test.group(2), values)
    elif test and values is not None:
        found = Asked(f"{test.group(1)}({test.group(2)})", frozenset({1}), frozenset({0}))
    else:
        found = Asked(text, frozenset({1}), frozenset({0}))
    return Asked(found.symbol, found.no, found.yes) if flipped else found


def _option(word: str, name: str, values: Values) -> Asked:
    """A module defines only its option's name with _MODULE behind it."""
    if word == "defined" and name.endswith("_MODULE"):
        name, values = name.removesuffix("_MODULE"), _MADE["IS_MODULE"]
    return Asked(name, values, _OPTION - values)


def _bare(text: str) -> tuple[str, bool]:
    """``text`` without negations and parentheses around all of it, and whether the negations were odd."""
    flipped = False
    while True:
        if text.startswith("(") and _closes_last(text):
            text = text[1:-1].strip()
        elif text.startswith("!") and (_is_one(text[1:].strip())):
            text, flipped = text[1:].strip(), not flipped
        else:
            return text, flipped


def _is_one(text: str) -> bool:
    """Whether a negation before ``text`` is one of all of it."""
    rest = text.lstrip("! ")
    return bool(re.fullmatch(r"\w+", rest) or _TEST.match(rest)) or (rest.startswith("(") and _closes_last(rest))


def _closes_last(text: str) -> bool:
    """Whether the parenthesis that ``text`` starts with closes at its end."""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return at == len(text) - 1
    return False


def narrowed(known: Switches, condition: str, holds: bool) -> Switches | None:
    """``known`` when ``condition`` holds (or does not); None when it cannot."""
    question = asked(condition)
    wanted = question.yes if holds else question.no
    left = known.get(question.symbol, question.yes | question.no) & wanted
    return {**known, question.symbol: left} if left else None


def choices(group: Group, known: Switches) -> Sequence[tuple[int, Switches]]:
    """The branches of ``group`` that ``known`` allows, by index, one past the last for none of them; each with what is
    known when it is taken."""
    found: list[tuple[int, Switches]] = []
    left: Switches | None = known
    for index, branch in enumerate(group.branches):
        if left is None:
            return found
        if branch.word == b"else":
            return [*found, (index, left)]
        condition = branch.condition.decode("utf-8", "replace")
        taken = narrowed(left, condition, holds=True)
        if taken is not None:
            found.append((index, taken))
        left = narrowed(left, condition, holds=False)
    return found if left is None else [*found, (len(group.branches), left)]
