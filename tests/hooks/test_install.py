"""Hooks come beside what is there, once, and leave it byte for byte as it was."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Run, plain_surroundings, run, tree

__all__ = ["plain_surroundings", "run", "tree"]

HOOKS = ["sendemail", "pre-commit", "pre-push", "commit-msg"]
FILES = {"sendemail": "sendemail-validate"}


def git(at: Path, *words: str, check: bool = True) -> str:
    done = subprocess.run(["git", "-C", at, *words], capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    where = tmp_path / "a 'quoted' $place"
    where.mkdir()
    git(where, "init", "-q")
    git(where, "config", "user.name", "A")
    git(where, "config", "user.email", "a@example.org")
    return where


def _everything(at: Path) -> dict[str, tuple[bytes, int]]:
    """All files below ``at``, links as what they say, with their modes."""
    return {
        str(path.relative_to(at)): (
            str(path.readlink()).encode() if path.is_symlink() else path.read_bytes(),
            path.lstat().st_mode,
        )
        for path in sorted(at.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def _hooks(repo: Path) -> Path:
    return repo / ".git/hooks"


@pytest.mark.parametrize("name", [*HOOKS, "b4"])
@pytest.mark.parametrize("before", ["nothing", "a hook", "a link", "no folder"])
def test_uninstall_leaves_every_byte_as_it_was(run: Run, repo: Path, name: str, before: str) -> None:
    file = _hooks(repo) / FILES.get(name, name)
    if before == "a hook":
        file.write_bytes(b"#!/bin/sh\n\xff# mine\nexit 0")
        file.chmod(0o750)
    elif before == "a link":
        file.symlink_to("/nowhere/at all")
    elif before == "no folder":
        for sample in _hooks(repo).iterdir():
            sample.unlink()
        _hooks(repo).rmdir()
    was, folder = _everything(repo), _hooks(repo).exists()
    assert run("hook", "install", name, "--repository", repo).code == 0
    assert _everything(repo) != was
    assert run("hook", "uninstall", name, "--repository", repo).code == 0
    assert (_everything(repo), _hooks(repo).exists()) == (was, folder)


def test_the_last_line_of_the_settings_may_have_no_end(run: Run, repo: Path) -> None:
    config = repo / ".git/config"
    config.write_bytes(config.read_bytes() + b"[b4]\n\tmidmask = x")
    was = config.read_bytes()
    run("hook", "install", "b4", "--repository", repo)
    assert git(repo, "config", "b4.midmask") == "x\n"
    assert "hook run b4-prep" in git(repo, "config", "b4.prep-perpatch-check-cmd")
    run("hook", "uninstall", "b4", "--repository", repo)
    assert config.read_bytes() == was


def test_settings_made_since_stay(run: Run, repo: Path) -> None:
    run("hook", "install", "b4", "--repository", repo)
    git(repo, "config", "b4.midmask", "x")
    git(repo, "config", "--add", "include.path", "mine")
    assert run("hook", "uninstall", "b4", "--repository", repo).code == 0
    assert git(repo, "config", "b4.midmask") == "x\n"
    assert git(repo, "config", "--get-all", "include.path") == "mine\n"
    assert git(repo, "config", "b4.am-perpatch-check-cmd", check=False) == ""


@pytest.mark.parametrize("name", [*HOOKS, "b4"])
def test_a_second_time_changes_nothing(run: Run, repo: Path, name: str) -> None:
    run("hook", "install", name, "--repository", repo)
    was = _everything(repo)
    again = run("hook", "install", name, "--repository", repo)
    assert (again.code, again.out) == (0, "installed already, nothing to do\n")
    assert _everything(repo) == was
    run("hook", "uninstall", name, "--repository", repo)
    gone = run("hook", "uninstall", name, "--repository", repo)
    assert (gone.code, gone.out) == (0, "not installed, nothing to do\n")


def test_a_dry_run_shows_all_and_writes_nothing(run: Run, repo: Path) -> None:
    was = _everything(repo)
    shown = run("hook", "install", *HOOKS, "b4", "--repository", repo, "--dry-run")
    assert (shown.code, _everything(repo)) == (0, was)
    assert "    #!/bin/sh\n" in shown.out
    assert "write" in shown.out and str(_hooks(repo) / "pre-push") in shown.out
    assert "prep-perpatch-check-cmd" in shown.out


def test_a_dry_run_of_uninstall_shows_the_lines_that_go_and_no_others(run: Run, repo: Path) -> None:
    """What else stands in git's settings, an address with a password among it, is no business of a terminal."""
    git(repo, "config", "remote.origin.url", "https://me:secret@example.org/linux")
    run("hook", "install", "b4", "--repository", repo)
    was = _everything(repo)
    shown = run("hook", "uninstall", "b4", "--repository", repo, "--dry-run")
    assert (shown.code, _everything(repo)) == (0, was)
    assert "    - [include]\n" in shown.out and "kscan-b4.config" in shown.out
    assert "secret" not in shown.out and "[remote" not in shown.out


