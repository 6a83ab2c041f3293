"""Comments that hide findings: what they are read as, and what becomes of what they hide."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan import api
from kscan.model.facts import Function
from kscan.model.result import CheckResult
from kscan.rules.allowances import read
from kscan.rules.registry import advice
from tests.report.sarif_schema import run_of
from tests.toy import HEAD, Toy

TURN = """
static int turn(int n)
{
	return n < 0 ? -EBUSY : 0;
}
"""
F = (
    TURN
    + """
int f(int n)
{
	int ret = turn(n);

	if (ret == -EBUSY)
		return -EIO;%s
	return ret;
}
"""
)


def toy_at(root: Path) -> Toy:
    root.mkdir(parents=True)
    return Toy(root)


def check(tmp_path: Path, text: str, **options: Any) -> CheckResult:
    toy = toy_at(tmp_path / "tree").c(text)
    return api.check(str(toy.root), ["f.c"], select=["remapped-errno"], cache=False, **options)


READ = {
    "block": ("/* kscan: allow(folded-errno) one word */", ("folded-errno",), "one word"),
    "line": ("// kscan: allow(folded-errno): one word\n", ("folded-errno",), "one word"),
    "dash": ("/* kscan: allow(folded-errno) - one word. */", ("folded-errno",), "one word."),
    "errno": ("/* kscan: allow(folded-errno) -EIO is one */", ("folded-errno",), "-EIO is one"),
    "several": ("/*kscan:allow( folded-errno,remapped-errno )x*/", ("folded-errno", "remapped-errno"), "x"),
    "wrapped": (
        "/*\n * kscan: allow(folded-errno) one\r\n * word\n *\n * Not this.\n */",
        ("folded-errno",),
        "one word",
    ),
    "kernel-doc": ("/**\n * f - x\n *\n * kscan: allow(folded-errno) one\n */", ("folded-errno",), "one"),
    "slip among others": ("/* kscan: allow(folded-errno, x-y) one */", ("folded-errno",), "one"),
    "unclosed comment": ("/* kscan: allow(folded-errno) one", ("folded-errno",), "one"),
}


@pytest.mark.parametrize(("text", "rules", "reason"), READ.values(), ids=READ)
def test_read(text: str, rules: tuple[str, ...], reason: str) -> None:
    (found,) = read("f.c", text.encode(), (), advice).allowances
    assert (found.rules, found.reason) == (rules, reason)


def test_two_in_one_comment_each_have_their_reason() -> None:
    text = b"/*\n * kscan: allow(folded-errno) one\n * kscan: allow(remapped-errno) two\n */\nint a;\n"
    assert [one.reason for one in read("f.c", text, (), advice).allowances] == ["one", "two"]


NONE = {
    "string": '"/* kscan: allow(folded-errno) x */"',
    "character and string": '\'"\' "// kscan: allow(folded-errno) x"',
    "code": "kscan: allow(folded_errno); x",
    "another word": "/* kscan: allowed(folded-errno) x */",
}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_what_is_no_allowance_is_not_spoken_of(text: str) -> None:
    assert read("f.c", text.encode(), (), advice) == ((), ())


WRONG = {
    "/* kscan: allow(folded-erno) x */": "allow(folded-erno): unknown rule 'folded-erno': did you mean 'folded-errno'?",
    "/* kscan: allow(folded-errno) */": "allow(folded-errno) gives no reason: write one behind it",
    "/* kscan: allow() x */": "'kscan: allow' names no rule: write allow(RULE) and a reason",
    "/* kscan: allow folded-errno x */": "'kscan: allow' names no rule: write allow(RULE) and a reason",
    "/* kscan: allow(folded-errno\n) x */": "'kscan: allow' names no rule: write allow(RULE) and a reason",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_not_understood_is_a_gap_at_its_place(text: str) -> None:
    made = read("f.c", b"int a;\n" + text.encode(), (), advice)
    (gap,) = made.gaps
    assert gap.start == 7 + text.index("kscan")
    assert gap.reason == f"{WRONG[text]}; it hides nothing"


PIECES = st.sampled_from(
    [
        "/*",
        "*/",
        "//",
        "\n",
        "\r\n",
        '"',
        "'",
        "\\",
        "kscan: allow(",
        "folded-errno",
        ")",
        " x",
        "int f;",
        "#define a",
        "é",
        "(",
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join))
def test_whatever_stands_in_a_file_it_can_be_read(text: str) -> None:
    data = text.encode()
    function = Function("f", "f.c", 0, len(data) // 2, 0, 0, "int", (), "global")
    made = read("f.c", data, (function,), advice)
    for one in made.allowances:
        assert one.reason and one.rules == ("folded-errno",)
        assert 0 <= one.span.start < one.span.end <= len(data)
        assert data[one.span.start : one.span.start + 2] in (b"/*", b"//")
        assert 0 <= one.start <= one.end <= len(data)
    assert all(data[gap.start : gap.start + 6] == b"kscan:" for gap in made.gaps)


def test_what_is_hidden_is_counted_and_does_not_fail(tmp_path: Path) -> None:
    assert len(check(tmp_path / "a", F % "").findings) == 1
    found = check(tmp_path / "b", F % " /* kscan: allow(remapped-errno) so it is */")
    assert found.findings == ()
    (hidden,) = found.allowed
    assert (hidden.finding.rule, hidden.reason) == ("remapped-errno", "so it is")


def test_every_report_tells_of_it(tmp_path: Path) -> None:
    from tests.cli.real import kscan

    toy = toy_at(tmp_path / "tree").c(F % " /* kscan: allow(remapped-errno) so it is */")
    ran = kscan("check", toy.root, "f.c")
    assert ran.code == 0
    assert "no findings in 2 functions of 1 file; 1 allowed; 0 gaps\n" in ran.out
    report = json.loads(kscan("check", toy.root, "f.c", "--format", "json").out)
    assert report["findings"] == []
    assert (report["counts"]["findings"], report["counts"]["allowed"]) == (0, 1)
    (one,) = report["allowed"]
    assert (one["finding"]["rule"], one["line"], one["reason"]) == ("remapped-errno", 13, "so it is")
    (result,) = run_of(kscan("check", toy.root, "f.c", "--format", "sarif").out)["results"]
    assert result["suppressions"][0]["justification"] == "so it is"
    assert result["partialFingerprints"]["kscan/v1"] == one["finding"]["fingerprint"]
    assert "remapped" not in kscan("check", toy.root, "f.c", "--format", "github").out


def test_a_slip_hides_nothing_and_is_said(tmp_path: Path) -> None:
    found = check(tmp_path, F % " /* kscan: allow(remaped-errno) so it is */")
    assert len(found.findings) == 1
    (gap,) = (gap for gap in found.gaps if gap.stage == "check")
    assert "did you mean 'remapped-errno'?" in gap.reason


def test_a_slip_is_said_where_there_is_nothing_to_hide(tmp_path: Path) -> None:
    (gap,) = check(tmp_path, "int f(void)\n{\n\treturn 0; /* kscan: allow(folded-errno) */\n}\n").gaps
    assert (gap.stage, gap.function) == ("check", "f")
    assert gap.reason == "allow(folded-errno) gives no reason: write one behind it; it hides nothing"


def test_a_fingerprint_does_not_depend_on_what_is_hidden(tmp_path: Path) -> None:
    from kscan.report.lines import Places
    from kscan.report.remarks import of_check

    twice = F.replace("if (ret", "if (n > 9 && ret == -EBUSY)\n\t\treturn -EIO;%s\n\tif (ret")
    comment = " /* kscan: allow(remapped-errno) x */"
    plain, hidden = check(tmp_path / "a", twice % ("", "")), check(tmp_path / "b", twice % (comment, ""))
    assert (len(plain.findings), len(hidden.findings), len(hidden.allowed)) == (2, 1, 1)
    marks = [[one.fingerprint for one in of_check(found, Places(lambda _: b""))] for found in (plain, hidden)]
    assert marks[0] == marks[1]


@pytest.mark.parametrize("before", ["", " /* kscan: allow(remapped-errno) x */"])
def test_a_comment_that_goes_makes_its_finding_new(tmp_path: Path, before: str) -> None:
    """And one that comes takes nothing from what is new: the finding was there."""
    after = " /* kscan: allow(remapped-errno) x */" if not before else ""
    old, new = toy_at(tmp_path / "old").c(F % before), toy_at(tmp_path / "new").c(F % after)
    found = api.check(str(new.root), ["f.c"], select=["remapped-errno"], against=str(old.root), cache=False)
    assert (len(found.findings), len(found.allowed)) == ((1, 0) if before else (0, 0))


def test_what_comes_with_its_comment_is_allowed(tmp_path: Path) -> None:
    old, new = toy_at(tmp_path / "old").c(TURN), toy_at(tmp_path / "new").c(F % " /* kscan: allow(remapped-errno) x */")
    found = api.check(str(new.root), ["f.c"], select=["remapped-errno"], against=str(old.root), cache=False)
    assert (len(found.findings), len(found.allowed)) == (0, 1)


def test_unused_ones_are_told_only_when_asked_and_only_of_what_is_checked(tmp_path: Path) -> None:
    toy = toy_at(tmp_path / "tree")
    unused = "/* kscan: allow(folded-errno) x */\nint g(void)\n{\n\treturn 0;\n}\n"
    toy.write({"f.c": HEAD + F % "" + unused, "h.c": HEAD + unused.replace("g(", "h(")})
    usual = api.check(str(toy.root), ["f.c"], cache=False)
    assert {one.rule for one in usual.findings} == {"remapped-errno"}
    asked = api.check(str(toy.root), ["f.c"], select=["unused-allowance"], cache=False)
    assert [(one.rule, one.function, one.subject) for one in asked.findings] == [
        ("unused-allowance", "g", "folded-errno")
    ]
