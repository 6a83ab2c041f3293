"""Renames over the real 7.3, in a copy of the files that say the name: complete, nothing else, and reversible."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import msgspec
import pytest

from kscan import api
from kscan.model.rename import RenameResult
from kscan.report.diff import apply

pytestmark = pytest.mark.linux


@cache
def _renamed(tree: Path, old: str, new: str) -> RenameResult:
    return api.rename(str(tree), old, new)


def _copy(tree: Path, result: RenameResult, root: Path) -> dict[str, bytes]:
    """The files of the rename, and the headers that make a tree of them."""
    for folder in ("include/linux", "include/trace", "include/asm-generic"):
        shutil.copytree(tree / folder, root / folder, dirs_exist_ok=True)
    shutil.copy(tree / "Makefile", root / "Makefile")
    for path, data in result.texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return dict(result.texts)


RENAMES = {
    "is_kernel_owned_page": ("is_page_of_kernel", 3, 1),
    "soft_offline_page": ("offline_page_softly", 7, 5),
    "pm_runtime_get_sync": ("pm_runtime_fetch_sync", 1190, 615),
}


@pytest.mark.parametrize("old", RENAMES)
def test_renames(linux_73: Path, tmp_path: Path, old: str) -> None:
    new, places, files = RENAMES[old]
    result = _renamed(linux_73, old, new)
    assert len(result.renamed) >= places
    assert len({edit.span.file for edit in result.edits}) >= files
    _nothing_else(result)
    before = _copy(linux_73, result, tmp_path)
    api.rename_files(msgspec.structs.replace(result, tree=str(tmp_path)))
    back = api.rename(str(tmp_path), new, old, cache=False)
    api.rename_files(back)
    assert {path: (tmp_path / path).read_bytes() for path in before} == before


def _nothing_else(result: RenameResult) -> None:
    """Every place of the old name is accounted for, and the edits touch the name alone."""
    word = re.compile(rb"\b%s\b" % result.old.encode())
    told = {(one.span.file, one.span.start) for one in (*result.renamed, *result.left)}
    for path, data in result.texts.items():
        assert {(path, match.start()) for match in word.finditer(data)} <= told
        after = apply(data, [edit for edit in result.edits if edit.span.file == path])
        assert after.replace(result.new.encode(), result.old.encode()) == data


TABLES = "lib/raid/raid6/mktables.c"
"""A program that the build runs, which needs no other file."""


def _object_code(source: Path, made: Path) -> list[str]:
    subprocess.run(["gcc", "-O1", "-fno-inline", "-c", source, "-o", made], check=True)
    shown = [["objdump", "-dr", "--no-show-raw-insn", made], ["nm", made]]
    text = "".join(subprocess.run(one, check=True, capture_output=True, text=True).stdout for one in shown)
    return [line for line in text.splitlines() if "file format" not in line]


@pytest.mark.skipif(not (shutil.which("gcc") and shutil.which("objdump")), reason="needs gcc and objdump")
def test_the_object_code_of_a_real_file_differs_in_the_name_alone(linux_73: Path, tmp_path: Path) -> None:
    result = _renamed(linux_73, f"{TABLES}:gfmul", "gf_product")
    assert {edit.span.file for edit in result.edits} == {TABLES}
    _copy(linux_73, result, tmp_path)
    before = _object_code(tmp_path / TABLES, tmp_path / "a.o")
    api.rename_files(msgspec.structs.replace(result, tree=str(tmp_path)))
    after = _object_code(tmp_path / TABLES, tmp_path / "a.o")
    assert any("<gf_product>" in line for line in after) and not any("gfmul" in line for line in after)
    assert sorted(line.replace("gf_product", "gfmul") for line in after) == sorted(before)


def test_what_is_no_function_stays(linux_73: Path) -> None:
    """The sysfs file of the same name, where a macro makes it and where documents speak of it."""
    left = {one.span.file for one in _renamed(linux_73, "soft_offline_page", "offline_page_softly").left}
    assert left == {
        "drivers/base/memory.c",
        "Documentation/ABI/testing/sysfs-memory-page-offline",
        "Documentation/admin-guide/mm/memory-hotplug.rst",
    }
