"""A look by other processes shows what a listing shows, and every touch of a file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kscan.model.gap import Gap
from kscan.source import tree as tree_room
from kscan.source.look import Look, seen_in
from kscan.source.tree import NOT_KERNEL, WorkingTree, open_tree

SUFFIXES = (".c", ".h", ".S")
FILES = (
    "a.c",
    "mm/a.c",
    "mm/b.h",
    "mm/kasan/c.c",
    "fs/x/y/z/d.c",
    "fs/x.c/e.h",
    "fs/naïve/f.c",
    "fs/naïve.c",
    "arch/x/lib/g.S",
    "tools/h.c",
    "fs/tools/i.c",
    ".git/j.c",
    "fs/notes.txt",
)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests left at work does not count."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)


@pytest.fixture
def tree(tmp_path: Path) -> WorkingTree:
    """A small tree with names of all kinds, written a while ago."""
    (tmp_path / "include/linux").mkdir(parents=True)
    (tmp_path / "Makefile").write_text("VERSION = 1\nPATCHLEVEL = 2\n")
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
        os.utime(tmp_path / name, (1, 1))
    (tmp_path / "mm/linked.c").symlink_to("a.c")
    (tmp_path / "mm/outside.c").symlink_to("/etc/passwd")
    (tmp_path / "mm/folder").symlink_to("../fs")
    return open_tree(tmp_path)


def looked(tree: WorkingTree, kept: Path | None = None) -> tuple[str, tuple[Gap, ...]]:
    with Look(tree, SUFFIXES, NOT_KERNEL, kept) as look:
        return look.seen()


def listed(tree: WorkingTree) -> tuple[str, tuple[Gap, ...]]:
    gaps: list[Gap] = []
    return seen_in(list(tree.files(suffixes=SUFFIXES, skip=NOT_KERNEL, gaps=gaps)), gaps)


def test_a_look_shows_what_a_listing_shows(tree: WorkingTree) -> None:
    os.mkfifo(tree.root / "mm" / "pipe.c")
    (tree.root / os.fsdecode(b"fs/\xff.c")).write_text("")
    (tree.root / os.fsdecode(b"fs/\xfe")).mkdir()
    (tree.root / os.fsdecode(b"fs/\xfe/x.c")).write_text("")
    stamp, gaps = looked(tree)
    assert (stamp, gaps) == listed(tree)
    assert {gap.file for gap in gaps} == {"mm/outside.c", "mm/pipe.c", "fs/\\udcff.c", "fs/\\udcfe/x.c"}


def _in_place(root: Path) -> None:
    (root / "fs/x/y/z/d.c").write_text("fs/x/y/z/D.c")


def _longer_with_the_old_time(root: Path) -> None:
    file = root / "mm/kasan/c.c"
    before = file.stat()
    file.write_text("something else")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _link_to_another(root: Path) -> None:
    (root / "mm/linked.c").unlink()
    (root / "mm/linked.c").symlink_to("kasan/c.c")


def _behind_a_link(root: Path) -> None:
    (root / "mm/a.c").write_text("a file and the link to it")


CHANGES: dict[str, Callable[[Path], object]] = {
    "an edit in place": _in_place,
    "an edit behind a link": _behind_a_link,
    "another size under the old time": _longer_with_the_old_time,
    "a link to another file": _link_to_another,
    "a file at the top": lambda root: (root / "z.c").write_text(""),
    "a file deep below": lambda root: (root / "arch/x/lib/new.c").write_text(""),
    "a file taken away": lambda root: (root / "fs/naïve/f.c").unlink(),
    "a file moved": lambda root: (root / "fs/x/y/z/d.c").rename(root / "fs/x/y/d.c"),
    "a folder moved": lambda root: (root / "fs/x").rename(root / "fs/w"),
    "a link that leads nowhere": lambda root: (root / "fs/gone.c").symlink_to("nowhere"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_shows(tree: WorkingTree, change: str) -> None:
    before = looked(tree)
    CHANGES[change](tree.root)
    after = looked(tree)
    assert before != after == listed(tree)


@pytest.fixture
def kept(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where looks keep what they see. Folders made just now count as settled: the clock ticks before they change."""
    monkeypatch.setattr(tree_room, "settled_mark", tree_room.mark_of)
    time.sleep(0.02)
    return tmp_path_factory.mktemp("cache") / "look"


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_shows_where_the_last_look_is_kept(tree: WorkingTree, kept: Path, change: str) -> None:
    before = looked(tree, kept)
    assert before == looked(tree, kept) == listed(tree)
    time.sleep(0.02)
    CHANGES[change](tree.root)
    after = looked(tree, kept)
    assert before != after == looked(tree, kept) == listed(tree)


