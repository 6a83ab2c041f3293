"""A process that ends at once has said all and tidied up."""

from __future__ import annotations

import subprocess
import sys

import pytest

LEAVE = "import atexit, sys, threading; from kscan.cli.leaving import leave; {}; sys.exit(leave({}))"


def left(before: str, code: int) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", LEAVE.format(before, code)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("code", [0, 1, 3, 141])
def test_the_exit_code_is_what_was_asked_for(code: int) -> None:
    assert left("pass", code).returncode == code


def test_what_is_buffered_goes_out() -> None:
    done = left("sys.stdout.write('x' * 100_000); sys.stderr.write('note')", 1)
    assert (done.returncode, len(done.stdout), done.stderr) == (1, 100_000, "note")


def test_what_was_to_be_done_at_exit_is_done_once() -> None:
    assert left("atexit.register(print, 'bye')", 0).stdout == "bye\n"


def test_nothing_is_taken_apart() -> None:
    before = "X = type('X', (), {'__del__': lambda self: sys.__stdout__.write('gone')}); one = X()"
    assert left(before, 0).stdout == ""


def test_threads_are_waited_for() -> None:
    before = "t = threading.Timer(0.05, print, ['late']); t.start()"
    assert left(before, 0).stdout == "late\n"


def test_an_output_that_is_closed_ends_it_as_usual() -> None:
    assert left("sys.stdout.close()", 1).returncode == 1
