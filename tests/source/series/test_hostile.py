"""Patches that mean harm, or are none: one clear line each, in bounded time and memory, and nothing is written."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kscan.model.error import InputError
from kscan.model.source import Source
from kscan.report.escape import plain
from kscan.source.series import boxes, message, place
from kscan.source.series.apply import apply_series
from kscan.source.series.read import read_series
from kscan.source.tree import WorkingTree
from tests.source.series.making import NUMBERS, apply, commit, git, read, repository
from tests.source.series.test_mail import WAYS
from tests.source.test_overlay import build


@pytest.fixture
def tree(tmp_path: Path) -> WorkingTree:
    made = build(tmp_path / "tree", {"mm/x.c": NUMBERS})
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.c").write_text("int secret;\n")
    (made.root / "way").symlink_to("../outside")
    (made.root / "round").symlink_to("mm")
    (made.root / "secret.c").symlink_to("../outside/secret.c")
    return made


def complaint(call: Callable[[], object]) -> str:
    """The one line that is said."""
    with pytest.raises(InputError) as error:
        call()
    line = plain(str(error.value))
    assert len(line) < 500
    return line


def modify(path: str) -> bytes:
    return f"--- a/{path}\n+++ b/{path}\n@@ -1,2 +1,2 @@\n-1\n+one\n 2\n".encode()


def add(path: str, mode: str = "100644", text: str = "int a;") -> str:
    return f"diff --git a/{path} b/{path}\nnew file mode {mode}\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+{text}\n"


def rename(old: str, new: str, kind: str = "rename") -> str:
    return f"diff --git a/{old} b/{new}\nsimilarity index 100%\n{kind} from {old}\n{kind} to {new}\n"


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        (modify("../outside/secret.c"), "../outside/secret.c: the patch names a file outside the tree"),
        (modify("mm/../../outside/secret.c"), "mm/../../outside/secret.c: the patch names a file outside the tree"),
        (modify("/etc/passwd"), "/etc/passwd: the patch names a file outside the tree"),
        (
            modify("x").replace(b"a/x", b"/etc/passwd").replace(b"b/x", b"/etc/passwd"),
            "/etc/passwd: the patch names a file outside",
        ),
        (rename("../outside/secret.c", "x.c").encode(), "../outside/secret.c: the patch names a file outside the tree"),
        (rename("mm/x.c", "/tmp/x.c").encode(), "/tmp/x.c: the patch names a file outside the tree"),
        (add(".git/config").encode(), ".git/config: the patch names no file of a source tree"),
        (add("mm/.GIT/x").encode(), "mm/.GIT/x: the patch names no file of a source tree"),
        (add("mm//x.c").encode(), "mm//x.c: the patch names no file of a source tree"),
        (modify("way/secret.c"), "way/secret.c is reached through the symbolic link way"),
        (add("round/new.c").encode(), "round/new.c is reached through the symbolic link round"),
        (modify("secret.c"), "secret.c is a symbolic link"),
        (rename("secret.c", "mm/y.c").encode(), "secret.c is a symbolic link"),
        (rename("secret.c", "mm/y.c", "copy").encode(), "secret.c is a symbolic link"),
        (
            (add("in", "120000", "../outside") + add("in/new.c")).encode(),
            "in/new.c is reached through the symbolic link in",
        ),
        (
            (add("l.c", "120000", "/etc/passwd") + "--- a/l.c\n+++ b/l.c\n@@ -1 +1 @@\n-1\n+2\n").encode(),
            "l.c is a symbolic link",
        ),
        (add("mm/x.c/y.c").encode(), "mm/x.c/y.c lies in mm/x.c, which is no folder"),
        (add("include/linux").encode(), "include/linux is a folder"),
        (add("mm/x.c").encode(), "mm/x.c is there already, and the patch adds it"),
        ((add("y.c") + add("y.c")).encode(), "y.c is made twice by the patch"),
        (modify("mm/nowhere.c"), "mm/nowhere.c is not in the tree"),
        (
            (rename("mm/x.c", "a.c") + rename("a.c", "b.c") + rename("b.c", "mm/x.c")).encode(),
            "a.c is not in the tree",
        ),
        ((rename("mm/x.c", "a.c") + rename("mm/x.c", "a.c")).encode(), "a.c is made twice by the patch"),
        ((rename("mm/x.c", "a.c")).encode() + modify("mm/x.c"), "names two files beside those of its rename"),
        ((rename("mm/x.c", "a.c") + "x\n").encode() + modify("mm/x.c"), "mm/x.c is no longer there"),
        (
            b"diff --git a/mm/x.c b/mm/x.c\ndeleted file mode 100644\n"
            + modify("mm/x.c").replace(b"+++ b/mm/x.c", b"+++ /dev/null"),
            "mm/x.c is deleted by the patch, but has lines",
        ),
        (b"diff --git a/x y b/z\nold mode 100644\nnew mode 100755\n", "the names of the file cannot be told apart"),
        (b"diff --git a/x b/x\nrename from x\n", "a rename that does not name both files"),
        (
            b"diff --git a/x b/y\n--- a/x\n+++ b/y\n@@ -1 +1 @@\n-1\n+2\n",
            "two names for a file that is not said to be renamed",
        ),
        (modify("mm/x.c").replace(b"-1,2 +1,2", b"-1,3 +1,3"), "the hunk has other lines than its header counts"),
        (
            modify("mm/x.c").replace(b"-1,2 +1,2", b"-1,2 +1,9") + b"-- \n2.39\n",
            "the hunk has other lines than its header counts",
        ),
        (
            modify("mm/x.c").replace(b"-1,2 +1,2", b"-1,999999999 +1,999999999"),
            "the hunk has other lines than its header",
        ),
        (modify("mm/x.c") + b"+more\n", "a line more than the hunk has by its header"),
        (modify("mm/x.c") + b" more\n", "a line more than the hunk has by its header"),
        (modify("mm/x.c") + b"junk\n@@ -5 +5 @@\n-5\n+five\n", "a hunk that belongs to no file"),
        (b"", "standard input: empty"),
        (b"\n \n", "standard input: empty"),
        (b"no patch at all\n", "standard input: no patch: there is no diff in it"),
        (b"\x7fELF\0\0\0", "standard input: no patch: a binary file"),
        (os.urandom(1000).replace(b"\n", b"") + b"\0", "standard input: no patch: a binary file"),
        (b"\x1f\x8b\x08\0", "standard input: packed with gzip; unpack it first"),
    ],
)
def test_what_is_wrong_is_one_clear_line(tree: WorkingTree, patch: bytes, said: str) -> None:
    assert said in complaint(lambda: apply(tree, patch))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b'"a/mm/x\\033[31m.c"', "mm/x\\x1b[31m.c: a file name with control characters"),
        (b'"a/mm/x\\n.c"', "mm/x\\n.c: a file name with control characters"),
        (b"a/mm/x\x1b[2J.c", "mm/x\\x1b[2J.c: a file name with control characters"),
        (b'"a/mm/x\\000.c"', "mm/x\\x00.c: a file name with control characters"),
        (b"a/mm/\xe2\x80\xae.c", "mm/\\u202e.c is not in the tree"),
        (b"a/" + b"x" * 5000, "x: a file name of 5000 bytes"),
        (b"a/" + b"x/" * 400 + b"x", ": a file name in 401 folders"),
    ],
)
def test_names_that_could_steer_a_terminal_are_spelt_out(tree: WorkingTree, name: bytes, shown: str) -> None:
    other = name.replace(b"a/", b"b/", 1)
    line = complaint(lambda: apply(tree, b"--- %s\n+++ %s\n@@ -1 +1 @@\n-1\n+2\n" % (name, other)))
    assert shown.rpartition(":")[2] in line and line.isprintable()


def test_what_a_file_has_is_spelt_out(tree: WorkingTree) -> None:
    (tree.root / "mm/x.c").write_bytes(b"\x1b[2J\n2\n3\n")
    patch = b"--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1,3 +1,3 @@\n-\x1b]0;x\x07\n+one\n 2\n 3\n"
    line = complaint(lambda: apply(tree, patch))
    assert "'\\x1b[2J', where the patch has '\\x1b]0;x\\x07'" in line


NAMES = {
    "a folder that is no maildir": ("include", "a folder that is no maildir (no cur, no new)"),
    "an empty maildir": ("box", "a maildir without mails"),
    "a file that is not there": ("0001-x.patch", "neither a file, a folder nor commits"),
    "a range that is not there": ("A..B", "neither a file, a folder nor commits"),
    "an option": ("--upload-pack=x", "no such file, and no range"),
    "a name that is too long": ("x" * 260, "neither a file, a folder nor commits"),
    "a NUL": ("a\0b", "no such file"),
    "a source file": ("Makefile", "no patch: there is no diff in it"),
}


@pytest.mark.parametrize("what", NAMES)
def test_names_that_mean_no_patch(tree: WorkingTree, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    (tree.root / "box/cur").mkdir(parents=True)
    monkeypatch.chdir(tree.root)
    name, said = NAMES[what]
    assert said in complaint(lambda: read_series(tree, [name]))


def test_a_range_where_there_is_no_git(tree: WorkingTree, monkeypatch: pytest.MonkeyPatch) -> None:
    line = complaint(lambda: read_series(tree, ["HEAD~3.."]))
    assert line.startswith(f"HEAD~3..: neither a file, a folder nor commits of a git repository at {tree.root}")
    monkeypatch.setenv("PATH", "/nowhere")
    assert "git is not installed" in complaint(lambda: read_series(tree, ["HEAD~3.."]))


def test_a_range_and_files_are_not_mixed(tmp_path: Path) -> None:
    made = repository(tmp_path / "t", {"mm/x.c": NUMBERS})
    commit(made.root, {"mm/x.c": b"1\n"}, "s")
    (tmp_path / "p.patch").write_bytes(modify("mm/x.c"))
    assert "name a range of commits alone" in complaint(lambda: read_series(made, [str(tmp_path / "p.patch"), "HEAD"]))


def test_a_file_that_must_not_be_read(tree: WorkingTree, tmp_path: Path) -> None:
    (tmp_path / "p.patch").write_bytes(modify("mm/x.c"))
    (tmp_path / "p.patch").chmod(0)
    if os.access(tmp_path / "p.patch", os.R_OK):
        pytest.skip("root reads everything")
    assert "cannot be read: Permission denied" in complaint(lambda: read_series(tree, [str(tmp_path / "p.patch")]))


def test_100_mb_are_too_much_and_not_even_held(tree: WorkingTree, tmp_path: Path) -> None:
    with (tmp_path / "big.patch").open("wb") as big:
        big.write(modify("mm/x.c"))
        big.truncate(100 << 20)
    assert complaint(lambda: read_series(tree, [str(tmp_path / "big.patch")])).endswith("a patch larger than 32 MiB")
    with (tmp_path / "big.patch").open("ab") as big:
        big.truncate(1 << 40)
    tracemalloc.start()
    line = complaint(lambda: read_series(tree, [str(tmp_path / "big.patch")]))
    assert line.endswith("larger than 128 MiB, too much for a series of patches")
    assert tracemalloc.get_traced_memory()[1] < 300 << 20
    tracemalloc.stop()


def test_too_many_lines_or_mails(tree: WorkingTree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message, "MAX_LINES", 5)
    assert "a patch of more than 5 lines" in complaint(lambda: read(tree, modify("mm/x.c")))
    monkeypatch.setattr(boxes, "MAX_MAILS", 3)
    box = b"From x Mon Jan  5 10:00:00 2026\nSubject: s\n\n" * 4
    assert "more than 3 mails" in complaint(lambda: read(tree, box))


def test_a_hundred_thousand_changed_hunks_cost_what_their_lines_cost(tree: WorkingTree) -> None:
    """The steps that are counted where hunks are placed stay few."""
    lines = [b"%d\n" % n for n in range(100_000)]
    (tree.root / "mm/x.c").write_bytes(b"above\n" + b"".join(lines))
    hunks = b"".join(
        b"@@ -%d,3 +%d,3 @@\n %d\n-%d\n+x\n %d\n" % (n + 1, n + 1, n, n + 1, n + 2) for n in range(0, 99_990, 9)
    )
    series = read(tree, b"--- a/mm/x.c\n+++ b/mm/x.c\n" + hunks)
    assert len(series.patches[0].files[0].hunks) == 11_110
    steps = 0

    class Counting(place.Effort):
        def spend(self, tries: int) -> None:
            nonlocal steps
            steps += tries

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kscan.source.series.apply.Effort", Counting)
        after = apply_series(tree, series).patches[0].after.read("mm/x.c")
    assert isinstance(after, Source) and after.data.count(b"x\n") == 11_110
    assert steps < 10


def test_hunks_that_could_go_anywhere_end_in_time(tree: WorkingTree, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each hunk fits in thousands of places, and not in the one where it is looked for first."""
    monkeypatch.setattr(place, "_MAX_TRIES", 100_000)
    (tree.root / "mm/x.c").write_bytes(b"a\nb\n" * 5000 + b"a\nc\n" + b"a\nb\n" * 5000)
    hunks = b"".join(
        b"@@ -%d,4 +%d,4 @@\n a\n-b\n+x\n a\n b\n" % (at, at) for n in range(2000) if (at := n * 4 + 2 + n % 2)
    )
    assert "too many hunks that could go in too many places" in complaint(
        lambda: apply(tree, b"--- a/mm/x.c\n+++ b/mm/x.c\n" + hunks)
    )