def test_folders_that_nobody_changed_are_not_listed_again(
    tree: WorkingTree, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refused)  # so that this process lists
    listed_now: list[str] = []
    listing = WorkingTree.folder

    def noting(self: WorkingTree, folder: str, suffixes: tuple[str, ...], gaps: list[Gap]) -> tree_room.Folder:
        listed_now.extend([folder] if suffixes else [])
        return listing(self, folder, suffixes, gaps)

    monkeypatch.setattr(WorkingTree, "folder", noting)
    looked(tree, kept)
    listed_now.clear()
    time.sleep(0.02)
    (tree.root / "fs/x/y/new.c").write_text("")
    (tree.root / "mm/kasan/c.c").write_text("written in place")
    looked(tree, kept)
    # The links of mm/ may lead to another file, and names that are not ASCII are looked at with care.
    assert sorted(listed_now) == ["fs/", "fs/naïve/", "fs/x/y/", "mm/"]


def test_a_folder_changed_just_now_is_listed_again(
    tree: WorkingTree, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path_factory.mktemp("cache") / "look"
    monkeypatch.setattr(tree_room, "RACY_NS", 3_600_000_000_000)  # whatever this machine does in between
    looked(tree, place)
    assert not place.exists()


@pytest.mark.parametrize("damage", [b"", b"x", b"x" * 4000], ids=["empty", "short", "other"])
def test_a_damaged_file_of_looks_is_made_anew(tree: WorkingTree, kept: Path, damage: bytes) -> None:
    before = looked(tree, kept)
    whole = kept.read_bytes()
    kept.write_bytes(damage)
    assert looked(tree, kept) == before
    assert len(kept.read_bytes()) == len(whole)
    kept.write_bytes(whole[:-1] + b"\xff")
    assert looked(tree, kept) == before


def test_a_look_that_cannot_be_kept_is_one_all_the_same(tree: WorkingTree, kept: Path) -> None:
    assert looked(tree, kept / "no" / "folder") == listed(tree)


@pytest.mark.parametrize(
    "name", ["tools/h.c", ".git/j.c", "fs/notes.txt", "Makefile"], ids=["tools", "hidden", "text", "make"]
)
def test_what_is_no_source_of_the_kernel_does_not_count(tree: WorkingTree, name: str) -> None:
    before = looked(tree)
    (tree.root / name).write_text("something else")
    assert looked(tree) == before


def test_a_folder_that_cannot_be_read_is_a_gap(tree: WorkingTree, monkeypatch: pytest.MonkeyPatch) -> None:
    opening = os.open

    def refuse(path: str, flags: int) -> int:
        if path.endswith(("/fs/x/", "/mm/")):
            raise PermissionError(13, "Permission denied")
        return opening(path, flags)

    before = looked(tree)
    monkeypatch.setattr(os, "open", refuse)
    after = looked(tree)
    assert [gap.file for gap in after[1]] == ["fs/x", "mm"]
    assert before != after == listed(tree)


def test_a_process_that_dies_is_made_up_for(tree: WorkingTree) -> None:
    with Look(tree, SUFFIXES, NOT_KERNEL) as look:
        for child in look._children:
            os.kill(child, signal.SIGKILL)
        assert look.seen() == listed(tree)


STRUCK = """
import os, signal, sys
from kscan.source.look import Look
from kscan.source.tree import open_tree

forking = os.fork

def fork():
    child = forking()
    if not child:
        signal.raise_signal(signal.SIGINT)
    return child

os.fork = fork
try:
    with Look(open_tree(sys.argv[1]), (".c",), ()) as look:
        look.seen()
        print("seen")
except KeyboardInterrupt:
    print("interrupted")
"""


def test_ctrl_c_for_a_process_that_was_forked_just_now_is_no_second_one(tree: WorkingTree) -> None:
    words = [sys.executable, "-c", STRUCK, str(tree.root)]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == "seen\n"


def test_no_process_is_left_behind(tree: WorkingTree) -> None:
    with Look(tree, SUFFIXES, NOT_KERNEL) as look:
        children = list(look._children)
    assert children
    for child in children:
        with pytest.raises(ChildProcessError):
            os.waitpid(child, os.WNOHANG)
    assert not look._children


def test_no_file_is_left_open(tree: WorkingTree) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(2):
        looked(tree)
        with Look(tree, SUFFIXES, NOT_KERNEL):
            pass
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_where_no_process_can_be_made_this_one_looks(tree: WorkingTree, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refused)
    assert looked(tree) == listed(tree)


def test_beside_threads_no_process_is_made(tree: WorkingTree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        with Look(tree, SUFFIXES, NOT_KERNEL) as look:
            assert not look._children
            assert look.seen() == listed(tree)
    finally:
        stop.set()
        thread.join()


def test_a_very_wide_tree_is_looked_at_by_one_process(tree: WorkingTree) -> None:
    for number in range(2100):
        (tree.root / "fs" / f"f{number}").mkdir()
    (tree.root / "fs/f7/a.c").write_text("")
    assert looked(tree) == listed(tree)
