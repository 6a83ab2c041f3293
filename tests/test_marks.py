"""The mark reader, and that every rule fixture says what it expects of each of its functions."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.marks import Mark, MarkError, marks

FIXTURES = Path(__file__).parent.parent / "fixtures"
RULES = sorted(folder for folder in (FIXTURES / "rules").iterdir() if folder.is_dir())
RULE_FILES = [file for folder in RULES for file in sorted(folder.glob("*.c"))]
TREE_FILES = sorted((FIXTURES / "tree").rglob("*.c"))
_HEAD = re.compile(r"^(?![\s#}/])[^;]*?\b(\w+_(?:ok|bad))\(", re.ASCII)


def _read(folder: Path, text: str) -> list[Mark]:
    path = folder / "f.c"
    path.write_text(text, "utf-8")
    return marks(path)


def test_a_mark_stands_for_its_line(tmp_path: Path) -> None:
    assert _read(tmp_path, "\nx; /* expect: a-b */\n") == [Mark("a-b", 2, "line", "", "expect", 2, 2)]


def test_a_doc_mark_stands_for_the_comment_above(tmp_path: Path) -> None:
    text = "/**\n * f - g\n */\nstatic int\nf(void) /* expect: a@doc -EIO */\n"
    assert _read(tmp_path, text) == [Mark("a", 5, "doc", "-EIO", "expect", 1, 3)]


def test_several_marks_on_a_line(tmp_path: Path) -> None:
    found = _read(tmp_path, "x; /* expect: a 0 */ /* known-miss: b */ /* known-noise: c */\n")
    assert [(mark.rule, mark.kind, mark.subject) for mark in found] == [
        ("a", "expect", "0"),
        ("b", "known-miss", ""),
        ("c", "known-noise", ""),
    ]


@pytest.mark.parametrize("text", ["/* expect: nothing */\n", "x; /* known-miss: a */\n/* expect: nothing */\n"])
def test_nothing_may_be_expected_on_purpose(tmp_path: Path, text: str) -> None:
    assert not [mark for mark in _read(tmp_path, text) if mark.kind == "expect"]


@pytest.mark.parametrize(
    "text",
    [
        "int f(void);\n",
        "/* known-miss: a */\n",
        "/* expect: a */ /* expect: nothing */\n",
        "/* expect a */\n",
        "/* expects: a */ /* expect: nothing */\n",
        "/* expect: a b c */\n",
        "// expect: a -EIO too\n",
        "/* known-issue: a */\n",
        "/* expect: a@doc */\n",
        "/* plain */\nf(); /* expect: a@doc */\n",
        "/** doc */\nint g;\nint f(void) /* expect: a@doc */\n",
    ],
)
def test_a_fixture_without_clear_marks_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(MarkError):
        _read(tmp_path, text)


def bodies(path: Path) -> dict[str, tuple[int, int]]:
    """Name to first and last line of each function called .._ok or .._bad."""
    lines = path.read_text("utf-8").splitlines()
    heads = [(number, match[1]) for number, line in enumerate(lines, 1) if (match := _HEAD.match(line))]
    return {name: (at, next(n for n in range(at, len(lines) + 1) if lines[n - 1] == "}")) for at, name in heads}


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_marks_agree_with_the_names_of_functions(path: Path) -> None:
    found = [mark for mark in marks(path) if mark.kind != "known-noise"]
    assert {mark.rule for mark in found} <= {path.parent.name}
    for name, (first, last) in bodies(path).items():
        marked = any(first <= mark.line <= last for mark in found)
        assert marked == name.endswith("_bad"), f"{path}:{first}: {name}"


@pytest.mark.parametrize("folder", RULES, ids=lambda folder: folder.name)
def test_every_rule_has_both_kinds_of_functions(folder: Path) -> None:
    names = [name for file in folder.glob("*.c") for name in bodies(file)]
    assert sum(name.endswith("_ok") for name in names) >= 5
    assert sum(name.endswith("_bad") for name in names) >= 5


@pytest.mark.parametrize("path", TREE_FILES, ids=lambda path: path.name)
def test_the_small_tree_is_marked(path: Path) -> None:
    marks(path)


def test_contract_fixtures_name_their_own_file() -> None:
    for file in (FIXTURES / "rules").glob("*/contract.toml"):
        named = {contract["file"] for contract in tomllib.loads(file.read_text("utf-8"))["contract"]}
        assert all((file.parent / name).is_file() for name in named)