def test_files_that_grow_from_copies_are_bounded(tree: WorkingTree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "_MAX_HELD", 10 * len(NUMBERS))
    copies = "".join(rename("mm/x.c", f"mm/c{n}.c", "copy") for n in range(11))
    assert "the patches make files of more than" in complaint(lambda: apply(tree, copies.encode()))


HEAD = b"From: a@b\nSubject: [PATCH] s\n"


@pytest.mark.parametrize(
    ("mail", "said"),
    [
        (HEAD + b"X-Long: " + b"x" * 300_000 + b"\n\n", "the headers of the mail are longer than 256 KiB"),
        (HEAD + b"X-A: b\n" * 50_000 + b"\n", "the headers of the mail are longer than 256 KiB"),
        (b"From: a@b\nSubject: " + b"=?a?q?" * 5000 + b"\n\n", "the header subject is longer than 8 KiB"),
        (HEAD + b"To: " + b"(" * 5000 + b"\n\n", "an address of more than 1000 characters"),
        (
            HEAD + b'Content-Type: text/plain; x="' + b";" * 100_000 + b"\n\n",
            "a header of the mail is longer than 8 KiB",
        ),
        (
            HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain; a=" + b"\n ;" * 50_000,
            "a header of the mail is longer",
        ),
    ],
)
def test_headers_of_enormous_length(tree: WorkingTree, mail: bytes, said: str) -> None:
    assert said in complaint(lambda: read(tree, mail + b"text\n" + modify("mm/x.c")))


