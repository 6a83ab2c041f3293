"""What git's index changes, as a series: in any index that git may name, and before there is a commit."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from kscan import api
from kscan.model.error import InputError
from kscan.model.source import Source
from kscan.source.series.apply import apply_series
from kscan.source.series.staged import NothingStaged, staged
from kscan.source.tree import WorkingTree, open_tree
from tests.cc.trees import build


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WorkingTree:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    root = build(tmp_path / "linux")
    _git(root, "init", "-q")
    _git(root, "config", "user.name", "A")
    _git(root, "config", "user.email", "a@example.org")
    return open_tree(root)


def _git(root: Path, *words: str, **env: str) -> None:
    subprocess.run(["git", "-C", root, *words], check=True, env={**os.environ, **env}, capture_output=True)


def _after(tree: WorkingTree, path: str, index: str = "") -> bytes | None:
    """The file at ``path`` once what is staged is applied; None where there is none."""
    found = apply_series(tree, staged(tree, index)).patches[-1].after.read(path)
    return found.data if isinstance(found, Source) else None


def test_only_what_is_staged_counts(tree: WorkingTree) -> None:
    _git(tree.root, "add", "-A")
    _git(tree.root, "commit", "-q", "-m", "x")
    file = tree.root / "mm/help.c"
    file.write_text("int staged;\n")
    _git(tree.root, "add", "mm/help.c")
    file.write_text("int not_staged;\n")
    assert _after(tree, "mm/help.c") == b"int staged;\n"


def test_before_there_is_a_commit(tree: WorkingTree) -> None:
    _git(tree.root, "add", "mm/help.c")
    assert [change.path for change in staged(tree).patches[0].files] == ["mm/help.c"]
    assert _after(tree, "mm/help.c") == (tree.root / "mm/help.c").read_bytes()


def test_renames_and_deletions(tree: WorkingTree) -> None:
    _git(tree.root, "add", "-A")
    _git(tree.root, "commit", "-q", "-m", "x")
    _git(tree.root, "mv", "mm/help.c", "mm/helper.c")
    _git(tree.root, "rm", "-q", "mm/x.c")
    assert sorted(change.kind for change in staged(tree).patches[0].files) == ["delete", "rename"]
    assert _after(tree, "mm/x.c") is None
    assert _after(tree, "mm/helper.c") == (tree.root / "mm/helper.c").read_bytes()


def test_another_index_may_be_named(tree: WorkingTree) -> None:
    _git(tree.root, "add", "-A")
    _git(tree.root, "commit", "-q", "-m", "x")
    (tree.root / "mm/help.c").write_text("int other;\n")
    other = str(tree.root / ".git/other")
    _git(tree.root, "read-tree", "HEAD", GIT_INDEX_FILE=other)
    _git(tree.root, "add", "mm/help.c", GIT_INDEX_FILE=other)
    with pytest.raises(NothingStaged):
        staged(tree)
    assert _after(tree, "mm/help.c", other) == b"int other;\n"


def test_no_repository_is_one_line(tmp_path: Path) -> None:
    tree = open_tree(build(tmp_path / "linux"))
    with pytest.raises(InputError, match="not a git repository"):
        staged(tree)
    with pytest.raises(InputError, match="not a git repository"):
        api.review(str(tree.root), (), staged="", cache=False)
