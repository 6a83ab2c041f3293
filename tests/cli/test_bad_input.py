"""Trees, files, contracts and configurations as they should not be: one line of advice, or a gap that is counted."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ran
from tests.cli.real import FINDINGS, kscan, small_tree

RETURNS = b"/**\n * %s() - frob\n *\n * Return: 0 on success, -EINVAL when it is odd.\n */\nint %s(int a)\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return small_tree(tmp_path / "linux")


def one_line(ran: Ran, said: str) -> None:
    """Bad input: exit code 2, nothing on standard output, and one line that says ``said``."""
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("kscan: ")
    assert said in ran.err
    assert ran.err.count("\n") == 1


def report(*args: object) -> dict[str, Any]:
    ran = kscan("check", *args, "--format", "json")
    assert ran.code in {0, 1}, ran.err
    return json.loads(ran.out)  # type: ignore[no-any-return]


def unread(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The gaps of files that could not be read."""
    return [gap for gap in found["gaps"] if gap["stage"] == "read"]


# -- the tree


def test_no_such_tree(tmp_path: Path) -> None:
    one_line(
        kscan("check", tmp_path / "nowhere"), "nowhere: no such folder; name the top folder of a Linux source tree"
    )


def test_a_file_for_a_tree(small: Path) -> None:
    one_line(kscan("check", small / "Makefile"), "a file, not a folder")


def test_a_folder_that_is_no_kernel(tmp_path: Path) -> None:
    (tmp_path / "odd").mkdir()
    for command in (("check",), ("flow", "f"), ("callers", "f"), ("predicates",)):
        one_line(kscan(command[0], tmp_path / "odd", *command[1:]), "not a Linux source tree")


def test_a_folder_inside_a_kernel_names_the_tree(small: Path) -> None:
    one_line(kscan("check", small / "mm"), f"did you mean {small}?")


@pytest.mark.parametrize("spoilt", [b"", b"\0\xff", b"VERSION =\nPATCHLEVEL =\n", b"VERSION = 7\n"])
def test_a_makefile_without_a_version(small: Path, spoilt: bytes) -> None:
    (small / "Makefile").write_bytes(spoilt)
    one_line(kscan("check", small), "it needs a Makefile with VERSION and PATCHLEVEL")


def test_empty_names(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small)
    one_line(kscan("check", ""), "an empty name")
    one_line(kscan("check", small, ""), "an empty name")


def test_a_tree_without_the_contract_s_file(small: Path) -> None:
    (small / "mm/memory-failure.c").unlink()
    ran = kscan("check", small)
    assert ran.code == 0
    assert "contract hwpoison: not applicable\n" in ran.out
    assert ran.err == "kscan: note: contract hwpoison is not applicable: mm/memory-failure.c is not in this tree\n"
    contracts = report(small)["contracts"]
    assert [contract["verdict"] for contract in contracts] == ["not-applicable"]
    assert {clause["verdict"] for clause in contracts[0]["clauses"]} == {"not-applicable"}


def test_a_tree_without_the_contract_s_function(small: Path) -> None:
    (small / "mm/memory-failure.c").write_text("int other(void)\n{\n\treturn 0;\n}\n")
    (contract,) = report(small)["contracts"]
    assert contract["verdict"] != "met"
    assert "get_hwpoison_page" in contract["clauses"][0]["function"] + contract["clauses"][0]["reason"]


