"""Kernel C to C that the grammar knows, byte for byte in the same place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeAlias

from kscan.dialect.arguments import arguments, literals, types
from kscan.dialect.attributes import blanked, learn, learnt
from kscan.dialect.conditions import answered, blank, inactive
from kscan.dialect.scan import Clean, clean
from kscan.dialect.statements import file_scope, loops, static_macros
from kscan.dialect.tokens import Edits, Words

__all__ = ["learn", "mask"]

_Phase: TypeAlias = Callable[[bytes, Words], Edits]
"""What one phase changes in a text, of which the words are told too."""

_PHASES: Final[tuple[_Phase, ...]] = (static_macros, types, literals, arguments, file_scope, loops)
"""In order, after the annotations: each sees what the ones before it have written."""


def mask(
    data: bytes,
    extra: frozenset[bytes] = frozenset(),
    kconfig: Mapping[str, str] | None = None,
    skeleton: Clean | None = None,
) -> bytes:
    """``data`` made parseable: same length, same newlines, idempotent; comments, literals and macro bodies untouched.

    ``extra`` are further annotation words (``b"__foo"``) and annotations with arguments (``b"__foo("``), as ``learn``
    gives them. With ``kconfig`` the branches it leaves out become blanks, and IS_ENABLED() and its kin what they are;
    ``#if 0`` always does.
    ``skeleton`` is ``clean(data)`` where a caller has it."""
    skeleton = skeleton or clean(data)
    original = bytearray(data)
    left_out = inactive(data, skeleton.directives, kconfig)
    blank(original, left_out)
    if skeleton.text.isspace():
        return bytes(original)
    text = bytearray(skeleton.text)
    blank(text, left_out)
    shown = bytes(text)
    own = frozenset(name for name, _ in learnt(data) if name not in extra and name.rstrip(b"(") in shown)
    there = Words(shown)  # no phase writes a word that another looks for
    first: _Phase = partial(blanked, extra=extra, own=own)
    asked: _Phase = partial(answered, kconfig=kconfig)
    for phase in (first, asked, *_PHASES):
        done = 0
        edits = sorted(phase(shown, there), key=_outer_first)
        for at, new in edits:
            if at >= done:
                done = at + len(new)
                original[at:done] = new
                text[at:done] = new
        shown = bytes(text) if edits else shown
    return bytes(original)


def _outer_first(edit: tuple[int, bytes]) -> tuple[int, int]:
    return edit[0], -len(edit[1])
