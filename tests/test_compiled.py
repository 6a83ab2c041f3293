"""When the compiled form is used: only when it was built from exactly this source, and nobody said no."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.compiled import DIGEST, MODULES, PACKAGE, folder_in, source_digest, state, state_of
from kscan.flow import values

ROOMS = ("model", "dialect", "parse", "facts", "flow")
"""Where the source lies that compiled modules are made of, or import."""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with a compiled form built from it, whose modules import one in each room."""
    for room in ROOMS:
        (tmp_path / room / "inner").mkdir(parents=True)
        (tmp_path / room / "inner" / "one.py").write_text(f"ROOM = {room!r}\n")
        (tmp_path / room / "apart.py").write_text("")
    for name in MODULES:
        file = tmp_path.joinpath(*name.split(".")[1:]).with_suffix(".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"from {tmp_path.name}.{room}.inner import one\n" for room in ROOMS))
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
        (package / "flow" / "inner" / "__init__.py").write_text("")
    else:
        (package / "flow" / "inner" / "one.py").unlink()
    assert state_of(package, pure=False) == "outdated"


@pytest.mark.parametrize("name", MODULES)
def test_a_build_is_outdated_once_one_of_its_modules_has_changed(package: Path, name: str) -> None:
    package.joinpath(*name.split(".")[1:]).with_suffix(".py").write_text("")
    assert state_of(package, pure=False) == "outdated"


@pytest.mark.parametrize("room", ROOMS)
def test_a_build_is_used_although_a_module_has_changed_that_it_does_not_import(package: Path, room: str) -> None:
    (package / room / "apart.py").write_text("ROOM = 1\n")
    assert state_of(package, pure=False) == "in use"


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


@pytest.mark.parametrize("name", MODULES)
def test_no_value_that_is_kept_is_of_a_class_that_is_compiled(name: str) -> None:
    """There array_like is lost: what one form of kscan keeps the other could not read."""
    text = (PACKAGE.parent / f"{name.replace('.', '/')}.py").read_text("utf-8")
    assert "array_like" not in text
