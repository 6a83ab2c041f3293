"""The names, literals and comments of a Python module, as LibCST sees them, with their bytes."""

from __future__ import annotations

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, ParentNodeProvider

from kscan.fix.rename.python import Leaf


class Leaves(cst.CSTVisitor):
    """Collects ``leaves`` in a visit of a module with its metadata."""

    METADATA_DEPENDENCIES = (ByteSpanPositionProvider, ParentNodeProvider)

    def __init__(self) -> None:
        super().__init__()
        self.leaves: list[Leaf] = []

    def visit_Name(self, node: cst.Name) -> None:
        self._add("name", node)

    def visit_Comment(self, node: cst.Comment) -> None:
        self._add("comment", node)

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        self._add("literal", node, *self._use(node))

    def visit_FormattedStringText(self, node: cst.FormattedStringText) -> None:
        self._add("literal", node, *self._use(node))

    def _add(self, kind: str, node: cst.CSTNode, given_to: str = "", document: bool = False) -> None:
        span = self.get_metadata(ByteSpanPositionProvider, node)
        self.leaves.append(Leaf(kind, span.start, span.start + span.length, given_to, document))

    def _use(self, node: cst.CSTNode) -> tuple[str, bool]:
        """The function that a literal is an argument of, and whether it is a documentation string."""
        up = self._up(node)
        while isinstance(up, cst.ConcatenatedString | cst.FormattedString | cst.BinaryOperation):
            up = self._up(up)
        if isinstance(up, cst.Expr):
            return "", True
        call = self._up(up) if isinstance(up, cst.Arg) else None
        return (_called(call.func) if isinstance(call, cst.Call) else ""), False

    def _up(self, node: cst.CSTNode) -> cst.CSTNode | None:
        found = self.get_metadata(ParentNodeProvider, node, None)
        return found if isinstance(found, cst.CSTNode) else None


def _called(function: cst.BaseExpression) -> str:
    if isinstance(function, cst.Attribute):
        return function.attr.value
    return function.value if isinstance(function, cst.Name) else ""
