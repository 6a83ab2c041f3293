"""The verdict on contracts, clause by clause; ``here`` marks the line that a verdict names."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest import TempPathFactory

from kscan import api
from kscan.model.contract import ClauseResult, ContractResult
from tests.toy import Toy

CALLEE = """\
#define PEEK 1
int undo(int a);
int grab(int a, int flags)
{
	if (flags & PEEK)
		return 0;
	if (a < 0)
		return -EIO; /* made */
	if (a > 9)
		return -EBUSY;
	return a ? 1 : 0;
}
"""
CONTRACT = """\
[[contract]]
name = "grabs"
reason = "Broken is not busy."
callee = "%s"
file = "%s"
errnos = ["%s"]

[[contract.caller]]
function = "user"
must = "%s"
reason = "It decides."
"""
OPEN = "/**\n * user() - use it\n * @a: it\n *\n * Return: 0 on success or a negative errno.\n */\n"
NAMED = "/**\n * user() - use it\n * @a: it\n *\n * Return: 0 on success, -EIO when broken, -EBUSY when busy.\n */\n"
NARROW = "/**\n * user() - use it\n * @a: it\n *\n * Return: 0 on success, -EBUSY when busy. here\n */\n"
PROSE = "/**\n * user() - use it\n * @a: it\n *\n * Returns 0 on success, another negative errno otherwise.\n */\n"
BODIES = {
    "own-branch": "int r = grab(a, 0);\nif (r == -EIO) /* here */\n\treturn 7;\nreturn r < 0 ? undo(a) : 0;",
    "fold": "int r = grab(a, 0);\nif (r < 0) /* here */\n\treturn undo(a);\nreturn 0;",
    "pass": "int r = grab(a, 0); /* call */\nif (r < 0)\n\treturn r; /* here */\nreturn 0;",
    "drop": "grab(a, 0); /* here */\nreturn 0;",
    "overwrite": "int r = grab(a, 0);\nif (r < 0)\n\tr = 0; /* here */\nreturn r;",
    "peek": "return grab(a, PEEK); /* here */",
    "any": "return grab(a, b); /* here */",
}


@pytest.fixture(scope="module")
def toy(tmp_path_factory: TempPathFactory) -> Toy:
    return Toy(tmp_path_factory.mktemp("toy"))


def verdict(
    toy: Toy, body: str, must: str, doc: str = "", *, callee: str = "grab", errno: str = "-EIO"
) -> ContractResult:
    text = "\n".join("\t" + line for line in body.split("\n"))
    toy.c(f"{CALLEE}{doc}int user(int a, int b)\n{{\n{text}\n}}\n")
    return judged(toy, CONTRACT % (callee, "f.c", errno, must))


def judged(toy: Toy, contract: str) -> ContractResult:
    toy.write({"contract.toml": contract})
    result = api.check(str(toy.root), contracts=[str(toy.root / "contract.toml")], cache=False)
    (found,) = (one for one in result.contracts if one.name == "grabs")
    return found


def clause(result: ContractResult, function: str = "user") -> ClauseResult:
    (found,) = (one for one in result.clauses if one.function == function)
    return found


@pytest.mark.parametrize(
    ("body", "must", "doc", "reason"),
    [
        ("own-branch", "distinguish", "", "has its own branch"),
        ("own-branch", "propagate", "", "has its own branch"),
        ("pass", "propagate", OPEN, "under an open-ended Return text"),
        ("pass", "propagate", NAMED, "named by the Return text"),
        ("pass", "propagate", PROSE, "under an open-ended Return text"),
        ("peek", "never-receive", "", "exclude -EIO"),
    ],
)
def test_clauses_that_are_kept(toy: Toy, body: str, must: str, doc: str, reason: str) -> None:
    result = verdict(toy, BODIES[body], must, doc)
    found = clause(result)
    assert (result.verdict, found.verdict, found.rule) == ("met", "met", "")
    assert reason in found.reason
    assert found.span is not None
    assert "here" in toy.line(found.span.start)


@pytest.mark.parametrize(
    ("body", "must", "doc", "rule", "reason"),
    [
        ("fold", "distinguish", "", "folded-errno", "catch-all"),
        ("overwrite", "propagate", OPEN, "unmet-contract", "replaced by 0"),
        ("drop", "propagate", OPEN, "unmet-contract", "dropped"),
        ("drop", "distinguish", "", "unmet-contract", "dropped"),
        ("pass", "propagate", "", "unmet-contract", "no Return text"),
        ("pass", "propagate", NARROW, "unmet-contract", "does not cover it"),
        ("any", "never-receive", "", "unmet-contract", "can arrive here"),
    ],
)
def test_clauses_that_are_broken(toy: Toy, body: str, must: str, doc: str, rule: str, reason: str) -> None:
    result = verdict(toy, BODIES[body], must, doc)
    found = clause(result)
    assert (result.verdict, found.verdict, found.rule) == ("unmet", "unmet", rule)
    assert reason in found.reason
    assert found.span is not None
    text = (toy.root / found.span.file).read_text()[found.span.start : found.span.end]
    assert "here" in toy.line(found.span.start) + text


def test_passed_on_is_not_told_apart(toy: Toy) -> None:
    found = clause(verdict(toy, BODIES["pass"], "distinguish"))
    assert (found.verdict, found.rule) == ("unmet", "unmet-contract")
    assert found.span is not None
    assert "call" in toy.line(found.span.start)


def test_the_callee_keeps_its_side(toy: Toy) -> None:
    found = clause(verdict(toy, BODIES["own-branch"], "distinguish"), "grab")
    assert found.verdict == "met"
    assert found.span is not None
    assert "made" in toy.line(found.span.start)


def test_a_callee_that_never_returns_the_errno(toy: Toy) -> None:
    result = verdict(toy, BODIES["fold"], "distinguish", errno="-ESTALE")
    assert result.verdict == "unmet"
    assert clause(result, "grab").reason == "no path of grab() returns -ESTALE"
    assert clause(result).rule == "folded-errno"


def test_an_open_callee_is_not_said_to_lack_the_errno(toy: Toy) -> None:
    text = "int unknown(int a);\nint grab(int a) { return unknown(a); }\nint user(int a) { return grab(a); }\n"
    toy.c(text)
    found = clause(judged(toy, CONTRACT % ("grab", "f.c", "-EIO", "propagate")), "grab")
    assert found.verdict == "unmet"
    assert "is open" in found.reason


def test_what_an_open_callee_may_give_is_not_excluded(toy: Toy) -> None:
    text = "int unknown(int a);\nint grab(int a) { return unknown(a); }\nint user(int a) { return grab(a); }\n"
    toy.c(text)
    found = clause(judged(toy, CONTRACT % ("grab", "f.c", "-EIO", "never-receive")))
    assert (found.verdict, found.reason) == ("unmet", "that -EIO cannot arrive is not proved")


@pytest.mark.parametrize(
    ("callee", "file", "reason"),
    [("grab", "mm/none.c", "mm/none.c is not in this tree"), ("other", "f.c", "f.c does not define other()")],
)
def test_a_contract_about_something_else_does_not_apply(toy: Toy, callee: str, file: str, reason: str) -> None:
    toy.c(CALLEE)
    result = judged(toy, CONTRACT % (callee, file, "-EIO", "distinguish"))
    assert result.verdict == "not-applicable"
    assert [one.reason for one in result.clauses] == [reason]


def test_a_caller_that_does_not_call(toy: Toy) -> None:
    found = clause(verdict(toy, "return undo(a);", "distinguish"))
    assert (found.verdict, found.reason) == ("unmet", "user() does not call grab() in this tree")


def test_one_broken_call_of_two_is_enough(toy: Toy) -> None:
    body = (
        BODIES["own-branch"]
        .replace("here", "kept")
        .replace("return r <", "b = grab(a, 0);\nif (b < 0) /* here */\n\treturn undo(b);\nreturn r <")
    )
    found = clause(verdict(toy, body, "distinguish"))
    assert (found.verdict, found.rule) == ("unmet", "folded-errno")
    assert found.span is not None
    assert "here" in toy.line(found.span.start)


def test_a_fold_in_a_caller_that_no_clause_names(toy: Toy) -> None:
    extra = "int other(int a)\n{\n\tif (grab(a, 0) < 0) /* here */\n\t\treturn undo(a);\n\treturn 0;\n}\n"
    result = verdict(toy, BODIES["own-branch"], "distinguish", extra)
    assert result.verdict == "met"
    (found,) = result.others
    assert (found.function, found.rule) == ("other", "folded-errno")
    assert found.span is not None
    assert "here" in toy.line(found.span.start)


def test_a_second_name_of_the_same_errno(toy: Toy) -> None:
    callee = "int grab(int a) { return a ? -EAGAIN : 0; }\n"
    toy.c(callee + "int user(int a) { int r = grab(a); if (r == -EAGAIN) return 1; return 0; }\n")
    result = judged(toy, CONTRACT % ("grab", "f.c", "-EWOULDBLOCK", "distinguish"))
    assert result.verdict == "met"


def test_an_error_pointer(toy: Toy) -> None:
    toy.c(
        "void *grab(int a) { return a ? ERR_PTR(-EIO) : NULL; }\n"
        "int user(int a)\n{\n\tvoid *p = grab(a);\n\n\tif (IS_ERR(p)) /* here */\n\t\treturn 3;\n\treturn 0;\n}\n"
    )
    found = clause(judged(toy, CONTRACT % ("grab", "f.c", "-EIO", "distinguish")))
    assert (found.verdict, found.rule) == ("unmet", "folded-errno")
    assert found.span is not None
    assert "here" in toy.line(found.span.start)


def test_each_errno_has_clauses_of_its_own(toy: Toy, tmp_path: Path) -> None:
    text = (CONTRACT % ("grab", "f.c", "-EIO", "distinguish")).replace('["-EIO"]', '["-EIO", "-EBUSY"]')
    verdict(toy, BODIES["own-branch"], "distinguish")
    result = judged(toy, text)
    assert [(one.function, one.errno, one.verdict) for one in result.clauses] == [
        ("grab", "-EIO", "met"),
        ("user", "-EIO", "met"),
        ("grab", "-EBUSY", "met"),
        ("user", "-EBUSY", "unmet"),
    ]
