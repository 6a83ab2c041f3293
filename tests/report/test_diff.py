"""Edits to unified diffs that patch accepts."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.model.edit import Edit
from kscan.model.span import Span
from kscan.report.diff import apply, diff

LONG = b"".join(b"line %d\n" % n for n in range(1, 101))


def edit(start: int, end: int, text: str, file: str = "x.c") -> Edit:
    return Edit(Span(file, start, end), text)


def test_hunks_are_numbered_as_in_the_whole_file() -> None:
    at = LONG.index(b"line 50\n")
    assert diff([edit(at, at + 7, "line fifty")], lambda _: LONG) == (
        "--- a/x.c\n+++ b/x.c\n@@ -47,7 +47,7 @@\n line 47\n line 48\n line 49\n"
        "-line 50\n+line fifty\n line 51\n line 52\n line 53\n"
    )


def test_files_stand_in_order() -> None:
    made = diff([edit(0, 1, "L", "b.c"), edit(0, 1, "L", "a.c")], lambda _: LONG)
    assert made.index("a/a.c") < made.index("a/b.c")


def test_the_end_of_a_file_without_line_break_is_marked() -> None:
    assert "\\ No newline at end of file\n" in diff([edit(0, 1, "z")], lambda _: b"a")


@pytest.mark.parametrize("edits", [[edit(0, 5, "x"), edit(3, 8, "y")], [edit(0, 2000, "x")], [edit(5, 3, "x")]])
def test_edits_that_cannot_be_made_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match=r"x\.c"):
        apply(LONG, edits)


def _separate(cuts: list[int], texts: list[str]) -> list[Edit]:
    ordered = sorted(set(cuts))
    pairs = zip(ordered[::2], ordered[1::2], strict=False)
    return [edit(start, end, text) for (start, end), text in zip(pairs, texts, strict=False)]


@given(
    st.lists(st.integers(0, len(LONG)), max_size=8),
    st.lists(st.text(alphabet="ab\n\t\f", max_size=12), min_size=4, max_size=4),
)
def test_a_diff_applied_by_hand_gives_the_edited_text(cuts: list[int], texts: list[str]) -> None:
    edits = _separate(cuts, texts)
    assert _patched(LONG.decode(), diff(edits, lambda _: LONG)) == apply(LONG, edits).decode()


def _patched(old: str, made: str) -> str:
    """The diff applied strictly: every line of context must be where the hunk says."""
    lines, out, at = old.split("\n"), [], 0
    for line in made.replace("\n\\ No newline at end of file", "\0").split("\n"):
        if line.startswith("@@"):
            number, _, size = line.split()[1][1:].partition(",")
            start = int(number) - (size != "0")
            out += lines[at:start]
            at = start
        elif line[:1] in (" ", "-") and not line.startswith("---"):
            assert lines[at] == line[1:].rstrip("\0")
            at += 1
            out += [line[1:]] if line[0] == " " else []
        elif line.startswith("+") and not line.startswith("+++"):
            out.append(line[1:])
    joined = "\n".join(out + lines[at:])
    return joined.replace("\0\n", "").replace("\0", "")


@pytest.mark.skipif(shutil.which("patch") is None, reason="patch is not installed")
def test_patch_accepts_it(tmp_path: Path) -> None:
    (tmp_path / "x.c").write_bytes(LONG)
    edits = [edit(0, 0, "first\n"), edit(len(LONG) - 1, len(LONG), ""), edit(300, 310, "")]
    subprocess.run(["patch", "-p1", "-s"], input=diff(edits, lambda _: LONG).encode(), cwd=tmp_path, check=True)
    assert (tmp_path / "x.c").read_bytes() == apply(LONG, edits)
