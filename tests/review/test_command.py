"""``kscan review`` as people run it: where the tree is, what it reads, what it prints, and how it ends."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from kscan.cli.main import entry
from tests.review.series import Series
from tests.review.test_series import BUSY, GRAB, TOLD, USER


@pytest.fixture
def series(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Series:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    made = Series(tmp_path, {"grab.c": GRAB, "use.c": USER})
    monkeypatch.chdir(made.tree.root / "include")
    return made


def test_text_and_the_tree_around(series: Series, capsys: pytest.CaptureFixture[str]) -> None:
    series.patch(grab=BUSY)
    assert entry(["review", *series.patches]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    head, *lines = out.splitlines()
    assert head == "[1/1] step 1"
    assert lines[0].startswith("grab.c:7:4: warning: grab() can return -EBUSY, which its Return section does not name")
    assert "grab.c:9: grab() can newly return -EBUSY" in lines
    assert "so can use(): -EBUSY" in lines
    assert any(line.startswith("2 findings (2 warnings) in 1 patch, ") for line in lines)


def test_a_plain_diff_that_changes_nothing_is_told_so(series: Series, capsys: pytest.CaptureFixture[str]) -> None:
    series.patch(grab=GRAB.replace("n < 0", "0 > n"))
    patch = Path(series.patches[0])
    patch.write_text(patch.read_text().partition("---\n")[2])
    assert entry(["review", str(patch)]) == 0
    head, said, *_ = capsys.readouterr().out.splitlines()
    assert (head, said) == ("[1/1] without a subject", "changes nothing that kscan looks for")


def test_a_function_that_is_new(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    series = Series(tmp_path, {"use.c": "\nint none;\n"}).patch(
        grab=GRAB, far="\nint far(int n)\n{\n\treturn ask(n);\n}\n"
    )
    assert entry(["review", "--tree", str(series.tree.root), *series.patches]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "grab.c:9: grab() is new and can return 0, -EINVAL" in lines
    assert "far.c:3: far() is new; what it returns is not known" in lines


IGNORING = """
int use(int n)
{
	int err = grab(n);

	pr_debug("grab: %d\\n", err);
	return 0;
}
"""


def test_what_is_returned_for_a_value_that_is_dropped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    series = Series(tmp_path, {"grab.c": GRAB, "use.c": IGNORING}).patch(grab=BUSY)
    words = ["review", "--tree", str(series.tree.root), *series.patches]
    assert entry(words) == 1
    told = "-EBUSY of grab() in use(): dropped, for which 0 is returned"
    assert any(line.endswith(told) for line in capsys.readouterr().out.splitlines())
    assert entry([*words, "--cover"]) == 1
    told = "use(): -EBUSY of grab() is dropped, for which 0 is returned"
    assert told in " ".join(capsys.readouterr().out.split())


def test_a_clean_series_with_a_note_ends_with_0(series: Series, capsys: pytest.CaptureFixture[str]) -> None:
    series.patch(grab=BUSY).patch(grab=TOLD, use=USER.replace("number.", "number, -EBUSY for a large one."))
    assert entry(["review", "-q", *series.patches]) == 0
    out = capsys.readouterr().out
    assert [line for line in out.splitlines() if line.endswith("[bisect]")] == [
        "grab.c:7: note: patch 1 breaks what patch 2 repairs [bisect]",
        "use.c:9: note: patch 1 breaks what patch 2 repairs [bisect]",
    ]


def test_a_mail_on_standard_input(
    series: Series, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    series.patch(grab=BUSY)
    mail = Path(series.patches[0]).read_bytes()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(mail)))
    assert entry(["review", "--tree", str(series.tree.root), "-", "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["schema"] == "kscan.review/1"
    assert [finding["function"] for finding in report["patches"][0]["findings"]] == ["grab", "use"]
    assert report["counts"]["by_rule"] == {"undocumented-errno": 2}


@pytest.mark.parametrize("form", ["terse", "sarif", "mail", "github", "b4"])
def test_each_form_tells_of_the_finding(series: Series, capsys: pytest.CaptureFixture[str], form: str) -> None:
    series.patch(grab=BUSY)
    assert entry(["review", "--format", form, *series.patches]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    assert "-EBUSY" in out and "grab" in out


def test_the_table_for_a_cover_letter(series: Series, capsys: pytest.CaptureFixture[str]) -> None:
    series.patch(grab=BUSY)
    assert entry(["review", "--cover", *series.patches]) == 1
    out = capsys.readouterr().out
    assert out == (
        "Errnos that this series adds and takes away:\n"
        "\n"
        "  function  new     gone\n"
        "  --------  ------  ----\n"
        "  grab()    -EBUSY\n"
        "  use()     -EBUSY\n"
    )
    assert max(map(len, out.splitlines())) <= 72


OPEN = """
int elsewhere(int n);

int grab(int n)
{
	if (n < 0)
		return -EINVAL;
	return elsewhere(n);
}

