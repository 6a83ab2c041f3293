"""Files that come, go, move, are copied or are no text; and line ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kscan.model.error import InputError
from kscan.model.gap import Gap
from kscan.model.source import Source
from kscan.source.overlay import Overlay
from kscan.source.series.apply import apply_series
from kscan.source.series.read import read_series
from kscan.source.tree import WorkingTree
from tests.source.series.making import NUMBERS, apply, commit, diff, git, read, repository, said
from tests.source.test_overlay import build

OTHER = b"".join(b"line %d\n" % n for n in range(30))


@pytest.fixture
def tree(tmp_path: Path) -> WorkingTree:
    return build(tmp_path / "tree", {"mm/x.c": NUMBERS, "mm/y.c": OTHER, "mm/empty.c": b""})


def content(after: Overlay, path: str) -> bytes | None:
    found = after.read(path)
    return found.data if isinstance(found, Source) else None


def contents(tree: WorkingTree, patch: str, *paths: str) -> list[bytes | None]:
    after = apply(tree, patch.encode()).patches[-1].after
    return [content(after, path) for path in paths]


_NAMES = st.sampled_from(["mm/x.c", "mm/y.c", "mm/sub/z.c", "fs/w.c", "top.c", "mm/sp ace.c", 'mm/q"é.c'])
_TEXTS = st.sampled_from([NUMBERS, OTHER, b"", b"no end", b"a\r\nb\r\n", NUMBERS + OTHER])
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["write", "edit", "move", "copy", "delete", "mode"]), _NAMES, _NAMES, _TEXTS, st.integers(0, 29)
    ),
    min_size=1,
    max_size=12,
)


def _step(root: Path, kind: str, one: Path, other: Path, text: bytes, at: int) -> None:
    other.parent.mkdir(parents=True, exist_ok=True)
    if kind == "write":
        other.write_bytes(text)
    elif one.exists() and kind == "edit":
        lines = one.read_bytes().splitlines(keepends=True)
        one.write_bytes(b"".join([*lines[:at], b"edited %d\n" % at, *lines[at + 1 :]]))
    elif one.exists() and kind == "move":
        one.rename(other)
    elif one.exists() and kind == "copy":
        other.write_bytes(one.read_bytes())
    elif one.exists() and kind == "delete":
        one.unlink()
    elif one.exists():
        one.chmod(0o755 if at % 2 else 0o644)


# Shrinking takes minutes where each example runs git dozens of times.
@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(_STEPS, st.integers(1, 4))
def test_any_history_is_followed(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, str, bytes, int]], size: int
) -> None:
    """Each commit's files, as git has them, are those after its patch, be it read from git or from a mail."""
    made = repository(tmp_path_factory.mktemp("r") / "t", {"mm/x.c": NUMBERS, "mm/y.c": OTHER})
    root, ids = made.root, []
    for start in range(0, len(steps), size):
        for kind, one, other, text, at in steps[start : start + size]:
            _step(root, kind, root / one, root / other, text, at)
        if git(root, "status", "--porcelain"):
            ids.append(commit(root, {}, "s"))
    if not ids:
        return
    git(root, "format-patch", "-q", "-C", "--find-copies-harder", f"-o{root.parent}/m", f"{ids[0]}^..")
    series = read_series(made, [f"{ids[0]}^.."])
    mailed = read_series(made, [f"{root.parent}/m"])
    for way in (apply_series(made, series), apply_series(made, mailed, f"{ids[0]}^")):
        assert len(way.patches) == len(ids)
        assert said(way) == []
        for step, one in zip(way.patches, ids, strict=True):
            listed = git(root, "ls-tree", "-rz", one).rstrip("\0").split("\0")
            blobs = {name: about.split()[2] for about, _, name in (line.partition("\t") for line in listed)}
            for name in {*blobs, "mm/x.c", "mm/y.c", "top.c"}:
                found = step.after.read(name)
                assert (found.blob if isinstance(found, Source) else None) == blobs.get(name), (one, name)


