"""Query files to compiled queries; they lie beside the package in a checkout and inside it when installed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from operator import attrgetter
from pathlib import Path

from tree_sitter import Node, Query, QueryCursor

from kscan.parse.parser import LANGUAGE, MAX_DEPTH

_PACKAGE = Path(__file__).parent.parent
_FOLDERS = (_PACKAGE / "queries", _PACKAGE.parent / "queries")
_START = attrgetter("start_byte")
_END = attrgetter("end_byte")

Captured = Mapping[str, Sequence[Node]]
"""Nodes by capture name, in the order of the text."""


@cache
def load(*names: str) -> Query:
    """The compiled query of ``queries/NAME.scm`` ("facts/calls"), several names as one; FileNotFoundError when one
    was not shipped."""
    return Query(LANGUAGE, "\n".join(map(text, names)))


@cache
def text(name: str) -> str:
    """The text of ``queries/NAME.scm``."""
    for folder in _FOLDERS:
        path = folder / f"{name}.scm"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError(f"no query named {name}")


def captures(node: Node, *names: str) -> dict[str, list[Node]]:
    """What the named queries hand over below ``node``, by capture name, each in the order of the text, in one pass."""
    cursor = QueryCursor(load(*names))
    cursor.set_max_start_depth(MAX_DEPTH)
    found = cursor.captures(node)
    for nodes in found.values():
        nodes.sort(key=_END, reverse=True)
        nodes.sort(key=_START)
    return found
