"""Style and conditions on the real trees: what must not be said, and a few things that must."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest import TempPathFactory

from kscan import api
from kscan.model.finding import Finding

pytestmark = pytest.mark.linux

RULES = (
    "camelcase-name",
    "comment-about-callers",
    "contradictory-condition",
    "implied-condition",
    "predicate-name-returns-errno",
)
CONDITIONS = ("contradictory-condition", "implied-condition")


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: TempPathFactory) -> Iterator[None]:
    """A cache of this module's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KSCAN_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


def _found(tree: Path, *files: str, select: tuple[str, ...] = CONDITIONS) -> list[Finding]:
    contracts = [one for one in api.check(str(tree), files, select=select).findings if one.rule in select]
    return sorted(contracts, key=lambda one: (one.span, one.rule))


def test_memory_failure_has_none_of_them(linux_73: Path) -> None:
    every = tuple(rule.id for rule in api.rules() if rule.when == "always" and rule.id in RULES)
    assert len(every) == 3
    assert _found(linux_73, "mm/memory-failure.c", select=every) == []
    assert _found(linux_73, "mm/memory-failure.c", select=("comment-about-callers",)) == []
    old = _found(linux_73, "mm/memory-failure.c", select=("camelcase-name",))
    assert [one.subject.split()[0] for one in old] == ["HWPoisonHandlable"]


def test_the_queue_that_is_chosen_anew(linux_612: Path) -> None:
    """In netdev_pick_tx() the old queue may or may not be the new one."""
    assert "queue_index != new_index" in (linux_612 / "net/core/dev.c").read_text("utf-8")
    assert [one for one in _found(linux_612, "net/core/dev.c") if one.function == "netdev_pick_tx"] == []


@pytest.mark.parametrize(
    ("file", "rule", "function", "subject", "fixed"),
    [
        ("mm/vmalloc.c", "implied-condition", "__alloc_vmap_area", "align>PAGE_SIZE", True),
        ("net/unix/diag.c", "implied-condition", "unix_diag_get_exact", "sk", True),
        ("fs/ntfs/super.c", "contradictory-condition", "load_and_init_attrdef", "!IS_ERR(ino)", False),
        ("net/dns_resolver/dns_key.c", "contradictory-condition", "dns_resolver_preparse", "!data", True),
    ],
)
def test_what_is_decided(linux_73: Path, file: str, rule: str, function: str, subject: str, fixed: bool) -> None:
    found = [one for one in _found(linux_73, file) if (one.function, one.subject) == (function, subject)]
    assert [(one.rule, one.fix is not None) for one in found] == [(rule, fixed)]
    assert found[0].steps


@pytest.mark.parametrize(
    ("file", "function"),
    [
        ("fs/namespace.c", "can_umount"),
        ("net/sunrpc/cache.c", "cache_is_valid"),
        ("mm/mmap_lock.c", "get_mmap_lock_carefully"),
    ],
)
def test_names_that_promise_something_else(linux_73: Path, file: str, function: str) -> None:
    found = _found(linux_73, file, select=("predicate-name-returns-errno",))
    assert function in {one.function for one in found}