def test_other_words_replace_the_script_and_keep_what_was_there(run: Run, repo: Path, tree: Path) -> None:
    mine = _hooks(repo) / "pre-commit"
    mine.write_text("#!/bin/sh\n")
    run("hook", "install", "pre-commit", "--repository", repo)
    assert run("hook", "install", "pre-commit", "--repository", repo, "--tree", tree).code == 0
    assert str(tree) in mine.read_text()
    assert (_hooks(repo) / "pre-commit.before-kscan").read_text() == "#!/bin/sh\n"


@pytest.mark.parametrize("does", ["install", "uninstall"])
def test_what_was_edited_by_hand_is_left_alone(run: Run, repo: Path, does: str) -> None:
    run("hook", "install", "pre-commit", "--repository", repo)
    with (_hooks(repo) / "pre-commit").open("a") as file:
        file.write("echo mine\n")
    was = _everything(repo)
    refused = run("hook", does, "pre-commit", "--repository", repo)
    assert (refused.code, refused.err.count("\n"), _everything(repo)) == (2, 1, was)
    assert "by hand" in refused.err
    assert "pre-commit  changed by hand" in run("hook", "status", "--repository", repo).out


def test_a_hook_written_over_ours_is_not_lost(run: Run, repo: Path) -> None:
    mine = _hooks(repo) / "pre-commit"
    mine.write_text("first\n")
    run("hook", "install", "pre-commit", "--repository", repo)
    mine.write_text("second\n")
    was = _everything(repo)
    assert run("hook", "install", "pre-commit", "--repository", repo).code == 2
    assert _everything(repo) == was


def test_no_repository_is_one_line(run: Run, tmp_path: Path) -> None:
    said = run("hook", "install", "b4", "--repository", tmp_path)
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "not a git repository" in said.err


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unwritable for root")
def test_an_unwritable_place_is_one_line(run: Run, repo: Path) -> None:
    _hooks(repo).chmod(0o500)
    said = run("hook", "install", "pre-commit", "--repository", repo)
    _hooks(repo).chmod(0o700)
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "nothing was changed" in said.err


def test_hooks_path_and_work_trees(run: Run, repo: Path, tmp_path: Path) -> None:
    git(repo, "commit", "-q", "--allow-empty", "-m", "x")
    git(repo, "worktree", "add", "-q", str(tmp_path / "other"))
    run("hook", "install", "pre-push", "b4", "--repository", tmp_path / "other")
    assert (_hooks(repo) / "pre-push").exists()
    assert "hook run" in git(repo, "config", "b4.am-perpatch-check-cmd")
    git(repo, "config", "core.hooksPath", "my hooks")
    inside = repo / "below"
    inside.mkdir()
    run("hook", "install", "pre-commit", "--repository", inside)
    assert (repo / "my hooks/pre-commit").exists()
    assert "pre-commit  installed" in run("hook", "status", "--repository", repo).out


