"""A review in every format, with comments that allow and with a baseline."""

from __future__ import annotations

import email
import json
from pathlib import Path

import jsonschema
import pytest

from kscan.report.schema import schema
from tests.cli.conftest import Ran
from tests.cli.real import kscan
from tests.report.sarif_schema import run_of
from tests.review.series import Series
from tests.review.test_series import BUSY, GRAB, SWITCH, TOLD, TWO, USER

UNTOLD = "grab() can return -EBUSY, which its Return section does not name"


@pytest.fixture
def broken(tmp_path: Path) -> Series:
    """A patch that makes two Return sections false, one of them in a file that it does not touch."""
    return Series(tmp_path, {"a.c": GRAB, "b.c": USER}).patch(a=BUSY)


def shown(series: Series, *options: object) -> Ran:
    return kscan("review", "--tree", series.tree.root, *series.patches, "--no-cache", "-q", *options)


def test_terse(broken: Series) -> None:
    ran = shown(broken, "--format", "terse")
    assert (ran.code, ran.err) == (1, "")
    assert [line.split(": ", 2)[:2] for line in ran.out.splitlines()] == [
        ["a.c:7", "WARNING:UNDOCUMENTED_ERRNO"],
        ["b.c:9", "WARNING:UNDOCUMENTED_ERRNO"],
    ]
    loud = kscan("review", "--tree", broken.tree.root, *broken.patches, "--no-cache", "--format", "terse")
    assert loud.out.splitlines()[-1].startswith("total: 0 errors, 2 warnings, 0 checks, ")


def test_github(broken: Series) -> None:
    lines = shown(broken, "--format", "github").out.splitlines()
    assert [line.partition(",col=")[0] for line in lines] == [
        "::warning file=a.c,line=7,endLine=7",
        "::warning file=b.c,line=9,endLine=9",
    ]


def test_sarif(broken: Series) -> None:
    results = run_of(shown(broken, "--format", "sarif").out)["results"]
    assert [(one["ruleId"], one["properties"]["patch"]) for one in results] == [("undocumented-errno", 1)] * 2
    assert all(one["codeFlows"] for one in results)
    baseline = json.loads(shown(broken, "--format", "json").out)["patches"][0]["findings"]
    assert [one["partialFingerprints"]["kscan/v1"] for one in results] == [one["fingerprint"] for one in baseline]


def test_mail_proposes_the_same_once(tmp_path: Path) -> None:
    """Two findings about one Return section have one fix."""
    series = Series(tmp_path, {"a.c": GRAB}).patch(a=GRAB.replace("success, -EINVAL", "success, -EIO"))
    mail = shown(series, "--format", "mail").out
    assert mail.count("[undocumented-errno]") == mail.count("[unreturnable-errno]") == 1
    assert mail.count("\n--- a/a.c\n") == 1 and mail.count("meant for this, too") == 1


def test_mail_has_the_remark_below_its_line_and_the_other_file_after_the_diff(broken: Series) -> None:
    ran = shown(broken, "--format", "mail")
    mail = email.message_from_string(ran.out)
    assert mail["Subject"] == "Re: [PATCH 1/9] step 1"
    quote, _, rest = mail.get_payload().partition("\n\nb.c:9, in use():\n\n * Return: 0 on success")
    assert "> +\t\treturn -EBUSY;" in quote
    assert f"\n\n{UNTOLD}. [undocumented-errno]" in " ".join(quote.split(" ")).replace(".\n[", ". [")
    assert "use() can return -EBUSY" in rest
    assert "+ * " in rest, "the fix is proposed"


def test_b4(broken: Series) -> None:
    (entry,) = json.loads(shown(broken, "--format", "b4").out)
    assert (entry["status"], entry["summary"]) == ("warn", "2 warnings")
    first, _ = json.loads(entry["details"])
    assert first["description"] == f"a.c:7: WARNING: {UNTOLD} [undocumented-errno]"
    assert first["srcline"] == "* Return: 0 on success, -EINVAL for a bad number."
    assert shown(broken, "--format", "b4-lines").out.splitlines()[0] == first["description"]


@pytest.mark.parametrize("form", ["mail", "b4-lines", "terse", "github"])
def test_what_is_clean_says_nothing(tmp_path: Path, form: str) -> None:
    assert shown(Series(tmp_path, {"a.c": GRAB}).patch(a=TOLD), "--format", form) == (0, "", "")


def test_b4_reads_no_note_for_a_failure(tmp_path: Path) -> None:
    series = Series(tmp_path, {"a.c": GRAB}).patch(a=TOLD)
    patch = Path(series.patches[0])
    patch.write_text(f"{patch.read_text()}base-commit: {'e' * 40}\n")
    words = ("review", "--tree", series.tree.root, *series.patches, "--no-cache")
    assert "base-commit eeeeeeeeeeee is not in git here" in kscan(*words).err
    assert kscan(*words, "--format", "b4-lines") == (0, "", "")


