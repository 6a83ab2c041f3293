"""The one parallel step: a plain function over runs of files, by processes that share nothing."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from kscan.source.tree import FileStat

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing.process import BaseProcess

T = TypeVar("T")

_CHUNK_BYTES = 8 << 20
_FILE_COST_BYTES = 4096


def chunks(files: Iterable[FileStat], size: int = _CHUNK_BYTES) -> list[list[FileStat]]:
    """Runs of ``files``, in order, of about ``size`` bytes each."""
    runs: list[list[FileStat]] = []
    room = 0
    for stat in files:
        if room <= 0:
            runs.append([])
            room = size
        runs[-1].append(stat)
        room -= stat.size + _FILE_COST_BYTES
    return runs


def map_chunks(work: Callable[[list[FileStat]], list[T]], runs: list[list[FileStat]], jobs: int) -> Iterator[list[T]]:
    """
    ``work`` of each run, in order: by ``jobs`` processes if there is more than one of both, else here. ``work`` can
    be pickled. If a worker dies, what it and its fellows still had to do is done here.
    """
    done = 0
    if jobs > 1 and len(runs) > 1:
        from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 - as in _pooled

        try:
            for result in _pooled(work, runs, jobs):
                yield result
                done += 1
        except BrokenProcessPool:
            pass
    yield from map(work, runs[done:])


def _pooled(work: Callable[[list[FileStat]], list[T]], runs: list[list[FileStat]], jobs: int) -> Iterator[list[T]]:
    # Slow to load, and most runs have nothing to share out.
    import multiprocessing  # noqa: PLC0415
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    context = multiprocessing.get_context("fork" if sys.platform == "linux" else None)
    pool = ProcessPoolExecutor(min(jobs, len(runs)), mp_context=context, initializer=settle)
    with ending(pool):
        # In the hooks that Python runs around a fork, Ctrl-C would be printed and swallowed, or leave a lock held.
        with undisturbed(signal.SIGINT):
            results = pool.map(work, runs)
            watch(pool)
        yield from results


def watch(pool: ProcessPoolExecutor) -> None:
    """Makes ``pool``, which has been given something to do, notice that a worker was killed, whenever that was."""
    with undisturbed(signal.SIGINT):
        threading.Thread(target=_watch, args=([*pool._processes.values()], pool._result_queue)).start()


def _watch(workers: list[BaseProcess], results: Any) -> None:
    """Python waits for ever for the rest of a result that a worker was killed over, as others could write to the same
    pipe. Here nobody can any more."""
    import multiprocessing.connection  # noqa: PLC0415 - loaded already, where there are workers

    left: dict[object, BaseProcess] = {worker.sentinel: worker for worker in workers}
    while left:
        for sentinel in multiprocessing.connection.wait([worker.sentinel for worker in left.values()]):
            ended = left.pop(sentinel)
            ended.join()
            if ended.exitcode:  # none where Python was told first, and so does not wait
                for worker in workers:
                    worker.kill()
                results._writer.close()
                return


_ends: list[threading.Event] = []


@contextmanager
def ending(pool: ProcessPoolExecutor) -> Iterator[None]:
    """``pool`` ends with the block; what is not begun by then is not done. Where the block was left by an exception
    nobody waits for what is under way: await_ends() does, and must before Python ends."""
    try:
        yield
    except BaseException:
        _end(pool)
        raise
    _end(pool).wait()


def _end(pool: ProcessPoolExecutor) -> threading.Event:
    """Lets ``pool`` end; what is given is set when it has."""
    # In a thread of ours, and to be waited for by an event. With shutdown(wait=False) Python looks at exit, without a
    # lock, whether the pool is closed, and prints a traceback where it closes just then. And to Python 3.11 a thread is
    # at its end when the wait for it was interrupted.
    ended = threading.Event()

    def end() -> None:
        try:
            pool.shutdown(cancel_futures=True)
        finally:
            ended.set()

    if sys.is_finalizing():  # a generator is garbage only now: all pools are closed, and a thread would never begin
        ended.set()
        return ended
    with undisturbed(signal.SIGINT):  # what ends is waited for
        threading.Thread(target=end).start()
        _ends[:] = [*(one for one in _ends if not one.is_set()), ended]
    return ended


def await_ends() -> None:
    """Returns when all pools that were left early have ended."""
    for ended in tuple(_ends):
        ended.wait()


@contextmanager
def undisturbed(*signals: signal.Signals) -> Iterator[None]:
    """``signals`` wait until the block is left; a process that is forked inside goes on with them blocked."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def settle() -> None:
    """What a worker does first."""
    # Ctrl-C is for the parent, which stops the pool; here it would only print a traceback.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever, and hold on to the parent's locks."""
    import multiprocessing.connection  # noqa: PLC0415 - loaded already, in a worker

    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)
