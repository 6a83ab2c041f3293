"""However a series is named, it is the same series."""

from __future__ import annotations

import mailbox
import re
from pathlib import Path

import pytest

from kscan.model.error import InputError
from kscan.model.patch import Series
from kscan.model.source import Source
from kscan.source.series.apply import apply_series
from kscan.source.series.read import read_series
from kscan.source.tree import WorkingTree
from tests.source.series.making import NUMBERS, commit, git, read, repository
from tests.source.test_overlay import build

TEXT = "int é;\n".encode()


@pytest.fixture
def tree(tmp_path: Path) -> WorkingTree:
    """A repository with a branch ``topic`` of three commits on ``main``."""
    made = repository(tmp_path / "tree", {"mm/x.c": NUMBERS, "mm/y.c": TEXT})
    git(made.root, "switch", "-q", "-c", "topic", "--track", "main")
    commit(
        made.root, {"mm/x.c": NUMBERS.replace(b"\n5\n", b"\nfive\n")}, "mm: five\n\nThe body.\n\nSigned-off-by: A <a@b>"
    )
    commit(made.root, {"mm/x.c": None, "mm/z.c": NUMBERS.replace(b"\n5\n", b"\nfive\n")}, "mm: é moved")
    commit(made.root, {"mm/y.c": TEXT.replace(b"int", b"long"), "mm/new.c": b"n"}, "mm: longer")
    return made


def told(series: Series) -> list[tuple[object, ...]]:
    return [(one.subject, one.author, one.date, one.message, one.diff, one.files) for one in series.patches]


def mails(tree: WorkingTree, *words: str) -> list[bytes]:
    folder = tree.root.parent / "mails"
    git(tree.root, "format-patch", "-q", "-o", str(folder), *words, "main..topic")
    return [path.read_bytes() for path in sorted(folder.iterdir())]


def test_patch_files_mboxes_maildirs_and_ranges_are_the_same_series(tree: WorkingTree, tmp_path: Path) -> None:
    made = mails(tree, "--base=main", "--full-index")
    (tmp_path / "all.mbox").write_bytes(b"".join(made))
    box = mailbox.Maildir(tmp_path / "maildir")
    for mail in reversed(made):
        box.add(mail.split(b"\n", 1)[1])
    paths = sorted(str(path) for path in (tmp_path / "mails").iterdir())
    by_range = read_series(tree, ["main..topic"])
    assert by_range.base == git(tree.root, "rev-parse", "main")
    assert [one.subject for one in by_range.patches] == ["mm: five", "mm: é moved", "mm: longer"]
    assert by_range.patches[0].message == "The body.\n\nSigned-off-by: A <a@b>"
    assert by_range.patches[0].author == "Åsa Ek <asa@example.org>"
    assert [change.kind for one in by_range.patches for change in one.files] == ["modify", "rename", "add", "modify"]
    for names in (
        paths,
        paths[::-1],
        [str(tmp_path / "all.mbox")],
        [str(tmp_path / "maildir")],
        [str(tmp_path / "mails")],
    ):
        series = read_series(tree, names)
        assert (told(series), series.base, series.notes) == (told(by_range), by_range.base, ()), names
    piped = read(tree, b"".join(made))
    assert told(piped) == told(by_range)
    assert piped.patches[0].line == made[0].split(b"\n").index(b"diff --git a/mm/x.c b/mm/x.c") + 1


@pytest.mark.parametrize("name", ["topic", "HEAD~3..", "main..", "main..topic", "HEAD~3..HEAD", "^main"])
def test_names_of_a_range(tree: WorkingTree, name: str) -> None:
    if name == "^main":
        with pytest.raises(InputError, match="no line of commits"):
            read_series(tree, [name])
    else:
        assert told(read_series(tree, [name])) == told(read_series(tree, ["main..topic"]))


@pytest.mark.parametrize("name", ["HEAD", "HEAD^!", "HEAD~1..", "topic@{0}"])
def test_a_single_commit(tree: WorkingTree, name: str) -> None:
    assert [one.subject for one in read_series(tree, [name]).patches] == ["mm: longer"]


def test_a_tree_in_a_folder_of_a_repository(tmp_path: Path) -> None:
    """Paths are those of the tree; what is outside it does not count."""
    made = build(tmp_path / "all/linux", {"mm/x.c": NUMBERS})
    git(tmp_path / "all", "init", "-q", "-b", "main")
    commit(tmp_path / "all", {"other.c": b"1\n"}, "first")
    new = NUMBERS.replace(b"\n5\n", b"\nfive\n")
    commit(tmp_path / "all", {"linux/mm/x.c": new, "other.c": b"2\n"}, "both")
    commit(tmp_path / "all", {"other.c": b"3\n"}, "outside")
    series = read_series(made, ["HEAD~2.."])
    assert [[change.path for change in one.files] for one in series.patches] == [["mm/x.c"]]
    assert series.notes == (f"HEAD~2..: commit {git(tmp_path / 'all', 'rev-parse', 'HEAD')[:12]} changes nothing here",)
    assert apply_series(made, series).patches[0].after.read("mm/x.c") == Source("mm/x.c", new)


def test_the_first_commit_adds_everything(tree: WorkingTree) -> None:
    series = read_series(tree, [git(tree.root, "rev-list", "--max-parents=0", "HEAD")])
    assert {change.kind for change in series.patches[0].files} == {"add"}
    assert apply_series(tree, series).patches[0].after.read("mm/x.c") == Source("mm/x.c", NUMBERS)


def test_merges_are_left_out_and_said(tree: WorkingTree) -> None:
    git(tree.root, "switch", "-q", "main")
    commit(tree.root, {"mm/w.c": b"w\n"}, "mm: w")
    git(tree.root, "switch", "-q", "topic")
    git(tree.root, "merge", "-q", "--no-edit", "main")
    series = read_series(tree, ["HEAD~1.."])
    assert ([one.subject for one in series.patches], series.notes) == (["mm: w"], ("HEAD~1..: 1 merge left out",))
    for name, said in (("HEAD", "no changes (a merge)"), ("HEAD..", "no commits in this range")):
        with pytest.raises(InputError, match=re.escape(said)):
            read_series(tree, [name])


def test_a_branch_without_an_upstream_says_what_to_name(tree: WorkingTree) -> None:
    with pytest.raises(
        InputError, match=r"^main: a branch without an upstream; name its commits, such as BASE\.\.main$"
    ):
        read_series(tree, ["main"])
