"""A small kernel tree in a git repository, and a series for it: clean, or with a finding."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.cc.trees import build

DOCUMENTED = """\
/**
 * fetch - get it
 * @x: which
 *
 * Return: 0, or -EINVAL when there is none.
 */
int fetch(int x)
{
	if (x > 9)
		return -EINVAL;
	return 0;
}
"""
SECOND = DOCUMENTED.replace("	return 0;\n", "	if (x < 0)\n		return -EBUSY;\n	return 0;\n")
THIRD = SECOND.replace("there is none.", "there is none, or -EBUSY when it is held.")


class Scratch:
    """A repository at ``root`` with the tree in it, and git with nothing of the user's."""

    def __init__(self, root: Path) -> None:
        self.root = build(root)
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            "HOME": str(root.parent),
            "XDG_CACHE_HOME": str(root.parent / "xdg-cache"),
            "XDG_DATA_HOME": str(root.parent / "xdg-data"),
            "KSCAN_CACHE_DIR": str(root.parent / "cache"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
        }
        self.git("init", "-q", "-b", "master")
        for name, value in (("user.name", "A U Thor"), ("user.email", "a@example.org"), ("commit.gpgsign", "false")):
            self.git("config", name, value)
        self.commit("the tree")

    def run(self, *words: str, given: str = "", code: int | None = 0, **env: str) -> subprocess.CompletedProcess[str]:
        """A program in the work tree."""
        done = subprocess.run(
            words, cwd=self.root, env=self.env | env, input=given, capture_output=True, text=True, check=False
        )
        assert code is None or done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def git(self, *words: str, code: int | None = 0, **env: str) -> subprocess.CompletedProcess[str]:
        """git in the work tree."""
        return self.run("git", *words, code=code, **env)

    def commit(self, subject: str, text: str | None = None, *words: str, code: int | None = 0) -> str:
        """Commits all there is, with mm/z.c as ``text``; what git said."""
        if text is not None:
            (self.root / "mm/z.c").write_text(text)
        self.git("add", "-A")
        return self.git("commit", "-q", "-m", f"{subject}\n\nBecause.", *words, code=code).stderr

    def series(self, *texts: str) -> None:
        """A commit for each of ``texts``."""
        for number, text in enumerate(texts, 1):
            self.commit(f"mm: z: step {number}", text, "--no-verify")
