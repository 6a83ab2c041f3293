"""kscan check with --fix, --diff and --patch-mail: what is offered holds, and what is written is whole."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from kscan.cli.main import entry
from tests.toy import HEAD, Toy

PICK = """
/**
 * pick() - pick a thing
 * @n: which
 *
 * Return:
 * * %0 - picked
 * * %-EINVAL - a bad number
 *   or a worse one
 *
 * Context: any
 */
int pick(int n)
{
	if (n < 0)
		return -EINVAL;
	if (n > 9)
		return -EBUSY;
	return 0;
}
"""
PICKED = PICK.replace("   or a worse one\n", "   or a worse one\n * * %-EBUSY - in use by someone else\n")
NEVER = """
/**
 * keep() - keep a thing
 * @n: which
 *
 * Return:
 * * %0 - kept
 * * %-EXDEV - never
 * * %-EINVAL - a bad number
 */
int keep(int n)
{
	return n < 0 ? -EINVAL : 0;
}
"""
KEPT = NEVER.replace(" * * %-EXDEV - never\n", "")
PROSE = """
/**
 * take() - take a thing
 * @n: which
 *
 * Return: 0 on success, -EINVAL for a bad number.
 */
int take(int n)
{
	return n < 0 ? -EINVAL : n > 9 ? -EBUSY : 0;
}
"""
TAKEN = PROSE.replace(
    " * Return: 0 on success, -EINVAL for a bad number.\n",
    " * Return:\n * * %0 - on success\n * * %-EBUSY - in use by someone else\n * * %-EINVAL - for a bad number\n",
)


class Ran(NamedTuple):
    code: int
    out: bytes
    err: str


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("os.fsync", lambda _: None)
    for name, value in {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}.items():
        monkeypatch.setenv(name, value)
    for name in ("NAME", "EMAIL"):
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", "A. Uthor" if name == "NAME" else "a@example.org")
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", "C. Mitter" if name == "NAME" else "c@example.org")


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    (tmp_path / "tree").mkdir()
    return Toy(tmp_path / "tree")


def run(toy: Toy, *words: str) -> Ran:
    with CliRunner().isolation() as (out, err, _):
        code = entry(["check", str(toy.root), *words])
    return Ran(code, out.getvalue(), err.getvalue().decode())


def put(toy: Toy, text: str, name: str = "mm/a.c", encoding: str = "utf-8", eol: str = "\n") -> bytes:
    path = toy.root / name
    path.parent.mkdir(exist_ok=True)
    data = (HEAD + text).replace("\n", eol).encode(encoding)
    path.write_bytes(data)
    return data


def git(toy: Toy, *words: str, given: bytes | None = None) -> bytes:
    return subprocess.run(["git", "-C", toy.root, *words], check=True, capture_output=True, input=given).stdout


def committed(toy: Toy) -> None:
    git(toy, "init", "-q")
    git(toy, "add", "-A")
    git(toy, "commit", "-qm", "mm/a: begin")


@pytest.mark.parametrize(
    ("grade", "before", "after"),
    [
        ("safe", PICK, PICKED),
        ("safe", NEVER, NEVER),
        ("review", NEVER, KEPT),
        ("review", PROSE, PROSE),
        ("review", PICK + NEVER + PROSE, PICKED + KEPT + PROSE),
    ],
)
@pytest.mark.parametrize(("encoding", "eol"), [("utf-8", "\n"), ("latin-1", "\r\n")])
def test_fix_writes_what_the_grade_allows(
    toy: Toy, grade: str, before: str, after: str, encoding: str, eol: str
) -> None:
    odd = "/* b\u00e4r */\n"
    put(toy, odd + before, encoding=encoding, eol=eol)
    ran = run(toy, "mm", "--fix", "--grade", grade)
    expected = (HEAD + odd + after).replace("\n", eol).encode(encoding)
    assert (toy.root / "mm/a.c").read_bytes() == expected
    assert ran.code == (1 if after == before or PROSE in after else 0)
    again = run(toy, "mm", "--fix", "--grade", grade)
    assert (toy.root / "mm/a.c").read_bytes() == expected
    assert again.code == ran.code and "wrote 0 files" in again.err


@pytest.mark.parametrize(
    ("before", "after"), [(PICK, PICKED), (NEVER, KEPT), (PROSE, TAKEN), (PICK + PROSE, PICKED + TAKEN)]
)
@pytest.mark.parametrize("tool", [("git", "apply", "-"), ("patch", "-p1", "-s")])
@pytest.mark.parametrize(("encoding", "eol"), [("utf-8", "\n"), ("latin-1", "\r\n")])
def test_the_diff_applies(toy: Toy, before: str, after: str, tool: tuple[str, ...], encoding: str, eol: str) -> None:
    odd = "/* b\u00e4r */\n"
    put(toy, odd + before, encoding=encoding, eol=eol)
    ran = run(toy, "mm", "--diff")
    binary = ("--binary",) if tool[0] == "patch" else ()
    subprocess.run([*tool, *binary], cwd=toy.root, input=ran.out, check=True)
    assert (toy.root / "mm/a.c").read_bytes() == (HEAD + odd + after).replace("\n", eol).encode(encoding)
    assert ran.code == 1
    subprocess.run([*tool[:2], "-R", *tool[2:], *binary], cwd=toy.root, input=ran.out, check=True)
    assert (toy.root / "mm/a.c").read_bytes() == (HEAD + odd + before).replace("\n", eol).encode(encoding)


def test_the_mail_is_taken_by_git_am(toy: Toy) -> None:
    put(toy, PICK)
    committed(toy)
    ran = run(toy, "mm", "--patch-mail")
    git(toy, "am", "-q", given=ran.out)
    assert (toy.root / "mm/a.c").read_text() == HEAD + PICKED
    message = git(toy, "log", "-1", "--format=%an <%ae>%n%B").decode()
    first, subject, blank, *body = message.split("\n")
    assert first == "A. Uthor <a@example.org>"
    assert subject == "mm/a: list -EBUSY in the Return section of pick()"
    assert blank == "" and max(map(len, body)) <= 75
    assert "pick() can return -EBUSY, which its Return section does not name." in " ".join(body)
    assert "kscan" in message and "-by:" not in message and "Fixes:" not in message


def test_no_fix_no_diff_and_no_mail(toy: Toy) -> None:
    put(toy, PICKED)
    assert run(toy, "mm", "--diff", "-q") == Ran(0, b"", "")
    assert run(toy, "mm", "--patch-mail", "-q") == Ran(0, b"", "")


def test_uncommitted_work_is_not_written_over(toy: Toy) -> None:
    put(toy, KEPT)
    committed(toy)
    before = put(toy, PICK)
    ran = run(toy, "mm", "--fix")
    assert (ran.code, ran.out) == (2, b"")
    assert ran.err == (
        "kscan: mm/a.c: has changes that are not committed; commit them first, or use --force to write anyway\n"
    )
    assert (toy.root / "mm/a.c").read_bytes() == before
    assert run(toy, "mm", "--fix", "--force").code == 0
    assert (toy.root / "mm/a.c").read_text() == HEAD + PICKED


def test_other_uncommitted_work_is_told(toy: Toy) -> None:
    put(toy, PICK)
    committed(toy)
    (toy.root / "notes.txt").write_text("x")
    ran = run(toy, "mm", "--fix")
    assert ran.code == 0
    assert "kscan: note: 1 other files of the tree have changes that are not committed\n" in ran.err


def test_a_file_that_cannot_be_written_leaves_all(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [put(toy, PICK), put(toy, PICK.replace("pick", "peck"), "mm/b.c")]
    monkeypatch.setattr("os.access", lambda path, mode: "b.c" not in str(path))
    ran = run(toy, "mm", "--fix")
    assert ran.code == 2 and ran.err == "kscan: mm/b.c: read-only; nothing was written\n"
    assert [(toy.root / name).read_bytes() for name in ("mm/a.c", "mm/b.c")] == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--fix", "--diff"), "name one of them"),
        (("--diff", "--patch-mail"), "name one of them"),
        (("--force",), "--force goes with --fix"),
        (("--grade", "safe"), "--grade goes with"),
        (("--fix", "--grade", "show"), "proposals are not written"),
        (("--diff", "--format", "json"), "--format goes with the report"),
        (("--fix", "--grade", "sure"), "none of safe, review, show"),
    ],
)
def test_options_that_do_not_go_together(toy: Toy, words: tuple[str, ...], said: str) -> None:
    put(toy, PICK)
    ran = run(toy, *words)
    assert ran.code == 2 and ran.out == b"" and said in ran.err and ran.err.count("\n") == 1


def test_against_and_fix_leave_old_findings_alone(toy: Toy) -> None:
    put(toy, PICK)
    committed(toy)
    put(toy, PICK + PICK.replace("pick", "peck"))
    ran = run(toy, "--against", "HEAD", "--fix", "--force")
    assert ran.code == 0
    assert (toy.root / "mm/a.c").read_text() == HEAD + PICK + PICKED.replace("pick", "peck")
