"""Colour for terminals: a painter takes a text and a style and gives back what to print."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

Painter = Callable[[str, str], str]

STYLES = {
    "error": "bold red",
    "warning": "bold yellow",
    "note": "bold cyan",
    "unmet": "bold red",
    "met": "green",
    "not-applicable": "dim",
    "place": "bold",
    "faint": "dim",
    "+": "green",
    "-": "red",
    "distinguished": "green",
    "propagated": "green",
    "folded": "yellow",
    "remapped": "yellow",
    "dropped": "red",
}


def unpainted(text: str, style: str) -> str:  # noqa: ARG001 - the shape of every painter
    """The text as it is."""
    return text


def painted(text: str, style: str) -> str:
    """The text between the escape codes of a style named in ``STYLES``; an unknown name leaves it as it is."""
    found = STYLES.get(style)
    return _codes(found).replace("\0", text) if found and text else text


@cache
def _codes(style: str) -> str:
    # Imported when colour is wanted: 20 ms that a pipe need not pay.
    from rich.color import ColorSystem
    from rich.style import Style

    return Style.parse(style).render("\0", color_system=ColorSystem.STANDARD)
