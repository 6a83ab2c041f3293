"""The figures of a benchmark as they are shown; no test here measures time."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bench.indexing import Run, Timed
from tests.bench.measure import Command, Failed, peak_bytes, seconds
from tests.bench.report import (
    BEGIN,
    END,
    REVIEW_BEGIN,
    REVIEW_END,
    Row,
    index_markdown,
    markdown,
    review_markdown,
    written,
)
from tests.bench.reviewing import Pair, Reviews

COLD, WARM, PEER = Row("cold", (11.0, 9.0, 10.0), 150_000_000), Row("warm", (1.0, 0.4, 0.5), 0), Row("peer", (6.0,), 0)


def test_the_table_has_medians_ratios_and_goals() -> None:
    text = markdown(COLD, WARM, PEER, (), "Linux 7.3")
    assert "| cold | 10.00 (11.00, 9.00, 10.00) | 1.67 | 150 MB |\n" in text
    assert "cold at most 2 times spatch's time: 1.67 times, kept\n" in text
    assert "warm at most 0.1 times spatch's time: 0.08 times, kept\n" in text
    assert "peak memory below 500 MB: 150 MB, kept\n" in text


def test_a_missed_goal_is_said() -> None:
    text = markdown(Row("cold", (13.0,), 600_000_000), Row("warm", (0.7,), 0), PEER, (), "Linux 7.3")
    assert text.count("MISSED") == 3


def test_without_spatch_there_is_nothing_to_compare() -> None:
    text = markdown(COLD, WARM, None, (), "Linux 7.3")
    assert "spatch is not installed" in text
    assert "| 10.00 (11.00, 9.00, 10.00) | - |" in text


def test_only_what_is_between_the_marks_is_replaced() -> None:
    page = f"a\n{BEGIN}old\nold\n{END}b\n"
    assert written(page, "new\n") == f"a\n{BEGIN}new\n{END}b\n"
    assert written(written(page, "new\n"), "new\n") == written(page, "new\n")


def test_a_page_without_marks_is_left_alone() -> None:
    with pytest.raises(ValueError, match="no lines <!-- bench -->"):
        written("a\n", "new\n")


def test_the_readme_has_the_marks() -> None:
    page = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
    assert page.count(REVIEW_BEGIN) == page.count(REVIEW_END) == 1


def test_memory_is_that_of_the_whole_family() -> None:
    child = "import time; held = b'x' * 30_000_000; time.sleep(0.5)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    assert peak_bytes(Command((sys.executable, "-c", parent))) > 30_000_000


def test_a_command_that_fails_is_no_measurement() -> None:
    with pytest.raises(Failed, match="exit code 3"):
        seconds(Command((sys.executable, "-c", "raise SystemExit(3)")))


def test_the_index_has_its_own_table_and_goals() -> None:
    def run(what: str, seconds: float, peak: int = 100_000_000) -> Run:
        return Run(what, seconds, peak)

    changed = {"nothing changed": 1, "a.c changed": 3, "mm.h touched": 20, "mm.h changed": 4}
    changes = tuple(run(f"again, {how}", seconds) for how, seconds in changed.items())
    growth = (("mm", 900, 12.0, run("one", 9), run("two", 5)),)
    timed = Timed(
        run("peer", 50), run("cold", 100), run("single", 190), changes, (run("flow", 0.6),), run("py", 0.02), growth
    )
    text = index_markdown(timed, "7.3")
    assert "(wanted 1.5): 2.00 times, kept\n" in text
    assert "- nothing changed: at most 2% of cold: 1.0%, kept\n" in text
    assert "- mm.h touched: at most 15% of cold: 20.0%, MISSED\n" in text
    assert "| mm | 900 | 12 | 9.0 | 5.0 |\n" in text
    assert "- flow at most 0.5 s above Python's start: 0.58 s, MISSED\n" in text
    assert "ast-grep" not in index_markdown(timed._replace(peer=None), "7.3")


def test_reviews_have_their_own_table_and_goals() -> None:
    fast, slow = Pair("a.c", (0.3, 0.2, 0.4), (0.6, 0.6, 0.9)), Pair("b.c", (0.2,), (0.84,))
    timed = Reviews((fast, slow), Pair("both", (1.0,), (1.5,)), Pair("a.c", (8.0,), (12.0,)))
    text = review_markdown(timed, "7.3")
    assert "| a.c | 0.30 | 0.60 | 2.0 |\n" in text
    assert "(wanted 2): 2.0 to 4.2 times, MISSED\n" in text
    assert "- a series at most 2 times: 1.5 times, kept\n" in text
    assert "a cold check of the file: 1.5 times, kept\n" in text
