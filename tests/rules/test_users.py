"""A macro, a constant or a member that means something else: who uses it elsewhere is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan import api
from kscan.rules import users
from tests.rules.test_against import Pair

LIMITED = """
#include <linux/low.h>

/**
 * use() - use a thing
 * @n: which
 *
 * Return: 0 on success, -EINVAL for a bad number.
 */
int use(int n)
{
	return %s ? -EIO : n < 0 ? -EINVAL : 0;
}
"""
ABOVE = """
int use(int n);

/**
 * above() - use it once more
 * @n: which
 *
 * Return: 0 on success, -EINVAL for a bad number.
 */
int above(int n)
{
	return use(n);
}
"""
H, PRIVATE = "include/linux/low.h", "m/low.h"
MEMBER = "struct low { %s; };\n"
COUNTS = LIMITED.replace("int use(int n)\n{", "int use(struct low *low, int n)\n{") % "low->left < 0"


@pytest.mark.parametrize(
    ("header", "before", "after", "files", "found"),
    [
        (H, "#define LIMIT 0\n", "#define LIMIT 1\n", {"b.c": LIMITED % "LIMIT"}, ["use"]),
        (H, "#define LIMIT 1\n", "#define LIMIT 0\n", {"b.c": LIMITED % "LIMIT"}, []),
        (H, "#define LIMIT 0\n", "#define LIMIT 1\n", {"b.c": LIMITED % "LIMIT", "c.c": ABOVE}, ["use", "above"]),
        (H, "#define BASE 0\n", "#define BASE 1\n", {"b.c": "#define MORE (BASE + 0)\n" + LIMITED % "MORE"}, ["use"]),
        (
            H,
            "#define WHY(n) -EINVAL\n",
            "#define WHY(n) -EIO\n",
            {"b.c": LIMITED.replace("-EIO", "WHY(n)") % "n"},
            ["use"],
        ),
        (H, "enum { A, LIMIT };\n", "enum { LIMIT, A };\n", {"b.c": LIMITED % "!LIMIT"}, ["use"]),
        (H, "#define LIMIT 0\n", "\n\n#define LIMIT  0 /* as it was */\n", {"b.c": LIMITED % "LIMIT"}, []),
    ],
)
def test_users_of_what_changed(
    tmp_path: Path, header: str, before: str, after: str, files: dict[str, str], found: list[str]
) -> None:
    pair = Pair(tmp_path, {header: before, **files}, {header: after, **files})
    result = pair.check()
    assert [f.function for f in result.findings if f.rule == "undocumented-errno"] == found
    assert [gap for gap in result.gaps if gap.stage == "check"] == []


def test_users_of_a_member(tmp_path: Path) -> None:
    """What a member is does not change a return set; the rules about conditions read it."""
    files = {"b.c": COUNTS, "c.c": ABOVE}
    old, new = {H: MEMBER % "unsigned int left", **files}, {H: MEMBER % "int left", **files}
    changed = Pair(tmp_path / "1", old, new).check()
    assert (changed.functions, changed.files) == (1, 2)
    moved = Pair(tmp_path / "2", old, {**old, H: "\n" + old[H]}).check()
    assert moved.functions == 0


@pytest.mark.parametrize("text", [MEMBER % "%s left", "#define left %s\n", "enum { left = sizeof(%s) };\n"])
def test_what_a_source_file_defines_is_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(users, "MAX_FILES", 0)
    user = {"b.c": COUNTS}
    for name, new in (("other", {"a.c": text % "long"}), ("gone", {"a.c": ""})):
        (tmp_path / name).mkdir()
        result = Pair(tmp_path / name, {"a.c": text % "int", **user}, {**new, **user}).check()
        assert (result.functions, [gap for gap in result.gaps if gap.stage == "check"]) == (0, [])


def test_with_an_index_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    user = {"b.c": LIMITED % "LIMIT"}
    pair = Pair(tmp_path / "t", {H: "#define LIMIT 0\n", **user}, {H: "#define LIMIT 1\n", **user})
    api.index(str(pair.new.root), jobs=1)
    result = api.check(str(pair.new.root), against=str(pair.old.root))
    assert {f.function for f in result.findings} == {"use"}


def test_a_name_that_too_many_use_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "MAX_FILES", 1)
    both = {"b.c": LIMITED % "LIMIT", "c.c": (LIMITED % "LIMIT").replace("use", "try")}
    pair = Pair(tmp_path, {H: "#define LIMIT 0\n", **both}, {H: "#define LIMIT 1\n", **both})
    result = pair.check()
    assert result.findings == ()
    told = [gap.reason for gap in result.gaps if gap.stage == "check"]
    assert told == ["LIMIT means something else; what the 2 files that use it return is not compared"]


def test_users_in_many_files_are_found_and_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = {f"u{n}.c": (LIMITED % "LIMIT").replace("use", f"use{n}") for n in range(3)}
    pair = Pair(tmp_path, {H: "#define LIMIT 0\n", **both}, {H: "#define LIMIT 1\n", **both})
    held = pair.check()
    monkeypatch.setattr(users, "MANY", 2)
    passing = pair.check()
    assert {f.function for f in passing.findings} == {"use0", "use1", "use2"}
    assert (passing.findings, passing.gaps) == (held.findings, held.gaps)


def test_more_functions_than_are_followed_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "MAX_USERS", 1)
    both = {"b.c": LIMITED % "LIMIT", "c.c": (LIMITED % "LIMIT").replace("use", "try")}
    result = Pair(tmp_path, {H: "#define LIMIT 0\n", **both}, {H: "#define LIMIT 1\n", **both}).check()
    assert {f.function for f in result.findings} == {"use"}
    assert "more than 1 functions use what means something else" in [gap.reason for gap in result.gaps]


def test_more_names_than_are_looked_for_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "MAX_NAMES", 1)
    header = "#define LIMIT %s\n#define OTHER %s\n"
    user = {"b.c": LIMITED % "LIMIT"}
    result = Pair(tmp_path, {H: header % (0, 0), **user}, {H: header % (1, 1), **user}).check()
    assert result.findings == ()
    told = [gap.reason for gap in result.gaps if gap.stage == "check"]
    assert told == [
        "2 names mean something else: who uses them in files that did not change is not compared",
    ]
