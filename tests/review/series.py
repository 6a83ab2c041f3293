"""A small tree, and patches to it made of its files before and after."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kscan import api
from kscan.model.review import ReviewResult
from tests.toy import HEAD, Toy


class Series:
    """A tree with ``files``, and the patches that ``patch`` adds to it, each a file below ``root``."""

    def __init__(self, root: Path, files: Mapping[str, str]) -> None:
        (root / "tree").mkdir()
        self.tree = Toy(root / "tree")
        self.now = {name: HEAD + text for name, text in files.items()}
        self.tree.write(self.now)
        self.root = root
        self.patches: list[str] = []

    def patch(self, **files: str | None) -> Series:
        """One more patch: ``files`` by name without ".c", as they are from then on; None takes one away."""
        number = len(self.patches) + 1
        lines = [f"Subject: [PATCH {number}/9] step {number}\n", "\n", "Signed-off-by: A <a@b>\n", "---\n"]
        for stem, text in files.items():
            name = f"{stem}.c"
            old, new = self.now.pop(name, ""), "" if text is None else HEAD + text
            heads = f"a/{name}" if old else "/dev/null", f"b/{name}" if new else "/dev/null"
            lines += difflib.unified_diff(old.splitlines(True), new.splitlines(True), *heads)
            if new:
                self.now[name] = new
        path = self.root / f"{number:04}.patch"
        path.write_text("".join(lines), "utf-8")
        self.patches.append(str(path))
        return self

    def review(self, **options: Any) -> ReviewResult:
        """The review of all patches so far."""
        result, self.trees = api.review(str(self.tree.root), self.patches, cache=False, **options)
        return result

    def text(self, number: int, path: str) -> bytes:
        """The bytes of a file in version ``number``."""
        found = self.trees[number].read(path)
        data: bytes = found.data  # type: ignore[union-attr]
        return data

    def line(self, number: int, path: str, start: int) -> str:
        """The text of the line at byte ``start`` in version ``number``, stripped."""
        data = self.text(number, path)
        return data[data.rfind(b"\n", 0, start) + 1 : data.find(b"\n", start)].decode().strip()