def test_a_tree_is_the_same_however_it_is_named(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (small.parent / "link").symlink_to(small)
    monkeypatch.chdir(small.parent)
    said = {kscan("check", name).out for name in (small, f"{small}/", "linux", "./linux/", "link", "linux/mm/..")}
    assert len(said) == 1


# -- what is asked of it


MISTAKES = [
    (("flow", "get_hwpoison_pgae"), "no function get_hwpoison_pgae() in this tree"),
    (("callers", "get_hwpoison_pgae"), "no function get_hwpoison_pgae() in this tree"),
    (("flow", "mm/frob.c:get_any_page"), "mm/frob.c"),
    (("flow", "get_hwpoison_page", "--flags", "MF_NEVER"), "'MF_NEVER' for parameter 'flags' is no constant"),
    (("flow", "get_hwpoison_page", "--arg", "mode=1"), "has no parameter 'mode'; it has page, flags"),
    (("check", "--select", "undocumented-ernno"), "did you mean 'undocumented-errno'?"),
    (("check", "--ignore", "zzz"), "unknown rule 'zzz': 'kscan rules' lists them"),
    (("check", "--format", "yaml"), "'yaml' is none of text, terse, json, sarif, github"),
    (("check", "--format", "jsn"), "did you mean 'json'?"),
    (("check", "nowhere.c"), "nowhere.c: no such file or folder in"),
    (("check", "mm/nowhere"), "mm/nowhere: no such file or folder in"),
    (("check", ".."), "outside the tree"),
    (("check", "/etc/passwd"), "outside the tree"),
    (("check", "mm/../../other"), "mm/../../other: "),
    (("check", "x" * 5000), "no such file or folder in"),
]


@pytest.mark.parametrize(
    ("args", "said"), MISTAKES, ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else ""
)
def test_a_mistake_in_the_question(small: Path, args: tuple[str, ...], said: str) -> None:
    one_line(kscan(args[0], small, *args[1:]), said)


def test_an_unknown_rule_to_explain() -> None:
    one_line(kscan("explain", "folded-erno"), "did you mean 'folded-errno'?")


# -- contracts and configurations


GOOD = """\
[[contract]]
name = "c"
reason = "r"
callee = "get_any_page"
file = "mm/memory-failure.c"
errnos = ["-EIO"]
[[contract.caller]]
function = "get_hwpoison_page"
must = "propagate"
reason = "r"
"""

CONTRACTS = [
    (b"\0\xff\xfe", "expected UTF-8 text, found the byte 0xff in line 1"),
    (b"no toml at all", "TOML syntax: "),
    (b"", "expected at least one [[contract]] table"),
    (GOOD.replace("callee", "calle").encode(), 'contract[0].calle: unknown key (did you mean "call'),
    (GOOD.replace('"propagate"', '"pass"').encode(), 'contract[0].caller[0].must: expected one of "distinguish"'),
    (GOOD.replace("-EIO", "EIO").encode(), 'contract[0].errnos[0]: expected a negated errno such as "-EIO"'),
    (b"#" * (2 << 20), "expected a contract file of at most 1048576 bytes"),
    (b"a = " + b"[" * 10_000, "TOML syntax: "),
]


@pytest.mark.parametrize(("text", "said"), CONTRACTS, ids=lambda value: value[:30] if isinstance(value, str) else "")
def test_a_mistake_in_a_contract_file(small: Path, text: bytes, said: str) -> None:
    path = small.parent / "c.toml"
    path.write_bytes(text)
    ran = kscan("check", small, "--contract", path)
    one_line(ran, said)
    assert f"{path}: " in ran.err


@pytest.mark.parametrize("option", ["--contract", "--kconfig"])
def test_a_missing_file_and_a_folder_for_an_option(small: Path, option: str) -> None:
    one_line(kscan("check", small, option, small / "nowhere"), "does not exist")
    one_line(kscan("check", small, option, small), "is a directory")


def test_a_contract_on_a_caller_that_does_not_call(small: Path) -> None:
    path = small.parent / "c.toml"
    path.write_text(GOOD.replace("get_hwpoison_page", "try_page_once"))
    contract = report(small, "--contract", path)["contracts"][0]
    assert contract["name"] == "c"
    assert [clause["verdict"] for clause in contract["clauses"] if clause["function"] == "try_page_once"] == ["unmet"]


CONFIGS = [
    (b"CONFIG_A=y\nthis = nothing\n", "line 2: expected CONFIG_NAME=value, found 'this = nothing'"),
    (b"CONFIG_A=y\n\0\xff\n", "binary or too large for a kernel configuration"),
    (b"\xff\xfe\n", "line 1: expected CONFIG_NAME=value"),
]


@pytest.mark.parametrize(("text", "said"), CONFIGS, ids=lambda value: value[:20] if isinstance(value, str) else "")
def test_a_malformed_kconfig_file(small: Path, text: bytes, said: str) -> None:
    path = small.parent / "config"
    path.write_bytes(text)
    ran = kscan("check", small, "--kconfig", path)
    one_line(ran, said)
    assert f"{path}: " in ran.err


def test_a_device_that_never_ends_is_no_kconfig_file(small: Path) -> None:
    one_line(kscan("check", small, "--kconfig", "/dev/zero"), "/dev/zero: binary or too large")


def test_an_empty_kconfig_file_chooses_nothing(small: Path) -> None:
    (small.parent / "config").write_bytes(b"")
    assert kscan("check", small, "--kconfig", small.parent / "config").code == 1


# -- files that cannot be read


def _binary(path: Path) -> None:
    path.write_bytes(b"\x7fELF\0\1\xff" * 100)


def _folder(path: Path) -> None:
    path.mkdir()


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere.c")


def _outside(path: Path) -> None:
    path.parent.parent.parent.joinpath("outside.c").write_text("int outside(void)\n{\n\treturn 0;\n}\n")
    path.symlink_to("../../outside.c")


UNREADABLE: list[tuple[Callable[[Path], None], str]] = [
    (_binary, "binary: it contains a NUL byte"),
    (os.mkfifo, "a named pipe, not a file"),
    (_loop, "a symbolic link that leads to itself"),
    (_dangling, "no such file"),
    (_outside, "leaves the tree"),
]


@pytest.mark.parametrize(("make", "reason"), UNREADABLE, ids=lambda value: value if isinstance(value, str) else "")
def test_a_file_that_cannot_be_read_is_a_gap(small: Path, make: Callable[[Path], None], reason: str) -> None:
    make(small / "mm/odd.c")
    gap = {"stage": "read", "file": "mm/odd.c", "line": None, "function": "", "reason": reason}
    for paths in ((), ("mm",)):
        first = report(small, *paths)
        assert unread(first) == [gap]
        assert report(small, *paths) == first, "the kept result has the gap too"
    assert f"        1 read: {reason}\n" in kscan("check", small).out
    assert " 0 gaps\n" not in kscan("check", small).out


def test_a_folder_named_like_a_source_is_a_folder(small: Path) -> None:
    before = report(small, "mm")
    _folder(small / "mm/odd.c")
    assert report(small, "mm") == before


def test_a_file_that_is_a_gap_when_it_is_named(small: Path) -> None:
    os.mkfifo(small / "mm/odd.c")
    assert [gap["reason"] for gap in unread(report(small, "mm/odd.c"))] == ["a named pipe, not a file"]


def test_a_folder_of_links_to_itself_ends(small: Path) -> None:
    before = report(small, "mm")
    (small / "mm/self").symlink_to(".")
    (small / "mm/up").symlink_to("..")
    assert report(small, "mm") == before


def test_a_name_that_is_no_utf8(small: Path) -> None:
    (small / "mm" / os.fsdecode(b"n\xff.c")).write_text("int odd(void)\n{\n\treturn 0;\n}\n")
    ran = kscan("check", small, "mm")
    assert "1 read: its name is not UTF-8\n" in ran.out
    assert [gap["file"] for gap in unread(report(small, "mm"))] == [r"mm/n\udcff.c"]


def test_a_caller_in_a_file_that_cannot_be_read_may_exist(small: Path) -> None:
    _binary(small / "mm/odd.c")
    ran = kscan("callers", small, "get_hwpoison_page", "--format", "json")
    assert [gap["file"] for gap in unread(json.loads(ran.out))] == ["mm/odd.c"]


# -- files that can be read, and hardly parsed


def checked(small: Path, text: bytes) -> dict[str, Any]:
    """The report on a file ``mm/odd.c`` of ``text``, only what is about it."""
    (small / "mm/odd.c").write_bytes(text)
    found = report(small, "mm/odd.c")
    return {key: [one for one in found[key] if one["file"] == "mm/odd.c"] for key in ("findings", "gaps")}


def missing(found: dict[str, Any]) -> list[tuple[str, int]]:
    """The findings that an errno is missing in the Return section: function and line."""
    return [(one["function"], one["line"]) for one in found["findings"] if one["rule"] == "undocumented-errno"]


@pytest.mark.parametrize("text", [b"", b"\n", b"\xef\xbb\xbf", b"/*", b"#", b"\\", b'"', b"\xff" * 100])
def test_a_file_with_nothing_in_it(small: Path, text: bytes) -> None:
    assert checked(small, text)["findings"] == []


BODY = b"{\n\tif (a)\n\t\treturn -EIO;\n\treturn 0;\n}\n"


@pytest.mark.parametrize(
    ("before", "line"),
    [
        (b"", 4),
        (b"/* gr\xfc\xdfe: latin-1 */\n", 5),
        (b"\xef\xbb\xbf\n", 5),
        (b"/*" + b"x" * 10_000_000 + b"*/\n", 5),
        (b'char *s = "' + b"x" * 10_000_000 + b'";\n', 5),
        (b"\r\n\r\n", 6),
        (b"\x0c\n", 5),
        (b"int x[] = " + b"{" * 10_000 + b"}" * 10_000 + b";\n", 5),
    ],
    ids=["plain", "latin-1", "mark", "comment of 10 MB", "string of 10 MB", "carriage returns", "form feed", "braces"],
)
def test_what_comes_before_does_not_hide_a_function(small: Path, before: bytes, line: int) -> None:
    found = checked(small, before + RETURNS.replace(b"%s", b"odd") + BODY)
    assert missing(found) == [("odd", line)]


DEEP = {
    "braces": b"{" * 10_000 + b"\nreturn -EIO;\n" + b"}" * 10_000 + b"\n",
    "if upon if": b"{\n" + b"if (a) " * 10_000 + b"return -EIO;\nreturn 0;\n}\n",
    "if blocks": b"{\n" + b"if (a--) {\n" * 10_000 + b"return -EIO;\n" + b"}\n" * 10_000 + b"return 0;\n}\n",
    "else if": b"{\n" + b"if (a == 1)\n\treturn 0;\nelse " * 10_000 + b"return -EIO;\n}\n",
    "sums": b"{\n\treturn " + b"a + " * 10_000 + b"0;\n}\n",
    "calls": b"{\n\treturn " + b"g(" * 10_000 + b"0" + b")" * 10_000 + b";\n}\n",
    "casts": b"{\n\treturn " + b"(int)" * 10_000 + b"-EIO;\n}\n",
}


@pytest.mark.parametrize("name", DEEP)
def test_a_body_too_deep_is_a_gap(small: Path, name: str) -> None:
    found = checked(small, RETURNS.replace(b"%s", b"odd") + DEEP[name])
    assert found["gaps"]


STATEMENTS = b"{\n" + b"\ta += 1;\n" * 30_000 + b"\treturn a ? -EIO : 0;\n}\n"
FOUND = {
    "parentheses": b"{\n\treturn " + b"(" * 10_000 + b"-EIO" + b")" * 10_000 + b";\n}\n",
    "and": b"{\n\tif (" + b"a && " * 10_000 + b"a)\n\t\treturn -EIO;\n\treturn 0;\n}\n",
}


@pytest.mark.parametrize("name", [*FOUND, "statements"])
def test_a_body_that_is_deep_or_long_but_plain(small: Path, name: str) -> None:
    found = checked(small, RETURNS.replace(b"%s", b"odd") + (FOUND | {"statements": STATEMENTS})[name])
    assert missing(found) == [("odd", 4)] or found["gaps"]


@pytest.mark.parametrize(
    "body",
    [
        b"\treturn " + b"a ? -EIO : " * 5_000 + b"0;\n",
        b"\treturn " + b"a ? " * 5_000 + b"0" + b" : -EIO" * 5_000 + b";\n",
    ],
    ids=["right", "left"],
)
def test_ternaries_5000_deep(small: Path, body: bytes) -> None:
    found = checked(small, RETURNS.replace(b"%s", b"odd") + b"{\n" + body + b"}\n")
    assert missing(found) or found["gaps"]


def test_a_constant_defined_through_20000_others(small: Path) -> None:
    chain = b"".join(b"#define A%d A%d\n" % (n, n + 1) for n in range(20_000))
    checked(small, chain + RETURNS.replace(b"%s", b"odd") + b"{\n\treturn -A0;\n}\n")


@pytest.mark.parametrize(
    "text", [b"{\n\tif (a) {\n\t\treturn -EIO;\n", b"{\n" + b"if (a) {\n" * 10_000], ids=["cut", "deep"]
)
def test_a_function_that_never_ends_is_a_gap(small: Path, text: bytes) -> None:
    assert checked(small, RETURNS.replace(b"%s", b"odd") + text)["gaps"]


@pytest.mark.parametrize("depth", [300, 1_000])
def test_a_long_chain_of_calls(small: Path, depth: int) -> None:
    links = b"".join(b"static int c%d(int a)\n{\n\treturn c%d(a);\n}\n" % (n, n + 1) for n in range(depth))
    text = links + b"static int c%d(int a)\n{\n\treturn -EIO;\n}\n" % depth + RETURNS.replace(b"%s", b"odd")
    (small / "mm/odd.c").write_bytes(text + b"{\n\treturn c0(a);\n}\n")
    found = report(small, "mm/odd.c", "--select", "undocumented-far-value")["findings"]
    assert [(one["function"], one["file"]) for one in found] == [("odd", "mm/odd.c")]


def test_macros_that_name_themselves(small: Path) -> None:
    text = b"#define X X X\n#define M(a) M(a) M(a)\nM(1)\n" + RETURNS.replace(b"%s", b"odd") + b"{\n\treturn X;\n}\n"
    assert checked(small, text)["findings"] == []


# -- where the tree is not the kernel


def test_programs_that_come_with_the_kernel_are_checked_when_named(small: Path) -> None:
    (small / "tools/x").mkdir(parents=True)
    text = RETURNS.replace(b"%s", b"odd") + BODY
    (small / "tools/x/odd.c").write_bytes(text)
    assert "tools/x/odd.c" in {one["file"] for one in report(small, "tools")["findings"]}
    assert "tools/x/odd.c" not in {one["file"] for one in report(small, "--all")["findings"]}


@pytest.mark.parametrize("path", ["Documentation", "mm/Makefile", "empty"])
def test_a_path_without_c_in_it_has_nothing_to_say(small: Path, path: str) -> None:
    (small / "Documentation").mkdir()
    (small / "Documentation/x.rst").write_text("Text.\n")
    (small / "empty").mkdir()
    found = report(small, path)
    assert (found["counts"]["functions"], found["gaps"]) == (0, [])


# -- the cache


def test_a_file_in_place_of_the_cache_folder(small: Path, cache: Path) -> None:
    cache.write_text("in the way\n")
    ran = kscan("check", small)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert ran.err.startswith(f"kscan: note: the cache at {cache}/")
    assert "cannot be used" in ran.err


def test_a_cache_folder_that_nobody_can_make(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KSCAN_CACHE_DIR", "/proc/kscan")
    ran = kscan("check", small)
    assert ran.code == 1
    assert "cannot be used" in ran.err


def test_no_cache_leaves_no_file(small: Path, cache: Path) -> None:
    kscan("check", small, "--no-cache")
    assert not cache.exists()


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "short": lambda data: data[:50],
    "truncated": lambda data: data[: len(data) // 2],
    "garbage": lambda data: b"\xa5" * len(data),
    "garbage inside": lambda data: data[:4096] + b"\xa5" * (len(data) - 4096),
    "text": lambda _: b"not a database at all\n" * 1000,
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_cache_costs_only_time(small: Path, cache: Path, how: str) -> None:
    first = kscan("check", small)
    assert len(json.loads(kscan("check", small, "--format", "json").out)["findings"]) == FINDINGS
    (database,) = cache.glob("*.db")
    database.write_bytes(SPOILT[how](database.read_bytes()))
    again = kscan("check", small)
    assert (again.code, again.out) == (first.code, first.out)
    if how != "empty":
        assert again.err.startswith("kscan: note: the cache at ")
    assert kscan("check", small) == first, "and it is rebuilt"


def test_a_file_changed_between_two_runs_is_read_again(small: Path) -> None:
    before = report(small)
    path = small / "mm/memory-failure.c"
    path.write_text(path.read_text().replace("-ENOTRECOVERABLE - the page", "-ENOTRECOVERABLE - a page", 1))
    reworded = report(small)
    assert [one["fingerprint"] for one in reworded["findings"]] == [one["fingerprint"] for one in before["findings"]]
    path.write_text("\n" + path.read_text())
    after = report(small)
    assert [one["line"] - 1 for one in after["findings"]] == [one["line"] for one in before["findings"]]
    assert [one["fingerprint"] for one in after["findings"]] == [one["fingerprint"] for one in before["findings"]]


def test_a_file_changed_during_a_run_gives_no_wrong_lines(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kscan import api

    check = api.check

    def changes(*args: Any, **options: Any) -> Any:
        result = check(*args, **options)
        path = small / "mm/memory-failure.c"
        path.write_bytes(b"\n\n" + path.read_bytes())
        return result

    monkeypatch.setattr(api, "check", changes)
    one_line(kscan("check", small), "mm/memory-failure.c: changed while kscan was at work: run again")


def test_a_file_gone_during_a_run(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kscan import api

    check = api.check

    def vanishes(*args: Any, **options: Any) -> Any:
        result = check(*args, **options)
        shutil.rmtree(small / "mm")
        return result

    monkeypatch.setattr(api, "check", vanishes)
    one_line(kscan("check", small), "mm/memory-failure.c: no such file; it could be read a moment ago")
