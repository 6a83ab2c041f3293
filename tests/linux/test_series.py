"""A series on files of a real tree: the same by every way, and applied as git itself applies it."""

from __future__ import annotations

import base64
import quopri
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kscan.model.patch import Series
from kscan.model.source import Source
from kscan.source.series.apply import apply_series
from kscan.source.series.read import read_series
from kscan.source.tree import WorkingTree, open_tree
from tests.source.series.making import commit, git

pytestmark = pytest.mark.linux

FILES = ("Makefile", "mm/memory-failure.c", "mm/madvise.c", "include/linux/mm.h", "include/linux/page-flags.h")


@pytest.fixture(scope="module")
def tree(linux_73: Path, tmp_path_factory: pytest.TempPathFactory) -> WorkingTree:
    """A few files in a repository, with a branch ``topic`` of four commits on ``main``; ``main`` is checked out."""
    root = tmp_path_factory.mktemp("linux") / "t"
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(linux_73 / name, root / name)
        (root / name).chmod(0o644)
    git(root, "init", "-q", "-b", "main")
    commit(root, {}, "first")
    git(root, "switch", "-q", "-c", "topic", "--track", "main")
    failure = (root / "mm/memory-failure.c").read_bytes()
    one = failure.replace(b"\treturn ret;\n", b"\treturn ret; /* \xc3\xa9 */\n")
    two = re.sub(rb"(?m)^static int ", rb"static noinline int ", one)
    commit(
        root,
        {"mm/memory-failure.c": one},
        "mm: mark every return\n\nWith an é, and a line that is\nFrom here to there.",
    )
    commit(root, {"mm/memory-failure.c": two, "mm/added.c": b"int added;\n"}, "mm: é longer")
    commit(root, {"mm/memory-failure.c": None, "mm/memory-fault.c": two.replace(b"EBUSY", b"EAGAIN")}, "mm: move it")
    commit(
        root,
        {"mm/madvise.c": None, "include/linux/mm.h": (root / "include/linux/mm.h").read_bytes() + b"/* end */"},
        "mm: go",
    )
    git(root, "switch", "-q", "main")
    return open_tree(root)


def told(series: Series) -> list[tuple[object, ...]]:
    return [(one.subject, one.author, one.message, one.diff, one.files) for one in series.patches]


def encoded(mail: bytes, encoding: str, encode: Callable[[bytes], bytes]) -> bytes:
    """The mail with its body in another transfer encoding."""
    head, body = mail.split(b"\n\n", 1)
    head = re.sub(rb"\nMIME-Version.*|\nContent-.*", b"", head)
    more = f"\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: {encoding}\n\n"
    return head + more.encode() + encode(body)


def latin(mail: bytes) -> bytes:
    return encoded(mail, "8bit", lambda body: body.decode().encode("latin-1")).replace(b"=UTF-8\n", b"=iso-8859-1\n")


WAYS: dict[str, tuple[tuple[str, ...], Callable[[bytes], bytes]]] = {
    "as it is": ((), bytes),
    "threaded, with a cover letter": (("--thread", "--cover-letter"), bytes),
    "attached": (("--attach",), bytes),
    "inline": (("--inline",), bytes),
    "quoted-printable": ((), lambda mail: encoded(mail, "quoted-printable", quopri.encodestring)),
    "base64": ((), lambda mail: encoded(mail, "base64", base64.encodebytes)),
    "latin-1": ((), latin),
    "CRLF": ((), lambda mail: mail.replace(b"\n", b"\r\n")),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_gives_the_same_series(tree: WorkingTree, tmp_path: Path, way: str) -> None:
    words, change = WAYS[way]
    git(tree.root, "format-patch", "-q", "-M", "--full-index", *words, "-o", str(tmp_path / "m"), "main..topic")
    sent = [path.read_bytes().split(b"\n", 1)[1] for path in sorted((tmp_path / "m").iterdir())]
    mails = [change(mail) for mail in sent]
    for number, mail in enumerate(mails):
        (tmp_path / f"{number}.eml").write_bytes(mail)
    (tmp_path / "all.mbox").write_bytes(
        b"".join(b"From git@z Mon Jan  5 10:00:00 2026\n" + mail + b"\n" for mail in mails)
    )
    expected = read_series(tree, ["topic"])
    assert len(expected.patches) == 4
    files = [str(path) for path in sorted(tmp_path.glob("*.eml"), reverse=True)]
    for names in (files, [str(tmp_path / "all.mbox")]):
        series = read_series(tree, names)
        assert told(series) == told(expected)
        assert (series.cover is not None, series.notes) == ("--cover-letter" in words, ())


def test_each_step_has_the_files_that_git_has(tree: WorkingTree) -> None:
    series = read_series(tree, ["main..topic"])
    for step, patch in zip(apply_series(tree, series).patches, series.patches, strict=True):
        assert step.applied.notes == ()
        for name in {*FILES, "mm/added.c", "mm/memory-fault.c"}:
            listed = git(tree.root, "ls-tree", patch.commit, name).split()
            found = step.after.read(name)
            assert (found.blob if isinstance(found, Source) else None) == (listed[2] if listed else None)


def test_little_context_and_a_tree_that_went_on(tree: WorkingTree, tmp_path: Path) -> None:
    """The series applies, with a remark, where lines were added above; with less context too."""
    git(tree.root, "format-patch", "-q", "-M", "-U1", "-o", str(tmp_path), "main..topic")
    series = read_series(tree, [str(tmp_path)])
    exact = apply_series(tree, series).patches[-1].after.read("mm/memory-fault.c")
    path = tree.root / "mm/memory-failure.c"
    before = path.read_bytes()
    try:
        path.write_bytes(b"/* on top */\n" + before)
        applied = apply_series(tree, series)
    finally:
        path.write_bytes(before)
    moved = applied.patches[-1].after.read("mm/memory-fault.c")
    assert isinstance(exact, Source) and isinstance(moved, Source)
    assert moved.data == b"/* on top */\n" + exact.data
    assert applied.patches[0].applied.notes[0].text == "hunk 1 goes in 1 line further down"
