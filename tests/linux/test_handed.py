"""Page table walks of 7.3: the table of callbacks is handed on inside a struct, or is one of two.

The tree is a part of the real one: all headers, and the files that walk."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pytest import TempPathFactory

from kscan import api

pytestmark = pytest.mark.linux

WALKS = ("mm/pagewalk.c", "mm/hmm.c", "mm/ksm.c", "mm/mincore.c", "mm/internal.h", "mm/memory.c", "fs/proc/task_mmu.c")
PARTS = ("Makefile", "Kconfig", "include", *WALKS)


@pytest.fixture(scope="module")
def part(linux_73: Path, tmp_path_factory: TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("part")
    for name in PARTS:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (linux_73 / name).is_dir() else shutil.copy
        copy(linux_73 / name, root / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KSCAN_CACHE_DIR", str(root.parent / "cache"))
        api.index(str(root), jobs=1)
    return root


def returned(part: Path, function: str) -> set[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KSCAN_CACHE_DIR", str(part.parent / "cache"))
        (found,) = api.flow(str(part), function).returns
    return set(found.values)


@pytest.mark.parametrize(
    ("function", "some", "never"),
    [
        # What only the walks of fs/proc give: -ENOSPC where a buffer is full.
        ("hmm_range_fault", {"0", "-EBUSY", "-EFAULT", "-EINVAL", "-EPERM"}, {"-ENOSPC", "-ERESTARTSYS"}),
        ("break_ksm", {"0", "-EINVAL", "-ENOMEM", "-ERESTARTSYS"}, {"-ENOSPC", "-EBUSY", "-EPERM", "-EFAULT"}),
        ("do_mincore", {"-ENOMEM", "-EINVAL"}, {"-ENOSPC", "-EBUSY", "-EPERM", "-ERESTARTSYS"}),
    ],
)
def test_the_table_that_is_handed_over(part: Path, function: str, some: set[str], never: set[str]) -> None:
    values = returned(part, function)
    assert some <= values
    assert not never & values


def test_any_table_where_none_is_told(part: Path) -> None:
    assert {"-ENOSPC", "-EBUSY", "-ERESTARTSYS"} <= returned(part, "walk_page_range")
