"""A file written just before an index is made: once that is a while ago, nobody has to read it again."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kscan import api
from kscan.facts.names import NameIndex
from kscan.facts.store import open_store
from kscan.index import make as making
from kscan.source.tree import open_tree
from tests.toy import Toy

HEADER = "include/linux/frobs.h"
BUSY = "static inline int g(void) { return -EBUSY; }\n"
NXIO = BUSY.replace("EBUSY", "ENXIO")


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toy:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "tree").mkdir()
    made = Toy(tmp_path / "tree").c("#include <linux/frobs.h>\nint f(void) { return g(); }\n")
    made.write({HEADER: BUSY})
    return made


def indexed(toy: Toy, monkeypatch: pytest.MonkeyPatch, seconds: int, meanwhile: Callable[[], object]) -> None:
    """The index of ``toy``, the making of which takes ``seconds``, at the end of which ``meanwhile`` is called."""
    late = 0
    now, make = time.time_ns(), making.make

    def slow(*given: Any) -> Any:
        nonlocal late
        state = make(*given)
        late = seconds
        meanwhile()
        return state

    with monkeypatch.context() as patched:
        patched.setattr(time, "time_ns", lambda: now + late * 1_000_000_000)
        patched.setattr(making, "make", slow)
        api.index(str(toy.root), jobs=1)


def kept_of(toy: Toy) -> tuple[bool, int]:
    """Whether the stats tell all of the tree, and how many dialects are kept."""
    with open_store(open_tree(toy.root).root) as store:
        (row,) = store.rows("SELECT count(*) FROM kept WHERE kind = 'dialect'")
        assert isinstance(row[0], int)
        return bool(NameIndex(store).assumed()), row[0]


@pytest.mark.parametrize(("seconds", "kept"), [(60, (True, 1)), (0, (False, 0))])
def test_what_was_just_written_is_settled_in_the_end(
    toy: Toy, monkeypatch: pytest.MonkeyPatch, seconds: int, kept: tuple[bool, int]
) -> None:
    indexed(toy, monkeypatch, seconds, lambda: None)
    assert kept_of(toy) == kept
    (found,) = api.flow(str(toy.root), "f").returns
    assert found.values == ("-EBUSY",)


def test_what_was_written_meanwhile_is_seen_though_its_stat_is_the_same(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = toy.root / HEADER
    about = header.stat()

    def meanwhile() -> None:
        header.write_text(NXIO, "utf-8")
        os.utime(header, ns=(about.st_atime_ns, about.st_mtime_ns))

    indexed(toy, monkeypatch, 60, meanwhile)
    assert kept_of(toy)[1] == 0
    (found,) = api.flow(str(toy.root), "f").returns
    assert found.values == ("-ENXIO",)
