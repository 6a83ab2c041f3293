"""The nouns of a patch: which line of a file is which line of the diff."""

from __future__ import annotations

from kscan.model.patch import FileChange, Hunk, Placed

HUNK = Hunk(10, 3, 10, 4, (b" a", b"-b", b"+B", b"", b"+", b"\\ No newline at end of file"), at=4)


def test_the_lines_after_the_patch_are_those_of_the_diff() -> None:
    placed = Placed("a.c", 13, HUNK)
    assert list(placed.lines()) == [(13, 5, False), (14, 7, True), (15, 8, False), (16, 9, True)]


def test_the_path_of_a_change_is_the_one_that_is_there_afterwards() -> None:
    assert FileChange(old="a.c", new="b.c", kind="rename").path == "b.c"
    assert FileChange(old="a.c", new=None, kind="delete").path == "a.c"
