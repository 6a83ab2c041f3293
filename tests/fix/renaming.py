"""Small trees for the tests of the rename: marked text in, the tree and what it should become out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kscan.fix.rename.code import Read
from kscan.fix.rename.plan import plan
from kscan.model.progress import SILENT
from kscan.model.rename import RenameResult
from kscan.source.tree import open_tree

MAKEFILE = "VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 0\n"
DEFINED = "int <<grab_page>>(struct page *page)\n{\n\treturn 0;\n}\n"
DECLARED = "struct page;\nint <<grab_page>>(struct page *page);\n"


def tree(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """A kernel tree with ``files``; the marks ``<<`` and ``>>`` are taken out."""
    (root / "include" / "linux").mkdir(parents=True, exist_ok=True)
    (root / "Makefile").write_text(MAKEFILE)
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(plain(_bytes(text)))
    return root


def plain(text: bytes) -> bytes:
    """Without marks."""
    return text.replace(b"<<", b"").replace(b">>", b"")


def expected(text: str | bytes, old: str, new: str) -> bytes:
    """With each marked name renamed."""
    return plain(_bytes(text).replace(b"<<%s>>" % old.encode(), new.encode()))


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def run(root: Path, target: str = "grab_page", new: str = "take_page") -> RenameResult:
    """The rename, planned; without the index, which a tree of a few files does not need."""
    opened = open_tree(root)
    code = [stat.path for stat in opened.files()]

    def files_of(name: str) -> list[str]:
        return [path for path in code if f"define {name}(".encode() in (root / path).read_bytes()]

    return plan(Read(opened, files_of, frozenset(), 1, SILENT), target, new)


def contents(root: Path, files: Mapping[str, object]) -> dict[str, bytes]:
    """The files as they are."""
    return {path: (root / path).read_bytes() for path in files}
