"""Where a repository keeps its hooks and its settings, as git itself says under the user's own settings."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

from kscan.model.error import InputError

# Set inside a hook, these would speak of another repository than the one that was named.
_ELSEWHERE = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"})


class Places(NamedTuple):
    """``top`` of the work tree; ``hooks``, wherever core.hooksPath says; ``common``, the git folder that all work
    trees share, in which ``config`` is."""

    top: Path
    hooks: Path
    common: Path

    @property
    def config(self) -> Path:
        """The settings of the repository."""
        return self.common / "config"


def places(at: str) -> Places:
    """The places of the repository that ``at`` is in. Raises InputError where there is none, or no work tree."""
    if not Path(at).is_dir():
        raise InputError(f"{at}: no such folder; name a work tree of git")
    top = Path(_asked(Path(at), "rev-parse", "--show-toplevel"))
    words = ("rev-parse", "--path-format=absolute", "--git-path", "hooks", "--git-common-dir")
    hooks, common = _asked(top, *words).split("\n")
    return Places(top, Path(os.path.realpath(hooks)), Path(os.path.realpath(common)))


def settings(at: Path, key: str, file: Path | None = None, *, without: Path | None = None) -> list[str]:
    """The values set for ``key``, in ``file`` alone or wherever git looks; not those that the file ``without`` sets."""
    only = ("--file", str(file)) if file else ()
    said = _git(at, "config", *only, "--show-origin", "-z", "--get-all", key).stdout.split(b"\0")
    pairs = zip(said[::2], said[1::2], strict=False)
    found = [(os.fsdecode(origin).removeprefix("file:"), os.fsdecode(value)) for origin, value in pairs]
    unwanted = None if without is None else os.path.realpath(without)
    return [value for origin, value in found if os.path.realpath(at / origin) != unwanted]


def _asked(at: Path, *words: str) -> str:
    done = _git(at, *words)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise InputError(f"{at}: {said[0].removeprefix('fatal: ') if said else f'git {words[0]} failed'}")
    return os.fsdecode(done.stdout[:-1])


def _git(at: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    env = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    try:
        command = ["git", "-C", str(at), *words]
        return subprocess.run(
            command, capture_output=True, check=False, env={**env, "LC_ALL": "C"}, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError:
        raise InputError("git is not installed, and hooks are git's") from None
