"""Masked bytes to a syntax tree, in bounded time."""

from __future__ import annotations

import tree_sitter_c
from tree_sitter import Language, Parser, Point, Range, Tree

LANGUAGE = Language(tree_sitter_c.language())

MAX_DEPTH = 20_000
"""No tree is deeper than this: queries take a time that grows without bounds on trees of more than 65,535 levels."""

_HALF = MAX_DEPTH // 2
_CHUNK = 1 << 16
_PATIENCE = 20_000
_BYTES_A_CALL = 32


def parse(masked: bytes, span: tuple[int, int] | None = None) -> Tree | None:
    """The syntax tree of ``masked``, or None when it needs far more steps or levels than C does.

    With ``span`` only of the bytes between these two offsets; offsets in the tree are those of ``masked`` all the same.

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
        tree = _parser(span).parse(read, progress_callback=too_long)
    except ValueError:
        return None
    return None if _too_deep(tree) else tree


def _parser(span: tuple[int, int] | None) -> Parser:
    if span is None:
        return Parser(LANGUAGE)
    return Parser(LANGUAGE, included_ranges=[Range(Point(0, span[0]), Point(0, span[1]), *span)])


def _too_deep(tree: Tree) -> bool:
    """Whether the tree may be deeper than the limit; a level takes a byte at least, so only long nodes matter."""
    level = [tree.root_node]
    for _ in range(_HALF):
        level = [child for node in level if node.end_byte - node.start_byte > _HALF for child in node.children]
        if not level:
            return False
    return True
