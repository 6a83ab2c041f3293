"""``make C=1 CHECK="kscan cc"`` on a real tree, with the real make: the build goes on, and says what kscan found."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.linux

# Of these folders a build of mm/ needs the Makefiles and Kconfig files only, and of what is not named here all.
SPARE = ("Documentation", "samples", "drivers", "sound", "net", "fs", "crypto", "block", "rust", "tools/testing")
NEEDED = {"flex": "flex", "bison": "bison", "bc": "bc", "make": "make", "gcc": "gcc"}
HEADERS = {"gelf.h": "libelf-dev", "openssl/opensslv.h": "libssl-dev"}
ADDED = """
int kscan_added(struct page *p);
/**
 * kscan_added - only for a test
 * @p: what is looked at
 *
 * Return: 0, or -EINVAL where there is nothing to look at.
 */
int kscan_added(struct page *p)
{
	if (!p)
		return -EINVAL;
#ifdef CONFIG_MEMORY_FAILURE
	if (PageSlab(p))
		return -EBUSY;
#else
	if (PageSlab(p))
		return -ENOMEM;
#endif
	return 0;
}
"""


def _missing() -> list[str]:
    """The Debian packages that a kernel cannot be configured and built without, and that are not here."""
    missing = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    for header, package in HEADERS.items():
        include = f"#include <{header}>\n"
        done = subprocess.run(["cc", "-E", "-"], input=include, capture_output=True, text=True, check=False)
        if done.returncode:
            missing.append(package)
    return missing


def _spared(root: Path, folder: str, names: list[str]) -> set[str]:
    inside = os.path.relpath(folder, root)
    other_arch = inside.startswith("arch/") and not inside.startswith("arch/x86")
    if not other_arch and not inside.startswith(SPARE):
        return {name for name in names if name.endswith((".o", ".cmd"))}
    kept = re.compile(r"Makefile|Kbuild|Kconfig|.*\.(?:inc|include)")
    return {name for name in names if not kept.match(name) and not Path(folder, name).is_dir()}


class Build:
    """A tree that is configured, and make in it."""

    def __init__(self, tree: Path, obj: Path | None, tmp: Path) -> None:
        self.tree = tree
        self.place = obj or tree
        self._words = ["make", "-s", "-C", str(tree), *([f"O={obj}"] if obj else [])]
        self._env = {**os.environ, "KSCAN_CACHE_DIR": str(tmp / "cache"), "XDG_RUNTIME_DIR": str(tmp), "MAKEFLAGS": ""}
        self.make("defconfig")
        subprocess.run([tree / "scripts/config", "--file", self.place / ".config", "-e", "MEMORY_FAILURE"], check=True)
        self.make("olddefconfig")
        self.make("-j2", "prepare")

    def make(self, *words: str) -> str:
        """What make says on standard error; it must succeed."""
        done = subprocess.run([*self._words, *words], env=self._env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stderr


@pytest.fixture(scope="module")
def tmp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    missing = _missing()
    if missing:
        pytest.skip(f"a kernel cannot be built here: apt-get install {' '.join(missing)}")
    return tmp_path_factory.mktemp("make")


@pytest.fixture(scope="module")
def check() -> str:
    return f"CHECK={sys.executable} -P -m kscan cc"


def test_in_the_tree(linux_73: Path, tmp: Path, check: str) -> None:
    tree = tmp / "linux"
    shutil.copytree(linux_73, tree, symlinks=True, ignore=lambda folder, names: _spared(linux_73, folder, names))
    file = tree / "mm/memory-failure.c"
    file.write_text(file.read_text() + ADDED)
    build = Build(tree, None, tmp)
    objects = ["mm/memory-failure.o", "mm/mmzone.o", "mm/init-mm.o"]
    said = build.make("C=1", check, "-j2", *objects)
    assert _findings(said) == ["mm/memory-failure.c: -EBUSY"]
    assert all((tree / one).exists() for one in objects)
    assert _findings(build.make("C=1", check, *objects)) == []
    again = build.make("C=2", check, "-j2", *objects)
    assert _findings(again) == ["mm/memory-failure.c: -EBUSY"]
    assert "is not available" not in said + again


def test_beside_the_tree(linux_73: Path, tmp: Path, check: str) -> None:
    obj = tmp / "obj"
    obj.mkdir()
    build = Build(linux_73, obj, tmp)
    lines = build.make("C=2", f"{check} --strict", "mm/memory-failure.o").splitlines()
    file = re.escape(f"{linux_73}/mm/memory-failure.c")
    remapped = re.compile(file + r":\d+:\d+: note: get_any_page\(\) turns -EBUSY .* into -EIO \[remapped-errno\]")
    assert any(map(remapped.fullmatch, lines)), lines
    (prose,) = (line for line in lines if "soft_offline_page() has its return values in prose" in line)
    assert "-ENOTRECOVERABLE" in prose
    assert "-ENOSYS" not in prose  # a stub's, for configurations other than this one


def _findings(said: str) -> list[str]:
    """The files with an undocumented errno, and which."""
    shape = re.compile(r"(\S+\.c):\d+:\d+: warning: \w+\(\) can return (-\w+), .* \[undocumented-errno\]")
    return [f"{found[1]}: {found[2]}" for line in said.splitlines() if (found := shape.fullmatch(line))]
