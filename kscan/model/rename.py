"""What a rename over a tree comes to: its edits, and each place where the old name stands, changed or left alone."""

from __future__ import annotations

from typing import Literal

import msgspec

from kscan.model.edit import Edit
from kscan.model.gap import Gap
from kscan.model.span import Span

PlaceKind = Literal[
    "definition",
    "declaration",
    "use",
    "preprocessor",
    "assembly",
    "string",
    "comment",
    "kernel-doc",
    "documentation",
    "python",
    "script",
    "build",
    "list",
]
SymbolKind = Literal["function", "macro", "variable", "constant", "type", "tag"]


class Place(msgspec.Struct, frozen=True, order=True):
    """One occurrence of the old name at ``span``; ``why`` it was left alone, "" where it is renamed."""

    span: Span
    kind: PlaceKind
    why: str = ""


class RenameResult(msgspec.Struct, frozen=True):
    """
    A complete rename of the symbol ``old`` (of kind ``what``) to ``new``. ``texts`` are the bytes of the files that
    ``edits`` change and of those with places, as they were analysed; ``files`` counts the files looked through.
    """

    tree: str
    old: str
    new: str
    what: SymbolKind
    edits: tuple[Edit, ...]
    renamed: tuple[Place, ...]
    left: tuple[Place, ...]
    texts: dict[str, bytes]
    files: int
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()
