"""The command line on the real engine: in this process, or as a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from kscan.cli.main import entry
from tests.cli.conftest import ROOT, Ran

MAIN = "import sys; from kscan.cli.main import entry; sys.exit(entry())"
# What the small tree is expected to say of itself; see the marks in its files.
FINDINGS = 5


def small_tree(folder: Path) -> Path:
    """A copy of the bundled tree at ``folder``."""
    return Path(shutil.copytree(ROOT / "fixtures" / "tree", folder))


def kscan(*args: object) -> Ran:
    """Runs one command line here; the cache is where KSCAN_CACHE_DIR says."""
    with CliRunner().isolation() as (out, err, _):
        code = entry([str(arg) for arg in args])
    return Ran(code, out.getvalue().decode(), err.getvalue().decode())


def start(*args: object, **options: Any) -> subprocess.Popen[str]:
    """Starts one that leads a session, so that a signal can reach it and its workers as from a terminal."""
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", MAIN, *map(str, args)], **({"env": env} | settings | options))


def ended(process: subprocess.Popen[str], seconds: float = 240) -> Ran:
    """Waits for ``process``; what it said."""
    out, err = process.communicate(timeout=seconds)
    return Ran(process.returncode, out or "", err or "")
