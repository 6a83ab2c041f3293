"""The hooks in the real git: what it commits, pushes and mails is stopped when kscan has something to say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.hooks.series import DOCUMENTED, SECOND, THIRD, Scratch

FOUND = "-EBUSY, which its Return section does not name"


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path / "linux")


def _install(scratch: Scratch, *names: str) -> None:
    scratch.run(sys.executable, "-P", "-m", "kscan", "hook", "install", *names)


def test_a_commit_is_stopped_by_what_it_stages(scratch: Scratch) -> None:
    _install(scratch, "pre-commit")
    said = scratch.commit("mm: z", SECOND, code=1)
    assert FOUND in said and "git commit --no-verify" in said
    scratch.commit("mm: z", DOCUMENTED)
    (scratch.root / "mm/z.c").write_text(SECOND)  # only what is staged counts
    scratch.git("commit", "-q", "--allow-empty", "-m", "nothing")
    scratch.git("commit", "-q", "-a", "-m", "all", code=1)  # git stages into an index of its own
    scratch.commit("mm: z: with its text", THIRD)


def test_a_push_is_stopped_by_what_is_new_there(scratch: Scratch, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "there"], check=True)
    scratch.git("remote", "add", "origin", str(tmp_path / "there"))
    scratch.git("push", "-q", "origin", "master")
    _install(scratch, "pre-push")
    scratch.series(DOCUMENTED)
    scratch.git("push", "-q", "origin", "master")
    scratch.series(SECOND)
    assert FOUND in scratch.git("push", "-q", "origin", "master", code=1).stderr
    assert FOUND in scratch.git("push", "-q", "origin", "master:new", code=1).stderr
    scratch.series(THIRD)
    scratch.git("push", "-q", "origin", "master", "master:new")
    assert scratch.git("push", "-q", "origin", ":new").stderr == ""
    assert scratch.git("push", "-q", "origin", "master:again").stderr == "", "it has all of it in another branch"


def test_a_push_of_all_of_the_history_is_said_not_to_be_reviewed(scratch: Scratch, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "there"], check=True)
    scratch.git("remote", "add", "origin", str(tmp_path / "there"))
    _install(scratch, "pre-push")
    scratch.series(SECOND)
    said = scratch.git("push", "-q", "origin", "master").stderr
    assert said.startswith("kscan: not reviewed: origin lacks more than 200 commits below ") and said.count("\n") == 1


def test_a_message_with_no_such_errno_is_stopped(scratch: Scratch) -> None:
    _install(scratch, "commit-msg")
    said = scratch.git("commit", "--allow-empty", "-m", "mm: return -EINVLA\n\nNot -EBUSY, see gcc -E.", code=1).stderr
    assert said.startswith("commit message:1: there is no -EINVLA in this tree; -EINVAL?\n")
    scratch.git("commit", "-q", "--allow-empty", "-m", "mm: return -EINVAL\n\nSee EXPORT_SYMBOL and -EXTRAVERSION.")


def test_a_hook_shared_with_other_repositories_leaves_them_alone(scratch: Scratch, tmp_path: Path) -> None:
    _install(scratch, "pre-commit", "commit-msg")
    other = tmp_path / "other"
    subprocess.run(["git", "init", "-q", other], check=True)
    words = [
        "git",
        "-c",
        f"core.hooksPath={scratch.root}/.git/hooks",
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@b.example",
    ]
    done = subprocess.run(
        [*words, "commit", "-q", "--allow-empty", "-m", "return -EINVLA"],
        cwd=other,
        env=scratch.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


# -- git send-email

needs_mail = pytest.mark.skipif(
    not (shutil.which("git-send-email") or Path("/usr/lib/git-core/git-send-email").exists()),
    reason="git send-email is not here: apt-get install git-email",
)


def _sent(scratch: Scratch, *words: str, code: int | None) -> subprocess.CompletedProcess[str]:
    told = ("--dry-run", "--quiet", "--confirm=never", "--to=list@example.org", "--suppress-cc=all")
    return scratch.git("send-email", *told, *words, code=code)


@needs_mail
def test_a_series_with_a_finding_is_not_sent(scratch: Scratch, tmp_path: Path) -> None:
    _install(scratch, "sendemail")
    scratch.series(DOCUMENTED, SECOND)
    scratch.git("format-patch", "-q", "--cover-letter", "-o", str(tmp_path / "out"), "HEAD~2")
    cover = next((tmp_path / "out").glob("0000-*"))
    cover.write_text(cover.read_text().replace("*** SUBJECT HERE ***", "mm: z").replace("*** BLURB HERE ***", "So."))
    files = [str(path) for path in sorted((tmp_path / "out").iterdir())]
    done = _sent(scratch, *files, code=None)
    assert done.returncode != 0
    assert FOUND in done.stderr
    assert "Subject: " not in done.stdout


def test_where_git_does_not_count_each_mail_is_told_of_by_itself(scratch: Scratch, tmp_path: Path) -> None:
    """Nothing is said of the others, least of all that there is nothing to say."""
    _install(scratch, "sendemail")
    scratch.series(DOCUMENTED, SECOND, SECOND.replace("x > 9", "x > 8"))
    scratch.git("format-patch", "-q", "-o", str(tmp_path / "out"), "HEAD~3")
    hook = f"{scratch.root}/.git/hooks/sendemail-validate"
    files = sorted((tmp_path / "out").iterdir())
    said = [scratch.run(hook, str(file), code=None) for file in files]
    assert [done.returncode for done in said] == [0, 1, 0]
    assert said[1].stderr.startswith("[2/3] ") and FOUND in said[1].stderr
    assert not {"[1/3]", "[3/3]", "changes nothing"} & set(re.findall(r"\[\d/3\]|changes nothing", said[1].stderr))


@needs_mail
def test_a_clean_series_goes_through(scratch: Scratch, tmp_path: Path) -> None:
    _install(scratch, "sendemail")
    scratch.series(DOCUMENTED, SECOND, THIRD)  # what the second breaks, the third repairs
    scratch.git("format-patch", "-q", "-o", str(tmp_path / "out"), "HEAD~3")
    files = [str(path) for path in sorted((tmp_path / "out").iterdir())]
    done = _sent(scratch, *files, code=0)
    assert "kscan" not in done.stderr


def _as_newer_git_does(scratch: Scratch, files: list[Path], two_words: bool = True) -> list[tuple[int, str]]:
    """What the hook says for each of ``files``, called as git 2.43 does."""
    headers = scratch.root.parent / "headers"
    headers.write_text("To: list@example.org\n")
    said = []
    for number, file in enumerate(files, 1):
        counted = {"GIT_SENDEMAIL_FILE_COUNTER": str(number), "GIT_SENDEMAIL_FILE_TOTAL": str(len(files))}
        words = [str(file), *([str(headers)] if two_words else [])]
        done = scratch.run(f"{scratch.root}/.git/hooks/sendemail-validate", *words, code=None, **counted)
        said.append((done.returncode, done.stderr))
    return said


@pytest.mark.parametrize("two_words", [True, False])
def test_counted_mails_are_stopped_at_the_last_with_the_findings_of_all(
    scratch: Scratch, tmp_path: Path, two_words: bool
) -> None:
    _install(scratch, "sendemail")
    scratch.series(SECOND, SECOND.replace("int fetch", "int  fetch"))
    scratch.git("format-patch", "-q", "-o", str(tmp_path / "out"), "HEAD~2")
    files = sorted((tmp_path / "out").iterdir())
    said = _as_newer_git_does(scratch, files, two_words)
    assert [code for code, _ in said] == [0, 1]
    assert said[0][1] == "" and FOUND in said[1][1]


def test_counted_mails_of_a_clean_series_go_through(scratch: Scratch, tmp_path: Path) -> None:
    _install(scratch, "sendemail")
    scratch.series(DOCUMENTED, SECOND, THIRD)
    scratch.git("format-patch", "-q", "-o", str(tmp_path / "out"), "HEAD~3")
    scratch.git("reset", "-q", "--hard", "HEAD~3")  # the series need not be in the tree
    assert _as_newer_git_does(scratch, sorted((tmp_path / "out").iterdir())) == [(0, "")] * 3


def test_a_count_that_was_broken_off_is_forgotten(scratch: Scratch, tmp_path: Path) -> None:
    _install(scratch, "sendemail")
    scratch.series(DOCUMENTED, SECOND)
    scratch.git("format-patch", "-q", "-o", str(tmp_path / "out"), "HEAD~2")
    files = sorted((tmp_path / "out").iterdir())
    _as_newer_git_does(scratch, [files[1], tmp_path / "gone"])[:1]
    assert [code for code, _ in _as_newer_git_does(scratch, files)] == [0, 1]


def test_a_mail_that_cannot_be_reviewed_is_said_and_sent(scratch: Scratch, tmp_path: Path) -> None:
    _install(scratch, "sendemail")
    scratch.series(DOCUMENTED, SECOND)
    scratch.git("format-patch", "-q", "-1", "-o", str(tmp_path / "out"))
    scratch.git("reset", "-q", "--hard", "HEAD~2")
    ((code, said),) = _as_newer_git_does(scratch, sorted((tmp_path / "out").iterdir()))
    assert (code, said.count("\n")) == (0, 1)
    assert said.startswith("kscan: not reviewed: ") and "mm/z.c" in said


def test_the_environment_of_a_hook_is_not_taken_for_the_trees(scratch: Scratch) -> None:
    """git sets GIT_DIR and GIT_INDEX_FILE in hooks; with another tree named these speak of another repository."""
    _install(scratch, "pre-commit")
    assert os.environ.get("GIT_DIR") is None
    scratch.commit("mm: z", DOCUMENTED)


def _upgraded(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the index of the tree be one of another version of kscan."""
    from kscan.facts.store import open_store
    from kscan.index.state import keep_state, state_of

    scratch.run(sys.executable, "-P", "-m", "kscan", "index", ".")
    monkeypatch.setenv("KSCAN_CACHE_DIR", scratch.env["KSCAN_CACHE_DIR"])
    with open_store(scratch.root) as store:
        state = state_of(store)
        assert state is not None
        keep_state(store, msgspec.structs.replace(state, by="another"))


def test_an_index_of_another_version_is_said_to_be_left_alone(
    scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(scratch, "pre-commit")
    scratch.commit("mm: z", DOCUMENTED)
    _upgraded(scratch, monkeypatch)
    (scratch.root / "mm/z.c").write_text(THIRD)
    clean = scratch.git("commit", "-q", "-a", "-m", "mm: z")
    assert clean.stderr.startswith("kscan: note: the index was made by another version of kscan")
    assert clean.stderr.count("\n") == 1 and f"'kscan index {scratch.root}'" in clean.stderr
    told = scratch.run(sys.executable, "-P", "-m", "kscan", "index", "--status", ".")
    assert "has no index" in told.stdout and "another version" in told.stderr
    (scratch.root / "mm/z.c").write_text(SECOND)
    stopped = scratch.git("commit", "-q", "-a", "-m", "mm: z", code=1)
    assert stopped.stderr.count("another version") == 1
    scratch.run(sys.executable, "-P", "-m", "kscan", "index", ".")
    assert "another version" not in scratch.git("commit", "-q", "-a", "-m", "mm: z", code=1).stderr
