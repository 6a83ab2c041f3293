"""Where the grammar lost its way, found without a walk over the sound parts of a tree."""

from __future__ import annotations

from tree_sitter import Node


def errors_below(node: Node) -> list[Node]:
    """The ERROR and MISSING nodes below ``node``, itself included, in the order of the text, outer ones first."""
    found = []
    left = [node] if node.has_error else []
    while left:
        at = left.pop()
        if at.is_error or at.is_missing:
            found.append(at)
        left += [child for child in reversed(at.children) if child.has_error]
    return found