def test_names_that_are_swapped(tree: WorkingTree) -> None:
    patch = """\
diff --git a/mm/x.c b/mm/y.c
similarity index 100%
rename from mm/x.c
rename to mm/y.c
diff --git a/mm/y.c b/mm/x.c
similarity index 100%
rename from mm/y.c
rename to mm/x.c
"""
    assert contents(tree, patch, "mm/x.c", "mm/y.c") == [OTHER, NUMBERS]


def test_a_copy_is_of_the_file_before_the_patch(tree: WorkingTree) -> None:
    patch = """\
diff --git a/mm/y.c b/mm/y.c
--- a/mm/y.c
+++ b/mm/y.c
@@ -1,2 +1,1 @@
-line 0
 line 1
diff --git a/mm/y.c b/mm/z.c
similarity index 100%
copy from mm/y.c
copy to mm/z.c
"""
    assert contents(tree, patch, "mm/z.c", "mm/y.c") == [OTHER, OTHER[7:]]


def test_a_file_in_two_parts_is_changed_twice(tree: WorkingTree) -> None:
    part = "--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1,2 +1,2 @@\n-{}\n+{}\n 2\n"
    assert contents(tree, part.format("1", "one") + part.format("one", "uno"), "mm/x.c") == [b"uno" + NUMBERS[1:]]


@pytest.mark.parametrize(
    "head",
    [
        "--- mm/x.c.orig\n+++ mm/x.c\n",
        "--- linux.orig/mm/x.c\n+++ linux/mm/x.c\n",
        "--- mm/x.c\t2026-01-05 10:00:00\n+++ mm/x.c\t2026-01-05 10:00:01\n",
        "--- a/mm/x.c 2026-01-05 10:00:00.000 +0100\n+++ b/mm/x.c 2026-01-05 10:00:01 +0100\n",
        "Index: linux/mm/x.c\n===================================================================\n"
        "--- linux.orig/mm/x.c\n+++ linux/mm/x.c\n",
        "diff --git mm/x.c mm/x.c\nindex 1..2 100644\n--- mm/x.c\n+++ mm/x.c\n",
        "diff --git i/mm/x.c w/mm/x.c\nindex 1..2 100644\n--- i/mm/x.c\n+++ w/mm/x.c\n",
        'diff --git "a/mm/x.c" "b/mm/x.c"\n--- "a/mm/\\170.c"\n+++ "b/mm/x.c"\n',
        "diff -Nur linux/mm/x.c linux-new/mm/x.c\n--- linux/mm/x.c\n+++ linux-new/mm/x.c\n",
    ],
)
def test_heads_as_programs_write_them(tree: WorkingTree, head: str) -> None:
    assert contents(tree, f"{head}@@ -1,2 +1,2 @@\n-1\n+one\n 2\n", "mm/x.c") == [b"one" + NUMBERS[1:]]


def test_files_that_diff_makes_and_takes_away(tree: WorkingTree) -> None:
    patch = """\
--- a/mm/new.c\t1970-01-01 00:00:00.000000000 +0000
+++ b/mm/new.c\t2026-01-05 10:00:00
@@ -0,0 +1 @@
+new
--- a/mm/y.c\t2026-01-05 10:00:00
+++ /dev/null
@@ -1,30 +0,0 @@
""" + "".join(f"-line {n}\n" for n in range(30))
    assert contents(tree, patch, "mm/new.c", "mm/y.c") == [b"new\n", None]


def test_empty_files_come_and_go(tree: WorkingTree) -> None:
    patch = """\
diff --git a/mm/made.c b/mm/made.c
new file mode 100644
index 0000000..e69de29
diff --git a/mm/empty.c b/mm/empty.c
deleted file mode 100644
index e69de29..0000000
"""
    assert contents(tree, patch, "mm/made.c", "mm/empty.c") == [b"", None]


