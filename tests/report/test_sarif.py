"""SARIF: valid, and each place the one that is meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan import api
from kscan.model.edit import Edit, Fix
from kscan.model.finding import Step
from kscan.model.gap import Gap
from kscan.model.result import CheckResult
from kscan.model.span import Span
from kscan.model.standing import Allowed, Entry
from kscan.report.lines import Places
from kscan.report.locating import locate
from kscan.report.sarif import log
from kscan.report.sarif.log import render
from kscan.report.sarif.where import message, region, root_uri, uri
from tests.report.reviews import BROKEN, LAMP, reviewed
from tests.report.reviews import finding as lamp_finding
from tests.report.samples import FILES, finding, fix, reader, result, span
from tests.report.sarif_schema import run_of


def run(found: CheckResult, files: dict[str, bytes] = FILES, **options: Any) -> dict[str, Any]:
    return run_of(render(found, Places(reader(files)), api.rules(), **options))


def placed(location: dict[str, Any]) -> tuple[str, int, int, int, int]:
    physical = location["physicalLocation"]
    keys = ("startLine", "startColumn", "endLine", "endColumn")
    return (physical["artifactLocation"]["uri"], *(physical["region"][key] for key in keys))


def test_a_clean_run_is_valid_and_lists_its_gaps() -> None:
    made = run(result())
    assert made["results"] == []
    first, second = made["invocations"][0]["toolExecutionNotifications"]
    assert (first["descriptor"]["id"], first["message"]["text"]) == ("gap/read", "binary")
    assert "region" not in first["locations"][0]["physicalLocation"]
    assert placed(second["locations"][0]) == ("mm/b.c", 3, 1, 3, 1)
    kinds = made["tool"]["driver"]["notifications"]
    assert kinds[second["descriptor"]["index"]]["id"] == second["descriptor"]["id"] == "gap/parse"


def test_a_finding_has_its_rule_place_function_and_fingerprint() -> None:
    made = run(result(finding()))
    (one,) = made["results"]
    rule = made["tool"]["driver"]["rules"][one["ruleIndex"]]
    assert (rule["id"], one["ruleId"], one["level"]) == ("remapped-errno", "remapped-errno", "warning")
    assert rule["help"]["text"].startswith(rule["fullDescription"]["text"])
    assert "```c\n" in rule["help"]["markdown"]
    assert placed(one["locations"][0]) == ("mm/a.c", 6, 3, 6, 16)
    assert one["locations"][0]["logicalLocations"] == [{"name": "a", "kind": "function"}]
    (located,) = locate(result(finding()), reader()).findings
    assert set(one["partialFingerprints"].values()) == {located.fingerprint}
    assert "baselineState" not in one
    assert "suppressions" not in one


def test_steps_are_a_code_flow_that_ends_at_the_finding_and_asides_are_related() -> None:
    steps = (
        Step(span("mm/b.c", b"return -EIO"), "b", "gives -EIO"),
        Step(span("mm/a.c", b"if"), "a", "here", "context"),
    )
    (one,) = run(result(finding(steps=steps)))["results"]
    (flow,) = one["codeFlows"]
    walked = [step["location"] for step in flow["threadFlows"][0]["locations"]]
    assert [placed(step)[:2] for step in walked] == [("mm/b.c", 3), ("mm/a.c", 6)]
    assert [step["message"]["text"] for step in walked] == ["gives -EIO", "-EIO becomes -EBUSY"]
    assert [step["message"]["text"] for step in one["relatedLocations"]] == ["here"]


def test_a_fix_is_its_edits_by_file() -> None:
    edits = (*fix("mm/a.c", 0, 3, "long").edits, Edit(Span("mm/b.c", 12, 12), "x\n"), Edit(Span("mm/b.c", 0, 4), ""))
    (one,) = run(result(finding(fix=Fix("change it", "review", edits))))["results"]
    (made,) = one["fixes"]
    assert made["properties"] == {"grade": "review"}
    first, second = made["artifactChanges"]
    assert first["replacements"] == [
        {
            "deletedRegion": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 4},
            "insertedContent": {"text": "long"},
        }
    ]
    assert second["artifactLocation"]["uri"] == "mm/b.c"
    assert [part["deletedRegion"]["endColumn"] for part in second["replacements"]] == [5, 1]
    assert "insertedContent" not in second["replacements"][0]


def test_what_is_allowed_known_or_gone_says_so() -> None:
    comment = span("mm/a.c", b"int ret")
    gone = Entry("mm/b.c", "b", "remapped-errno", "0" * 32)
    found = result(
        finding(),
        allowed=(Allowed(finding(subject="-EPERM"), comment, "as {ever}"),),
        known=(finding(subject="-EBUSY"),),
        absent=(gone,),
    )
    assert len(run(found, baseline=True)["results"]) == 3
    results = run(found, baseline=True, stale=True)["results"]
    assert [one["baselineState"] for one in results] == ["unchanged", "new", "new", "absent"]
    (hidden,) = results[2]["suppressions"]
    assert (hidden["kind"], hidden["justification"], placed(hidden["location"])[1]) == ("inSource", "as {ever}", 3)
    assert results[3]["partialFingerprints"]["kscan/v1"] == gone.fingerprint
    assert results[3]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "mm/b.c"


def test_what_is_allowed_and_in_the_baseline_is_not_new() -> None:
    comment = span("mm/a.c", b"int ret")
    found = result(allowed=(Allowed(finding(subject="-EPERM"), comment, "as ever", known=True),))
    (one,) = run(found, baseline=True)["results"]
    assert (one["baselineState"], [hidden["status"] for hidden in one["suppressions"]]) == ("unchanged", ["accepted"])


def test_more_results_than_a_reader_takes_are_cut_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MAX_RESULTS", 3)
    notes = [finding(severity="note", subject=f"-E{n}") for n in range(3)]
    made = run(result(*notes, finding(severity="error"), finding(subject="-EX")), baseline=True)
    assert [one["level"] for one in made["results"]].count("note") == 1
    told = made["invocations"][0]["toolExecutionNotifications"][0]
    assert told["message"]["text"].startswith("2 results of lower severity are left out: a reader takes 3")


def test_odd_names_and_texts_are_valid_and_come_through() -> None:
    files = {"mm/a b:%é\x1b\udcff#?.c": "/* 😀 */ int a;\r\n".encode()}
    (path,) = files
    odd = finding(path, b"int a;\r", files, message="x[i](y) {0} \udcff\x1b[1m", steps=(), function="f\u202e")
    text = render(
        result(odd, contracts=(), gaps=(Gap(path, -1, "read", "", "odd"),)), Places(reader(files)), api.rules()
    )
    assert "\x1b" not in text
    assert "\u202e" not in text
    (one,) = run_of(text)["results"]
    where, *region_of = placed(one["locations"][0])
    assert unquote_to_bytes(where) == path.encode("utf-8", "surrogateescape")
    assert region_of == [1, 10, 1, 17]
    assert one["message"]["text"] == "x\\[i](y) {{0}} \\xff\x1b[1m"


def test_the_root_is_a_uri_that_paths_can_be_relative_to() -> None:
    assert root_uri("/a b/linux") == "file:///a%20b/linux/"
    assert root_uri("/") == "file:///"
    assert root_uri("linux") == ""
    assert message("a [b] c").text == "a [b] c"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_a_uri_is_only_a_path(path: str) -> None:
    made = uri(path)
    assert made.isascii()
    assert unquote_to_bytes(made).decode() == path
    if not path.startswith("/"):
        assert urlsplit(made)[:2] == ("", "")
        assert urlsplit(made)[3:] == ("", "")


PIECES = st.sampled_from(["a", " ", "\t", "é", "€", "😀", "\n", "\r\n", "\r", "\u2028", "\x0c", "\ufeff"])


@given(st.lists(PIECES, max_size=30).map("".join), st.data())
def test_a_region_is_the_text_that_the_span_is(text: str, draw: st.DataObject) -> None:
    """Read as the standard says: UTF-8, lines end with LF or CRLF, columns in UTF-16 code units, no mark counted."""
    start = draw.draw(st.integers(0, len(text)))
    end = draw.draw(st.integers(start, len(text)))
    data = text.encode()
    made = region("x.c", len(text[:start].encode()), len(text[:end].encode()), Places(lambda _: data))
    lines = text.removeprefix("\ufeff").split("\n")

    def offset(line: int, column: int) -> int:
        before = "".join(f"{one}\n" for one in lines[: line - 1])
        return len(before.encode("utf-16-le")) + 2 * (column - 1)

    first, last = offset(made.start_line, made.start_column), offset(made.end_line, made.end_column)
    shown = text.removeprefix("\ufeff").encode("utf-16-le")[first:last].decode("utf-16-le")
    meant = text[start:end] if not text.startswith("\ufeff") or start > 0 else text[start:end].removeprefix("\ufeff")
    assert shown == meant


def test_bytes_that_are_no_text_count_as_a_reader_shows_them() -> None:
    data = b"\xff\xe2\x82 \xc3\xa9int"
    made = region("x.c", data.index(b"int"), len(data), Places(lambda _: data))
    assert made.start_column == data.decode("utf-8", "replace").index("int") + 1


def test_the_same_run_gives_the_same_bytes() -> None:
    some = result(finding(), finding(subject="-EPERM"))
    assert render(some, Places(reader()), api.rules()) == render(some, Places(reader()), api.rules())


def test_a_review_is_valid_and_names_the_patch(tmp_path: Path) -> None:
    of = reviewed(tmp_path, [{"mm/lamp.c": LAMP}, {"mm/lamp.c": BROKEN}, {"mm/lamp.c": b"// one more\n" + BROKEN}])
    one, two = (of.span(version, "mm/lamp.c", b"isBroken") for version in (1, 2))
    gap = Gap("mm/lamp.c", two.start, "link", "", "why")
    patches = (
        msgspec.structs.replace(of.result.patches[0], findings=(lamp_finding(one),)),
        msgspec.structs.replace(of.result.patches[1], findings=(lamp_finding(two, subject="x"),), gaps=(gap,)),
    )
    made = run_of(log.render_review(msgspec.structs.replace(of.result, patches=patches), of.read, api.rules()))
    told = [(place["properties"]["patch"], *placed(place["locations"][0])[1:3]) for place in made["results"]]
    assert told == [(1, 13, 12), (2, 14, 12)]
    (missed,) = made["invocations"][0]["toolExecutionNotifications"]
    assert placed(missed["locations"][0])[1] == 14


def test_the_bundled_tree_is_valid_and_has_what_json_has(tmp_path: Path) -> None:
    from tests.cli.real import kscan, small_tree

    tree = small_tree(tmp_path / "tree")
    made = run_of(kscan("check", tree, "--format", "sarif").out)
    found = json.loads(kscan("check", tree, "--format", "json").out)
    told = [(one["ruleId"], *placed(one["locations"][0])[:3]) for one in made["results"]]
    assert told == [(one["rule"], one["file"], one["line"], one["column"]) for one in found["findings"]]
    assert len(made["invocations"][0].get("toolExecutionNotifications", [])) == found["counts"]["gaps"]
    assert made["originalUriBaseIds"]["%SRCROOT%"]["uri"] == f"{tree.resolve().as_uri()}/"
