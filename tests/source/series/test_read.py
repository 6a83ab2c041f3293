"""However a series is named, it is the same series."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest

from kscan.model.error import InputError
from kscan.model.patch import Series
from kscan.source.series.read import read_series
from kscan.source.tree import WorkingTree
from tests.source.series.making import NUMBERS, commit, git, read, repository

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
