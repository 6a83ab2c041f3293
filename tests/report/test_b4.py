"""What b4 makes of what we print, read as b4 0.16 reads it."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kscan.model.finding import Severity
from kscan.report.b4 import lines, review
from kscan.report.lines import Places
from kscan.report.remarks import Remark, of_check, of_review
from tests.report.reviews import BROKEN, LAMP, finding, reviewed
from tests.report.samples import FILES, reader, result
from tests.report.samples import finding as sample


def remarks(*findings: object, files: dict[str, bytes] = FILES) -> list[Remark]:
    return of_check(result(*findings), Places(reader(files)))  # type: ignore[arg-type]


def local_check(out: str) -> list[tuple[str, str]]:
    """As LoreMessage.run_local_check(): each line an item, a failure if it says so."""
    text = out.strip()
    return [("fail" if "ERROR:" in line else "warning", line.removeprefix("-:")) for line in text.split("\n") if text]


def test_a_patch_that_passes_has_no_line() -> None:
    assert lines(remarks()) == ""


def test_each_finding_is_a_line_and_only_errors_fail() -> None:
    severities: tuple[Severity, ...] = ("note", "warning", "error")
    some = [sample(severity=one, subject=f"-E{n}", message="a\nb") for n, one in enumerate(severities)]
    assert local_check(lines(remarks(*some))) == [
        ("warning", "mm/a.c:6: CHECK: a [remapped-errno]"),
        ("warning", "mm/a.c:6: WARNING: a [remapped-errno]"),
        ("fail", "mm/a.c:6: ERROR: a [remapped-errno]"),
    ]


@given(st.text())
def test_no_text_of_the_tree_makes_a_failure_or_a_second_item(text: str) -> None:
    files = {f"mm/ERROR:{text}.c": b"int ERROR:;\n"}
    (path,) = files
    odd = sample(path, b"int", files, message=f"ERROR:{text}ERROR::", function=text, rule="overwritten-error")
    out = lines(of_check(result(odd, contracts=(), gaps=()), Places(reader(files))))
    ((flag, _),) = local_check(out)
    assert flag == "warning"
    assert not [char for char in out if not char.isprintable()][1:]


def test_json_for_a_review(tmp_path: Path) -> None:
    of = reviewed(tmp_path, [{"mm/lamp.c": LAMP}, {"mm/lamp.c": BROKEN}])
    at = of.span(1, "mm/lamp.c", b"isBroken")
    patch = of.result.patches[0].__class__(1, of.result.patches[0].patch, findings=(finding(at),))
    made = of_review(of.result.__class__("t", "b", (patch,)), of.read)
    (entry,) = json.loads(review(made, 2, ["patch 2 mends it"]))
    details = json.loads(entry.pop("details"))
    assert entry == {"tool": "kscan", "status": "warn", "summary": "1 note, 2 gaps", "url": ""}
    assert details == [
        {
            "status": "warn",
            "description": "mm/lamp.c:13: CHECK: something is odd [remapped-errno]",
            "srcline": "if (lamp->isBroken)",
        },
        {"status": "pass", "description": "patch 2 mends it", "srcline": ""},
    ]


def test_json_of_a_patch_that_passes() -> None:
    assert json.loads(review(remarks(), 0)) == [
        {"tool": "kscan", "status": "pass", "summary": "passed all checks", "url": "", "details": ""}
    ]


def test_the_worst_finding_decides() -> None:
    (entry,) = json.loads(review(remarks(sample(), sample(severity="error"), sample(severity="note")), 0))
    assert (entry["status"], entry["summary"]) == ("fail", "1 error, 1 warning, 1 note")
    assert [one["status"] for one in json.loads(entry["details"])].count("fail") == 1
