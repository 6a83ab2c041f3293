"""The text of a check."""

from __future__ import annotations

from kscan.model.gap import Gap
from kscan.report.locating import locate
from kscan.report.paint import painted
from kscan.report.text import render
from tests.report.samples import finding, reader, result


def test_further_lines_of_a_message_stand_below_it() -> None:
    text = render(locate(result(finding(message="first\n- second\n- third", steps=())), reader()), quiet=True)
    assert text == "mm/a.c:6:3: warning: first [remapped-errno]\n    - second\n    - third\n"


def test_the_tree_cannot_steer_the_terminal() -> None:
    files = {"mm/\x1b[2J.c": b"int a;\n"}
    odd = finding("mm/\x1b[2J.c", b"int", files, message="\x1b]0;x\x07", function="f\u202e")
    text = render(locate(result(odd, contracts=(), gaps=()), reader(files)))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\u202e" not in text
    assert "mm/\\x1b[2J.c:1:1: warning: \\x1b]0;x\\x07 [remapped-errno]" in text


def test_colour_changes_no_letter() -> None:
    report = locate(result(finding()), reader())
    seen: list[str] = []
    coloured = render(report, lambda text, style: seen.append(style) or text)
    assert coloured == render(report)
    assert {"warning", "place", "met", "not-applicable"} <= set(seen)
    assert painted("x", "error") == "\x1b[1;31mx\x1b[0m"
    assert painted("x", "no such style") == "x"


def test_gaps_are_grouped_by_reason_and_the_long_tail_is_counted() -> None:
    gaps = tuple(Gap(f"mm/{n}.c", -1, "read", "", f"reason {n % 14:02}") for n in range(30))
    text = render(locate(result(gaps=gaps), reader()))
    shown = text.split("gaps, about which nothing is said:\n")[1].splitlines()
    assert shown[0] == "        3 read: reason 00"
    assert len(shown) == 11
    assert shown[-1] == "        8 for 4 more reasons (--format json lists every gap)"


def test_no_gaps_no_summary_of_them() -> None:
    assert render(locate(result(gaps=(), contracts=()), reader())) == "no findings in 2 functions of 2 files; 0 gaps\n"
