"""The Return texts agree with those of the tree's own kernel-doc, run as a program of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kscan.facts.kerneldoc import read_doc
from kscan.source.tree import NOT_KERNEL, open_tree

pytestmark = pytest.mark.linux

_COMMENT = re.compile(rb"^/\*\*[ \t\r]*\n.*?\*/", re.DOTALL | re.MULTILINE)
STEP = int(os.environ.get("KSCAN_STEP", "8"))
"""One of so many files with documentation is compared; KSCAN_STEP=1 compares all."""

# Collects {file: [(function, Return text)]} with the tree's parser; it prints nothing else. A type of functions that is
# documented like one is no function.
_DRIVER = """
import json, logging, sys
sys.path.insert(0, sys.argv[1])
logging.disable(logging.CRITICAL)
from kdoc.kdoc_files import KernelFiles
files = KernelFiles()
found = {}
for path in sys.stdin.read().split():
    files.parse_file(path)
    items = [item for item in files.results[path] if item.type == "function" and not item.other_stuff.get("typedef")]
    found[path] = [(item.name, item.sections.get("Return")) for item in items]
print(json.dumps(found))
"""


def _theirs(tool: Path, paths: list[Path]) -> dict[str, list[tuple[str, str | None]]]:
    library = tool / "tools/lib/python"
    run = subprocess.run(
        [sys.executable, "-B", "-c", _DRIVER, str(library)],
        input="\n".join(map(str, paths)),
        capture_output=True,
        check=True,
        text=True,
    )
    return json.loads(run.stdout)  # type: ignore[no-any-return]


def _ours(path: Path) -> dict[str, list[str | None]]:
    data = path.read_bytes()
    found: dict[str, list[str | None]] = {}
    for comment in _COMMENT.finditer(data):
        doc = read_doc(data, comment.start(), comment.end())
        if doc:
            found.setdefault(doc.name, []).append(_flat(doc.returns or None))
    return found


def _flat(text: str | None) -> str | None:
    return None if text is None else " ".join(text.split())


def _documented(tree: Path) -> list[Path]:
    files = open_tree(tree).files(skip=NOT_KERNEL)
    paths = (tree / stat.path for stat in files if stat.size < 1 << 20)
    return [path for path in paths if b"/**" in path.read_bytes()][::STEP]


def agreement(tool: Path, tree: Path) -> tuple[int, list[str]]:
    """How many functions the tool reads, and the names of those that have another Return text here."""
    total, apart = 0, []
    for file, items in _theirs(tool, _documented(tree)).items():
        ours = _ours(Path(file))
        for name, text in items:
            total += 1
            # The tool names system calls and trace points after the functions that their macros write.
            here = next((ours[one] for one in (name, *map(name.removeprefix, ("sys_", "trace_"))) if one in ours), [])
            if _flat(text) not in here:
                apart.append(f"{file}:{name}")
    return total, apart


def test_agrees_on_7_3(linux_73: Path) -> None:
    total, apart = agreement(linux_73, linux_73)
    assert total > 56_000 // STEP
    assert len(apart) / total <= 0.001, apart


def test_agrees_on_6_12_read_by_the_newer_tool(linux_73: Path, linux_612: Path) -> None:
    total, apart = agreement(linux_73, linux_612)
    assert total > 48_000 // STEP
    assert len(apart) / total <= 0.001, apart
