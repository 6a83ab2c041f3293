"""The macros of the real headers: what they write where they are used, and that their table is small."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kscan.facts.errno import read_errnos
from kscan.facts.extract import extract
from kscan.facts.headers import Dialect, read_dialect
from kscan.model.facts import FileFacts, Param
from kscan.model.source import Source
from kscan.source.tree import NOT_KERNEL, open_tree

pytestmark = pytest.mark.linux
STEP = 60


def headers(tree: Path) -> Iterator[tuple[str, bytes]]:
    for stat in open_tree(tree).files(suffixes=(".h",), skip=NOT_KERNEL):
        if stat.size < 512 << 10 or stat.path.startswith("include/"):
            yield stat.path, (tree / stat.path).read_bytes()


@pytest.fixture(scope="module")
def dialect(linux_73: Path) -> Dialect:
    return read_dialect(headers(linux_73))


def facts(tree: Path, path: str, dialect: Dialect) -> FileFacts:
    source = Source(path, (tree / path).read_bytes())
    return extract(source, macros=dialect.definers.seen_from(path, source.data), extra=dialect.annotations)


def test_the_table_is_small(dialect: Dialect) -> None:
    assert 2_000 < len(dialect.definers.by_name) < 8_000
    assert 100 < len(dialect.annotations) < 1_000
    assert "ENOATTR" in read_errnos({"errno.h": b"#define ENODATA 61\n", **dialect.aliases})


def test_system_calls_have_their_bodies(linux_73: Path, dialect: Dialect) -> None:
    found = {one.name: one for one in facts(linux_73, "mm/madvise.c", dialect).functions}
    call = found["sys_madvise"]
    assert (call.return_type, call.errors, call.via) == ("long", 0, "")
    assert call.params == (Param("start", "unsigned long"), Param("len_in", "size_t"), Param("behavior", "int"))
    assert "do_madvise" in {one.callee for one in call.calls}


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("include/linux/page-flags.h", {"PageSlab", "PageHWPoison", "folio_test_hwpoison", "SetPageHWPoison"}),
        ("drivers/base/memory.c", {"soft_offline_page_store", "hard_offline_page_store"}),
        ("mm/backing-dev.c", {"bdi_debug_stats_open", "cgwb_debug_stats_open"}),
        ("mm/cma_debug.c", {"cma_debugfs_fops_open"}),
        ("drivers/block/aoe/aoeblk.c", {"aoe_debugfs_open"}),
        ("include/linux/mutex.h", {"class_mutex_constructor", "class_mutex_destructor"}),
        ("arch/x86/kernel/traps.c", {"exc_divide_error", "exc_debug"}),
    ],
)
def test_functions_that_macros_write(linux_73: Path, dialect: Dialect, path: str, names: set[str]) -> None:
    assert names <= {one.name for one in facts(linux_73, path, dialect).functions}


def test_what_macros_write_parses(linux_73: Path, dialect: Dialect) -> None:
    paths = [stat.path for stat in open_tree(linux_73).files(suffixes=(".c",), skip=NOT_KERNEL)][::STEP]
    made = [one for path in paths for one in facts(linux_73, path, dialect).functions if one.via]
    assert len(made) > 300
    assert sum(bool(one.errors) for one in made) / len(made) < 0.05
