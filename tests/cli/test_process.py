"""The command line as a process: pipes, signals, full disks."""

from __future__ import annotations

import json
import os
import pty
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run, spawn

OLD = "what was there before\n"


@pytest.mark.parametrize(("stub_does", "code"), [("clean", 0), ("", 1), ("input", 2), ("bug", 3)])
def test_exit_codes(tree: Path, stub_does: str, code: int) -> None:
    process = spawn("check", tree, stub_does=stub_does)
    process.communicate(timeout=120)
    assert process.returncode == code


def _closed_after_a_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    process.wait(timeout=120)
    return err


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_closed_output_pipe_ends_quietly(
    tree: Path, form: str, unbuffered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    process = spawn("check", tree, "--format", form, stub_does="many")
    assert _closed_after_a_line(process) == ""
    assert process.returncode == 141


def test_a_pipe_closed_from_the_start_ends_quietly(tree: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    for args in (("--help",), ("check", tree), ("schema",)):
        process = spawn(*args, stdout=write)
        _, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (141, ""), args
    os.close(write)


def test_ctrl_c_exits_with_130_and_leaves_nothing_half_written(tree: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    target.write_text(OLD)
    process = spawn("check", tree, "--output", target, stub_does="slow")
    assert process.stderr is not None
    assert process.stderr.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out, err) == (130, "", "kscan: interrupted\n")
    assert target.read_text() == OLD
    assert sorted(path.name for path in tmp_path.iterdir()) == ["linux", "report.json"]


@pytest.mark.parametrize("then", ["finalising", "finalising slowly", "finalised"])
def test_ctrl_c_counts_while_an_object_is_finalised(tree: Path, then: str) -> None:
    process = spawn("check", tree, "--quiet", stub_does=then)
    _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (130, "kscan: interrupted\n")


def test_ctrl_c_counts_while_a_text_is_read_by_the_parser(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KSCAN_PURE", "1")  # the compiled form is not interrupted there
    process = spawn("check", tree, "--quiet", stub_does="parsing")
    _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (130, "kscan: interrupted\n")


def test_ctrl_c_when_all_is_done_ends_the_process_without_a_word(tree: Path) -> None:
    process = spawn("check", tree, "--quiet", stub_does="late")
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (-signal.SIGINT, "")
    assert "grab_page" in out


EARLY = """
import signal, sys
from kscan.cli.start import entry

class Striking:
    def find_spec(self, name, *_):
        if name == {module!r}:
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Striking())
sys.argv = ["kscan", *{words!r}]
sys.exit(entry())
"""


@pytest.mark.parametrize(("module", "words"), [("click", ["rules"]), ("kscan.cc.client", ["cc", "a.c"])])
def test_ctrl_c_before_all_is_loaded_ends_the_process_without_a_word(module: str, words: list[str]) -> None:
    code = EARLY.format(module=module, words=words)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


def test_a_full_disk_behind_standard_output(tree: Path) -> None:
    with Path("/dev/full").open("w") as full:
        process = spawn("check", tree, stdout=full)
        _, err = process.communicate(timeout=120)
    assert process.returncode == 2
    assert err == "kscan: standard output: No space left on device; nothing more was written\n"


def test_a_closed_standard_output(tree: Path) -> None:
    process = spawn("check", tree, stdout=None, preexec_fn=lambda: os.close(1))
    _, err = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "standard output is closed" in err


def test_output_to_a_full_device(run: Run, tree: Path) -> None:
    ran = run("check", tree, "--output", "/dev/full")
    assert (ran.code, ran.err) == (2, "kscan: /dev/full: No space left on device; name another file for --output\n")


def test_output_that_does_not_fit_leaves_the_old_file(tree: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    target.write_text(OLD)
    limit = 100
    process = spawn(
        *("check", tree, "--output", target, "--format", "json"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    _, err = process.communicate(timeout=120)
    assert process.returncode == 2
    assert err.startswith(f"kscan: {target}: File too large")
    assert target.read_text() == OLD
    assert sorted(path.name for path in tmp_path.iterdir()) == ["linux", "report.json"]


def test_output_replaces_the_file_keeps_its_mode_and_prints_nothing(run: Run, tree: Path, tmp_path: Path) -> None:
    target, link = tmp_path / "report.json", tmp_path / "link.json"
    target.write_text(OLD)
    target.chmod(0o640)
    link.symlink_to(target)
    ran = run("check", tree, "--format", "json", "--output", link)
    assert (ran.code, ran.out) == (1, "")
    assert json.loads(target.read_text())["schema"] == "kscan.check/1"
    assert target.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()


def test_a_new_output_file_has_the_usual_mode(run: Run, tree: Path, tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        run("check", tree, "--output", tmp_path / "report")
    finally:
        os.umask(mask)
    assert (tmp_path / "report").stat().st_mode & 0o777 == 0o640


def test_output_where_nothing_may_be_written(
    run: Run, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # whoever runs the tests may be allowed everything
    ran = run("check", tree, "--output", tmp_path / "x")
    assert (ran.code, ran.err) == (2, f"kscan: {tmp_path}/x: no permission to write; name another file for --output\n")


def test_a_terminal_that_cannot_spell_it_gets_escapes(tree: Path) -> None:
    (tree / "mm/grab.c").write_text("/* \u00e9\u00e8 */\n" * 40)
    process = spawn("schema", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    out, _ = process.communicate(timeout=120)
    assert json.loads(out)["title"] == "kscan check report"


def _on_a_terminal(*args: object, **options: object) -> str:
    """What a person would see on standard output and standard error."""
    outer, inner = pty.openpty()
    process = spawn(*args, stdout=inner, stderr=inner, **options)
    os.close(inner)
    seen = b""
    while True:
        try:
            chunk = os.read(outer, 65536)
        except OSError:  # Linux says EIO when the other end is closed
            break
        if not chunk:
            break
        seen += chunk
    process.wait(timeout=120)
    os.close(outer)
    return seen.decode()


def test_a_terminal_gets_colour_and_a_progress_bar(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    seen = _on_a_terminal("check", tree)
    assert "\x1b[1;33mwarning\x1b[0m" in seen
    assert "read" in seen


def test_no_color_is_heeded(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in _on_a_terminal("check", tree, "--quiet")


def test_dump_cannot_steer_a_terminal() -> None:
    assert _on_a_terminal("dump", "mask", "a.c") == "mask of a.c \\x1b[31m\\xff\r\n"
