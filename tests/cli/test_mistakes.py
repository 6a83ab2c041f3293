"""Bad usage, bad input and our own bugs: one line, and the right exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

MISTAKES = [
    (("chekc", "TREE"), "no command 'chekc'; did you mean 'check'?"),
    (("check",), "Missing argument 'TREE'"),
    (("check", "TREE", "--formt", "json"), "--formt"),
    (("check", "TREE", "--format", "jsn"), "'jsn' is none of text, terse, json, sarif, github; did you mean 'json'?"),
    (("check", "TREE", "--jobs", "0"), "--jobs"),
    (("check", "TREE", "--jobs", "many"), "--jobs"),
    (("check", "TREE", "mm", "--all"), "--all checks the whole tree"),
    (("check", "TREE", "--kconfig", "nowhere"), "'nowhere' does not exist"),
    (("check", "TREE", "--contract", "nowhere"), "'nowhere' does not exist"),
    (("check", "TREE", "--select", "undocumented-ernno"), "did you mean 'undocumented-errno'?"),
    (("check", "TREE", "--ignore", "unmet-contract,zzz"), "unknown rule 'zzz': 'kscan rules' lists them"),
    (("check", "TREE", "mm", "--stale"), "--stale goes with --baseline"),
    (("check", "TREE", "mm", "--baseline", "nowhere"), "'nowhere' does not exist"),
    (("check", "TREE", "--output", "no/such/folder/x"), "no/such/folder/x: no such folder"),
    (("check", "TREE", "--output", "."), ".: a folder; name a file"),
    (("flow", "TREE", "grab_pgae"), "did you mean 'grab_page'?"),
    (("flow", "TREE", "grab_page", "--arg", "flags"), "'flags' is not of the form NAME=VALUE"),
    (("prove", "TREE", "PageOd(p)", "implies", "PageOdd(p)"), "unknown predicate 'PageOd(p)'"),
    (("prove", "TREE", "PageOdd(p)", "implys", "PageOdd(p)"), "did you mean 'implies'?"),
    (("prove", "TREE", "PageOdd(p)", "implies"), "Missing argument 'RIGHT'"),
    (("predicates", "TREE", "--format", "svg"), "add --matrix"),
    (("flow", "TREE", "fo\no"), "no function 'fo\\no'"),
    (("check", "TREE", "--select", "no\nrule"), "unknown rule 'no\\nrule'"),
    (("flow", "TREE", "grab_page", "one\ntwo"), "extra argument (one\\ntwo)"),
    (("explain", "undocumented"), "did you mean 'undocumented-errno'?"),
    (("schema", "chck"), "did you mean 'check'?"),
    (("dump", "masks", "x.c"), "did you mean 'mask'?"),
]


@pytest.mark.parametrize(
    ("args", "said"), MISTAKES, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_a_mistake_gets_one_line_and_exit_code_2(run: Run, tree: Path, args: tuple[str, ...], said: str) -> None:
    ran = run(*(str(tree) if arg == "TREE" else arg for arg in args))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("kscan: ")
    assert said in ran.err
    assert ran.err.count("\n") == 1


def test_no_arguments_at_all_shows_the_help(run: Run) -> None:
    ran = run()
    assert ran.code == 2
    assert "Commands:" in ran.err


def test_input_error_is_one_line_without_control_characters(run: Run, tree: Path) -> None:
    assert run("check", tree, stub_does="input") == (
        2,
        "",
        "kscan: nowhere/\\x1b[31m: no such folder; name a kernel tree\n",
    )


def test_a_file_that_has_gone_since_is_named(run: Run, tree: Path) -> None:
    (tree / "mm/grab.c").unlink()
    ran = run("check", tree)
    assert ran.code == 2
    assert ran.err.startswith("kscan: mm/grab.c: no such file;")


def test_a_bug_names_file_and_rule_and_exits_with_3(run: Run, tree: Path) -> None:
    ran = run("check", tree, stub_does="bug")
    assert (ran.code, ran.out) == (3, "")
    assert "mm/grab.c: rule undocumented-errno (while checking)" in ran.err
    assert "please report" in ran.err
    assert ran.err.count("\n") == 1


def test_an_unforeseen_exception_says_where(run: Run, tree: Path) -> None:
    ran = run("check", tree, stub_does="crash")
    assert ran.code == 3
    assert "in kscan/cli/check.py:" in ran.err
    assert "KeyError: 'gone'" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("before", [True, False])
def test_debug_shows_the_traceback_wherever_it_stands(run: Run, tree: Path, before: bool) -> None:
    args = ("--debug", "check", tree) if before else ("check", tree, "--debug")
    ran = run(*args, stub_does="crash")
    assert ran.code == 3
    assert "Traceback (most recent call last)" in ran.err


def test_debug_by_environment(run: Run, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KSCAN_DEBUG", "1")
    assert "Traceback" in run("check", tree, stub_does="crash").err


def test_a_broken_pipe_of_our_own_is_a_bug_and_not_a_quiet_end(run: Run, tree: Path) -> None:
    ran = run("check", tree, stub_does="pipe")
    assert ran.code == 3
    assert "BrokenPipeError" in ran.err
