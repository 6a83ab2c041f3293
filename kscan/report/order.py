"""The order in which reports list returned values."""

from __future__ import annotations

# Successes first, then errnos by name, then what is only known in part.
_RANKS = {"positive": 1, "negative": 4, "NULL": 5, "pointer": 6, "unknown": 9}


def value_key(value: str) -> tuple[int, int, str]:
    """Sort key of a value as reports spell it."""
    if value.lstrip("-").isdecimal():
        number = int(value)
        return (3 if number < 0 else 0, abs(number), value)
    if value.startswith("-E"):
        return (2, 0, value)
    return (_RANKS.get(value, 7 if value.startswith("ERR_PTR") else 8), 0, value)