def test_b4_keeps_its_own_lines_and_its_default(run: Run, repo: Path) -> None:
    checkpatch = repo / "scripts/checkpatch.pl"
    checkpatch.parent.mkdir()
    checkpatch.write_text("")
    checkpatch.chmod(0o755)
    git(repo, "config", "b4.am-perpatch-check-cmd", "mine --all")
    run("hook", "install", "b4", "--repository", repo)
    prep = git(repo, "config", "--get-all", "b4.prep-perpatch-check-cmd").splitlines()
    assert prep[0] == "./scripts/checkpatch.pl -q --terse --no-summary --mailback --showfile"
    assert prep[1].endswith("kscan hook run b4-prep")
    mine = git(repo, "config", "--get-all", "b4.am-perpatch-check-cmd").splitlines()
    assert mine[0] == "mine --all" and len(mine) == 2
    review = git(repo, "config", "--get-all", "b4.review-perpatch-check-cmd").splitlines()
    assert review[0] == "_builtin_checkpatch" and len(review) == 2
    assert len(git(repo, "config", "--get-all", "b4.review-series-check-cmd").splitlines()) == 1
    again = run("hook", "install", "b4", "--repository", repo)
    assert again.out == "installed already, nothing to do\n"


def _scripted(repo: Path, name: str, before: str, given: bytes = b"") -> tuple[int, str, str]:
    """The hook ``name`` run by a shell, after ``before``, with a python that tells its words and its input."""
    from kscan.hooks.script import script

    python = repo / "python"
    python.write_text('#!/bin/sh\necho "$@"; cat; exit 7\n')
    python.chmod(0o755)
    hook = repo / "hook it"
    hook.write_bytes(script(name, [str(python), "-m", "it's"], folder_made=False))
    hook.chmod(0o755)
    kept = repo / "hook it.before-kscan"
    kept.unlink(missing_ok=True)
    if before:
        kept.write_text(f"#!/bin/sh\n{before}\n")
        kept.chmod(0o755)
    done = subprocess.run([hook, "a b", "c"], input=given, capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_what_was_there_runs_first_and_has_the_last_word(repo: Path) -> None:
    assert _scripted(repo, "pre-commit", "") == (7, "-m it's a b c\n", "")
    assert _scripted(repo, "pre-commit", 'echo "was: $1"') == (7, "was: a b\n-m it's a b c\n", "")
    assert _scripted(repo, "pre-commit", "exit 3") == (3, "", "")


def test_both_hear_what_is_pushed(repo: Path) -> None:
    refs = b"refs/heads/a 1 refs/heads/b 2\n"
    assert _scripted(repo, "pre-push", "cat", refs) == (7, f"{refs.decode()}-m it's a b c\n{refs.decode()}", "")
    assert _scripted(repo, "pre-push", "exit 3", refs)[0] == 3
    assert _scripted(repo, "pre-push", "", b"") == (7, "-m it's a b c\n", "")


def test_an_interpreter_that_went_away_stops_nobody_and_is_said(repo: Path) -> None:
    from kscan.hooks.script import script

    hook = repo / "hook"
    hook.write_bytes(script("commit-msg", ["/no/such/python"], folder_made=False))
    done = subprocess.run(["sh", hook], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr.startswith("kscan: there is no /no/such/python any more, so nothing was checked")


def test_what_the_project_asks_b4_for_replaces_its_default(run: Run, repo: Path) -> None:
    checkpatch = repo / "scripts/checkpatch.pl"
    checkpatch.parent.mkdir()
    checkpatch.write_text("")
    checkpatch.chmod(0o755)
    own = "[b4]\n\tprep-perpatch-check-cmd = ./own\n\tam-perpatch-check-cmd = ./own\n"
    (repo / ".b4-config").write_text(own)
    run("hook", "install", "b4", "--repository", repo)
    assert len(git(repo, "config", "--get-all", "b4.prep-perpatch-check-cmd").splitlines()) == 1
    # b4 takes nothing but commands for "b4 prep" from that file.
    assert len(git(repo, "config", "--get-all", "b4.am-perpatch-check-cmd").splitlines()) == 2
