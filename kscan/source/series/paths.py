"""Which paths of a tree a patch may touch: none that is, or is reached through, a symbolic link."""

from __future__ import annotations

import os
import stat

from kscan.source.overlay import Overlay
from kscan.source.tree import Tree

LINK = "120000"
"""git's mode of a symbolic link."""
SUBMODULE = "160000"
"""git's mode of a commit in another repository."""


class Paths:
    """The paths of ``tree``, and what the patches of a series make of them: ``links`` that they add, what is ``gone``,
    and ``unread`` files, whose content a patch changes without telling the lines."""

    def __init__(self, tree: Tree) -> None:
        self._root = tree.root
        self._replaced = tree.replaced if isinstance(tree, Overlay) else frozenset()
        self._modes: dict[str, int] = {}
        self.links: set[str] = set()
        self.gone: set[str] = set()
        self.unread: set[str] = set()

    def wrong(self, path: str) -> str:
        """Why a patch must not touch a regular file at ``path``; "" if it may."""
        parts = path.split("/")
        for count in range(1, len(parts)):
            parent = "/".join(parts[:count])
            mode = self._mode(parent)
            if parent in self.links or stat.S_ISLNK(mode):
                return f"is reached through the symbolic link {parent}"
            if mode and not stat.S_ISDIR(mode) and path not in self._replaced:
                return f"lies in {parent}, which is no folder"
        if path in self.links or (stat.S_ISLNK(self._mode(path)) and path not in self._replaced):
            return "is a symbolic link"
        return "is a folder" if stat.S_ISDIR(self._mode(path)) else ""

    def _mode(self, path: str) -> int:
        """What the file system says ``path`` is, 0 for nothing."""
        if path in self.gone:
            return 0
        if path not in self._modes:
            try:
                self._modes[path] = os.lstat(self._root / path).st_mode
            except (OSError, ValueError):
                self._modes[path] = 0
        return self._modes[path]
