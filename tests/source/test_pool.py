"""Pools of processes end without a word, however they are left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from kscan.source.pool import map_chunks

SLOW = """
import concurrent.futures.process as process, signal, sys, threading, time
from click import command
from kscan.cli import main, root
from kscan.model.error import InputError
from kscan.source.pool import map_chunks

class Slow(process._ThreadWakeup):
    def wakeup(self):
        if not self._closed:
            if process._global_shutdown:
                time.sleep(0.5)
            self._writer.send_bytes(b"")

process._ThreadWakeup = Slow
"""

LEFT = """
def work(run):
    time.sleep(0.1)
    return run

@command()
def stopped():
    for number, _ in enumerate(map_chunks(work, [[n] for n in range(9)], 2)):
        if number == {after}:
            raise InputError("stopped")
    return 0

root.root = stopped
sys.exit(main.entry([]))
"""


@pytest.mark.parametrize(("after", "code", "said"), [(0, 2, "kscan: stopped\n"), (9, 0, "")])
def test_a_pool_that_closes_while_python_ends_says_nothing(after: int, code: int, said: str) -> None:
    words = [sys.executable, "-c", SLOW + LEFT.format(after=after)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=240)
    assert (done.returncode, done.stderr) == (code, said)


ENDING = """
class Manager(process._ExecutorManagerThread):
    def shutdown_workers(self):
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        time.sleep(0.2)
        super().shutdown_workers()

process._ExecutorManagerThread = Manager

@command()
def stopped():
    return len([*map_chunks(list, [[n] for n in range(9)], 2)])

root.root = stopped
sys.exit(main.entry([]))
"""


def test_ctrl_c_while_a_pool_ends() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SLOW + ENDING], capture_output=True, text=True, check=False, timeout=240
    )
    assert (done.returncode, done.stderr) == (130, "kscan: interrupted\n")


GARBAGE = """
import gc
from kscan.source.pool import map_chunks

gc.disable()
one = map_chunks(list, [[n] for n in range(9)], 2)
kept = [one, next(one)]
kept.append(kept)
del one, kept
print("done")
"""


def test_a_pool_that_nobody_can_end_any_more_does_not_hold_up_python() -> None:
    done = subprocess.run([sys.executable, "-c", GARBAGE], capture_output=True, text=True, check=False, timeout=240)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


def cut_off(run: list[int]) -> list[int]:
    """A worker that is killed when it has written the first bytes of its result."""
    frame = sys._getframe()
    while frame.f_back is not None and "result_queue" not in frame.f_locals:
        frame = frame.f_back
    if "result_queue" not in frame.f_locals:
        return run  # here, not in a worker
    os.write(frame.f_locals["result_queue"]._writer.fileno(), (1000).to_bytes(4, "big") + b"x")
    os.kill(os.getpid(), signal.SIGKILL)
    return run


def test_a_worker_that_is_killed_over_its_result_is_missed_by_nobody() -> None:
    assert [*map_chunks(cut_off, [[1], [2], [3]], 2)] == [[1], [2], [3]]