def test_b4_is_told_of_what_a_later_patch_repairs(tmp_path: Path) -> None:
    series = Series(tmp_path, {"a.c": GRAB}).patch(a=BUSY).patch(a=TOLD)
    ran = shown(series, "--format", "b4")
    (entry,) = json.loads(ran.out)
    assert (ran.code, entry["status"]) == (0, "pass")
    (note,) = json.loads(entry["details"])
    assert note == {
        "status": "pass",
        "description": f"patch 1 breaks this, patch 2 repairs it: {UNTOLD} [undocumented-errno]",
        "srcline": "",
    }


ALLOWED = BUSY.replace("/**\n * grab()", "/* kscan: allow(undocumented-errno) nobody asks */\n/**\n * grab()")


def test_what_comes_with_its_comment_is_allowed_and_counted(tmp_path: Path) -> None:
    series = Series(tmp_path, {"a.c": GRAB}).patch(a=ALLOWED)
    ran = kscan("review", "--tree", series.tree.root, *series.patches, "--no-cache")
    assert ran.code == 0
    assert "; 1 allowed; " in ran.out
    report = json.loads(shown(series, "--format", "json").out)
    assert (report["counts"]["findings"], report["counts"]["allowed"]) == (0, 1)
    jsonschema.validate(report, schema("review"), jsonschema.Draft202012Validator)
    (one,) = run_of(shown(series, "--format", "sarif").out)["results"]
    assert one["suppressions"][0]["justification"] == "nobody asks"
    assert shown(series, "--format", "b4-lines").out == ""
    assert shown(series, "--format", "mail").out == ""


def test_a_comment_that_goes_brings_its_finding_back(tmp_path: Path) -> None:
    series = Series(tmp_path, {"a.c": ALLOWED}).patch(a=BUSY)
    assert [one.rule for one in series.review().findings] == ["undocumented-errno"]


@pytest.mark.parametrize("before", [ALLOWED, BUSY])
def test_what_was_there_is_not_counted_as_allowed(tmp_path: Path, before: str) -> None:
    result = Series(tmp_path, {"a.c": before}).patch(a=ALLOWED.replace("n > 9", "n > 8")).review()
    assert (result.findings, result.patches[0].allowed) == ((), ())


def test_a_fold_can_be_allowed(tmp_path: Path) -> None:
    more = TWO.replace("\tif (n == 7)", "\tif (n > 9)\n\t\treturn -EBUSY;\n\tif (n == 7)").replace(
        "-EIO.", "-EIO, -EBUSY."
    )
    plain = Series(tmp_path, {"a.c": TWO, "b.c": SWITCH}).patch(a=more)
    assert [one.rule for one in plain.review().findings] == ["folded-errno"]
    (tmp_path / "allowed").mkdir()
    said = SWITCH.replace("\tdefault:", "\tdefault: /* kscan: allow(folded-errno) all others are alike */")
    result = Series(tmp_path / "allowed", {"a.c": TWO, "b.c": said}).patch(a=more).review()
    assert (result.findings, len(result.patches[0].allowed)) == ((), 1)


def test_a_baseline_takes_away_what_it_has(broken: Series, tmp_path: Path) -> None:
    head, first, second = (
        broken.tree.root / "a.c",
        *json.loads(shown(broken, "--format", "json").out)["patches"][0]["findings"],
    )
    head.write_text("#include <linux/err.h>\n" + BUSY)
    base = tmp_path / "base"
    assert kscan("baseline", broken.tree.root, "a.c", "--no-cache", "-q", "--output", base).code == 0
    assert json.loads(base.read_text().splitlines()[1])["fingerprint"] == first["fingerprint"]
    head.write_text("#include <linux/err.h>\n" + GRAB)
    report = json.loads(shown(broken, "--baseline", base, "--format", "json").out)
    assert [one["fingerprint"] for one in report["patches"][0]["findings"]] == [second["fingerprint"]]
    assert (report["counts"]["findings"], report["counts"]["known"]) == (1, 1)
    assert [
        one.get("baselineState")
        for one in run_of(shown(broken, "--baseline", base, "--format", "sarif").out)["results"]
    ] == ["unchanged", "new"]


def test_a_comment_that_a_patch_leaves_without_its_finding(tmp_path: Path) -> None:
    series = Series(tmp_path, {"a.c": ALLOWED}).patch(
        a=ALLOWED.replace("bad number.", "bad number, -EBUSY for a large one.")
    )
    assert series.review().findings == ()
    (found,) = series.review(select=["unused-allowance"]).findings
    assert (found.rule, found.function, found.subject) == ("unused-allowance", "grab", "undocumented-errno")
