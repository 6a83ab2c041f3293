"""Files written back: all or none, byte for byte, and never outside the tree."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.fix import apply as applying
from kscan.fix.apply import Change, changes, write
from kscan.model.edit import Edit
from kscan.model.error import InputError
from kscan.model.source import Source
from kscan.model.span import Span


def change(root: Path, path: str, data: bytes) -> Change:
    return Change(path, Source(path, (root / path).read_bytes()).blob, data)


def listing(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    top = tmp_path / "tree"
    (top / "mm").mkdir(parents=True)
    for name in ("a.c", "b.c", "mm/c.c"):
        (top / name).write_bytes(b"old " + name.encode() + b"\r\n\xfc\n")
    return top


def test_all_are_written_and_nothing_else_is_left(root: Path) -> None:
    todo = [change(root, name, b"new " + name.encode()) for name in ("a.c", "b.c", "mm/c.c")]
    write(root, todo)
    assert listing(root) == {name: b"new " + name.encode() for name in ("a.c", "b.c", "mm/c.c")}


def test_mode_is_kept_and_another_name_of_the_file_is_not_written(root: Path) -> None:
    (root / "a.c").chmod(0o640)
    os.link(root / "a.c", root / "twin.c")
    before = (root / "twin.c").read_bytes()
    write(root, [change(root, "a.c", b"new")])
    assert (root / "a.c").stat().st_mode & 0o777 == 0o640
    assert (root / "twin.c").read_bytes() == before


def test_a_link_inside_the_tree_stays_a_link(root: Path) -> None:
    (root / "link.c").symlink_to("mm/c.c")
    write(root, [change(root, "link.c", b"new")])
    assert (root / "link.c").is_symlink() and (root / "mm/c.c").read_bytes() == b"new"


def _moved_on(root: Path) -> list[Change]:
    made = [change(root, "a.c", b"1"), change(root, "b.c", b"2")]
    (root / "b.c").write_bytes(b"somebody else's")
    return made


def _gone(root: Path) -> list[Change]:
    made = [change(root, "a.c", b"1"), change(root, "b.c", b"2")]
    (root / "b.c").unlink()
    return made


def _folder(root: Path) -> list[Change]:
    return [change(root, "a.c", b"1"), Change("mm", "0" * 40, b"")]


def _outside(root: Path) -> list[Change]:
    (root.parent / "out.c").write_bytes(b"out")
    return [change(root, "a.c", b"1"), change(root, "../out.c", b"2")]


def _link_outside(root: Path) -> list[Change]:
    (root.parent / "out.c").write_bytes(b"out")
    (root / "z.c").symlink_to("../out.c")
    return [change(root, "a.c", b"1"), change(root, "z.c", b"2")]


def _folder_outside(root: Path) -> list[Change]:
    (root.parent / "other").mkdir()
    (root.parent / "other" / "o.c").write_bytes(b"out")
    (root / "way").symlink_to("../other")
    return [change(root, "a.c", b"1"), change(root, "way/o.c", b"2")]


def _loop(root: Path) -> list[Change]:
    (root / "l.c").symlink_to("l.c")
    return [change(root, "a.c", b"1"), Change("l.c", "0" * 40, b"")]


def _two_names(root: Path) -> list[Change]:
    (root / "link.c").symlink_to("a.c")
    return [change(root, "a.c", b"1"), change(root, "link.c", b"2")]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (_moved_on, "b.c: changed since it was read; nothing was written, run again"),
        (_gone, "b.c: No such file or directory; nothing was written"),
        (_folder, "mm: not a regular file; nothing was written"),
        (_outside, "../out.c: leads out of the tree"),
        (_link_outside, "z.c: leads out of the tree"),
        (_folder_outside, "way/o.c: leads out of the tree"),
        (_loop, "l.c: "),
        (_two_names, "link.c: the same file as a.c, changed in another way; nothing was written"),
    ],
)
def test_what_cannot_be_written_leaves_all_as_it_was(root: Path, case: object, said: str) -> None:
    todo = case(root)  # type: ignore[operator]
    before = listing(root.parent)
    with pytest.raises(InputError) as caught:
        write(root, todo)
    assert str(caught.value).startswith(said)
    assert listing(root.parent) == before


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_fault_half_way_brings_the_originals_back(
    root: Path, monkeypatch: pytest.MonkeyPatch, at: int, fault: BaseException
) -> None:
    todo = [change(root, name, b"new") for name in ("a.c", "b.c", "mm/c.c")]
    before = listing(root)
    real, calls = Path.replace, [0]

    def failing(self: Path, target: Path) -> Path:
        if self.suffix == ".new":
            calls[0] += 1
            if calls[0] == at + 1:
                raise fault
        return real(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(InputError if isinstance(fault, OSError) else KeyboardInterrupt):
        write(root, todo)
    assert listing(root) == before


def test_a_file_system_without_links_keeps_originals_as_copies(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(applying.os, "link", refuse)
    write(root, [change(root, "a.c", b"new")])
    assert sorted(listing(root)) == ["a.c", "b.c", "mm/c.c"]
    assert (root / "a.c").read_bytes() == b"new"


def test_a_read_only_file_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying.os, "access", lambda *_: False)
    with pytest.raises(InputError, match=r"a\.c: read-only; nothing was written"):
        write(root, [change(root, "a.c", b"new")])


def edit(path: str, start: int, end: int, text: str) -> Edit:
    return Edit(Span(path, start, end), text)


def test_odd_bytes_and_line_ends_stay() -> None:
    files = {"x.c": b"caf\xe9 int\r\n"}
    (made,) = changes([edit("x.c", 5, 8, "lon\udce9g")], files.__getitem__)
    assert made.data == b"caf\xe9 lon\xe9g\r\n"


def test_an_edit_that_changes_nothing_is_no_change() -> None:
    assert changes([edit("x.c", 0, 1, "a")], {"x.c": b"abc"}.__getitem__) == ()


def test_overlapping_edits_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        changes([edit("x.c", 0, 2, "a"), edit("x.c", 1, 3, "b")], {"x.c": b"abc"}.__getitem__)


_FILES = {name: bytes(range(1, 200)) for name in ("a", "b", "c")}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 18), st.text(max_size=4)), max_size=12), st.randoms())
def test_the_order_of_edits_does_not_matter(cuts: list[tuple[str, int, str]], shuffle: random.Random) -> None:
    edits = list({(name, slot): edit(name, slot * 10, slot * 10 + 5, text) for name, slot, text in cuts}.values())
    expected = changes(edits, _FILES.__getitem__)
    shuffle.shuffle(edits)
    assert changes(edits, _FILES.__getitem__) == expected