def nested(depth: int, kind: str) -> bytes:
    parts = {
        "multipart": [b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth)],
        "message": [b"Content-Type: message/rfc822\n\nSubject: s\n"] * depth,
    }
    return HEAD + b"".join(parts[kind]) + b"\n" + modify("mm/x.c")


@pytest.mark.parametrize("kind", ["multipart", "message"])
def test_parts_in_parts(tree: WorkingTree, kind: str) -> None:
    assert "more than 16 nested parts" in complaint(lambda: read(tree, nested(100_000, kind)))
    shallow = read(tree, nested(3 if kind == "multipart" else 1, kind))
    assert len(shallow.patches[0].files) == 1


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "x-uuencode", "\xff", "7bit"])
@pytest.mark.parametrize("charset", ["idna", "unicode_escape", "zip", "utf-7", "x" * 50, '"', "=?", "\xff"])
def test_damaged_encodings(tree: WorkingTree, encoding: str, charset: str) -> None:
    head = f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
    mail = HEAD + head.encode("latin-1") + b"=ZZ=\n===\n\xff\n" + modify("mm/x.c")
    try:
        assert read(tree, mail).patches
    except InputError as why:
        assert "a mail without a diff" in str(why)


def test_nothing_that_the_repository_configures_is_run(tmp_path: Path) -> None:
    made = repository(tmp_path / "t", {"mm/x.c": NUMBERS})
    spy = tmp_path / "spy"
    spy.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\ncat\n")
    spy.chmod(0o755)
    for key in (
        "diff.external",
        "diff.c.command",
        "diff.c.textconv",
        "filter.f.smudge",
        "filter.f.clean",
        "core.fsmonitor",
        "core.pager",
        "gpg.program",
        "core.sshCommand",
    ):
        git(made.root, "config", key, str(spy))
    for key, value in (
        ("log.showSignature", "true"),
        ("diff.noprefix", "true"),
        ("diff.context", "0"),
        ("diff.renames", "false"),
        ("diff.suppressBlankEmpty", "true"),
        ("color.ui", "always"),
        ("diff.mnemonicPrefix", "true"),
    ):
        git(made.root, "config", key, value)
    (made.root / ".git/info/attributes").write_text("*.c diff=c filter=f\n")
    new = NUMBERS.replace(b"\n7\n", b"\nseven\n")
    (made.root / "mm/x.c").write_bytes(new)
    git(made.root, "-c", "filter.f.clean=cat", "commit", "-qam", "s")
    (tmp_path / "ran").unlink(missing_ok=True)
    for name in ("HEAD~1..", "HEAD"):
        applied = apply_series(made, read_series(made, [name]))
        assert applied.patches[0].after.read("mm/x.c") == Source("mm/x.c", new)
        assert len(applied.patches[0].patch.files[0].hunks[0].lines) == 8
    assert not (tmp_path / "ran").exists()