def test_a_mode_alone_changes_no_content(tree: WorkingTree) -> None:
    patch = "diff --git a/mm/x.c b/mm/x.c\nold mode 100644\nnew mode 100755\n"
    (one,) = apply(tree, patch.encode()).patches
    assert [(change.kind, change.old_mode, change.new_mode) for change in one.patch.files] == [
        ("mode", "100644", "100755")
    ]
    assert content(one.after, "mm/x.c") == NUMBERS


@pytest.mark.parametrize("file_ends", [b"\r\n", b"\n"])
def test_line_ends_that_a_mail_program_changed(tmp_path: Path, file_ends: bytes) -> None:
    old, new = (text.replace(b"\n", file_ends) for text in (b"a\nb\nc\n", b"a\nB\nc\n"))
    made = build(tmp_path / "tree", {"mm/x.c": old})
    patch = diff(tmp_path, old, new, 3)
    assert said(apply(made, patch)) == []
    head, hunk = patch.split(b"@@ -", 1)
    other = head + b"@@ -" + (hunk.replace(b"\r", b"") if file_ends == b"\r\n" else hunk.replace(b"\n", b"\r\n"))
    applied = apply(made, other.replace(b"@@\r\n", b"@@\n"))
    assert content(applied.patches[0].after, "mm/x.c") == new
    assert said(applied) == ["mm/x.c: the line ends of the patch are not those of the file (CRLF): taken as the file's"]
    assert applied.patches[0].applied.placed[0].hunk in applied.patches[0].patch.files[0].hunks


BINARY = """\
diff --git a/{0} b/{0}
{1}index 0000000..20b5be9 100644
GIT binary patch
literal 3
KcmYdfNCE%>hycU@

literal 0
HcmV?d00001

"""


def test_a_binary_change_is_said_and_the_rest_is_applied(tree: WorkingTree) -> None:
    (tree.root / "logo.png").write_bytes(b"\0")
    more = "--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1,2 +1,2 @@\n-1\n+one\n 2\n"
    patch = BINARY.format("logo.png", "") + more + BINARY.format("new.png", "new file mode 100644\n")
    applied = apply(tree, (patch + "Binary files a/mm/y.c and b/mm/y.c differ\n").encode())
    assert content(applied.patches[0].after, "mm/x.c") == b"one" + NUMBERS[1:]
    assert said(applied) == [f"{name}: a binary change, which is not applied" for name in ("logo.png", "new.png")]
    assert isinstance(applied.patches[0].after.read("new.png"), Gap)


def test_nothing_is_said_of_a_file_after_a_binary_change(tree: WorkingTree) -> None:
    text = "diff --git a/mm/x.c b/mm/x.c\n--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1 +1 @@\n-never there\n+x\n"
    notes = said(apply(tree, (BINARY.format("mm/x.c", "") + text).encode()))
    assert notes == ["mm/x.c: a binary change, which is not applied", "mm/x.c: changed by a binary patch"]


def test_an_added_link_is_not_followed(tree: WorkingTree) -> None:
    patch = "diff --git a/l.c b/l.c\nnew file mode 120000\n--- /dev/null\n+++ b/l.c\n@@ -0,0 +1 @@\n+/etc/passwd\n"
    applied = apply(tree, (patch + "\\ No newline at end of file\n").encode())
    assert said(applied) == ["l.c: a symbolic link, which is not followed"]
    assert isinstance(applied.patches[0].after.read("l.c"), Gap)


def test_each_patch_is_on_top_of_the_one_before(tree: WorkingTree) -> None:
    step = (
        "From: a@b\nSubject: [PATCH {0}/3] s{0}\n\n---\n--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1,2 +1,2 @@\n-{1}\n+{2}\n 2\n"
    )
    words = ["1", "one", "uno", "un"]
    mails = [step.format(n, words[n - 1], words[n]) for n in (1, 2, 3)]
    box = "".join(f"From x Mon Jan  5 10:00:00 2026\n{mail}-- \n2\n\n" for mail in reversed(mails))
    applied = apply(tree, box.encode())
    assert [content(one.after, "mm/x.c") for one in applied.patches] == [
        word.encode() + NUMBERS[1:] for word in words[1:]
    ]
    assert [one.before for one in applied.patches[1:]] == [one.after for one in applied.patches[:-1]]
    assert len({one.after.identity for one in applied.patches}) == 3


