"""Ways down a syntax tree that cost little."""

from __future__ import annotations

from tree_sitter import Node

from kscan.facts.lower.grammar import COMMENT, PARENTHESES


def unwrap(node: Node) -> Node:
    """``node`` without the parentheses around it."""
    while node.kind_id == PARENTHESES:
        inner = children_of(node)
        if len(inner) > 1:
            inner = without_comments(inner)
        if len(inner) != 1 or inner[0].kind_id == COMMENT:
            break
        node = inner[0]
    return node


def children_of(node: Node) -> list[Node]:
    """The named children of ``node``. Most nodes that are asked have one, which takes a third of the time alone."""
    only = node.named_child(0) if node.named_child_count == 1 else None
    return node.named_children if only is None else [only]


def without_comments(nodes: list[Node]) -> list[Node]:
    return [node for node in nodes if node.kind_id != COMMENT]
