"""Times `kscan check TREE mm/memory-failure.c`, with an empty cache and again, against spatch over TREE/mm; and
`kscan index TREE` against ast-grep over TREE; with `--only cc`, `make C=2` with `kscan cc` and with sparse; with
`--only review`, `kscan review` against checkpatch.

The runs take turns, so that what else the machine does hurts all alike. Before the first one each command runs once
untimed: that puts the tree into the page cache, and is where memory is looked at.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from kscan.source.tree import WorkingTree, open_tree
from tests.bench import building, reviewing
from tests.bench.indexing import timed
from tests.bench.measure import Command, peak_bytes, seconds
from tests.bench.report import (
    INDEX_BEGIN,
    INDEX_END,
    REVIEW_BEGIN,
    REVIEW_END,
    Row,
    index_markdown,
    markdown,
    review_markdown,
    write,
)

RULE = Path(__file__).with_name("negative_return.cocci")
FILE = "mm/memory-failure.c"


def main() -> int:
    """Prints the figures; returns 0."""
    asked = _arguments()
    tree = open_tree(asked.tree)
    if asked.only == "cc":
        print(building.timed(tree.root, asked.runs))
        return 0
    if asked.only == "review":
        _review(asked, tree)
        return 0
    if asked.only != "index":
        _check(asked, tree)
    if asked.only != "check":
        _index(asked, tree)
    return 0


def _index(asked: argparse.Namespace, tree: WorkingTree) -> None:
    block = index_markdown(timed(tree.root), tree.version)
    print(block)
    if asked.write:
        write(asked.write, block, INDEX_BEGIN, INDEX_END)


def _review(asked: argparse.Namespace, tree: WorkingTree) -> None:
    block = review_markdown(reviewing.timed(tree.root, asked.runs), tree.version)
    print(block)
    if asked.write:
        write(asked.write, block, REVIEW_BEGIN, REVIEW_END)


def _check(asked: argparse.Namespace, tree: WorkingTree) -> None:
    with tempfile.TemporaryDirectory(prefix="kscan-bench-") as folder:
        block = _measured(str(tree.root), tree.version, Path(folder) / "cache", asked.runs)
    print(block)
    if asked.write:
        write(asked.write, block)


def _measured(tree: str, release: str, cache: Path, runs: int) -> str:
    check = Command(
        (str(Path(sys.executable).with_name("kscan")), "check", tree, FILE),
        {"KSCAN_CACHE_DIR": str(cache)},
        frozenset({0, 1}),
    )
    peers = _peers(tree)
    shutil.rmtree(cache, ignore_errors=True)
    peaks = [peak_bytes(one) for one in (check, check, *peers.values())]
    times: list[list[float]] = [[] for _ in peaks]
    for _ in range(runs):
        shutil.rmtree(cache)
        for taken, one in zip(times, (check, check, *peers.values()), strict=True):
            taken.append(seconds(one))
    names = (f"`kscan check linux {FILE}`, empty cache", "the same again", *peers)
    cold, warm, *others = (Row(*row) for row in zip(names, times, peaks, strict=True))
    tools = f"Linux {release}; {_version()}" if peers else f"Linux {release}"
    return markdown(cold, warm, others[0] if others else None, others[1:], tools)


def _peers(tree: str) -> dict[str, Command]:
    """spatch as it runs by default, and with the processes that kscan takes; nothing where it is not installed."""
    spatch = shutil.which("spatch")
    if spatch is None:
        print("bench: spatch is not installed (Debian package coccinelle): kscan is timed alone", file=sys.stderr)
        return {}
    words = (spatch, "--very-quiet", "--sp-file", str(RULE), "--dir", f"{tree}/mm")
    shown = f"spatch --sp-file tests/bench/{RULE.name} --dir linux/mm"
    return {f"`{shown}`": Command(words), f"`{shown} --jobs 2`": Command((*words, "--jobs", "2"))}


def _version() -> str:
    said = subprocess.run(["spatch", "--version"], capture_output=True, text=True, check=True).stdout
    return f"spatch {said.split()[2]}"  # "spatch version 1.1.1 compiled with ..."


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("tree", metavar="TREE", help="an unpacked Linux source tree")
    parser.add_argument("--runs", type=int, default=3, help="timed runs of each command [3]")
    parser.add_argument("--only", choices=["check", "index", "cc", "review"], help="one part; cc and review only so")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the figures into FILE, between its marks")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
