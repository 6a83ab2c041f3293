"""A word in the text of files, and the map over files behind it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kscan.source.grep import grep, has_word
from kscan.source.pool import chunks, map_chunks
from kscan.source.tree import FileStat, open_tree
from tests.toy import Toy


@pytest.mark.parametrize(
    ("text", "has"),
    [
        (b"grab(p)", True),
        (b"x = grab", True),
        (b"grab", True),
        (b"", False),
        (b"grabs(p) regrab(p) _grab grab_ grab1", False),
        (b"grabs grab", True),
        (b"grabgrab", False),
        (b"gra", False),
    ],
)
def test_has_word(text: bytes, has: bool) -> None:
    assert has_word(text, b"grab") is has


def test_empty_word_is_nowhere() -> None:
    assert not has_word(b"x", b"")


def test_a_word_that_overlaps_itself() -> None:
    assert has_word(b"xaa aa", b"aa")


@pytest.mark.parametrize(("under", "found"), [(None, ("fs/b.c", "mm/a.c")), ("mm", ("mm/a.c",))])
def test_grep(tmp_path: Path, under: str | None, found: tuple[str, ...]) -> None:
    files = {"mm/a.c": "grab();", "mm/c.c": "grabs();", "fs/b.c": "x(grab)", "tools/t.c": "grab();", "mm/d.c": "\0grab"}
    files |= {"Makefile": "VERSION = 1\nPATCHLEVEL = 2\n", "include/linux/x.h": ""}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert grep(open_tree(tmp_path), "grab", under=under) == found


FILES = [FileStat(f"f{number}", 1000, 0) for number in range(20)]


def _names(files: list[FileStat]) -> list[str]:
    return [stat.path for stat in files]


def _die_in_a_worker(files: list[FileStat]) -> list[str]:
    if os.getpid() != PARENT and files[0].path == "f10":
        os._exit(9)
    return _names(files)


PARENT = os.getpid()


@pytest.mark.parametrize("size", [1, 20_000, 1 << 30])
@pytest.mark.parametrize("jobs", [1, 2])
def test_map_is_in_order_for_any_number_of_workers(size: int, jobs: int) -> None:
    runs = chunks(FILES, size)
    assert [name for part in map_chunks(_names, runs, jobs) for name in part] == _names(FILES)


def test_a_worker_that_dies_changes_nothing() -> None:
    parts = map_chunks(_die_in_a_worker, chunks(FILES, 1), 2)
    assert [name for part in parts for name in part] == _names(FILES)


def test_no_files() -> None:
    assert list(map_chunks(_names, chunks([]), 2)) == []


def test_many_names_find_what_few_do(tmp_path: Path) -> None:
    texts = {"a.c": "int grab(void);\n", "b.c": "grab_all(); 2grab;\n", "c.c": "/* grab */\n", "d.c": "p->grab_\n"}
    Toy(tmp_path).write(texts)
    tree = open_tree(tmp_path)
    others = [f"other{number}" for number in range(40)]
    assert grep(tree, "grab", *others) == grep(tree, "grab") == ("a.c", "c.c")
