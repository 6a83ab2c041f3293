"""The Return texts agree with those of the tree's own kernel-doc, run as a program of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kscan.facts.kerneldoc import read_doc

pytestmark = pytest.mark.linux

_COMMENT = re.compile(rb"^/\*\*[ \t\r]*\n.*?\*/", re.DOTALL | re.MULTILINE)
_PATTERNS = ("mm/*.c", "fs/*.c", "kernel/*.c", "include/linux/mm*.h")

# Collects {file: {function: Return text}} with the tree's parser; it prints nothing else.
_DRIVER = """
import json, logging, sys
sys.path.insert(0, sys.argv[1])
logging.disable(logging.CRITICAL)
from kdoc.kdoc_files import KernelFiles
files = KernelFiles()
found = {}
for path in sys.argv[2:]:
    files.parse_file(path)
    found[path] = [(item.name, item.sections.get("Return")) for item in files.results[path] if item.type == "function"]
print(json.dumps(found))
"""


def _theirs(tool: Path, paths: list[Path]) -> dict[str, list[tuple[str, str | None]]]:
    library = tool / "tools/lib/python"
    run = subprocess.run(
        [sys.executable, "-B", "-c", _DRIVER, str(library), *map(str, paths)],
        capture_output=True,
        check=True,
        text=True,
    )
    return json.loads(run.stdout)  # type: ignore[no-any-return]


def _ours(path: Path) -> dict[str, str | None]:
    data = path.read_bytes()
    docs = (read_doc(data, found.start(), found.end()) for found in _COMMENT.finditer(data))
    return {doc.name: doc.returns or None for doc in docs if doc}


def _flat(text: str | None) -> str | None:
    return None if text is None else " ".join(text.split())


def agreement(tool: Path, tree: Path) -> tuple[int, int, list[str]]:
    """The functions that the tool reads, how many have the same Return text here, and the names of the others."""
    paths = sorted(path for pattern in _PATTERNS for path in tree.glob(pattern))
    same, apart = 0, []
    for file, items in _theirs(tool, paths).items():
        ours = _ours(Path(file))
        # A file may document one name twice (one variant each); the last one is compared.
        for name, text in dict(items).items():
            name_here = name.removeprefix("sys_") if name not in ours else name
            if name_here not in ours or _flat(ours[name_here]) != _flat(text):
                apart.append(f"{file}:{name}")
            else:
                same += 1
    return same + len(apart), same, apart


def test_agrees_on_7_3(linux_73: Path) -> None:
    total, same, apart = agreement(linux_73, linux_73)
    assert total > 1800
    assert same / total >= 0.995, apart


def test_agrees_on_6_12_read_by_the_newer_tool(linux_73: Path, linux_612: Path) -> None:
    total, same, apart = agreement(linux_73, linux_612)
    assert total > 1500
    assert same / total >= 0.995, apart
