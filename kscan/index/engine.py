"""Who runs the worker over the files: this process, or a pool of processes on this machine."""

from __future__ import annotations

import itertools
import multiprocessing
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Final, Protocol

from kscan.index.work import Ground, Task
from kscan.source.pool import ending, settle, undisturbed, watch

Batch = Sequence[Task]
Work = Callable[[Ground, Batch], list[bytes]]
Done = tuple[Batch, list[bytes] | None]
"""A batch with what was made of it; None when it takes every worker down with it."""

_AHEAD: Final = 6
"""Batches for each worker that are under way, so that none is idle and few are in memory."""


class Engine(Protocol):
    """Runs a plain function over batches of files."""

    def map(self, work: Work, ground: Ground, batches: Iterable[Batch]) -> Iterator[Done]:
        """Each batch, or parts of it, with the result of ``work``, in any order. ``work`` and ``ground`` can be
        pickled."""


class Here:
    """No other process: for a handful of files."""

    def map(self, work: Work, ground: Ground, batches: Iterable[Batch]) -> Iterator[Done]:
        """Each batch, in order."""
        for batch in batches:
            yield batch, work(ground, batch)


class Pool:
    """``jobs`` processes of this machine. When one dies, the files that were under way are tried again one by one."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs

    def map(self, work: Work, ground: Ground, batches: Iterable[Batch]) -> Iterator[Done]:
        """Each batch, in order; the files of those that were under way when a worker died, one by one."""
        left = iter(batches)
        lost = yield from _run(work, ground, left, self._jobs)
        while lost:
            alone: Iterator[Batch] = iter([(task,) for batch in lost for task in batch])
            while broken := (yield from _run(work, ground, alone, 1)):
                yield broken[0], None  # a single worker takes them in order
                alone = itertools.chain(broken[1:], alone)
            lost = yield from _run(work, ground, left, self._jobs)


def _run(work: Work, ground: Ground, batches: Iterator[Batch], jobs: int) -> Generator[Done, None, list[Batch]]:
    """Batches with their results, until all are done or a worker died; gives those taken and not done."""
    waiting: deque[tuple[Batch, Future[list[bytes]]]] = deque()
    pool = _pool(jobs, ground)
    try:
        with ending(pool):
            for number, batch in enumerate(batches):
                waiting.append((batch, _submit(pool, work, batch)))
                if not number:
                    watch(pool)
                while len(waiting) >= jobs * _AHEAD:
                    yield _first(waiting)
            while waiting:
                yield _first(waiting)
    except BrokenProcessPool:
        return [batch for batch, _ in waiting]
    return []


def _first(waiting: deque[tuple[Batch, Future[list[bytes]]]]) -> Done:
    batch, future = waiting[0]
    result = future.result()
    waiting.popleft()
    return batch, result


def _submit(pool: ProcessPoolExecutor, work: Work, batch: Batch) -> Future[list[bytes]]:
    try:
        with undisturbed(signal.SIGINT):  # as in the pool's own module
            return pool.submit(_call, work, batch)
    except BrokenProcessPool as broken:  # noticed here first; it must not lose the batch
        failed: Future[list[bytes]] = Future()
        failed.set_exception(broken)
        return failed


def _pool(jobs: int, ground: Ground) -> ProcessPoolExecutor:
    # A fork shares what the parent has; elsewhere the ground is sent to each worker once.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else None)
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(ground,))


_grounds: list[Ground] = []


def _begin(ground: Ground) -> None:
    settle()
    _grounds[:] = [ground]


def _call(work: Work, batch: Batch) -> list[bytes]:
    return work(_grounds[0], batch)
