"""The dialect that another process read ahead is the one that would be read, or none."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from kscan import api
from kscan.facts import headers
from kscan.facts.headers import Dialect, dialect_of
from kscan.facts.names import NameIndex
from kscan.facts.store import Store
from kscan.index.ahead import Ahead, reading_ahead
from kscan.source.tree import WorkingTree
from tests.toy import Toy

HEADER = "include/linux/frobs.h"
MAKE = "#define MAKE(n) int n(void) { return 0; }\n"


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    (tmp_path / "tree").mkdir()
    made = Toy(tmp_path / "tree").c("MAKE(f)\n")
    made.write({HEADER: MAKE})
    return made


def settle(toy: Toy, when: int) -> None:
    """All files of ``toy`` were written at ``when``."""
    for path in toy.root.rglob("*"):
        os.utime(path, (when, when))


def ahead(toy: Toy, store: Store) -> tuple[WorkingTree, NameIndex]:
    tree, names = WorkingTree(toy.root, ""), NameIndex(store)
    with reading_ahead(tree, True) as begun:
        names.refresh(tree, jobs=1)
        assert begun is not None
        begun.keep(store, names)
    return tree, names


def unread(*_: object) -> Dialect:
    raise AssertionError("read again")


def test_nothing_is_read_again(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(toy, 1000)
    store = Store(None)
    tree, names = ahead(toy, store)
    expected = dialect_of(tree, Store(None), names)
    assert "MAKE" in expected.definers.by_name
    monkeypatch.setattr(headers, "read_dialect", unread)
    assert dialect_of(tree, store, names) == expected


def test_headers_written_just_now_are_read_when_they_are_asked_for(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(toy, int(time.time()) + 60)  # whatever this machine does in between
    store = Store(None)
    tree, names = ahead(toy, store)
    monkeypatch.setattr(headers, "read_dialect", unread)
    with pytest.raises(AssertionError, match="read again"):
        dialect_of(tree, store, names)


def test_headers_that_change_meanwhile_are_read_when_they_are_asked_for(toy: Toy) -> None:
    settle(toy, 1000)
    store = Store(None)
    reading = headers.reading_of(WorkingTree(toy.root, ""))
    toy.write({HEADER: MAKE.replace("MAKE", "CAST")})
    settle(toy, 2000)
    tree, names = WorkingTree(toy.root, ""), NameIndex(store)
    names.refresh(tree, jobs=1)
    headers.keep_reading(tree, store, names, reading)
    found = dialect_of(tree, store, names).definers.by_name
    assert "CAST" in found
    assert "MAKE" not in found


def test_a_process_that_dies_is_missed_by_nobody(toy: Toy) -> None:
    settle(toy, 1000)
    store, tree = Store(None), WorkingTree(toy.root, "")
    names = NameIndex(store)
    begun = Ahead(tree)
    os.kill(begun.process, 9)
    names.refresh(tree, jobs=1)
    begun.keep(store, names)
    begun.end()
    assert "MAKE" in dialect_of(tree, store, names).definers.by_name


def test_one_process_and_two_find_the_same(toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(toy, 1000)
    found = []
    for jobs in (1, 2):
        monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / f"cache{jobs}"))
        result = api.index(str(toy.root), jobs=jobs)
        found.append((result.files, result.functions))
    assert found[0] == found[1]
