"""What is new since another tree: the same small tree before and after, as folders and as git revisions."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kscan import api
from kscan.model.error import InputError
from kscan.model.result import CheckResult
from tests.toy import HEAD, Toy

GRAB = """
/**
 * grab() - grab a thing
 * @n: which
 *
 * Return: 0 on success, -EINVAL for a bad number.
 */
int grab(int n)
{
	if (n < 0)
		return -EINVAL;
	return 0;
}
"""
NOISY = """
/**
 * noisy() - was wrong all along
 * @n: which
 *
 * Return: 0 on success, -EINVAL for a bad number.
 */
int noisy(int n)
{
	return n < 0 ? -EINVAL : n ? -EIO : 0;
}
"""
USER = """
int grab(int n);

/**
 * use() - use a thing
 * @n: which
 *
 * Return: 0 on success, -EINVAL for a bad number.
 */
int use(int n)
{
	return grab(n);
}
"""
BUSY = GRAB.replace("\treturn 0;", "\tif (n > 9)\n\t\treturn -EBUSY;\n\treturn 0;")


class Pair:
    """One tree, and how it was before."""

    def __init__(self, root: Path, before: dict[str, str], after: dict[str, str]) -> None:
        (root / "old").mkdir(parents=True)
        (root / "new").mkdir()
        self.old, self.new = Toy(root / "old"), Toy(root / "new")
        self.old.write({name: HEAD + text for name, text in before.items()})
        self.new.write({name: HEAD + text for name, text in after.items()})

    def check(self, *paths: str, **options: Any) -> CheckResult:
        return api.check(str(self.new.root), paths, against=str(self.old.root), cache=False, **options)

    def found(self, *paths: str, **options: Any) -> list[tuple[str, str, str]]:
        result = self.check(*paths, **options)
        return [(f.rule, f.function, f.subject) for f in result.findings]


NEW_ERRNO = ("undocumented-errno", "grab", "-EBUSY")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a.c": GRAB + NOISY}, {"a.c": GRAB + NOISY}, []),
        ({"a.c": GRAB + NOISY}, {"a.c": BUSY + NOISY}, [NEW_ERRNO]),
        ({"a.c": NOISY}, {"a.c": "\nint lines;\n" + NOISY + BUSY}, [NEW_ERRNO]),
        ({"a.c": NOISY}, {"b.c": NOISY}, []),
        ({"a.c": NOISY + GRAB}, {"b.c": NOISY + BUSY}, [NEW_ERRNO]),
        ({"a.c": NOISY}, {"a.c": NOISY.replace("noisy", "other")}, []),
        ({"a.c": NOISY, "b.c": GRAB}, {"a.c": GRAB, "b.c": NOISY}, []),
        ({"a.c": GRAB, "b.c": USER}, {"a.c": BUSY, "b.c": USER}, [NEW_ERRNO, ("undocumented-errno", "use", "-EBUSY")]),
        ({"a.c": GRAB, "b.c": USER + NOISY}, {"a.c": GRAB + "\nint more;\n", "b.c": USER + NOISY}, []),
        ({"a.c": GRAB}, {"a.c": GRAB, "b.c": NOISY}, [("undocumented-errno", "noisy", "-EIO")]),
        ({"a.c": NOISY, "b.c": GRAB}, {"b.c": GRAB}, []),
        ({"a.c": NOISY}, {"a.c": NOISY + NOISY.replace("noisy", "twin")}, [("undocumented-errno", "twin", "-EIO")]),
    ],
)
def test_only_what_is_new_is_found(
    tmp_path: Path, before: dict[str, str], after: dict[str, str], expected: list[tuple[str, str, str]]
) -> None:
    assert Pair(tmp_path, before, after).found() == expected


def test_a_caller_whose_callee_was_taken_away_is_looked_at(tmp_path: Path) -> None:
    stub = GRAB.replace("if (n < 0)\n\t\treturn -EINVAL;\n\t", "")
    result = Pair(tmp_path, {"a.c": GRAB, "b.c": USER}, {"a.c": stub, "b.c": USER}).check()
    assert {(f.rule, f.function) for f in result.findings} == {
        ("unreturnable-errno", "grab"),
        ("unreturnable-errno", "use"),
    }


def test_a_path_limits_what_is_compared(tmp_path: Path) -> None:
    pair = Pair(tmp_path, {"a.c": GRAB, "m/b.c": NOISY}, {"a.c": BUSY, "m/b.c": NOISY + BUSY.replace("grab", "tie")})
    assert pair.found("m") == [("undocumented-errno", "tie", "-EBUSY")]
    assert pair.found("a.c") == [NEW_ERRNO]
    assert len(pair.found(everything=True)) == 2


def test_a_renamed_file_is_found_when_named(tmp_path: Path) -> None:
    assert Pair(tmp_path, {"m/a.c": NOISY}, {"m/b.c": NOISY}).found("m/b.c") == []


def test_the_note_says_what_was_left_out(tmp_path: Path) -> None:
    result = Pair(tmp_path, {"a.c": NOISY}, {"a.c": NOISY + GRAB}).check()
    assert result.notes[-1] == "1 C files differ; 1 findings are in both and left out"


def git(root: Path, *words: str) -> str:
    told = ("user.name=T", "user.email=t@example.org", "commit.gpgsign=false")
    # What git does of its own accord after a commit, it does beside the test.
    settings = [word for one in (*told, "maintenance.auto=false") for word in ("-c", one)]
    return subprocess.run(["git", "-C", root, *settings, *words], check=True, capture_output=True, text=True).stdout


def repository(root: Path) -> Toy:
    root.mkdir(parents=True, exist_ok=True)
    toy = Toy(root)
    git(root, "init", "-q")
    return toy


def commit(toy: Toy, files: dict[str, str]) -> None:
    toy.write({name: HEAD + text for name, text in files.items()})
    git(toy.root, "add", "-A")
    git(toy.root, "commit", "-qm", "x")


def since(toy: Toy, revision: str) -> list[tuple[str, str, str]]:
    result = api.check(str(toy.root), against=revision, cache=False)
    return [(f.rule, f.function, f.subject) for f in result.findings]


def everything_in(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_revisions(tmp_path: Path) -> None:
    toy = repository(tmp_path / "r")
    commit(toy, {"a.c": GRAB + NOISY, "gone.c": NOISY.replace("noisy", "gone")})
    (toy.root / "gone.c").rename(toy.root / "moved.c")
    commit(toy, {"a.c": BUSY + NOISY})
    toy.write({"untracked.c": HEAD + NOISY.replace("noisy", "loose").replace("-EIO", "-EBUSY")})
    before = everything_in(toy.root / ".git")
    loose = ("undocumented-errno", "loose", "-EBUSY")
    assert since(toy, "HEAD~1") == [NEW_ERRNO, loose]
    assert since(toy, "HEAD") == [loose]
    assert everything_in(toy.root / ".git") == before


def test_what_is_not_committed_counts(tmp_path: Path) -> None:
    toy = repository(tmp_path / "r")
    commit(toy, {"a.c": GRAB})
    toy.write({"a.c": HEAD + BUSY})
    assert since(toy, "HEAD") == [NEW_ERRNO]
    git(toy.root, "add", "a.c")
    assert since(toy, "HEAD") == [NEW_ERRNO]


def test_a_tree_below_the_top_of_a_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "src").mkdir()
    toy = Toy(tmp_path / "src")
    commit(toy, {"a.c": GRAB, "b.c": USER})
    commit(toy, {"a.c": BUSY})
    toy.write({"c.c": HEAD + NOISY})
    assert since(toy, "HEAD~1") == [
        NEW_ERRNO,
        ("undocumented-errno", "use", "-EBUSY"),
        ("undocumented-errno", "noisy", "-EIO"),
    ]


def test_the_cache_of_the_tree_is_as_after_a_plain_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    toy = repository(tmp_path / "r")
    commit(toy, {"a.c": GRAB + NOISY, "b.c": USER})
    commit(toy, {"a.c": BUSY + NOISY})
    first = api.check(str(toy.root), against="HEAD~1").findings
    assert api.check(str(toy.root), against="HEAD~1").findings == first
    plain = {(f.rule, f.function, f.subject) for f in api.check(str(toy.root), everything=True).findings}
    alone = {(f.rule, f.function, f.subject) for f in api.check(str(toy.root), everything=True, cache=False).findings}
    assert plain == alone and len(first) == 2


HEADER = "#define LIMIT %s\nstatic inline int low(int n)\n{\n\treturn LIMIT > 0 ? -EINVAL : 0;\n}\n"
LOW = "#include <linux/low.h>\n" + USER.replace("grab(n)", "low(n)").replace("int grab(int n);\n", "")


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a.c": GRAB, "b.c": USER}, {"a.c": BUSY, "b.c": USER}, ["grab", "use"]),
        ({"a.c": GRAB + NOISY}, {"b.c": NOISY + BUSY}, ["grab"]),
        (
            {"include/linux/low.h": HEADER % "1", "b.c": LOW},
            {"include/linux/low.h": HEADER % "0", "b.c": LOW},
            ["use"],
        ),
        (
            {"include/linux/low.h": HEADER % "1", "b.c": LOW},
            {"include/linux/low.h": HEADER.replace("-EINVAL", "-EIO") % "1", "b.c": LOW},
            ["use", "use"],
        ),
    ],
)
def test_an_index_of_the_tree_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: dict[str, str], after: dict[str, str], found: list[str]
) -> None:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    pair = Pair(tmp_path / "t", before, after)
    alone = pair.check()
    api.index(str(pair.new.root), jobs=1)
    indexed = api.check(str(pair.new.root), against=str(pair.old.root), select=[rule.id for rule in api.rules()])
    plain = api.check(
        str(pair.new.root), against=str(pair.old.root), select=[rule.id for rule in api.rules()], cache=False
    )
    assert indexed == plain
    assert [f.function for f in plain.findings if f.rule != "camelcase-name"] == found
    assert set(alone.findings) <= set(plain.findings)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("HEAD~9", "HEAD~9: neither a folder nor a revision of the git repository at "),
        ("--upload-pack=x", "--upload-pack=x: neither a folder nor a revision"),
        ("nowhere", "nowhere: neither a folder nor a revision"),
        ("mm", "mm: not a Linux source tree"),
    ],
)
def test_another_tree_that_is_none(tmp_path: Path, other: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    toy = repository(tmp_path / "r")
    commit(toy, {"mm/a.c": GRAB})
    monkeypatch.chdir(toy.root)
    with pytest.raises(InputError) as caught:
        since(toy, other)
    assert str(caught.value).startswith(said)


def test_no_repository(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    toy = Toy(tmp_path / "t").c(GRAB)
    with pytest.raises(InputError, match=r"not a git repository"):
        since(toy, "HEAD")


def test_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "t").mkdir()
    toy = Toy(tmp_path / "t").c(GRAB)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("git") is None
    with pytest.raises(InputError, match="git is not installed"):
        since(toy, "HEAD")
