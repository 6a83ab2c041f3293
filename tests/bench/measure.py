"""One run of a command: how long it took, and how much memory its processes held together."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_SAMPLE_S = 0.05
_LOOKS = 200  # a look takes at most one part in so many of the time: the more memory, the longer the kernel counts it


class Failed(Exception):
    """A command ended with an exit code that is none of the expected ones."""


class Command(NamedTuple):
    """What to run: ``words``, the environment added to ours, and the exit codes that are fine."""

    words: tuple[str, ...]
    env: Mapping[str, str] = {}
    fine: frozenset[int] = frozenset({0})


def seconds(command: Command) -> float:
    """Wall-clock time of one run. Raises Failed."""
    before = time.monotonic()
    process = _started(command)
    _check(process, command)
    return time.monotonic() - before


def processor_seconds(command: Command) -> float:
    """Processor time of one run, that of all it starts and waits for included. Raises Failed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _check(_started(command), command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peak_bytes(command: Command) -> int:
    """The most memory that the command and all it started held at a time: the sum of their proportional shares
    (a page that forked processes share counts once), looked at every 50 ms. Raises Failed."""
    process = _started(command)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(_share, _family(process.pid))))
        time.sleep(_SAMPLE_S)
    _check(process, command)
    return peak


def measured(command: Command) -> tuple[float, int]:
    """Wall-clock seconds and the most bytes of memory of one run; looking at memory takes a few per mille of the time.
    Raises Failed."""
    before = time.monotonic()
    process = _started(command)
    peak = 0
    while process.poll() is None:
        looked = time.monotonic()
        peak = max(peak, sum(map(_share, _family(process.pid))))
        looked = time.monotonic() - looked
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(_SAMPLE_S, looked * _LOOKS))
    taken = time.monotonic() - before
    _check(process, command)
    return taken, peak


def _started(command: Command) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command.words,
        env={**os.environ, **command.env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _check(process: subprocess.Popen[bytes], command: Command) -> None:
    code = process.wait()
    if code not in command.fine:
        raise Failed(f"exit code {code}: {' '.join(command.words)}")


def _family(pid: int) -> Iterable[int]:
    """``pid`` and all processes below it."""
    yield pid
    for task in _listed(Path(f"/proc/{pid}/task")):
        for child in _text(task / "children").split():
            yield from _family(int(child))


def _share(pid: int) -> int:
    """The proportional share of a process in bytes; 0 when it has ended meanwhile."""
    for line in _text(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
