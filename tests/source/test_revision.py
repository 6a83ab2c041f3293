"""Other trees: git revisions and folders, told from the tree they are compared with, and nothing written to git."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from kscan.model.error import InputError
from kscan.model.gap import Gap
from kscan.model.source import Source
from kscan.source import git as git_room
from kscan.source.git import Repository
from kscan.source.overlay import Overlay
from kscan.source.revision import folder, other_tree, revision
from kscan.source.tree import WorkingTree, open_tree
from tests.source.test_overlay import build

FIRST = {"a.c": b"int a;\n", "mm/b.c": b"int b;\r\n", "mm/c.h": b"caf\xe9\n", "odd name.c": b"1\n", "l\xfc.c": b"2\n"}


@pytest.fixture(autouse=True)
def plain_git(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "A")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "a@example.org")


def git(root: Path, *words: str) -> str:
    # What git does of its own accord after a commit, it does beside the test.
    words = ("-c", "maintenance.auto=false", *words)
    return subprocess.run(["git", "-C", root, *words], check=True, capture_output=True, text=True).stdout.strip()


def commit(root: Path, message: str = "x") -> None:
    git(root, "add", "-A")
    git(root, "commit", "-qm", message)


@pytest.fixture
def tree(tmp_path: Path) -> WorkingTree:
    made = build(tmp_path / "tree", FIRST)
    git(made.root, "init", "-q", "-b", "main")
    commit(made.root, "mm: first")
    return made


def data(found: Source | Gap) -> bytes | str:
    return found.data if isinstance(found, Source) else found.reason


def said(over: Overlay) -> dict[str, bytes | str]:
    return {path: data(over.read(path)) for path in sorted(over.replaced)}


def test_a_tree_as_committed_differs_in_nothing(tree: WorkingTree) -> None:
    assert said(revision(tree, "HEAD")) == {}


def test_changed_staged_new_gone_and_renamed_files(tree: WorkingTree) -> None:
    root = tree.root
    (root / "a.c").write_bytes(b"changed\n")
    (root / "mm/b.c").rename(root / "mm/moved.c")
    (root / "staged.c").write_bytes(b"s\n")
    git(root, "add", "staged.c")
    (root / "l\xfc.c").unlink()
    (root / "loose.c").write_bytes(b"l\n")
    before = git(root, "rev-parse", "HEAD")
    expected = {
        "a.c": b"int a;\n",
        "loose.c": "no such file",
        "l\xfc.c": b"2\n",
        "mm/b.c": b"int b;\r\n",
        "mm/moved.c": "no such file",
        "staged.c": "no such file",
    }
    assert said(revision(tree, "HEAD")) == expected
    commit(root)
    assert said(revision(tree, before)) == expected
    assert said(revision(tree, "HEAD~1")) == expected


def test_a_new_time_stamp_alone_is_no_difference(tree: WorkingTree) -> None:
    for path in tree.root.rglob("*.c"):
        os.utime(path, (1, 1))
    assert said(revision(tree, "HEAD")) == {}


def test_ignored_files_count_as_the_same(tree: WorkingTree) -> None:
    (tree.root / ".gitignore").write_text("*.mod.c\n")
    commit(tree.root)
    (tree.root / "made.mod.c").write_text("int m;\n")
    assert said(revision(tree, "HEAD")) == {}


def test_links_are_followed_inside_the_revision(tree: WorkingTree) -> None:
    root = tree.root
    (root / "link.c").symlink_to("mm/b.c")
    (root / "loop.c").symlink_to("loop.c")
    (root / "out.c").symlink_to("../out.c")
    commit(root)
    for name in ("link.c", "loop.c", "out.c"):
        (root / name).unlink()
    (root / "mm/b.c").write_bytes(b"new\n")
    over = revision(tree, "HEAD")
    assert data(over.read("link.c")) == b"int b;\r\n"
    assert data(over.read("loop.c")) == "a symbolic link that leads to itself"
    assert data(over.read("out.c")) == "no such file"


def test_a_link_to_what_has_not_changed(tree: WorkingTree) -> None:
    (tree.root / "link.c").symlink_to("mm/b.c")
    commit(tree.root)
    (tree.root / "link.c").unlink()
    assert data(revision(tree, "HEAD").read("link.c")) == b"int b;\r\n"


def test_what_no_reader_takes_is_a_gap(tree: WorkingTree) -> None:
    (tree.root / "nul.c").write_bytes(b"a\0b")
    commit(tree.root)
    (tree.root / "nul.c").unlink()
    assert data(revision(tree, "HEAD").read("nul.c")) == "binary: it contains a NUL byte"


def test_git_is_not_written_to(tree: WorkingTree) -> None:
    os.utime(tree.root / "a.c", (1, 1))
    (tree.root / "mm/b.c").write_bytes(b"new\n")
    before = {path: path.read_bytes() for path in (tree.root / ".git").rglob("*") if path.is_file()}
    said(revision(tree, "HEAD"))
    assert {path: path.read_bytes() for path in (tree.root / ".git").rglob("*") if path.is_file()} == before


def test_nothing_that_the_configuration_names_is_run(tree: WorkingTree) -> None:
    script = tree.root / "spy"
    script.write_text(f"#!/bin/sh\ntouch {tree.root}/ran\n")
    script.chmod(0o755)
    git(tree.root, "config", "core.fsmonitor", str(script))
    said(revision(tree, "HEAD"))
    assert not (tree.root / "ran").exists()


def test_a_repository_of_the_surroundings_is_not_meant(tree: WorkingTree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere")
    assert said(revision(tree, "main")) == {}


def test_the_author_and_earlier_subjects(tree: WorkingTree) -> None:
    repository = Repository(tree.root)
    assert repository.author() == "A <a@example.org>"
    assert repository.subjects(["a.c"], 5) == ["mm: first"]


@pytest.mark.parametrize("same_file", [True, False])
def test_a_folder(tmp_path: Path, same_file: bool) -> None:
    one = build(tmp_path / "one", FIRST)
    link = os.link if same_file else shutil.copy2
    shutil.copytree(one.root, tmp_path / "two", copy_function=link)
    two = open_tree(tmp_path / "two")
    assert said(folder(one, two)) == {}
    for name, content in (("a.c", b"int A;\n"), ("new.c", b"n\n")):
        (two.root / name).unlink(missing_ok=True)
        (two.root / name).write_bytes(content)
    (two.root / "mm/b.c").unlink()
    assert said(folder(one, two)) == {"a.c": b"int A;\n", "mm/b.c": "no such file", "new.c": b"n\n"}


def test_a_folder_comes_before_a_revision_and_a_revision_before_a_plain_folder(
    tree: WorkingTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    git(tree.root, "branch", "topic")
    (tmp_path / "topic").mkdir()
    assert said(other_tree(tree, "topic")) == {}
    build(tmp_path / "main", {})
    assert set(said(other_tree(tree, "main"))) >= {"a.c"}
    (tmp_path / "plain").mkdir()
    with pytest.raises(InputError, match="plain: not a Linux source tree"):
        other_tree(tree, "plain")


def test_a_reader_ends_while_a_process_that_was_forked_meanwhile_goes_on(tree: WorkingTree) -> None:
    reader = Repository(tree.root).blobs()
    gate, opening = os.pipe()
    child = os.fork()
    if not child:
        os.close(opening)
        os.read(gate, 1)
        os._exit(0)
    late = threading.Timer(240, os.kill, (child, signal.SIGKILL))
    late.start()
    del reader  # waits for git, whose input the other process holds open
    late.cancel()
    assert os.waitpid(child, os.WNOHANG) == (0, 0)
    os.close(opening)
    os.close(gate)
    os.waitpid(child, 0)


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_git_that_was_killed_is_one_line_and_its_reader_ends_without_a_word(tree: WorkingTree) -> None:
    reader = Repository(tree.root).blobs()
    blob = git(tree.root, "rev-parse", "HEAD:a.c")
    assert (reader.read("0" * 40), reader.read(blob)) == (None, FIRST["a.c"])
    reader._process.kill()
    reader._process.wait()
    with pytest.raises(InputError, match="git has ended"):
        reader.read(blob)
    del reader


def test_git_that_ends_before_it_is_written_to_says_what_it_says_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talking = git_room._talking

    def ended(command: list[str]) -> subprocess.Popen[bytes]:
        process = talking(command)
        process.wait()
        return process

    monkeypatch.setattr(git_room, "_talking", ended)
    for commits in (1, 1000):  # less than is buffered, and more
        with pytest.raises(InputError, match="cannot read what the commits change"):
            Repository(tmp_path).diffs(["0" * 40] * commits, 1000)
