"""Masked bytes to a syntax tree, in bounded time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import tree_sitter_c
from tree_sitter import Language, Node, Parser, Point, Range, Tree

from kscan.parse.errors import errors_below

LANGUAGE: Final = Language(tree_sitter_c.language())

MAX_DEPTH: Final = 20_000
"""No tree is deeper than this: queries take a time that grows without bounds on trees of more than 65,535 levels."""

MAX_IN_ERROR: Final = 10_000
"""No ERROR node has more tokens: for each of them queries look through all that follow it, to the next named node."""

_HALF: Final = MAX_DEPTH // 2
_CHUNK: Final = 1 << 16
_windows: Final[list[memoryview]] = []
"""Those that no parse looks through now."""
_PATIENCE = 20_000
_BYTES_A_CALL = 32


def parse(masked: bytes, span: tuple[int, int] | None = None) -> Tree | None:
    """The syntax tree of ``masked``, or None when it needs far more steps or levels than C does, or is no C for so long
    that nobody could look through it.

    With ``span`` only of the bytes between these two offsets; offsets in the tree are those of ``masked`` all the same.

    tree-sitter reports progress once in about 170 bytes of kernel C; five times that, plus a constant, is the limit. It
    counts steps and not seconds, so that two runs agree."""
    return _parse(_parser(span), masked)


def reparse(masked: bytes, before: Tree, edited: Sequence[tuple[int, int]]) -> Tree | None:
    """``parse(masked)`` where ``before`` is the tree of bytes that differ from ``masked`` in the spans ``edited`` only,
    lengths and newlines included; ``before`` stays as it is. What lies far from every span is not parsed again."""
    old = before.copy()
    at, row = 0, 0
    for start, end in sorted(edited):
        if start < at:  # they overlap
            at, row = 0, 0
        row += masked.count(b"\n", at, start)
        first = Point(row, start - masked.rfind(b"\n", 0, start) - 1)
        row += masked.count(b"\n", start, end)
        last = Point(row, end - masked.rfind(b"\n", 0, end) - 1)
        old.edit(start, end, end, first, last, last)
        at = end
    return _parse(Parser(LANGUAGE), masked, old)


class _Text:
    """What a parse reads, and then whoever asks a node for its text. No closure: compiled ones refer to themselves, and
    each would hold its text until someone looks for cycles.

    py-tree-sitter never lets go of what it was given to read: it gets one window again and again."""

    def __init__(self, masked: bytes) -> None:
        self._masked = masked
        self._window: memoryview | None = _windows.pop() if _windows else memoryview(bytearray(_CHUNK))

    def __call__(self, offset: int, _point: object) -> memoryview | bytes:
        window = self._window
        if window is None:  # a node is asked for its text, of which the tree holds no copy: bytes only will do
            return self._masked[offset : offset + _CHUNK]
        size = min(len(self._masked) - offset, _CHUNK)
        if size <= 0:
            return b""
        window[:size] = self._masked[offset : offset + size]
        return window if size == _CHUNK else window[:size]

    def end(self) -> None:
        """The text was parsed."""
        if self._window is not None:
            _windows.append(self._window)
            self._window = None


class _Patience:
    """Tells when a parse takes more than ``left`` steps."""

    def __init__(self, left: int) -> None:
        self._left = left

    def __call__(self, _offset: int, _has_error: bool) -> bool:
        self._left -= 1
        return self._left < 0


def _parse(parser: Parser, masked: bytes, old: Tree | None = None) -> Tree | None:
    text, too_long = _Text(masked), _Patience(_PATIENCE + len(masked) // _BYTES_A_CALL)
    try:
        if old is None:
            tree = parser.parse(text, progress_callback=too_long)
        else:
            tree = parser.parse(text, old, progress_callback=too_long)
    except ValueError:
        return None
    finally:
        text.end()
    return None if _too_deep(tree) or _too_broken(tree) else tree


def _parser(span: tuple[int, int] | None) -> Parser:
    if span is None:
        return Parser(LANGUAGE)
    return Parser(LANGUAGE, included_ranges=[Range(Point(0, span[0]), Point(0, span[1]), *span)])


def _too_deep(tree: Tree) -> bool:
    """Whether the tree may be deeper than the limit; a level takes a node and a byte at least, so only long nodes of
    large trees matter."""
    root = tree.root_node
    if root.descendant_count <= MAX_DEPTH:
        return False
    level = [root]
    for _ in range(_HALF):
        level = [child for node in level if node.end_byte - node.start_byte > _HALF for child in node.children]
        if not level:
            return False
    return True


def _too_broken(tree: Tree) -> bool:
    """Whether an ERROR node has more tokens than the limit."""
    root = tree.root_node
    if root.descendant_count <= MAX_IN_ERROR:
        return False
    return any(node.child_count - node.named_child_count > MAX_IN_ERROR for node in errors_below(root))


def function_at(tree: Tree, offset: int) -> Node | None:
    """The outermost ``function_definition`` around ``offset``."""
    cursor = tree.walk()
    while cursor.goto_first_child_for_byte(offset) is not None:
        node = cursor.node
        if node is None or node.start_byte > offset:
            break
        if node.type == "function_definition":
            return node
    return None
