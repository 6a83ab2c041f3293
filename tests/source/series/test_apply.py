"""What is applied in memory is what git and patch would have written."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kscan.model.error import InputError
from kscan.model.source import Source
from kscan.source.tree import WorkingTree
from tests.source.series.making import NUMBERS, apply, diff, said
from tests.source.test_overlay import build

SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

_LINES = st.lists(st.sampled_from([b"", b"a", b"b", b"c\r", b"\t}", b"-- ", b"\xe9", b"+x"]), max_size=40)
_END = st.sampled_from([b"", b"\n"])


def _file(lines: list[bytes], end: bytes) -> bytes:
    return b"\n".join(lines) + end if lines else b""


def _content(tree: WorkingTree, patch: bytes, path: str = "mm/x.c") -> bytes:
    found = apply(tree, patch).patches[-1].after.read(path)
    assert isinstance(found, Source)
    return found.data


def _tree(folder: Path, data: bytes) -> WorkingTree:
    (folder / "t").mkdir(exist_ok=True)
    if not (folder / "t/Makefile").exists():
        build(folder / "t", {"mm/x.c": b""})
    (folder / "t/mm/x.c").write_bytes(data)
    return WorkingTree(folder / "t", "7.3")


@SLOW
@given(_LINES, _LINES, _END, _END, st.integers(0, 3))
def test_the_diff_of_two_files_makes_one_of_the_other(
    tmp_path: Path, old: list[bytes], new: list[bytes], end: bytes, other_end: bytes, context: int
) -> None:
    one, other = _file(old, end), _file(new, other_end)
    made = diff(tmp_path, one, other, context)
    if made:
        assert _content(_tree(tmp_path, one), made) == other


_EDITS = st.lists(
    st.tuples(st.integers(0, 99), st.sampled_from(["change", "insert", "delete"])), min_size=1, max_size=8
)


def _edited(lines: list[bytes], edits: list[tuple[int, str]], word: bytes = b"new") -> list[bytes]:
    made = list(lines)
    for at, kind in sorted(edits, reverse=True):
        text = b"%s %d" % (word, at)
        made[at : at + (kind != "insert")] = [] if kind == "delete" else [text]
    return made


@SLOW
@given(_EDITS, st.integers(1, 3), st.integers(1, 30))
def test_lines_inserted_above_move_the_hunks(
    tmp_path: Path, edits: list[tuple[int, str]], context: int, above: int
) -> None:
    lines = [b"%d" % n for n in range(100)]
    made = diff(tmp_path, _file(lines, b"\n"), _file(_edited(lines, edits), b"\n"), context)
    extra = [b"above %d" % n for n in range(above)]
    tree = _tree(tmp_path, _file([*extra, *lines], b"\n"))
    if made:
        assert _content(tree, made) == _file([*extra, *_edited(lines, edits)], b"\n")
        assert said(apply(tree, made))[0].endswith("further down")


@SLOW
@given(_EDITS, _EDITS)
def test_what_patch_takes_is_taken_in_the_same_way(
    tmp_path: Path, edits: list[tuple[int, str]], theirs: list[tuple[int, str]]
) -> None:
    lines = [b"%d" % n for n in range(100)]
    made = diff(tmp_path, _file(lines, b"\n"), _file(_edited(lines, edits), b"\n"), 3)
    tree = _tree(tmp_path, _file(_edited(lines, theirs, b"other"), b"\n"))
    if not made:
        return
    target = tmp_path / "patched.c"
    target.write_bytes((tree.root / "mm/x.c").read_bytes())
    words = ["patch", "-F2", "--batch", "--forward", "--silent", "--no-backup-if-mismatch", "-r-", str(target)]
    done = subprocess.run(words, input=made, check=False, capture_output=True)
    if done.returncode == 0:
        assert _content(tree, made) == target.read_bytes()


@pytest.fixture
def tree(tmp_path: Path) -> WorkingTree:
    return build(tmp_path / "tree", {"mm/x.c": NUMBERS})


CHANGE = b"""--- a/mm/x.c
+++ b/mm/x.c
@@ -48,7 +48,7 @@
 48
 49
 50
-51
+fifty-one
 52
 53
 54
"""


def _instead(tree: WorkingTree, old: bytes, new: bytes) -> None:
    assert NUMBERS.count(old) == 1
    (tree.root / "mm/x.c").write_bytes(NUMBERS.replace(old, new))


def test_an_exact_patch_is_applied_without_a_word(tree: WorkingTree) -> None:
    applied = apply(tree, CHANGE)
    (one,) = applied.patches
    assert (said(applied), applied.notes, one.before) == ([], (), tree)
    assert one.after.read("mm/x.c") == Source("mm/x.c", NUMBERS.replace(b"\n51\n", b"\nfifty-one\n"))
    assert (tree.root / "mm/x.c").read_bytes() == NUMBERS
    assert list(one.applied.placed[0].lines())[3] == (51, 7, True)
    assert one.patch.diff.split(b"\n")[7] == b"+fifty-one"


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        (b"\n7\n", b"\n7\nmore\n", "hunk 1 goes in 1 line further down"),
        (b"\n7\n8\n9\n", b"\n", "hunk 1 goes in 3 lines further up"),
        (b"\n48\n", b"\nforty-eight\n", "hunk 1 goes in at its line with fuzz 1"),
        (b"\n48\n49\n", b"\n", "hunk 1 goes in 2 lines further up with fuzz 2"),
        (b"\n49\n", b"\nx\n", "hunk 1 goes in at its line with fuzz 2"),
    ],
)
def test_what_is_not_exact_is_said(tree: WorkingTree, old: bytes, new: bytes, note: str) -> None:
    _instead(tree, old, new)
    applied = apply(tree, CHANGE)
    assert said(applied) == [f"mm/x.c: {note}"]
    (place,) = applied.patches[0].applied.placed
    after = applied.patches[0].after.read("mm/x.c")
    assert isinstance(after, Source)
    assert after.data == (tree.root / "mm/x.c").read_bytes().replace(b"\n51\n", b"\nfifty-one\n")
    lines = after.data.split(b"\n")
    assert [lines[number - 1] for number, _, added in place.lines() if added] == [b"fifty-one"]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"\n50\n51\n", b"\nx\n51\n", "the nearest place is line 50: 'x', where the patch has '50'"),
        (b"\n51\n", b"\nfifty-one\n", "the tree has this change already"),
        (b"\n48\n49\n50\n51\n52\n53\n54\n", b"\n", "nothing in the file is like it; at line 48 there is '55'"),
    ],
)
def test_what_does_not_apply_says_where(tree: WorkingTree, old: bytes, new: bytes, why: str) -> None:
    _instead(tree, old, new)
    with pytest.raises(InputError) as error:
        apply(tree, CHANGE)
    line = str(error.value)
    assert line.startswith(f"standard input:3: mm/x.c does not take hunk 1 of 1: {why}")
    assert "--base" in line and "\n" not in line