def test_the_base_is_the_commit_that_the_series_names(tmp_path: Path) -> None:
    made = repository(tmp_path / "t", {"mm/x.c": NUMBERS})
    base = git(made.root, "rev-parse", "HEAD")
    commit(made.root, {"mm/x.c": b"other\n"}, "other")
    patch = diff(tmp_path, NUMBERS, NUMBERS.replace(b"\n7\n", b"\nseven\n"), 3)
    for text, named in (
        (b"base-commit: %s\n\n" % base.encode(), None),
        (b"", "HEAD~1"),
        (b"base-commit: %s\n" % (b"e" * 40), base),
    ):
        applied = apply_series(made, read(made, text + patch), named)
        assert content(applied.patches[0].after, "mm/x.c") == NUMBERS.replace(b"\n7\n", b"\nseven\n")
        assert applied.notes == ()
    with pytest.raises(InputError, match="nothing in the file is like it"):
        apply_series(made, read(made, patch))


@pytest.mark.parametrize("first", [1, 2])
@pytest.mark.parametrize("context", [1, 3])
def test_a_series_that_the_tree_has_is_applied_on_what_was_before(tmp_path: Path, first: int, context: int) -> None:
    """As in a hook that runs where the series is checked out, and gets one patch of it."""
    made = repository(tmp_path / "t", {"mm/x.c": NUMBERS})
    steps = [NUMBERS.replace(b"\n7\n", word) for word in (b"\n7\n", b"\nseven\n", b"\nSEVEN\n", b"\nSEVEN\n7\n")]
    ids = [commit(made.root, {"mm/x.c": step}, f"mm: é step {n}") for n, step in enumerate(steps)]
    git(made.root, "format-patch", "-q", f"-U{context}", f"-o{tmp_path}/m", "HEAD~3")
    paths = sorted(str(path) for path in (tmp_path / "m").iterdir())[first - 1 :]
    for names in (paths[:1], paths):
        applied = apply_series(made, read_series(made, names))
        assert [content(one.after, "mm/x.c") for one in applied.patches] == steps[first : first + len(names)]
        assert applied.base.read("mm/x.c") == Source("mm/x.c", steps[first - 1])
        said = f"the tree has the series already: it is applied on {ids[first - 1][:12]}, as it was before"
        assert applied.notes == (said,)


def test_a_commit_of_the_same_name_is_another_one(tmp_path: Path) -> None:
    made = repository(tmp_path / "t", {"mm/x.c": NUMBERS})
    commit(made.root, {"mm/x.c": NUMBERS.replace(b"\n7\n", b"\nseven\n")}, "s")
    patch = diff(tmp_path, NUMBERS, NUMBERS.replace(b"\n7\n", b"\nsept\n"), 3)
    with pytest.raises(InputError, match="the nearest place is line 7: 'seven', where the patch has '7'"):
        apply_series(made, read(made, b"From: a@b\nSubject: [PATCH] s\n\n---\n" + patch))


def test_a_base_that_git_does_not_have_is_said(tree: WorkingTree, tmp_path: Path) -> None:
    patch = diff(tmp_path, NUMBERS, NUMBERS.replace(b"\n7\n", b"\nseven\n"), 3)
    applied = apply_series(tree, read(tree, b"base-commit: %s\n" % (b"e" * 40) + patch))
    assert applied.notes == ("base-commit eeeeeeeeeeee is not in git here: the series is applied on the tree as it is",)
    with pytest.raises(InputError, match="not a git repository"):
        apply_series(tree, read(tree, patch), "HEAD")


def test_the_working_tree_is_not_written(tree: WorkingTree, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in tree.root.rglob("*")}
    apply(tree, diff(tmp_path, NUMBERS, b"x\n", 3))
    assert {path: path.stat().st_mtime_ns for path in tree.root.rglob("*")} == before
