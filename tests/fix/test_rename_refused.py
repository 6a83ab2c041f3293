"""Renames that are refused, each with one line that says why, and bad input that leaves the tree as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kscan import api
from kscan.cli.main import entry
from kscan.model.error import InputError
from tests.fix.renaming import DECLARED, DEFINED, contents, expected, run, tree

USER = "int f(struct page *p)\n{\n\treturn grab_page(p);\n}\n"
BASE = {"include/linux/grab.h": DECLARED, "mm/grab.c": DEFINED, "mm/user.c": USER}

NAMES = {
    "keyword": ("grab_page", "return", "reserved word"),
    "word of the dialect": ("grab_page", "__init", "reserved word"),
    "type": ("grab_page", "u_int8_t*", "not a C identifier"),
    "digit first": ("grab_page", "2grab", "not a C identifier"),
    "empty": ("grab_page", "", "not a C identifier"),
    "not ASCII": ("grab_page", "gr\u00e4b", "not a C identifier"),
    "same": ("grab_page", "grab_page", "the same"),
    "no symbol": ("grab_pages", "take", "no symbol of this tree"),
    "old is no name": ("grab page", "take", "not the name of a symbol"),
    "old is a keyword": ("while", "take", "reserved word"),
    "file without it": ("mm/user.c:grab_page", "take", "does not define 'grab_page'; defined in mm/grab.c"),
}

TAKEN = {
    "function": "int take_page(int n)\n{\n\treturn n;\n}\n",
    "static function": "static int take_page(int n)\n{\n\treturn n;\n}\n",
    "macro": "#define take_page(n) (n)\n",
    "constant": "enum { A, take_page };\n",
    "global": "int take_page = 2;\n",
    "type": "typedef int take_page;\n",
    "user": "int g(struct page *p)\n{\n\treturn grab_page(p) + take_page(p);\n}\n",
}

CAPTURED = {
    "local": "int g(struct page *p)\n{\n\tint take_page = 1;\n\n\treturn grab_page(p) + take_page;\n}\n",
    "parameter": "int g(struct page *take_page)\n{\n\treturn grab_page(take_page);\n}\n",
    "local of an outer block": "int g(void)\n{\n\tint take_page;\n\n\twhile (1) {\n\t\tgrab_page(0);\n\t}\n}\n",
    "macro parameter": "#define TAKE(take_page) grab_page(take_page)\n",
    "local of a macro": "#define TAKE(p) ({ int take_page = 1; grab_page(p) + take_page; })\n",
    "parameter of a system call": "SYSCALL_DEFINE2(odd, int, a, int, take_page)\n{\n\treturn grab_page(0);\n}\n",
}

NOT_CAPTURED = {
    "local elsewhere": USER + "int g(void)\n{\n\tint take_page = 1;\n\n\treturn take_page;\n}\n",
    "later block": "int g(void)\n{\n\tgrab_page(0);\n\t{\n\t\tint take_page = 1;\n\n\t\tuse(take_page);\n\t}\n}\n",
    "field": "int g(struct s *p)\n{\n\treturn grab_page(0) + p->take_page;\n}\n",
    "label": "int g(void)\n{\n\tgoto take_page;\ntake_page:\n\treturn grab_page(0);\n}\n",
    "tag": "int g(struct take_page *p)\n{\n\treturn grab_page(0);\n}\n",
}


@pytest.mark.parametrize(("old", "new", "why"), NAMES.values(), ids=NAMES)
def test_names(tmp_path: Path, old: str, new: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        run(tree(tmp_path, BASE), old, new)


@pytest.mark.parametrize("text", TAKEN.values(), ids=TAKEN)
def test_a_name_that_is_taken(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"take_page: taken, mm/other\.c:\d"):
        run(tree(tmp_path, {**BASE, "mm/other.c": text}))


@pytest.mark.parametrize("text", CAPTURED.values(), ids=CAPTURED)
def test_a_name_that_would_be_captured(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"take_page: would mean a local .* at mm/other\.c:\d"):
        run(tree(tmp_path, {**BASE, "mm/other.c": text}))


@pytest.mark.parametrize("text", NOT_CAPTURED.values(), ids=NOT_CAPTURED)
def test_the_same_spelling_where_it_does_no_harm(tmp_path: Path, text: str) -> None:
    assert run(tree(tmp_path, {**BASE, "mm/other.c": text})).edits


TREES = {
    "static in several files": (
        {
            "mm/a.c": "static int grab_page(void) { return 0; }\n",
            "mm/b.c": "static int grab_page(void) { return 1; }\n",
        },
        r"several symbols .* write FILE:grab_page; defined in mm/a\.c, mm/b\.c",
    ),
    "only a field": ({"mm/a.c": "struct s { int grab_page; };\n"}, r"no symbol .* at mm/a\.c:1 it is a struct field"),
    "only a local": ({"mm/a.c": "int f(void)\n{\n\tint grab_page = 1;\n\treturn grab_page;\n}\n"}, "a local variable"),
    "only declared": ({"include/linux/grab.h": DECLARED}, "declared at .* its definition is not found"),
    "made with other names": (
        {
            "include/linux/grab.h": "#define OPS(x) int grab_##x(void) { return 0; } int put_##x(void) { return 0; }\n",
            "mm/a.c": "OPS(page)\nint f(void)\n{\n\treturn grab_page();\n}\n",
        },
        r"OPS\(page\) at mm/a\.c:1 writes this name together with others",
    ),
    "made by nested macros": (
        {
            "include/linux/grab.h": "#define IN(n) int grab##n(void) { return 0; }\n#define OUT(n, a) IN(_##n)\n",
            "mm/a.c": "OUT(page, 1)\nint f(void)\n{\n\treturn grab_page();\n}\n",
        },
        "cannot write take|together with others",
    ),
    "parameter that users set": (
        {"mm/a.c": "static int grab_page = 1;\nmodule_param(grab_page, int, 0444);\n"},
        r"module_param\(\) makes the name that of a parameter",
    ),
    "other names made of it": (
        {
            "mm/a.c": "#define BOTH(f) int f##_twice(void) { return f() * 2; }\nint grab_page(void) { return 1; }\n"
            "BOTH(grab_page)\nint g(void)\n{\n\treturn grab_page_twice();\n}\n"
        },
        "spells grab_page_twice, which a macro makes of grab_page",
    ),
    "macro and field": (
        {
            "include/linux/grab.h": "struct s { int a; };\n#define grab_page inner.a\n",
            "mm/a.c": "struct u { int grab_page; };\nint f(struct t *t)\n{\n\treturn t->grab_page;\n}\n",
        },
        "a macro, and also a field",
    ),
}


@pytest.mark.parametrize(("files", "why"), TREES.values(), ids=TREES)
def test_symbols(tmp_path: Path, files: dict[str, str], why: str) -> None:
    root = tree(tmp_path, files)
    before = contents(root, files)
    with pytest.raises(InputError, match=why):
        run(root, new="hold_it")
    assert contents(root, files) == before


def test_a_file_that_changes_meanwhile_leaves_all_as_it_was(tmp_path: Path) -> None:
    root = tree(tmp_path, BASE)
    result = run(root)
    (root / "mm/user.c").write_text(USER + "\n")
    before = contents(root, BASE)
    with pytest.raises(InputError, match=r"mm/user\.c: changed since it was read"):
        api.rename_files(result)
    assert contents(root, BASE) == before


def test_a_read_only_file_leaves_all_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tree(tmp_path, BASE)
    before = contents(root, BASE)
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK or not str(path).endswith("user.c"))
    assert entry(["rename", str(root), "grab_page", "take_page", "--fix", "--no-cache", "-j", "1"]) == 2
    assert contents(root, BASE) == before
    assert sorted(one.name for one in (root / "mm").iterdir()) == ["grab.c", "user.c"]


def test_without_libcst_the_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "libcst", None)
    root = tree(tmp_path, {**BASE, "scripts/gdb/a.py": "x = 'grab_page'\n"})
    with pytest.raises(InputError, match=r"kscan\[rename\]"):
        run(root)


def _git(root: Path, *words: str) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    return subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True, text=True).stdout


def test_uncommitted_work_is_not_mixed_in(tmp_path: Path) -> None:
    root = tree(tmp_path, BASE)
    _git(root, "init", "-q")
    _git(root, "add", ".")
    _git(root, "commit", "-qm", "all")
    (root / "mm/user.c").write_text(USER + "\n")
    words = ["rename", str(root), "grab_page", "take_page", "--fix", "--no-cache", "-j", "1"]
    assert entry(words) == 2
    assert "grab_page" in (root / "mm/grab.c").read_text()
    assert entry([*words, "--force"]) == 0
    assert "take_page" in (root / "mm/grab.c").read_text()


@pytest.mark.parametrize("tool", [["git", "apply", "-"], ["patch", "-p1", "-s"]], ids=["git", "patch"])
def test_the_diff_applies(tmp_path: Path, tool: list[str]) -> None:
    odd = b"/* M\xfcller */\r\nint f(void) { return grab_page(0); }\r\n"
    files = {**BASE, "mm/odd.c": odd, "mm/end.c": "int e(void) { return grab_page(0); }"}
    root = tree(tmp_path / "a", files)
    other = tree(tmp_path / "b", files)
    result = run(root)
    subprocess.run(tool, cwd=other, input=api.rename_diff(result), check=True)
    api.rename_files(result)
    assert contents(root, files) == contents(other, files)
    assert b"take_page" in (root / "mm/odd.c").read_bytes()


def test_the_command_says_what_would_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {**BASE, "mm/field.c": "struct s { int grab_page; };\n"}
    root = tree(tmp_path, files)
    before = contents(root, files)
    words = ["rename", str(root), "grab_page", "take_page", "--no-cache", "-j", "1"]
    assert entry(words) == 0
    said = capsys.readouterr().out
    assert "function grab_page would be renamed to take_page: 3 places in 3 files" in said
    assert "mm/field.c:1: use: a struct field" in said
    assert contents(root, files) == before
    assert entry([*words, "--format", "json"]) == 0
    assert '"why": "a struct field"' in capsys.readouterr().out
    assert entry([*words, "--fix", "--diff"]) == 2
    assert entry([*words, "--force"]) == 2


BOTH = {
    "include/linux/grab.h": "struct <<grab_page>> {\n\tint n;\n};\n",
    "mm/a.c": "static struct <<grab_page>> grab_page;\nint f(struct <<grab_page>> *p)\n{\n\treturn grab_page.n;\n}\n",
}


def test_a_tag_and_a_variable_of_one_file_are_told_apart_by_the_user(tmp_path: Path) -> None:
    root = tree(tmp_path, BOTH)
    with pytest.raises(InputError, match=r"write mm/a\.c:grab_page or 'struct grab_page'"):
        run(root)
    api.rename_files(run(root, "struct grab_page"))
    assert contents(root, BOTH) == {path: expected(one, "grab_page", "take_page") for path, one in BOTH.items()}
    assert run(root, "mm/a.c:grab_page", "hold_page").what == "variable"
