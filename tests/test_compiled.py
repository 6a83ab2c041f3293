"""When the compiled form is used: only when it was built from exactly this source, and nobody said no."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.compiled import DIGEST, MODULES, PACKAGE, ROOMS, folder_in, source_digest, state, state_of
from kscan.flow import values


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with a module in each room, and a compiled form built from it."""
    for room in ROOMS:
        (tmp_path / room / "inner").mkdir(parents=True)
        (tmp_path / room / "inner" / "one.py").write_text(f"ROOM = {room!r}\n")
    folder_in(tmp_path).mkdir(parents=True)
    (folder_in(tmp_path) / DIGEST).write_text(source_digest(tmp_path))
    return tmp_path


def test_a_build_of_this_source_is_used(package: Path) -> None:
    assert state_of(package, pure=False) == "in use"


def test_a_build_is_left_alone_where_python_alone_is_wanted(package: Path) -> None:
    assert state_of(package, pure=True) == "switched off"


@pytest.mark.parametrize("room", ROOMS)
def test_a_build_is_outdated_once_a_source_has_changed(package: Path, room: str) -> None:
    source = package / room / "inner" / "one.py"
    before = source.stat()
    source.write_text(source.read_text().replace("ROOM", "RooM"))
    assert state_of(package, pure=False) == "outdated"
    assert source.stat().st_size == before.st_size


@pytest.mark.parametrize("change", ["added", "taken away"])
def test_a_build_is_outdated_once_a_module_is(package: Path, change: str) -> None:
    if change == "added":
        (package / "flow" / "two.py").write_text("")
    else:
        (package / "flow" / "inner" / "one.py").unlink()
    assert state_of(package, pure=False) == "outdated"


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"0123"])
def test_a_build_that_was_cut_short_is_not_used(package: Path, content: bytes | None) -> None:
    digest = folder_in(package) / DIGEST
    digest.unlink()
    if content is not None:
        digest.write_bytes(content)
    assert state_of(package, pure=False) in {"not built", "outdated"}


def test_what_is_imported_agrees_with_the_state() -> None:
    assert str(values.__file__).endswith(".py") == (state() != "in use")


def test_every_module_that_is_compiled_exists() -> None:
    for name in MODULES:
        assert (PACKAGE.parent / f"{name.replace('.', '/')}.py").is_file()
