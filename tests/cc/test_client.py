"""The process that make starts: it says what is to be said, never more, and never breaks a build."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cc.trees import autoconf, build, words

ALONE = {"KSCAN_CC_ALONE": "1"}


@pytest.fixture
def env(tmp_path: Path) -> Iterator[dict[str, str]]:
    (tmp_path / "run").mkdir()
    yield {**os.environ, "KSCAN_CACHE_DIR": str(tmp_path / "cache"), "XDG_RUNTIME_DIR": str(tmp_path / "run")}
    for one in _servers(tmp_path):
        with suppress(ProcessLookupError):  # it ends by itself as well
            os.kill(one, signal.SIGTERM)


@pytest.fixture
def asked(tmp_path: Path) -> list[str]:
    root = build(tmp_path / "linux")
    autoconf(tmp_path / "obj", "HELP")
    return words(root, tmp_path / "obj", f"{root}/mm/x.c")


def _servers(tmp_path: Path) -> list[int]:
    found = []
    for about in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            said = about.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if "kscan.cc.server" in said and any(word.startswith(f"{tmp_path}/") for word in said):
            found.append(int(about.parent.name))
    return found


def _call(asked: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "kscan", "cc", *asked]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=240)


def test_the_probe_hears_nothing(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "tmp.Xy12").write_text("int error;\n")
    done = _call(["-D__linux__", "-m64", str(tmp_path / "tmp.Xy12")], env)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert _servers(tmp_path) == []


def test_one_process_answers_all_and_says_the_same_as_each_alone(
    env: dict[str, str], asked: list[str], tmp_path: Path
) -> None:
    command = [sys.executable, "-P", "-m", "kscan", "cc", *asked]
    calls = [subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    said = {call.communicate(timeout=240)[1].split("are quick then\n")[-1] for call in calls}
    assert {call.returncode for call in calls} == {0}
    assert len(_servers(tmp_path)) == 1
    alone = _call(asked, env | ALONE)
    assert said == {alone.stderr.split("are quick then\n")[-1]}
    assert "-ENOMEM" in alone.stderr


def test_it_holds_nothing_of_the_build_open(env: dict[str, str], asked: list[str], tmp_path: Path) -> None:
    done = _call(asked, env)  # waits for the end of both pipes
    (server,) = _servers(tmp_path)
    held = {str(Path(f"/proc/{server}/fd/{number}").readlink()) for number in (0, 1, 2)}
    assert (done.returncode, held) == (0, {"/dev/null"})


def test_it_ends_when_its_place_is_gone(env: dict[str, str], asked: list[str], tmp_path: Path) -> None:
    _call(asked, env)
    (first,) = _servers(tmp_path)
    for one in (tmp_path / "run").rglob("*"):
        if one.is_socket():
            one.unlink()
    _call(asked, env)
    assert {*_servers(tmp_path)} - {first}
    until = time.monotonic() + 120
    while first in _servers(tmp_path) and time.monotonic() < until:
        _call(asked, env)  # or all would end in time
    assert first not in _servers(tmp_path)
    assert len(_servers(tmp_path)) == 1


@pytest.mark.parametrize("alone", [{}, ALONE])
def test_a_mistake_is_one_line_and_breaks_no_build(
    env: dict[str, str], asked: list[str], alone: dict[str, str]
) -> None:
    done = _call(["--select", "no-such-rule", *asked], env | alone)
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)
    assert done.stderr.startswith("kscan: unknown rule")


def test_a_place_that_others_can_write_to_is_not_used(env: dict[str, str], asked: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "run" / f"kscan-{os.getuid()}"
    folder.mkdir()
    folder.chmod(0o777)
    done = _call(asked, env)
    assert (done.returncode, _servers(tmp_path)) == (0, [])
    assert "-ENOMEM" in done.stderr
