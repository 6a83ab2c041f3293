"""Masked bytes to a syntax tree, in bounded time."""

from __future__ import annotations

import tree_sitter_c
from tree_sitter import Language, Parser, Tree

LANGUAGE = Language(tree_sitter_c.language())

_CHUNK = 1 << 16
_PATIENCE = 20_000
_BYTES_A_CALL = 32


def parse(masked: bytes) -> Tree | None:
    """The syntax tree of ``masked``, or None when the parser needs far more steps than C of that length does.

    tree-sitter reports progress once in about 170 bytes of kernel C; five times that, plus a constant, is the limit. It
    counts steps and not seconds, so that two runs agree."""
    left = _PATIENCE + len(masked) // _BYTES_A_CALL

    def read(offset: int, _point: object) -> bytes:
        return masked[offset : offset + _CHUNK]

    def too_long(_offset: int, _has_error: bool) -> bool:
        nonlocal left
        left -= 1
        return left < 0

    try:
        return Parser(LANGUAGE).parse(read, progress_callback=too_long)
    except ValueError:
        return None
