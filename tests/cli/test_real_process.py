"""kscan as a process on real input: pipes, full disks, signals, and runs that share a cache."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.conftest import Ran
from tests.cli.real import ended, small_tree, start

OLD = "what was there before\n"
DEADLINE_S = 240.0


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="session")
def _large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree of 30 MB: two workers are busy with its index for a moment."""
    tree = small_tree(tmp_path_factory.mktemp("large") / "linux")
    (tree / "drivers").mkdir()
    body = b"static int frob_%d(int a)\n{\n" + b"\tif (grab(a))\n\t\treturn -EIO;\n" * 12 + b"\treturn 0;\n}\n\n"
    text = b"".join(body % n for n in range(3_000))
    for n in range(24):
        (tree / "drivers" / f"f{n}.c").write_bytes(text)
    return tree


@pytest.fixture
def large(_large: Path) -> Path:
    return _large


def until(what: str, holds: object) -> None:
    """Waits until ``holds()`` is true."""
    end = time.monotonic() + DEADLINE_S
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.01)


def processes_of(session: int) -> list[int]:
    """The processes of a session that have not ended."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                state = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(state[3]) == session and state[0] != "Z":
                found.append(int(folder.name))
    return found


def indexing(process: subprocess.Popen[str]) -> None:
    """Returns when ``process`` has workers, that is in the midst of reading the tree."""
    until("for workers", lambda: process.poll() is not None or len(processes_of(process.pid)) >= 3)
    assert process.poll() is None, process.communicate()


def killed_one_of(session: int) -> bool:
    """Whether a process of the session other than the first was killed: some are there for a moment only."""
    for one in processes_of(session):
        if one != session:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
                return True
    return False


def quiet_end(process: subprocess.Popen[str]) -> None:
    until("for the workers to end", lambda: not processes_of(process.pid))


def plain(tree: Path, *args: object) -> Ran:
    return ended(start("check", tree, *args))


# -- output


def test_exit_codes(tmp_path: Path) -> None:
    tree = small_tree(tmp_path / "linux")
    assert plain(tree).code == 1
    assert plain(tree, "--select", "undocumented-value").code == 0
    assert plain(tree / "nowhere").code == 2


def test_a_reader_that_has_enough_after_a_line(tmp_path: Path) -> None:
    tree = small_tree(tmp_path / "linux")
    text = (
        "/**\n * %s() - frob\n *\n * Return: 0, or -EINVAL when it is odd.\n */\nint %s(int a)\n{\n\treturn -EIO;\n}\n"
    )
    (tree / "mm/many.c").write_text("\n".join(text.replace("%s", f"f{n}") for n in range(400)))
    process = start("check", tree, "mm", "--format", "json")
    assert process.stdout is not None
    assert process.stdout.readline() == "{\n"
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    assert process.wait(DEADLINE_S) == 141


def test_a_full_disk_behind_standard_output(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ran = ended(start("check", small_tree(tmp_path / "linux"), stdout=full))
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "No space left on device" in ran.err


def test_a_full_disk_behind_the_output_file(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    target.write_text(OLD)
    process = start(
        *("check", small_tree(tmp_path / "linux"), "--no-cache", "--format", "json", "--output", target),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
    )
    ran = ended(process)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"kscan: {target}: File too large")
    assert target.read_text() == OLD
    assert sorted(path.name for path in tmp_path.iterdir()) == ["linux", "report.json"]


@pytest.mark.parametrize("limit", [0, 100, 10_000])
def test_a_full_disk_behind_the_cache(tmp_path: Path, limit: int) -> None:
    tree = small_tree(tmp_path / "linux")
    whole = plain(tree, "--no-cache")
    # A limit on the size of files stands in for the full disk: the same writes fail.
    process = start("check", tree, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    ran = ended(process)
    assert (ran.code, ran.out) == (whole.code, whole.out)
    assert ran.err.count("\n") == 1
    assert ran.err.startswith("kscan: note: the cache at ")
    assert plain(tree) == whole, "the next run is not hurt by it"


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"mounting a small file system is not allowed here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk(tmp_path: Path, full_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = small_tree(tmp_path / "linux")
    whole = plain(tree, "--no-cache")
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(full_disk))
    ran = plain(tree)
    assert (ran.code, ran.out) == (whole.code, whole.out)
    assert "cannot be used" in ran.err


# -- signals


def test_ctrl_c_in_the_midst_of_a_run(large: Path, cache: Path, tmp_path: Path) -> None:
    target = tmp_path / "report"
    target.write_text(OLD)
    process = start("check", large, "--output", target)
    indexing(process)
    os.killpg(process.pid, signal.SIGINT)
    assert ended(process) == (130, "", "kscan: interrupted\n")
    quiet_end(process)
    assert target.read_text() == OLD
    assert {path.name for path in tmp_path.iterdir()} == {"cache", "report"}
    again = plain(large, "mm")
    assert (again.code, again.err) == (1, "")
    assert again == plain(large, "mm", "--no-cache")


def test_ctrl_c_for_the_first_process_alone(large: Path) -> None:
    process = start("check", large)
    indexing(process)
    process.send_signal(signal.SIGINT)
    assert ended(process) == (130, "", "kscan: interrupted\n")
    quiet_end(process)


def test_a_killed_run_leaves_no_worker_and_no_trace(large: Path) -> None:
    process = start("check", large)
    indexing(process)
    process.kill()
    assert ended(process).code == -signal.SIGKILL
    quiet_end(process)
    again = plain(large, "mm")
    assert (again.code, again.err) == (1, "")
    assert again == plain(large, "mm", "--no-cache")


def test_a_killed_worker_costs_only_time(large: Path) -> None:
    process = start("check", large, "mm")
    indexing(process)
    until("for a worker to kill", lambda: killed_one_of(process.pid))
    assert ended(process) == plain(large, "mm", "--no-cache")


# -- runs that share a cache


def test_two_runs_at_once(large: Path) -> None:
    runs = [start("check", large, "mm", "--format", "json") for _ in range(3)]
    said = [ended(run) for run in runs]
    assert len(set(said)) == 1
    assert (said[0].code, said[0].err) == (1, "")
    assert json.loads(said[0].out)["findings"]


def test_a_tree_that_changes_while_it_is_read(tmp_path: Path, large: Path) -> None:
    process = start("check", large, "mm")
    indexing(process)
    extra = large / "drivers/extra.c"
    extra.write_text("int extra(void)\n{\n\treturn -EIO;\n}\n")
    first = ended(process)
    extra.unlink()
    assert (first.code, first.err) == (1, "")
    assert plain(large, "mm") == first
