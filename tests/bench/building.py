"""Times ``make C=2`` with ``kscan cc`` and with sparse over the same built files, in turn."""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

MM = "memory-failure slub page_alloc madvise mmap migrate memory vmscan filemap shmem swapfile mempolicy compaction"
EXT4 = "balloc bitmap dir extents file fsync ialloc inode ioctl mballoc namei resize super xattr acl"
OBJECTS = (
    *(f"mm/{name}.o" for name in (*MM.split(), "oom_kill", "vmalloc")),
    *(f"fs/ext4/{n}.o" for n in EXT4.split()),
)
# 7.3 writes __typeof_unqual__, of which sparse 0.6.4 knows nothing: it gives up on every file, or breaks down.
SPARSE = '#!/bin/sh\nexec sparse -D__typeof_unqual__=__typeof__ "$@"\n'
_SERVER = b"kscan.cc.server"


def timed(tree: Path, runs: int) -> str:
    """Lines with the processor time a file that each checker takes, without what make itself takes."""
    with tempfile.TemporaryDirectory(prefix="kscan-bench-") as folder:
        build = _Build(tree, Path(folder))
        found = build.found(runs)
    make = statistics.median(found["make"])
    lines = [f"make C=2 -j2 over {len(OBJECTS)} built files: {make:.2f} s of processor time without a checker"]
    for name in ("sparse", "kscan cc"):
        each = [f"{(seconds - make) / len(OBJECTS):.3f}" for seconds in found[name]]
        lines.append(f"{name}: {statistics.median(map(float, each)):.3f} s a file ({', '.join(each)})")
    return "\n".join(lines)


class _Build:
    """The objects, built beside ``tree``; nothing is written to that."""

    def __init__(self, tree: Path, folder: Path) -> None:
        self._make = ("make", "-s", "-j2", "-C", str(tree), f"O={folder}/obj")
        self._env = {**os.environ, "XDG_RUNTIME_DIR": str(folder)}
        (folder / "obj").mkdir()
        self._run("defconfig")
        config = (f"{tree}/scripts/config", "--file", f"{folder}/obj/.config", "-e", "MEMORY_FAILURE")
        subprocess.run(config, check=True)
        self._run("olddefconfig")
        self._run(*OBJECTS)
        self._checkers = {"make": "/bin/true", "kscan cc": f"{Path(sys.executable).with_name('kscan')} cc"}
        if shutil.which("sparse"):
            script = folder / "sparse"
            script.write_text(SPARSE)
            script.chmod(0o755)
            self._checkers["sparse"] = str(script)
        else:
            print("bench: sparse is not installed (Debian package sparse): kscan is timed alone", file=sys.stderr)

    def found(self, runs: int) -> dict[str, list[float]]:
        """Seconds of processor time by checker, the process that answers for kscan included, from its start."""
        found: dict[str, list[float]] = {name: [] for name in ("make", "sparse", "kscan cc")}
        for _ in range(runs):
            for name, checker in self._checkers.items():
                found[name].append(self._seconds(checker))
        return found

    def _seconds(self, checker: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self._run("C=2", f"CHECK={checker}", *OBJECTS)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return taken + sum(map(_ended, self._servers()))

    def _servers(self) -> Iterator[int]:
        for about in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = about.read_bytes().split(b"\0")
            except OSError:
                continue
            if _SERVER in words and any(word.startswith(self._env["XDG_RUNTIME_DIR"].encode()) for word in words):
                yield int(about.parent.name)

    def _run(self, *words: str) -> None:
        subprocess.run(
            (*self._make, *words), env=self._env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )


def _ended(process: int) -> float:
    """The processor time that a process took until nobody asks it any more; waits for that."""
    ticks = 0
    while True:
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return ticks / os.sysconf("SC_CLK_TCK")
        ticks = int(fields[11]) + int(fields[12])
        time.sleep(0.5)
