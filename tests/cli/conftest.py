"""A small tree, the stand-in for the api, and the command line run in this process or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

import kscan
from kscan.cli.main import entry
from tests.cli import stub

ROOT = Path(__file__).parents[2]


class Ran(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the caller's environment says about debugging, colour and width does not count."""
    for name in ("KSCAN_DEBUG", "KSCAN_STUB", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONUNBUFFERED"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return stub.build(tmp_path / "linux")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line on the stand-in, through its real boundary."""
    monkeypatch.setitem(sys.modules, "kscan.api", stub)
    monkeypatch.setattr(kscan, "api", stub, raising=False)
    stub.CALLS.clear()

    def in_process(*args: object, stub_does: str = "") -> Ran:
        with CliRunner().isolation(env={"KSCAN_STUB": stub_does}) as (out, err, _):
            code = entry([str(arg) for arg in args])
        return Ran(code, out.getvalue().decode(), err.getvalue().decode())

    return in_process


def spawn(*args: object, stub_does: str = "", **options: object) -> subprocess.Popen[str]:
    """The same in a process of its own."""
    env = {**os.environ, "KSCAN_STUB": stub_does, "PYTHONPATH": str(ROOT)}
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": env, "text": True} | options
    return subprocess.Popen([sys.executable, "-m", "tests.cli.stub", *map(str, args)], **settings)  # type: ignore[call-overload, no-any-return]
