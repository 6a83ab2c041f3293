"""Page table walks of 7.3: the table of callbacks is handed on inside a struct, or is one of two.

The tree is a part of the real one: all headers, and the files that walk."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest import TempPathFactory

from tests.linux.parts import indexed, returned

pytestmark = pytest.mark.linux

WALKS = ("mm/pagewalk.c", "mm/hmm.c", "mm/ksm.c", "mm/mincore.c", "mm/internal.h", "mm/memory.c", "fs/proc/task_mmu.c")
PARTS = ("Makefile", "Kconfig", "include", *WALKS)


@pytest.fixture(scope="module")
def part(linux_73: Path, tmp_path_factory: TempPathFactory) -> Path:
    return indexed(linux_73, tmp_path_factory.mktemp("part"), PARTS)


def values_of(part: Path, function: str) -> set[str]:
    (found,) = returned(part, function)
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
    values = values_of(part, function)
    assert some <= values
    assert not never & values


def test_any_table_where_none_is_told(part: Path) -> None:
    assert {"-ENOSPC", "-EBUSY", "-ERESTARTSYS"} <= values_of(part, "walk_page_range")
