"""Where an errno of a real function gets to user space whose table is in another file."""

from __future__ import annotations

import difflib
import shutil
from pathlib import Path

import pytest

from kscan import api

pytestmark = pytest.mark.linux

PARTS = (
    *("Makefile", "include/linux/fs.h", "include/linux/errno.h", "include/uapi/asm-generic"),
    *("fs/ext4/ext4.h", "fs/ext4/file.c", "fs/ext4/inode.c"),
)
FILE = "fs/ext4/inode.c"
PLACE = b"\tif (unlikely(IS_IMMUTABLE(inode)))\n"


def test_an_operation_whose_table_is_in_another_file(
    linux_73: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "linux"
    for part in PARTS:
        target = root / part
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (linux_73 / part).is_dir() else shutil.copy)(linux_73 / part, target)
    old = (root / FILE).read_bytes()
    at = old.index(PLACE, old.index(b"\nint ext4_setattr("))
    new = old[:at] + b"\tif (!inode->i_nlink)\n\t\treturn -ESTALE;\n" + old[at:]
    heads = (f"a/{FILE}".encode(), f"b/{FILE}".encode())
    lines = difflib.diff_bytes(difflib.unified_diff, old.splitlines(True), new.splitlines(True), *heads)
    patch = tmp_path / "one.patch"
    patch.write_bytes(b"".join(lines))
    api.index(str(root))
    result, _ = api.review(str(root), [str(patch)])
    (found,) = result.reach
    assert found.value == "-ESTALE"
    assert {entry.name.rpartition(".")[2] for entry in found.entries} == {"setattr"}
