"""Whoever runs the worker, and whatever becomes of those who do, the rows are the same."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from kscan.facts.errno import read_errnos
from kscan.facts.store import Store
from kscan.index.cluster import _LOST, Cluster, _Run
from kscan.index.engine import Here, Pool
from kscan.index.status import result_of
from kscan.index.work import Ground, Read, Task
from kscan.model.error import InputError
from tests.index.rows import index
from tests.toy import Toy

GROUND = Ground(frozenset(), read_errnos({}), {}, {})
POISON = b"poison"


def shout(ground: Ground, tasks: Sequence[Task]) -> list[bytes]:
    """A worker that dies over one kind of file."""
    if any(task.data == POISON for task in tasks):
        os.kill(os.getpid(), signal.SIGKILL)
    return [task.path.upper().encode() for task in tasks]


def batches(*groups: str) -> Iterator[list[Task]]:
    for group in groups:
        yield [Task(name, POISON if name.startswith("bad") else b"") for name in group.split()]


def done(engine: Here | Pool | Cluster, *groups: str) -> dict[str, bytes | None]:
    found: dict[str, bytes | None] = {}
    for batch, results in engine.map(shout, GROUND, batches(*groups)):
        for number, task in enumerate(batch):
            assert task.path not in found
            found[task.path] = None if results is None else results[number]
    return found


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_that_kills_its_worker_costs_only_itself(jobs: int) -> None:
    groups = ["a b", "c bad1 d", *(f"x{n} y{n}" for n in range(20)), "bad2", "bad3 e", "f"]
    found = done(Pool(jobs), *groups)
    assert {name for name, result in found.items() if result is None} == {"bad1", "bad2", "bad3"}
    assert set(found) == {name for group in groups for name in group.split()}
    assert found["d"] == b"D"


def test_nothing_to_do_is_done_by_all() -> None:
    assert done(Here()) == done(Pool(2)) == {}


def many(root: Path) -> Path:
    """A tree with files enough for a pool."""
    root.mkdir()
    toy = Toy(root)
    toy.write({f"drivers/d{n}/d.h": f"#define D_{n} -E{['IO', 'NOMEM', 'BUSY'][n % 3]}\n" for n in range(20)})
    body = "int open_{n}(int a);\nint use_{n}(int a) {{ return a == D_{n} ? D_{n} : open_{m}(a); }}\n"
    toy.write({f"drivers/d{n}/a.c": f'#include "d.h"\n{body.format(n=n, m=n % 7)}' for n in range(20)})
    return root


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_the_rows_do_not_depend_on_the_number_of_workers(tmp_path: Path, jobs: int) -> None:
    root = many(tmp_path / "tree")
    assert index(root, tmp_path / "pool", Pool(jobs))[1] == index(root, tmp_path / "here", Here())[1]


class _Single:
    """An engine that is handed one file at a time."""

    def __init__(self, inner: Here | Pool) -> None:
        self.inner = inner
        self.paths: list[str] = []

    def map(self, work, ground, batches):  # type: ignore[no-untyped-def]
        single = ([task] for batch in batches for task in batch)
        for (task,), results in self.inner.map(work, ground, single):
            self.paths.append(task.path)
            yield [task], self.seen(task.path, results)

    def seen(self, path: str, results: object) -> object:
        return results


class _Struck(_Single):
    """A pool, one worker of which is killed under way."""

    def seen(self, path: str, results: object) -> object:
        if len(self.paths) == 5:
            multiprocessing.active_children()[0].kill()
        return results


class _Losing(_Single):
    """An engine of which every worker dies over some files."""

    LOST = ("drivers/d3/a.c", "drivers/d4/d.h")

    def seen(self, path: str, results: object) -> object:
        return None if path in self.LOST else results


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_worker_that_is_killed_once_costs_nothing(tmp_path: Path, jobs: int) -> None:
    root = many(tmp_path / "tree")
    struck = _Struck(Pool(jobs))
    state, rows = index(root, tmp_path / "pool", struck)
    assert state.lost == 0
    assert len(struck.paths) > 5
    assert rows == index(root, tmp_path / "here", Here())[1]


def test_files_that_were_lost_to_workers_are_tried_again_by_a_worker(tmp_path: Path) -> None:
    root = many(tmp_path / "tree")
    state, _ = index(root, tmp_path / "grown", _Losing(Here()))
    assert state.lost == 2
    assert "kscan index TREE' tries them again" in result_of(Store(None), "TREE", state, ()).notes[0]
    again = _Single(Here())
    state, rows = index(root, tmp_path / "grown", again)
    assert state.lost == 0
    assert {*_Losing.LOST} <= {*again.paths}  # never in the process that asks
    assert rows == index(root, tmp_path / "here", Here())[1]


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """The address of one that is up. It chooses its port itself: who chose one beforehand might find it taken."""
    pytest.importorskip("distributed")
    told = tmp_path / "scheduler.json"
    words = ("--port", "0", "--scheduler-file", str(told), "--no-dashboard", "--host", "127.0.0.1")
    with _started("distributed.cli.dask_scheduler", *words) as process:
        address = ""
        while not address:
            assert process.poll() is None, "the scheduler has ended"
            time.sleep(0.05)
            with suppress(OSError, ValueError):  # not there yet, or not all of it
                address = json.loads(told.read_text())["address"]
        yield address


class _started:
    """A process with its output thrown away, killed at the end."""

    def __init__(self, module: str, *args: str) -> None:
        call = [sys.executable, "-m", module, *args]
        self.process = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self) -> subprocess.Popen[bytes]:
        return self.process

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()


def worker(address: str) -> _started:
    return _started("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny")


def connected(address: str, workers: int) -> Cluster:
    from distributed import Client

    with Client(address, timeout=120, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=240)
    return Cluster(address)


def test_a_cluster_that_loses_a_worker_gives_the_rows_of_a_local_run(scheduler: str, tmp_path: Path) -> None:
    root = many(tmp_path / "tree")
    with worker(scheduler) as first, worker(scheduler):
        cluster = connected(scheduler, 2)
        killing = _KillsAfter(cluster, first)
        _, rows = index(root, tmp_path / "cluster", killing)
        cluster._client.close()  # with its threads, beside which later tests would run
    assert first.poll() is not None
    assert killing.rounds
    assert rows == index(root, tmp_path / "here", Here())[1]


def test_a_result_that_is_lost_before_it_is_fetched_is_made_again() -> None:
    distributed = pytest.importorskip("distributed")

    class Fetched:
        """What was done, and is lost the first time it is asked for."""

        status = "finished"
        asked = 0
        key = "key"

        def cancelled(self) -> bool:
            return False

        def exception(self) -> None:
            return None

        def result(self) -> list[bytes]:
            self.asked += 1
            if self.asked == 1:
                raise distributed.client.FutureCancelledError(self.key, "already forgotten")
            return [b"done"]

    sent: list[object] = []
    future = Fetched()
    client = SimpleNamespace(scatter=lambda ground, **_: sent.append(ground), submit=lambda *_, **__: future)
    run = _Run(client, shout, GROUND)  # type: ignore[arg-type]
    run.submit([])
    assert run.outcome(future) is _LOST
    assert run.outcome(future) == [b"done"]
    assert sent == [GROUND, GROUND]


class _KillsAfter:
    """A cluster, one worker of which is killed when the first batch of the second step is done."""

    def __init__(self, cluster: Cluster, victim: subprocess.Popen[bytes]) -> None:
        self.cluster = cluster
        self.victim = victim
        self.rounds = 0

    def map(self, work, ground, batches):  # type: ignore[no-untyped-def]
        single = ([task] for batch in batches for task in batch)
        for done_so_far in self.cluster.map(work, ground, single):
            self.rounds += 1
            if self.rounds == 40:
                self.victim.kill()
            yield done_so_far


def test_a_scheduler_that_is_not_there_is_one_line() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(InputError, match="no scheduler answers"):
        Cluster("tcp://127.0.0.1:1")


def test_a_scheduler_without_workers_is_one_line(scheduler: str) -> None:
    with pytest.raises(InputError, match="no workers"):
        Cluster(scheduler)


def _refused(ground: object, task: Task) -> Read:
    raise OverflowError("too large")


@pytest.mark.parametrize("engine", [Here(), Pool(2)])
def test_a_fault_of_ours_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Here | Pool) -> None:
    monkeypatch.setattr("kscan.index.work._read_header", _refused)
    with pytest.raises(OverflowError) as raised:
        index(many(tmp_path / "tree"), tmp_path / "cache", engine)
    assert raised.value.__notes__ == ["drivers/d0/d.h"]
