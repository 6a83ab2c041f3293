"""The framework at pre-commit.com, with the hooks that this repository offers it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT
from tests.hooks.series import DOCUMENTED, SECOND, Scratch

PRE_COMMIT = Path(sys.executable).with_name("pre-commit")
MANIFEST = ROOT / ".pre-commit-hooks.yaml"

pytestmark = pytest.mark.skipif(not PRE_COMMIT.exists(), reason="pre-commit is not here: pip install pre-commit")


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    made = Scratch(tmp_path / "linux")
    made.env["PATH"] = f"{PRE_COMMIT.parent}{os.pathsep}{made.env['PATH']}"
    made.env["PRE_COMMIT_HOME"] = str(tmp_path / "pre-commit")
    return made


@pytest.fixture
def offered(tmp_path: Path) -> Path:
    """A repository that offers our hooks, run by the kscan at hand: to install one takes longer than a test may."""
    where = tmp_path / "offered"
    subprocess.run(["git", "init", "-q", where], check=True)
    text = MANIFEST.read_text().replace("language: python", "language: unsupported")
    (where / MANIFEST.name).write_text(text)
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", "-C", where, "add", "-A"], check=True)
    subprocess.run(["git", "-C", where, *who, "commit", "-q", "-m", "offered"], check=True)
    return where


def test_the_manifest_is_one() -> None:
    done = subprocess.run([PRE_COMMIT, "validate-manifest", MANIFEST], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def _tried(scratch: Scratch, offered: Path, hook: str, *words: str) -> tuple[int, str]:
    done = scratch.run(str(PRE_COMMIT), "try-repo", str(offered), hook, "--verbose", *words, code=None)
    return done.returncode, done.stdout + done.stderr


def test_what_is_staged_is_reviewed(scratch: Scratch, offered: Path) -> None:
    (scratch.root / "mm/z.c").write_text(SECOND)
    scratch.git("add", "-A")
    code, said = _tried(scratch, offered, "kscan")
    assert code == 1 and "fetch() can return -EBUSY" in said
    (scratch.root / "mm/z.c").write_text(DOCUMENTED)
    scratch.git("add", "-A")
    assert _tried(scratch, offered, "kscan")[0] == 0


def test_what_is_pushed_is_reviewed(scratch: Scratch, offered: Path) -> None:
    scratch.series(DOCUMENTED, SECOND)
    words = ("--hook-stage", "pre-push", "--from-ref")
    code, said = _tried(scratch, offered, "kscan-push", *words, "HEAD~1", "--to-ref", "HEAD")
    assert code == 1 and "fetch() can return -EBUSY" in said
    assert _tried(scratch, offered, "kscan-push", *words, "HEAD~2", "--to-ref", "HEAD~1")[0] == 0


def test_the_message_is_read(scratch: Scratch, offered: Path, tmp_path: Path) -> None:
    message = tmp_path / "message"
    message.write_text("mm: return -EINVLA\n")
    words = ("--hook-stage", "commit-msg", "--commit-msg-filename", str(message))
    code, said = _tried(scratch, offered, "kscan-message", *words)
    assert code == 1 and "-EINVAL?" in said
    message.write_text("mm: return -EINVAL\n")
    assert _tried(scratch, offered, "kscan-message", *words)[0] == 0
