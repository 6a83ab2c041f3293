"""Times `kscan review` of patches made up for the tree against `checkpatch.pl --strict` on the same, in turn."""

from __future__ import annotations

import difflib
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple

from tests.bench.measure import Command, processor_seconds

FILES = (
    *("mm/memory.c", "mm/madvise.c", "mm/memory-failure.c", "mm/page_alloc.c", "fs/ext4/inode.c", "fs/ext4/crypto.c"),
    *("fs/pipe.c", "net/ipv4/tcp.c", "drivers/net/ethernet/intel/e1000/e1000_main.c", "drivers/leds/leds-gpio.c"),
)
"""Large and small; each patch lets the last function that ends with "return 0;" fail."""
ALONE = "mm/memory-failure.c"
"""The file of the patch that is reviewed without an index."""
_END = re.compile(rb"\n\treturn 0;\n\}\n")
_FAILS = b"\n\tif (READ_ONCE(jiffies) == 1)\n\t\treturn -ESTALE;\n\n\treturn 0;\n}\n"
_HEAD = """From: A U Thor <author@example.org>
Subject: [PATCH] bench: fail in the first moment, {number}

Nobody needs this but whoever measures.

Signed-off-by: A U Thor <author@example.org>
---
diff --git a/{path} b/{path}
"""


class Pair(NamedTuple):
    """What was looked at, and the seconds of processor time of each run of the peer and of kscan."""

    what: str
    peer: Sequence[float]
    own: Sequence[float]


class Reviews(NamedTuple):
    """The patches one by one, all of them as one series, and one without an index beside a cold check of its file."""

    single: Sequence[Pair]
    series: Pair
    alone: Pair


def timed(tree: Path, runs: int) -> Reviews:
    """Every pair, taken in turn ``runs`` times. The index is the one in the user's cache, brought up to date first; a
    patch differs from those before in its subject, so that no review is one that is kept."""
    _run_once(("index", str(tree)), {})
    with tempfile.TemporaryDirectory(prefix="kscan-bench-") as folder:
        bench = _Bench(tree, Path(folder))
        bench.pair("untimed", FILES[:1], 1)
        single = [bench.pair(path, (path,), runs) for path in FILES]
        series = bench.pair(f"the {len(FILES)} patches as a series", FILES, runs)
        return Reviews(single, series, bench.alone(runs))


class _Bench:
    def __init__(self, tree: Path, folder: Path) -> None:
        self._tree = tree
        self._folder = folder
        self._diffs = {path: _diff(tree, path) for path in FILES}
        self._numbers = count()

    def pair(self, what: str, paths: Sequence[str], runs: int) -> Pair:
        peer, own = [], []
        for _ in range(runs):
            patches = list(self._patches(paths))
            words = ("perl", str(self._tree / "scripts/checkpatch.pl"), "--strict", f"--root={self._tree}", *patches)
            peer.append(processor_seconds(Command(words, {}, _FINE)))
            own.append(processor_seconds(_kscan(("review", "--tree", str(self._tree), *patches), {})))
        return Pair(what, peer, own)

    def alone(self, runs: int) -> Pair:
        """With an empty cache: a check of the file, and a review of its patch."""
        cold = {"KSCAN_CACHE_DIR": str(self._folder / "cache")}
        peer, own = [], []
        for _ in range(runs):
            for taken, words in (
                (peer, ("check", str(self._tree), ALONE)),
                (own, ("review", "--tree", str(self._tree), *self._patches((ALONE,)))),
            ):
                taken.append(processor_seconds(_kscan(words, cold)))
                shutil.rmtree(cold["KSCAN_CACHE_DIR"])
        return Pair(f"{ALONE}, empty cache", peer, own)

    def _patches(self, paths: Sequence[str]) -> Iterator[str]:
        for path in paths:
            number = next(self._numbers)
            file = self._folder / f"{number:04}.patch"
            file.write_bytes(_HEAD.format(number=number, path=path).encode() + self._diffs[path])
            yield str(file)


_FINE = frozenset({0, 1})


def _kscan(words: Sequence[str], env: Mapping[str, str]) -> Command:
    return Command((str(Path(sys.executable).with_name("kscan")), *words), env, _FINE)


def _run_once(words: Sequence[str], env: Mapping[str, str]) -> None:
    processor_seconds(_kscan(words, env))


def _diff(tree: Path, path: str) -> bytes:
    """The file at ``path``, changed, as a diff. Raises ValueError where no function ends as expected."""
    old = (tree / path).read_bytes()
    ends = list(_END.finditer(old))
    if not ends:
        raise ValueError(f"{path} has no function that ends with return 0: choose another")
    new = old[: ends[-1].start()] + _FAILS + old[ends[-1].end() :]
    heads = (f"a/{path}".encode(), f"b/{path}".encode())
    return b"".join(difflib.diff_bytes(difflib.unified_diff, old.splitlines(True), new.splitlines(True), *heads))
