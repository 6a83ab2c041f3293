"""What a return set that is only known by signs says of a single value."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from kscan.facts.errno import errno_of

_ANYTHING: Final = "unknown"


def holds(values: Collection[str], value: str) -> bool:
    """Whether ``values``, as outcomes are spelt, hold ``value`` by its name or by what they leave open: "unknown" may
    be anything, "negative" any negative number. An errno is only held by its name: a reader wants to hear of it."""
    if value in values:
        return True
    if errno_of(value) is not None:
        return False
    if value == _ANYTHING:
        return "positive" in values and "negative" in values
    return _ANYTHING in values or _sign(value) in values


def _sign(value: str) -> str:
    digits = value.removeprefix("-")
    if not digits.isdecimal() or digits == "0":
        return ""
    return "positive" if digits == value else "negative"
