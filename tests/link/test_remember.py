"""An answer is kept for as long as the tree stays as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kscan import api
from kscan.link.program import LinkedProgram
from tests.toy import Toy


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toy:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "tree"
    root.mkdir()
    return Toy(root).c("int f(int a) { return a ? -EIO : 0; }\nint g(void) { return f(1); }\n")


def values(toy: Toy, function: str = "f", **arguments: str) -> tuple[str, ...]:
    return api.flow(str(toy.root), function, arguments=arguments).returns[0].values


def settle(toy: Toy, second: int) -> None:
    """A file that was just written may change again unseen; this one was not."""
    os.utime(toy.root / "f.c", ns=(second * 10**9, second * 10**9))


def test_the_second_time_nothing_is_linked(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(toy, 1)
    first = values(toy), values(toy, a="1"), api.callers(str(toy.root), "f").callers

    def never(*_: object) -> None:
        raise AssertionError("linked again")

    monkeypatch.setattr(LinkedProgram, "returns", never)
    monkeypatch.setattr(LinkedProgram, "callers", never)
    assert (values(toy), values(toy, a="1"), api.callers(str(toy.root), "f").callers) == first
    assert first[0] == ("0", "-EIO")
    assert first[1] == ("-EIO",)


def test_a_change_is_seen(toy: Toy) -> None:
    settle(toy, 1)
    assert values(toy) == ("0", "-EIO")
    toy.c("int f(int a) { return a ? -EPERM : 0; }\n")
    settle(toy, 2)
    assert values(toy) == ("0", "-EPERM")


def test_files_outside_the_kernel_are_looked_at_each_time(toy: Toy) -> None:
    toy.write({"tools/t.c": "int t(void) { return -1; }\n"})
    assert values(toy, "tools/t.c:t") == ("-1",)
    toy.write({"tools/t.c": "int t(void) { return -2; }\n"})
    assert values(toy, "tools/t.c:t") == ("-2",)


WARM = """
import sys
from kscan import api
api.flow(sys.argv[1], "f")
api.callers(sys.argv[1], "f")
print(*sys.modules)
"""


def test_an_answer_that_is_kept_needs_next_to_nothing_loaded(toy: Toy) -> None:
    settle(toy, 1)
    loaded = []
    for _ in range(2):
        asked = subprocess.run([sys.executable, "-c", WARM, str(toy.root)], capture_output=True, text=True, check=True)
        loaded.append(set(asked.stdout.split()))
    heavy = {"tree_sitter", "kscan.link.catalog", "kscan.facts.extract", "multiprocessing", "rich"}
    assert loaded[0] & heavy >= {"tree_sitter", "kscan.link.catalog"}
    assert not loaded[1] & heavy


def test_what_cannot_be_listed_is_told_with_a_kept_answer(toy: Toy) -> None:
    settle(toy, 1)
    first = api.callers(str(toy.root), "f")
    (toy.root / "gone.c").symlink_to("nowhere.c")
    for _ in range(2):
        again = api.callers(str(toy.root), "f")
        assert again.callers == first.callers
        assert [gap.file for gap in again.gaps] == ["gone.c"]
    (toy.root / "gone.c").unlink()
    assert api.callers(str(toy.root), "f") == first


def test_the_vocabulary_of_errnos_follows_the_headers(toy: Toy) -> None:
    settle(toy, 1)
    toy.c("#include <linux/errno.h>\nint f(void) { return -ENOVEL; }\n")
    settle(toy, 2)
    assert "-ENOVEL" not in values(toy)
    toy.write({"include/uapi/asm-generic/errno.h": "#define ENOVEL 77 /* new */\n"})
    os.utime(toy.root / "include/uapi/asm-generic/errno.h", ns=(10**9, 10**9))
    for _ in range(2):
        assert values(toy) == ("-ENOVEL",)