int through(int n)
{
	return grab(n);
}
"""


def test_what_an_open_function_returns_no_more_is_not_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What it returned itself is gone; its callee may return the same, which is said of no one who passes it on."""
    series = Series(tmp_path, {"grab.c": OPEN}).patch(grab=OPEN.replace("-EINVAL", "-EIO"))
    words = ["review", "--tree", str(series.tree.root), *series.patches]
    assert entry(words) == 0
    out = capsys.readouterr().out
    assert "grab() can newly return -EIO; is not seen any more to return -EINVAL\n" in out
    assert "so can through(): -EIO\n" in out and "nor can" not in out
    assert entry([*words, "--cover"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if "()" in line]
    assert rows == [["grab()", "-EIO", "-EINVAL"], ["through()", "-EIO"]]


def test_a_cover_letter_has_no_room_for_hundreds_of_functions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    users = "".join(f"\nint use_{n}(int n)\n{{\n\treturn grab(n);\n}}\n" for n in range(30))
    series = Series(tmp_path, {"grab.c": GRAB + users}).patch(grab=BUSY + users)
    entry(["review", "--tree", str(series.tree.root), "--cover", *series.patches])
    out = capsys.readouterr().out
    assert out.count("use_") == 12 and "  grab()" in out
    assert "\n  and 18 more functions through these\n" in out


def test_the_table_says_what_two_calls_do_alike_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twice = "\nvoid both(int n)\n{\n\tgrab(n);\n\tgrab(n);\n}\n"
    series = Series(tmp_path, {"grab.c": GRAB + twice}).patch(grab=BUSY + twice)
    entry(["review", "--tree", str(series.tree.root), "--cover", *series.patches])
    assert capsys.readouterr().out.count("both(): -EBUSY of grab() is dropped") == 1


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("review",), "Name patches"),
        (("review", "nowhere.patch"), "nowhere.patch"),
        (("review", "--cover", "--format", "json", "PATCH"), "--cover is plain text"),
        (("review", "--tree", "nowhere", "PATCH"), "nowhere: no such folder"),
        (("review", "--select", "none-such", "PATCH"), "none-such"),
    ],
)
def test_mistakes(series: Series, capsys: pytest.CaptureFixture[str], args: tuple[str, ...], said: str) -> None:
    series.patch(grab=BUSY)
    assert entry([series.patches[0] if arg == "PATCH" else arg for arg in args]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and said in err


def test_outside_of_a_tree(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert entry(["review", "x.patch"]) == 2
    assert "name one with --tree" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["text", "terse", "json", "sarif", "mail", "github", "b4", "b4-lines"])
def test_nothing_of_a_patch_steers_a_terminal(series: Series, capsys: pytest.CaptureFixture[str], form: str) -> None:
    series.patch(grab=BUSY.replace("return -EBUSY;", "return -EBUSY; /* \x1b[2J\u202e\x9b */"))
    mail = Path(series.patches[0])
    evil = "=?utf-8?q?=1B]0;x=07=C2=9B=E2=80=AE?="
    head = (
        f"From: {evil} <a@b>\nCc: {evil} <c@d>\nMessage-ID: <x\x1by@b>\nReferences: <\x9b@b>\nSubject: [PATCH] {evil}"
    )
    mail.write_text(mail.read_text("utf-8").replace("Subject: [PATCH 1/9] step 1", head, 1), "utf-8")
    assert entry(["review", "--format", form, *series.patches]) == 1
    out, err = capsys.readouterr()
    assert err == "" and "-EBUSY" in out
    assert [char for char in out if not char.isprintable() and char not in "\n\t"] == []


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        (
            "--- a/x\x1b[2J.c\n+++ b/x\x1b[2J.c\n@@ -1 +1 @@\n-a\n+b\n",
            "x\\x1b[2J.c: a file name with control characters",
        ),
        ("--- a/../x.c\n+++ b/../x.c\n@@ -1 +1 @@\n-a\n+b\n", "../x.c: the patch names a file outside the tree"),
        ("--- a/grab.c\n+++ b/grab.c\n@@ -1 +1 @@\n-\x1b[2J\n+b\n", "grab.c does not take hunk 1 of 1"),
        ("no patch", "no patch: there is no diff in it"),
    ],
)
def test_a_bad_patch_is_one_line_and_exit_2(
    series: Series, capsys: pytest.CaptureFixture[str], patch: str, said: str
) -> None:
    mail = series.root / "bad.patch"
    mail.write_text(patch, "utf-8")
    assert entry(["review", str(mail)]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert said in err and err.rstrip("\n").isprintable()


def test_a_name_that_is_no_utf8_is_a_note(series: Series, capsys: pytest.CaptureFixture[str]) -> None:
    """A new file, a rename to such a name and back; the other files of the patch are reviewed."""
    series.patch(grab=BUSY)
    odd = Path(series.patches[0])
    heads = b'--- /dev/null\n+++ "b/new\\351.c"\n@@ -0,0 +1 @@\n+int x;\n'
    moved = b'similarity index 100%\nrename from use.c\nrename to "us\\351.c"\n'
    odd.write_bytes(
        odd.read_bytes()
        + b'diff --git "a/new\\351.c" "b/new\\351.c"\nnew file mode 100644\n'
        + heads
        + b'diff --git a/use.c "b/us\\351.c"\n'
        + moved
    )
    assert entry(["review", str(odd)]) == 1
    out, err = capsys.readouterr()
    assert err == "" and out.count("a name that is no UTF-8; the file is not looked at") == 2
    assert "grab() can return -EBUSY" in out and "use() is gone" in out
    assert entry(["review", "--format", "json", str(odd)]) == 1
    json.loads(capsys.readouterr().out)
