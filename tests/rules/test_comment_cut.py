"""The cut that is proposed for a comment: whole lines, no blank ones left over, and what the function does stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan import api
from kscan.report.diff import apply
from tests.toy import HEAD, Toy

FUNCTION = """\
static bool is_full(int cars)
{
	return cars > 9;
}

int board(int cars)
{
	return is_full(cars) ? -EIO : 0;
}

void turn_back(int cars)
{
	board(cars);
}
"""
OTHERS = """\
 * board() asks this before it opens the gate, and board() gives up at
 * once.  turn_back() then rings the bell, which nobody hears in a storm.
"""
MORE = " * board() would call turn_back() three times, and turn_back() would\n * wait for the tide.\n"
KEPT = " * The deck is counted in cars.\n"
DOES = " * Tell whether a car fits in, so that board() can give up at once and\n * need not turn back.\n"
TOLD = OTHERS + MORE
CUTS = {
    "the end": (f"/*\n{KEPT}{KEPT} *\n{TOLD} */\n", f"/*\n{KEPT}{KEPT} */\n"),
    "the beginning": (f"/*\n{TOLD} *\n{KEPT}{KEPT} */\n", f"/*\n{KEPT}{KEPT} */\n"),
    "the beginning of a paragraph": (f"/*\n{TOLD}{KEPT}{KEPT} */\n", f"/*\n{KEPT}{KEPT} */\n"),
    "between": (f"/*\n{KEPT} *\n{TOLD} *\n{KEPT} */\n", f"/*\n{KEPT} *\n{KEPT} */\n"),
    "the opening says what it does": (f"/*\n{DOES} *\n{TOLD} */\n", f"/*\n{DOES} */\n"),
    "it does so in the same paragraph": (f"/*\n{DOES}{TOLD} */\n", f"/*\n{DOES} */\n"),
}


@pytest.mark.parametrize(("before", "after"), CUTS.values(), ids=CUTS)
@pytest.mark.parametrize("eol", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_the_cut(tmp_path: Path, before: str, after: str, eol: str) -> None:
    toy = Toy(tmp_path)
    text, expected = ((HEAD + comment + FUNCTION).replace("\n", eol).encode() for comment in (before, after))
    (toy.root / "mm").mkdir()
    (toy.root / "mm/a.c").write_bytes(text)
    found = api.check(str(toy.root), ["mm"], select=("comment-about-callers",), cache=False)
    (finding,) = found.findings
    assert finding.fix is not None
    assert apply(text, list(finding.fix.edits)) == expected