def test_nothing_is_fetched(tmp_path: Path) -> None:
    """A blob that a partial clone lacks is not asked for, through a remote whose program the repository names."""
    made = repository(tmp_path / "t", {"mm/x.c": NUMBERS})
    commit(made.root, {"mm/x.c": b"1\n"}, "s")
    for key, value in (
        ("remote.o.url", "ext::sh -c touch% " + str(tmp_path / "ran")),
        ("remote.o.promisor", "true"),
        ("protocol.ext.allow", "always"),
        ("remote.o.uploadpack", f"touch {tmp_path}/ran"),
        ("extensions.partialClone", "o"),
        ("core.repositoryformatversion", "1"),
    ):
        git(made.root, "config", key, value)
    blob = git(made.root, "rev-parse", "HEAD~1:mm/x.c")
    (made.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    assert complaint(lambda: apply_series(made, read_series(made, ["HEAD~1.."])))
    assert not (tmp_path / "ran").exists()


_TOKENS = [
    *(b"\n", b"\r", b"\0", b"\x85", b"\xff", b"=", b'"', b";", b"-", b"+", b" ", b"999999999", b"/dev/null", b"../"),
    *(b"--- ", b"+++ ", b"@@ -1,3 +1,3 @@\n", b"diff --git a/x b/x\n", b"\\ No newline at end of file\n", b"-- \n"),
    *(b"rename from x\n", b"copy from mm/x.c\ncopy to q.c\n", b"deleted file mode 100644\n", b"new file mode 120000\n"),
    *(
        b"old mode 100644\nnew mode 160000\n",
        b"GIT binary patch\nliteral 3\n",
        b'"a/\\0',
        b"base-commit: %s\n" % (b"a" * 40),
    ),
    *(
        b"From x Mon Jan  5 10:00:00 2026\n",
        b"Subject: [PATCH 2/3] s\n",
        b"=?utf-8?q?",
        b"?=",
        b"charset=",
        b"boundary=",
    ),
    *(
        b"Content-Type: message/rfc822\n\n",
        b"Content-Transfer-Encoding: base64\n",
        b"; format=flowed",
        b"Message-ID: <x>\n",
    ),
]
_MAILS = [*WAYS.values(), modify("mm/x.c"), (add("a.c") + rename("a.c", "b.c") + rename("mm/x.c", "c.c")).encode()]
_DAMAGE = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from(_TOKENS) | st.binary(max_size=3), st.integers(0, 60)),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.sampled_from(_MAILS), _DAMAGE)
@example(HEAD + b'Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: a/b; charset="\0"\n\n\xff\n', [])
def test_whatever_is_done_to_a_mail_it_is_read_or_refused(
    tree: WorkingTree, mail: bytes, damage: list[tuple[float, bytes, int]]
) -> None:
    for where, token, gone in damage:
        at = int(where * len(mail))
        mail = mail[:at] + token + mail[at + gone :]
    try:
        apply(tree, mail)
    except InputError as why:
        assert len(str(why)) < 600
