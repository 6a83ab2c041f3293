"""A part of the real tree, in a folder of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from kscan import api
from kscan.model.flow import ReturnSet


def copied(tree: Path, root: Path, parts: Iterable[str]) -> Path:
    """Some files and folders of the real tree; what an earlier one brought is there already."""
    for part in parts:
        source, target = tree / part, root / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        elif not target.exists():
            shutil.copy(source, target)
    return root


def indexed(tree: Path, root: Path, parts: Iterable[str]) -> Path:
    """The same, with an index in a folder beside ``root``."""
    copied(tree, root, parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KSCAN_CACHE_DIR", str(root.parent / "cache"))
        api.index(str(root), jobs=1)
    return root


def returned(part: Path, function: str) -> tuple[ReturnSet, ...]:
    """What ``function`` returns in a tree that ``indexed`` made, each variant."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KSCAN_CACHE_DIR", str(part.parent / "cache"))
        return api.flow(str(part), function).returns
