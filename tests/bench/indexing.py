"""Times `kscan index TREE`: cold, after changes, and what a warm index answers, against ast-grep over the same tree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.bench.measure import Command, measured

RULE = Path(__file__).with_name("trivial.yml")
CHANGED_C, CHANGED_H = "mm/memory-failure.c", "include/linux/mm.h"
PARTS = (("mm",), ("fs",), ("drivers/net",))
ASKED = (
    ("flow", "get_hwpoison_page"),
    ("callers", "get_hwpoison_page"),
    ("callers", "get_any_page"),
    ("flow", "tcp_sendmsg"),
    ("flow", "vfs_create"),
)
"""Of a warm index. The last one goes through the operation tables of every file system."""


class Run(NamedTuple):
    """What was run (as a user would write it), how long it took, and the most memory its processes held together."""

    what: str
    seconds: float
    peak: int


class Timed(NamedTuple):
    """The runs of one session; ``peer`` is None where ast-grep is not installed; ``start`` is Python's own start."""

    peer: Run | None
    cold: Run
    single: Run
    changes: tuple[Run, ...]
    answers: tuple[Run, ...]
    start: Run
    growth: tuple[tuple[str, int, float, Run, Run], ...]


def timed(tree: Path) -> Timed:
    """Every run, one after the other, on a copy of ``tree``."""
    with tempfile.TemporaryDirectory(prefix="kscan-bench-") as folder:
        place = Path(folder)
        copy = _copied(tree, place / "linux")
        peer = _peer(copy)
        single = _index(copy, place / "single", 1)
        shutil.rmtree(place / "single")
        cold = _index(copy, place / "cache", 2)
        changes = tuple(_changed(copy, place / "cache"))
        answers = tuple(_answers(copy, place / "cache"))
        start = _run("python -c pass", (sys.executable, "-c", "pass"), place / "cache")
        growth = tuple(_growth(tree, place))
        return Timed(peer, cold, single, changes, answers, start, growth)


def _index(tree: Path, cache: Path, jobs: int) -> Run:
    return _run(f"`kscan index linux --jobs {jobs}`", (_kscan(), "index", str(tree), "--jobs", str(jobs)), cache)


def _run(what: str, words: tuple[str, ...], cache: Path) -> Run:
    command = Command(words, {"KSCAN_CACHE_DIR": str(cache)}, frozenset({0, 1}))
    return Run(what, *measured(command))


def _kscan() -> str:
    return str(Path(sys.executable).with_name("kscan"))


def _peer(tree: Path) -> Run | None:
    found = shutil.which("ast-grep", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if found is None:
        print("bench: ast-grep is not installed (PyPI: ast-grep-cli): kscan is timed alone", file=sys.stderr)
        return None
    words = (found, "scan", "--no-ignore", "hidden", "--rule", str(RULE), str(tree))
    return _run(f"`ast-grep scan --rule tests/bench/{RULE.name} linux`", words, tree)


def _changed(tree: Path, cache: Path) -> Iterator[Run]:
    yield _index(tree, cache, 2)._replace(what="the same again, nothing changed")
    for path, how, change in CHANGES:
        file = tree / path
        file.write_bytes(change(file.read_bytes()))
        yield _index(tree, cache, 2)._replace(what=f"the same again, {path} with {how}")


def _another_function(text: bytes) -> bytes:
    return text + b"\nint kscan_bench(int a)\n{\n\treturn a ? -EIO : 0;\n}\n"


def _another_comment(text: bytes) -> bytes:
    return text + b"\n/* bench */\n"


def _another_constant(text: bytes) -> bytes:
    changed, count = re.subn(rb"(?m)^(#define[ \t]+PAGE_ACCESS_TIME_MIN_BITS[ \t]+)\d+$", rb"\g<1>11", text)
    assert count == 1, "the header has no such constant any more: choose another"
    return changed


CHANGES: tuple[tuple[str, str, Callable[[bytes], bytes]], ...] = (
    (CHANGED_C, "one more function", _another_function),
    (CHANGED_H, "another comment", _another_comment),
    (CHANGED_H, "another constant", _another_constant),
)


def _answers(tree: Path, cache: Path) -> Iterator[Run]:
    """Each answer when it is asked for first, and one that is kept."""
    for command, name in ASKED:
        words = (_kscan(), command, str(tree), name)
        yield _run(f"`kscan {command} linux {name}`", words, cache)
    yield _run(f"`kscan {command} linux {name}`, again", words, cache)


def _growth(tree: Path, place: Path) -> Iterator[tuple[str, int, float, Run, Run]]:
    for part in PARTS:
        if not all((tree / folder).is_dir() for folder in part):
            continue  # no whole kernel
        with _part(tree, place / "part", part) as copy:
            runs = []
            for jobs in (1, 2):
                runs.append(_index(copy, place / "growing", jobs))
                shutil.rmtree(place / "growing")
            files = [path for path in copy.rglob("*.[ch]") if path.is_file()]
            size = sum(path.stat().st_size for path in files) / 1e6
            yield " ".join(part), len(files), size, runs[0], runs[1]


@contextmanager
def _part(tree: Path, to: Path, folders: tuple[str, ...]) -> Iterator[Path]:
    to.mkdir()
    shutil.copy(tree / "Makefile", to)
    for folder in ("include", *folders):
        _copied(tree / folder, to / folder)
    yield to
    shutil.rmtree(to)


def _copied(tree: Path, to: Path) -> Path:
    """A copy of ``tree`` with its time stamps: what was just written may change again unseen, and is read twice."""
    to.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", "--reflink=auto", str(tree), str(to)], check=True)
    return to
