"""The fix of a finding about a name: the rename over the whole tree, where that is complete."""

from __future__ import annotations

from typing import Final

import msgspec

from kscan.fix.rename.code import Read
from kscan.fix.rename.plan import plan
from kscan.link.catalog import Catalog
from kscan.model.edit import Fix
from kscan.model.error import InputError
from kscan.model.finding import Finding
from kscan.model.gap import Gap
from kscan.model.progress import SILENT
from kscan.source.overlay import Overlay
from kscan.source.tree import Tree

RULE: Final = "camelcase-name"
"""Its subject is the name and the one that is proposed."""
MAX_RENAMES: Final = 20
"""Each is a look through the whole tree."""
_JOBS: Final = 2


def is_rename(finding: Finding) -> bool:
    """Whether the finding proposes another name for a function or a macro."""
    old, _, new = finding.subject.partition(" ")
    return finding.rule == RULE and finding.fix is None and bool(new) and f"{old}()" in finding.message


def renamed(catalog: Catalog, finding: Finding) -> Finding | str:
    """The finding with its rename as a fix, or why there is none."""
    old, _, new = finding.subject.partition(" ")
    if not _is_on_disk(catalog.tree):
        return "a rename is worked out in the tree on disk, which has other files than the patch makes"
    read = Read(catalog.tree, catalog.index.files_defining, catalog.annotations, _JOBS, SILENT)
    try:
        made = plan(read, f"{finding.span.file}:{old}", new)
    except InputError as refused:
        return str(refused)
    unsure = bool(made.left or made.gaps)
    fix = Fix(f"rename {old}() to {new}()", "review" if unsure else "safe", made.edits)
    return msgspec.structs.replace(finding, fix=fix)


def _is_on_disk(tree: Tree) -> bool:
    """Whether the files of ``tree`` are those on disk, of which alone all are looked through for a name."""
    if not isinstance(tree, Overlay):
        return True
    return all(_content(tree, path) == _content(tree.base, path) for path in tree.replaced)


def _content(tree: Tree, path: str) -> bytes | None:
    found = tree.read(path)
    return None if isinstance(found, Gap) else found.data
