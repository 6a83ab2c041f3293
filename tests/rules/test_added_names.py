"""Rules for what is added: silent without a tree to compare with, and about new names alone with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan import api
from tests.toy import Toy

BEFORE = """\
#include <linux/mm_types.h>
struct crate { int users; int oldField; };
static int OldName(struct crate *crate)
{
	return crate->oldField;
}
"""
MOVES = "int MovedName(void)\n{\n\tint oldTotal = 2;\n\n\treturn oldTotal;\n}\n"
FRESH = "int FreshName(void)\n{\n\treturn 3;\n}\n"
COMMENT = """\
/*
 * Whether nobody uses a crate.
 * ship() asks this first, and ship() then loads the crate.  Without it
 * ship() would wait, and unload() would be called once more.
 * unload() itself was called by then, and ship() did not notice
 * that it was.
 * Then all is well.
 */
"""


def _found(root: Path, before: str, after: str, *select: str) -> list[tuple[str, str]]:
    """Rule and subject of what is new in ``after``."""
    old, new = root / "old", root / "new"
    for path, text in ((old, before), (new, after)):
        path.mkdir()
        Toy(path).write({"f.c": text})
    result = api.check(str(new), against=str(old), select=select, cache=False)
    return [(finding.rule, finding.subject) for finding in result.findings]


@pytest.mark.parametrize(
    ("added", "wanted"),
    [
        ("int newName(void)\n{\n\treturn 0;\n}\n", ["newName new_name"]),
        ("int new_name(void)\n{\n\tint numUsers = 1;\n\n\treturn numUsers;\n}\n", ["numUsers num_users"]),
        ("#define NewMacro(x) (x)\n", ["NewMacro new_macro"]),
        ("struct other { int newField; };\n", ["newField new_field"]),
        ("struct other { __le16 newField; };\n", []),
        ("int f(int oldField)\n{\n\treturn oldField;\n}\n", []),
        ("int PageNew(struct page *page)\n{\n\treturn 0;\n}\n", []),
        ("int newName(void);\nextern int otherName;\n", []),
        ("/* newName() is not code */\n", []),
        ("int load_oldField(void)\n{\n\treturn 0;\n}\n", []),
        ("int pack_Hull_now(struct Hull_state *hull)\n{\n\treturn !hull;\n}\n", []),
        ("int pack_Crate(struct Hull_state *hull)\n{\n\treturn !hull;\n}\n", ["pack_Crate pack_crate"]),
        ("int crate_total(int step_mA)\n{\n\treturn step_mA;\n}\n", []),
        (
            "bool CrateOwned(struct page *page)\n{\n\treturn !page;\n}\n",
            ["CrateOwned is_crate_owned_page"],
        ),
    ],
)
def test_new_names(tmp_path: Path, added: str, wanted: list[str]) -> None:
    found = _found(tmp_path, BEFORE, BEFORE + added)
    assert [subject for rule, subject in found if rule == "camelcase-name"] == wanted


def test_a_member_beside_older_ones_of_its_style_is_left_alone(tmp_path: Path) -> None:
    after = BEFORE.replace("int oldField;", "int oldField; int newField;")
    assert _found(tmp_path, BEFORE, after, "camelcase-name") == []


def test_a_file_of_another_style_is_left_alone(tmp_path: Path) -> None:
    others = "".join(f"int olderName{n}(void)\n{{\n\treturn {n};\n}}\n" for n in range(3))
    after = BEFORE + others + "int newName(void)\n{\n\treturn 0;\n}\n"
    assert _found(tmp_path, BEFORE + others, after, "camelcase-name") == []


def test_a_moved_name_is_not_new(tmp_path: Path) -> None:
    moved = BEFORE.replace("static int OldName", "int crate_total;\n\nstatic int OldName")
    assert _found(tmp_path, BEFORE, moved, "camelcase-name") == []


def test_a_name_that_is_taken_is_not_suggested(tmp_path: Path) -> None:
    after = BEFORE + "int new_name;\nint newName(void)\n{\n\treturn 0;\n}\n"
    assert _found(tmp_path, BEFORE, after, "camelcase-name") == [("camelcase-name", "newName")]


def test_a_comment_that_comes_to_tell_of_callers(tmp_path: Path) -> None:
    function = "static int is_unused(struct crate *crate)\n{\n\treturn !crate->users;\n}\n"
    rest = "void unload(void);\nint ship(struct crate *crate)\n{\n\treturn is_unused(crate);\n}\n"
    before, after = BEFORE + function + rest, BEFORE + COMMENT + function + rest
    assert _found(tmp_path, before, after) == [("comment-about-callers", "comment")]


def test_silent_without_a_tree_to_compare_with(tmp_path: Path) -> None:
    toy = Toy(tmp_path).c(BEFORE.removeprefix("#include <linux/mm_types.h>\n"))
    found = api.check(str(toy.root), ["f.c"], cache=False).findings
    assert [finding.rule for finding in found] == []
    named = api.check(str(toy.root), ["f.c"], select=["camelcase-name"], cache=False).findings
    assert {finding.subject.split()[0] for finding in named} == {"OldName", "oldField"}


def test_a_name_that_moved_to_a_file_of_its_own_is_not_new(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for path, text in ((old, {"f.c": BEFORE + MOVES}), (new, {"f.c": BEFORE, "g.c": MOVES + FRESH})):
        path.mkdir()
        Toy(path).write(text)
    result = api.check(str(new), against=str(old), select=("camelcase-name",), cache=False)
    assert [finding.subject for finding in result.findings] == ["FreshName fresh_name"]
