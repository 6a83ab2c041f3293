"""Whatever stops a run, the next one gives what a clean one gives."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kscan.facts.indexed import Indexed
from kscan.facts.store import open_store, path_of
from tests.index.rows import Rows, index
from tests.toy import Toy


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree that takes a moment to read."""
    root = tmp_path_factory.mktemp("big") / "tree"
    root.mkdir()
    toy = Toy(root)
    part = "int f{n}_{k}(int a)\n{{\n\tif (a == D_{n})\n\t\treturn f{m}_{k}(a);\n\treturn -EIO;\n}}\n"
    for n in range(60):
        body = "".join(part.format(n=n, m=(n + 1) % 60, k=k) for k in range(20))
        toy.write({f"drivers/d{n}/d.h": f"#define D_{n} {n}\n", f"drivers/d{n}/a.c": f'#include "d.h"\n{body}'})
    return root


@pytest.fixture(scope="module")
def clean(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    return index(tree, tmp_path_factory.mktemp("clean"))[1]


def kscan(tree: Path, folder: Path, *args: str, **more: object) -> subprocess.Popen[str]:
    run = "import sys; from kscan.cli.main import entry; sys.exit(entry())"
    call = [sys.executable, "-c", run, *args, str(tree)]
    env = {**os.environ, "KSCAN_CACHE_DIR": str(folder)}
    return subprocess.Popen(call, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)  # type: ignore[call-overload, no-any-return]


def opened(folder: Path, tree: Path) -> int:
    """When the store was last opened; 0 if never."""
    lock = path_of(tree, folder).with_suffix(".lock")
    return lock.stat().st_mtime_ns if lock.exists() else 0


def began(folder: Path, tree: Path, process: subprocess.Popen[str], before: int, after_s: float) -> None:
    """Wait until the store is opened, and a little longer."""
    while opened(folder, tree) == before and process.poll() is None:
        time.sleep(0.01)
    time.sleep(after_s)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_at_any_moment_costs_only_time(
    tree: Path, clean: Rows, tmp_path: Path, how: signal.Signals
) -> None:
    for after_s in (0.0, 0.3, 0.6, 0.9):
        before = opened(tmp_path, tree)
        process = kscan(tree, tmp_path, "index", "--jobs", "2")
        began(tmp_path, tree, process, before, after_s)
        process.send_signal(how)
        _, said = process.communicate(timeout=240)
        assert "Traceback" not in said
    assert index(tree, tmp_path)[1] == clean


def test_two_runs_at_once_agree(tree: Path, clean: Rows, tmp_path: Path) -> None:
    runs = [kscan(tree, tmp_path, "index", "--jobs", "2") for _ in range(2)]
    for run in runs:
        said = run.communicate(timeout=240)
        assert run.returncode == 0, said
    assert index(tree, tmp_path)[1] == clean


@pytest.mark.parametrize("damage", ["middle", "cut", "head", "log"])
def test_a_damaged_store_is_made_again(tree: Path, clean: Rows, tmp_path: Path, damage: str) -> None:
    index(tree, tmp_path)
    store = path_of(tree, tmp_path)
    data = bytearray(store.read_bytes())
    if damage == "middle":
        for page in range(len(data) // 4096 // 3, len(data) // 4096 - 1, len(data) // 4096 // 7):
            data[page * 4096 : (page + 1) * 4096] = b"\xa5" * 4096
    elif damage == "cut":
        del data[len(data) // 2 :]
    elif damage == "head":
        data[:100] = bytes(100)
    else:
        store.with_name(store.name + "-wal").write_bytes(b"\xa5" * 5000)
    store.write_bytes(bytes(data))
    (tree / "drivers/d0/a.c").touch()
    if damage != "middle":  # there a row of its own may be damaged, which shows when it is asked for
        assert index(tree, tmp_path)[1] == clean
    run = kscan(tree, tmp_path, "returns", "--format", "json")
    told, _ = run.communicate(timeout=240)
    fresh = kscan(tree, tmp_path / "fresh", "returns", "--format", "json")
    assert told == fresh.communicate(timeout=240)[0]


def test_a_disk_that_is_full_is_one_line(tree: Path, tmp_path: Path) -> None:
    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    run = kscan(tree, tmp_path, "index", "--jobs", "1", preexec_fn=small_files)
    _, said = run.communicate(timeout=240)
    assert run.returncode == 2
    (line,) = said.splitlines()
    assert "make room" in line


def test_a_tree_that_changes_while_it_is_read_is_read_again(tree: Path, tmp_path: Path) -> None:
    file = tree / "drivers/d59/a.c"
    before = file.read_text()
    try:
        process = kscan(tree, tmp_path, "index", "--jobs", "1")
        began(tmp_path, tree, process, 0, 0.3)
        file.write_text(before.replace("-EIO", "-EPERM"))
        process.communicate(timeout=240)
        assert index(tree, tmp_path)[1] == index(tree, tmp_path / "fresh")[1]
    finally:
        file.write_text(before)


def test_old_trees_make_room(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KSCAN_CACHE_MAX_MB", "1")
    others = [tmp_path / f"{name}.db" for name in ("old", "older")]
    for age, path in enumerate(others):
        path.write_bytes(bytes(900_000))
        os.utime(path, (1000 - age, 1000 - age))
    run = kscan(tree, tmp_path, "index")
    said, errors = run.communicate(timeout=240)
    assert run.returncode == 0, errors
    assert not any(path.exists() for path in others)
    assert said.count("to make room") == 2
    assert path_of(tree, tmp_path).exists()


def test_what_is_kept_of_old_contents_makes_room(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, _ = index(tree, tmp_path)
    with open_store(tree, tmp_path) as store:
        for number in range(50):
            store.put("facts", f"{number}", os.urandom(100_000))
    told, _ = kscan(tree, tmp_path, "returns", "--format", "json").communicate(timeout=240)
    assert path_of(tree, tmp_path).stat().st_size > 5_000_000
    monkeypatch.setenv("KSCAN_CACHE_MAX_MB", "4")
    again, _ = kscan(tree, tmp_path, "returns", "--format", "json").communicate(timeout=240)
    assert path_of(tree, tmp_path).stat().st_size < 4_000_000
    assert told == again
    assert index(tree, tmp_path)[0] == before  # nothing was read again


def test_status_and_clear(tree: Path, tmp_path: Path) -> None:
    def says(*args: str) -> str:
        said, errors = kscan(tree, tmp_path, "index", *args).communicate(timeout=240)
        return said + errors

    assert "has no index" in says("--status")
    assert "functions of" in says()
    assert "last brought up to date" in says("--status")
    assert "forgot what was kept" in says("--clear")
    assert not path_of(tree, tmp_path).exists()
    assert "has no index" in says("--status")


@pytest.mark.parametrize(
    "text", ["{" * 50_000, "int f(void)\n{\n" + ")" * 50_000 + "\n}\n", "int a = " + "b ? c : " * 50_000 + "d;\n"]
)
def test_a_file_that_the_parser_gives_up_on_is_a_gap_of_its_own(tmp_path: Path, text: str) -> None:
    toy = Toy(tmp_path)
    toy.write({"drivers/a.c": text, "drivers/a.h": text, "drivers/b.c": "int g(void)\n{\n\treturn -EIO;\n}\n"})
    index(tmp_path, tmp_path / "cache")
    with open_store(tmp_path, tmp_path / "cache") as store:
        facts = [Indexed(store).facts(path) for path in ("drivers/a.c", "drivers/a.h", "drivers/b.c")]
    cut = ["too long or too deeply nested to parse"]
    assert [[gap.reason for gap in one.gaps] for one in facts if one is not None] == [cut, cut, []]
    assert facts[2] is not None and [function.name for function in facts[2].whole().functions] == ["g"]
