"""How much of the real source becomes facts: held against universal-ctags on every 40th file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kscan.facts.extract import extract
from kscan.facts.headers import read_dialect
from kscan.model.facts import Function
from kscan.model.source import Source
from kscan.source.tree import NOT_KERNEL, open_tree

STEP = int(os.environ.get("KSCAN_STEP", "40"))
"""One of so many files is read; KSCAN_STEP=1 reads all."""
CTAGS = ("ctags", "-f", "-", "--output-format=json", "--kinds-C=f", "--fields=+n", "-L", "-")


def sampled(tree: Path) -> list[str]:
    """Every so many .c files of the kernel's own code."""
    return [stat.path for stat in open_tree(tree).files(suffixes=(".c",), skip=NOT_KERNEL)][::STEP]


def tagged(tree: Path, files: list[str]) -> dict[str, set[int]]:
    """The lines on which ctags sees a function, by file."""
    told = subprocess.run(CTAGS, input="\n".join(files), cwd=tree, capture_output=True, text=True, check=True).stdout
    lines: dict[str, set[int]] = {path: set() for path in files}
    for row in map(json.loads, told.splitlines()):
        lines[row["path"]].add(row["line"])
    return lines


def lines_of(data: bytes, function: Function) -> set[int]:
    return {data.count(b"\n", 0, offset) + 1 for offset in (function.start, function.name_start)}


@pytest.mark.linux
@pytest.mark.skipif(shutil.which("ctags") is None, reason="universal-ctags is not installed")
def test_functions_are_found_where_ctags_finds_them(linux_73: Path) -> None:
    files = sampled(linux_73)
    wanted = tagged(linux_73, files)
    headers = [stat.path for stat in open_tree(linux_73).files(("include",), (".h",))]
    dialect = read_dialect((path, (linux_73 / path).read_bytes()) for path in headers)
    found = missed = clean = dirty = 0
    for path in files:
        data = (linux_73 / path).read_bytes()
        seen = dialect.definers.seen_from(path, data)
        functions = extract(Source(path, data), macros=seen, extra=dialect.annotations).functions
        lines = set().union(*(lines_of(data, function) for function in functions)) if functions else set()
        found += len(wanted[path] & lines)
        missed += len(wanted[path] - lines)
        clean += sum(not function.errors for function in functions if not function.via)
        dirty += sum(bool(function.errors) for function in functions if not function.via)
    assert found > 600_000 // STEP
    assert found / (found + missed) >= 0.999
    assert clean / (clean + dirty) >= 0.995
