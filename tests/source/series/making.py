"""Trees, repositories and diffs for the tests of this room."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from kscan.model.patch import Series
from kscan.source.series.apply import AppliedSeries, apply_series
from kscan.source.series.read import read_series
from kscan.source.tree import WorkingTree
from tests.source.test_overlay import build

NUMBERS = b"".join(b"%d\n" % n for n in range(1, 101))
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Åsa Ek",
    "GIT_AUTHOR_EMAIL": "asa@example.org",
    "GIT_AUTHOR_DATE": "2026-01-05T10:00:00+0100",
    "GIT_COMMITTER_NAME": "C",
    "GIT_COMMITTER_EMAIL": "c@example.org",
    "GIT_COMMITTER_DATE": "2026-01-05T10:00:00+0100",
}


def git(root: Path, *words: str) -> str:
    """What git says, in a surrounding that has no configuration."""
    done = subprocess.run(["git", "-C", root, *words], check=True, capture_output=True, env=ENVIRONMENT)
    return done.stdout.decode("utf-8", "surrogateescape").strip()


def repository(root: Path, files: Mapping[str, bytes]) -> WorkingTree:
    """A small tree in a git repository of its own, with one commit."""
    tree = build(root, dict(files))
    git(root, "init", "-q", "-b", "main")
    commit(root, {}, "first")
    return tree


def commit(root: Path, files: Mapping[str, bytes | None], message: str) -> str:
    """Writes (None: takes away) and commits; the id."""
    for name, data in files.items():
        path = root / name
        if data is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", message)
    return git(root, "rev-parse", "HEAD")


def diff(folder: Path, old: bytes, new: bytes, context: int, name: str = "mm/x.c") -> bytes:
    """The diff that git makes of two contents, with the names of a patch to the file ``name``."""
    for side, data in (("a", old), ("b", new)):
        (folder / side / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / side / name).write_bytes(data)
    words = ["git", "diff", "--no-index", "--no-prefix", "--text", f"-U{context}", "--", f"a/{name}", f"b/{name}"]
    done = subprocess.run(words, cwd=folder, capture_output=True, check=False, env=ENVIRONMENT)
    return done.stdout


def read(tree: WorkingTree, patch: bytes) -> Series:
    """The series in ``patch``."""
    return read_series(tree, ["-"], patch)


def apply(tree: WorkingTree, patch: bytes) -> AppliedSeries:
    """The series in ``patch``, applied."""
    return apply_series(tree, read(tree, patch))


def said(applied: AppliedSeries) -> list[str]:
    """The remarks on how the patches were applied."""
    return [f"{note.file}: {note.text}" for one in applied.patches for note in one.applied.notes]
