"""Which files a module is made of, and when a kept digest of them no longer holds."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kscan import provenance
from kscan.compiled import PACKAGE
from kscan.facts.fingerprint import READING, fingerprint
from kscan.provenance import closure, imported, kept

_SHOW_FILES = """
import sys
import kscan.index.work, kscan.index.build
print(*(module.__spec__.name for name, module in sys.modules.items() if name.partition(".")[0] == "kscan"))
"""


def names(files: list[Path]) -> set[str]:
    """The modules that these files of kscan are."""
    paths = (file.relative_to(PACKAGE.parent).with_suffix("") for file in files)
    return {".".join(path.parts).removesuffix(".__init__") for path in paths}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package whose modules were last touched long ago."""
    made = {
        "__init__": "",
        "start": "from toy.room import one, two as second\nfrom toy.room.three import (\n    NAME,\n    OTHER,\n)\n",
        "room/__init__": "",
        "room/one": "def late() -> None:\n    import toy.late\n",
        "room/two": "import os\n# from toy.room import unused\n",
        "room/three": "NAME = OTHER = 1\n",
        "room/unused": "from toy.room import one\n",
        "late": "from toy.start import late\n",
    }
    for name, text in made.items():
        file = tmp_path / "toy" / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "toy"


def test_the_closure_of_a_module_is_what_it_imports_and_nothing_else(package: Path) -> None:
    found = [path.relative_to(package).as_posix() for path in closure(package, ["toy.start"])]
    wanted = "__init__ late room/__init__ room/one room/three room/two start"
    assert found == [f"{name}.py" for name in wanted.split()]


def _told_by_the_parser(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports are not looked for"
            if (node.module or "").partition(".")[0] == "kscan":
                yield node.module or ""
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] == "kscan")


def test_no_import_statement_of_kscan_is_overlooked() -> None:
    files = [path for path in PACKAGE.rglob("*.py") if "built" not in path.parts]
    assert len(files) > 100
    for path in files:
        text = path.read_text("utf-8")
        missed = set(_told_by_the_parser(text)) - set(imported(text, "kscan"))
        assert not missed, path


def test_whatever_the_index_worker_loads_counts_for_its_rows() -> None:
    asked = subprocess.run([sys.executable, "-c", _SHOW_FILES], capture_output=True, text=True, check=True)
    loaded = set(asked.stdout.split())
    assert "kscan.flow.explore" in loaded
    assert loaded <= names(closure(PACKAGE, ["kscan.index.build", "kscan.index.work"]))


def test_what_no_worker_loads_does_not_count_for_its_rows() -> None:
    counted = names(closure(PACKAGE, ["kscan.index.build", "kscan.index.work"]))
    assert not {"kscan.model.finding", "kscan.model.rename", "kscan.link.linker", "kscan.api"} & counted


class Made:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> str:
        self.times += 1
        return f"made {self.times}"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder."""
    (tmp_path / "cache").mkdir()
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute has passed since the files were written."""
    now = time.time_ns() + 60_000_000_000
    monkeypatch.setattr(provenance.time, "time_ns", lambda: now)


def test_a_digest_is_kept_while_no_file_is_touched(package: Path, folder: Path, later: None) -> None:
    make = Made()
    assert [kept(package, "one", make), kept(package, "one", make)] == ["made 1", "made 1"]
    assert kept(package, "two", make) == "made 2"
    assert [path.suffix for path in folder.iterdir()] == [".code", ".code"]


@pytest.mark.parametrize("file", ["room/one.py", "room/unused.py", "new.py", "room/data.toml", "../queries/a/b.scm"])
def test_a_digest_is_made_anew_once_a_file_is_touched(package: Path, later: None, file: str) -> None:
    make = Made()
    (package / "../queries/a").mkdir(parents=True)
    (package / "../queries/a/b.scm").write_text("one")
    kept(package, "one", make)
    (package / file).write_text("another text")
    assert kept(package, "one", make) == "made 2"


def test_a_time_stamp_that_was_set_back_deceives_nobody(package: Path, later: None) -> None:
    make, file = Made(), package / "room" / "one.py"
    kept(package, "one", make)
    before = file.stat()
    file.write_bytes(bytes(before.st_size))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert kept(package, "one", make) == "made 2"


def test_a_library_installed_anew_is_noticed(package: Path, later: None) -> None:
    make, library = Made(), package.parent / "library.py"
    library.write_text("1")
    kept(package, "one", make, [library])
    library.write_text("2")
    assert kept(package, "one", make, [library]) == "made 2"


def test_nothing_is_kept_of_files_that_may_change_within_their_time_stamp(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Made()
    monkeypatch.setattr(provenance, "_RACY_NS", 3_600_000_000_000)  # whatever this machine does in between
    assert [kept(package, "one", make), kept(package, "one", make)] == ["made 1", "made 2"]


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe\n", b"cut short", b"other\nmade 7\n"])
def test_a_damaged_digest_is_made_anew(package: Path, folder: Path, later: None, damage: bytes) -> None:
    make = Made()
    kept(package, "one", make)
    (place,) = folder.iterdir()
    whole = place.read_bytes()
    for text in (damage, whole[:-1], whole[: whole.index(b"\n") + 1]):
        place.write_bytes(text)
        assert kept(package, "one", make) == f"made {make.times}"
        assert place.read_bytes() != text


@pytest.mark.parametrize("there", ["nothing", "a file"])
def test_where_there_is_no_cache_nothing_is_kept(package: Path, folder: Path, later: None, there: str) -> None:
    make = Made()
    folder.rmdir()
    if there == "a file":
        folder.write_text("in the way of the folder")
    assert [kept(package, "one", make), kept(package, "one", make)] == ["made 1", "made 2"]
    assert folder.is_file() == (there == "a file")
    assert not folder.is_dir()


def test_the_kept_fingerprint_is_the_one_that_is_made() -> None:
    fingerprint.cache_clear()
    first = fingerprint(READING)
    fingerprint.cache_clear()
    assert fingerprint(READING) == first
