"""Where an errno of a real function gets to user space whose table is in another file."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from kscan import api
from tests.linux.parts import copied

pytestmark = pytest.mark.linux

PARTS = (
    *("Makefile", "include/linux/fs.h", "include/linux/errno.h", "include/uapi/asm-generic"),
    *("fs/ext4/ext4.h", "fs/ext4/file.c", "fs/ext4/inode.c"),
)
FILE = "fs/ext4/inode.c"
PLACE = b"\tif (unlikely(IS_IMMUTABLE(inode)))\n"


def patched(root: Path, file: str, function: bytes, place: bytes, more: bytes) -> Path:
    """A patch that puts lines in front of ``place`` behind ``function``."""
    old = (root / file).read_bytes()
    at = old.index(place, old.index(function))
    new = old[:at] + more + old[at:]
    heads = (f"a/{file}".encode(), f"b/{file}".encode())
    lines = difflib.diff_bytes(difflib.unified_diff, old.splitlines(True), new.splitlines(True), *heads)
    patch = root.parent / "one.patch"
    patch.write_bytes(b"".join(lines))
    return patch


def test_an_operation_whose_table_is_in_another_file(
    linux_73: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    root = copied(linux_73, tmp_path / "linux", PARTS)
    patch = patched(root, FILE, b"\nint ext4_setattr(", PLACE, b"\tif (!inode->i_nlink)\n\t\treturn -ESTALE;\n")
    api.index(str(root))
    result, _ = api.review(str(root), [str(patch)])
    (found,) = result.reach
    assert found.value == "-ESTALE"
    assert {entry.name.rpartition(".")[2] for entry in found.entries} == {"setattr"}


SYSTEM_CALLS = ("fs/namei.c", "fs/ramfs", "include/linux/namei.h", "include/linux/mount.h", "fs/internal.h")


def test_an_operation_that_system_calls_call(linux_73: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    root = copied(linux_73, tmp_path / "linux", (*PARTS, *SYSTEM_CALLS))
    place = b"\tif (inode) {\n"
    patch = patched(root, "fs/ramfs/inode.c", b"\nramfs_mknod(", place, b"\tif (!mode)\n\t\treturn -ENOTUNIQ;\n")
    api.index(str(root))
    result, _ = api.review(str(root), [str(patch)])
    ways = {(reach.value, entry.kind, entry.name) for reach in result.reach for entry in reach.entries}
    assert {(kind, name) for value, kind, name in ways if value == "-ENOTUNIQ" and kind == "system call"} == {
        ("system call", name) for name in ("mkdir", "mkdirat", "mknod", "mknodat")
    }
    assert ("ERR_PTR(-ENOTUNIQ)", "file operation", "ramfs_dir_inode_operations.mkdir") in ways
    assert result.findings == ()
