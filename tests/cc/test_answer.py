"""What is said of a file of a build, under the configuration of the build."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan import api
from kscan.cc.answer import Desk
from kscan.model.error import InputError
from tests.cc.trees import HEAD, autoconf, build, words, write


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("kscan.cc.answer._TRUSTED_S", 0.0)
    return build(tmp_path / "linux")


@pytest.fixture
def obj(tmp_path: Path) -> Path:
    autoconf(tmp_path / "obj")
    return tmp_path / "obj"


def _errnos(said: str) -> list[str]:
    """The errnos that are said to be undocumented."""
    return sorted(line.split("can return ")[1].split(",")[0] for line in said.splitlines() if "can return" in line)


@pytest.mark.parametrize("indexed", [False, True])
@pytest.mark.parametrize(
    ("symbols", "more", "found"),
    [
        ((), (), []),
        (("SLOW",), (), ["-EBUSY"]),
        (("HELP",), (), ["-ENOMEM"]),
        (("HELP", "SLOW"), ("-DMODULE",), ["-EBUSY", "-ENOMEM", "-EPERM"]),
        (("HELP_MODULE",), (), []),
    ],
)
def test_the_configuration_decides(
    root: Path, obj: Path, indexed: bool, symbols: tuple[str, ...], more: tuple[str, ...], found: list[str]
) -> None:
    if indexed:
        api.index(str(root), jobs=1)
    autoconf(obj, *symbols)
    said = Desk().answer(obj, words(root, obj, f"{root}/mm/x.c", *more))
    assert _errnos(said) == found
    assert ("has no index" in said) == (not indexed)


def test_findings_have_the_form_of_a_compiler_and_the_name_that_was_given(root: Path, obj: Path) -> None:
    autoconf(obj, "HELP")
    said = Desk().answer(obj, words(root, obj, "../linux/mm/x.c"))
    lines = said.splitlines()[1:]
    assert lines[0].startswith("../linux/mm/x.c:6:4: warning: ")
    assert "warning: grab() can return -ENOMEM" in lines[0] and lines[0].endswith("[undocumented-errno]")
    assert any(line.startswith("../linux/mm/help.c:5: note: in helped(): ") for line in lines)


def test_what_changes_meanwhile_is_seen(root: Path, obj: Path) -> None:
    autoconf(obj, "HELP")
    api.index(str(root), jobs=1)
    desk = Desk()
    asked = words(root, obj, f"{root}/mm/x.c")
    assert _errnos(desk.answer(obj, asked)) == ["-ENOMEM"]
    write(root / "mm/help.c", "int helped(int x)\n{\n\treturn x ? -EBUSY : 0;\n}\n", 50)
    assert _errnos(desk.answer(obj, asked)) == ["-EBUSY"]
    write(root / "mm/x.c", HEAD + "int grab(int x)\n{\n\treturn 0;\n}\n", 40)
    assert desk.answer(obj, asked) == ""
    autoconf(obj, "SLOW")


def test_a_header_that_changed_since_the_index_counts(root: Path, obj: Path) -> None:
    write(root / "mm/y.h", "#define WAS -EBUSY\n#define helped(x) WAS\n")
    write(
        root / "mm/x.c", HEAD + "/**\n * f - f\n *\n * Return: 0, or -EBUSY.\n */\nint f(void)\n{\n\treturn WAS;\n}\n"
    )
    api.index(str(root), jobs=1)
    asked = words(root, obj, f"{root}/mm/x.c")
    assert _errnos(Desk().answer(obj, asked)) == []
    write(root / "mm/y.h", "#define WAS -ENOMEM\n#define helped(x) WAS\n", 30)
    assert _errnos(Desk().answer(obj, asked)) == ["-ENOMEM"]


def test_notes_are_for_those_who_want_them(root: Path, obj: Path) -> None:
    doc = "/**\n * f - f\n *\n * Returns 0 on success, -EINVAL otherwise.\n */\n"
    write(root / "mm/x.c", f"{HEAD}{doc}int f(int x)\n{{\n\treturn x ? -EINVAL : 0;\n}}\n")
    api.index(str(root), jobs=1)
    asked = words(root, obj, f"{root}/mm/x.c")
    assert Desk().answer(obj, asked) == ""
    said = Desk().answer(obj, ["--strict", *asked])
    assert ": note: f() has its return values in prose" in said
    assert Desk().answer(obj, ["--select", "unmarked-return-prose", *asked]) == said
    assert Desk().answer(obj, ["--strict", "--ignore=unmarked-return-prose", *asked]) == ""
    with pytest.raises(InputError, match="unknown rule"):
        Desk().answer(obj, ["--select", "unmarked", *asked])


def test_what_is_not_of_the_tree_is_said(root: Path, obj: Path, tmp_path: Path) -> None:
    write(tmp_path / "mine.c", "int x;\n")
    assert "nothing was checked" in Desk().answer(obj, words(root, obj, f"{tmp_path}/mine.c"))
    assert "nothing was checked" in Desk().answer(obj, words(root, obj, f"{root}/mm/gone.c"))
    assert "\x1b" not in Desk().answer(obj, words(root, obj, f"{root}/mm/\x1b[31m.c"))
    with pytest.raises(InputError, match="not in a kernel tree"):
        Desk().answer(obj, [f"{tmp_path}/mine.c"])
    write(root / "scripts/mod/empty.c", "int x;\n")
    assert Desk().answer(obj, words(root, obj, f"{root}/scripts/mod/empty.c")) == ""
