"""Baselines: what is known does not count, what is gone is told, and a file that is none is refused."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from msgspec.structs import replace

from kscan import api
from kscan.model.error import InputError
from kscan.model.standing import Entry
from kscan.report.baseline import render
from kscan.report.lines import Places
from kscan.report.remarks import of_check
from kscan.report.schema import schema
from kscan.rules.baseline import below, read, sift
from tests.cli.real import kscan, small_tree
from tests.report.samples import FILES, finding, reader, result, span
from tests.report.sarif_schema import run_of

HEAD = '{"schema":"kscan.baseline/1"}\n'
ENTRY = Entry("mm/a.c", "a", "remapped-errno", "0" * 32)
LINE = json.dumps({"file": "mm/a.c", "function": "a", "rule": "remapped-errno", "fingerprint": "0" * 32}) + "\n"


def written(*findings: object) -> str:
    return render(of_check(result(*findings), Places(reader())))  # type: ignore[arg-type]


def entries(tmp_path: Path, text: str) -> tuple[Entry, ...]:
    path = tmp_path / "baseline"
    path.write_text(text)
    return read(str(path))


def test_a_baseline_is_sorted_and_the_same_wherever_the_findings_stand() -> None:
    longer = {**FILES, "mm/a.c": b"/* one */\n" + FILES["mm/a.c"]}
    other = finding(span=span("mm/b.c", b"return"), function="b")
    moved = render(of_check(result(finding(files=longer), other), Places(reader(longer))))
    assert written(other, finding()) == written(finding(), other) == moved
    lines = [json.loads(line) for line in moved.splitlines()]
    assert [line.get("file") for line in lines] == [None, "mm/a.c", "mm/b.c"]
    for line in lines[1:]:
        jsonschema.validate(line, schema("baseline"), jsonschema.Draft202012Validator)


def test_what_is_written_is_known_again_and_the_rest_counts(tmp_path: Path) -> None:
    some = (finding(), finding(), finding(subject="-EBUSY"))
    known = entries(tmp_path, written(*some[:2]))
    found = sift(result(*some), known, {"remapped-errno"}, below([""]))
    assert (found.findings, found.known, found.absent) == ((some[2],), some[:2], ())


def test_a_second_one_of_a_kind_is_new(tmp_path: Path) -> None:
    found = sift(result(finding(), finding()), entries(tmp_path, written(finding())), {"remapped-errno"}, below([""]))
    assert (len(found.findings), len(found.known)) == (1, 1)


@pytest.mark.parametrize(
    ("rules", "paths", "told"),
    [
        ({"remapped-errno"}, [""], True),
        ({"remapped-errno"}, ["mm"], True),
        ({"remapped-errno"}, ["mm/a.c"], True),
        ({"remapped-errno"}, ["."], True),
        ({"remapped-errno"}, ["mm/a", "fs"], False),
        ({"folded-errno"}, [""], False),
        ({"remapped-errno"}, [], False),
    ],
)
def test_only_what_was_looked_for_is_found_no_more(rules: set[str], paths: list[str], told: bool) -> None:
    assert bool(sift(result(), (ENTRY,), rules, below(paths)).absent) == told


def test_the_whole_tree_is_its_kernel_code() -> None:
    assert not below([""])("tools/x.c")
    assert below(["tools"])("tools/x.c")


def test_lines_may_come_twice_and_in_any_order_as_a_merge_leaves_them(tmp_path: Path) -> None:
    assert entries(tmp_path, LINE + HEAD + "\n" + LINE + HEAD) == (ENTRY,)


BAD = {
    "": "empty",
    HEAD + "<<<<<<< ours\n": ":2: left by a merge; keep the lines of both sides",
    HEAD + "=======\n": ":2: left by a merge",
    HEAD.replace("/1", "/9"): ":1: 'kscan.baseline/9' is another format",
    HEAD + "{}\n": ":2: no line of a baseline; make it again with 'kscan baseline'",
    HEAD + LINE.replace("rule", "role"): ":2: no line of a baseline",
    HEAD + LINE.replace("}", ', "more": "x"}'): ":2: no line of a baseline",
    HEAD + "[1]\n": ":2: no line of a baseline",
    "\x00\x01\n": ":1: no line of a baseline",
}


@pytest.mark.parametrize("text", BAD, ids=BAD.values())
def test_a_file_that_is_none_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError) as refused:
        entries(tmp_path, text)
    assert BAD[text] in str(refused.value)
    assert str(refused.value).startswith(str(tmp_path / "baseline"))


def test_the_small_tree_against_its_own_baseline(tmp_path: Path) -> None:
    tree, base = small_tree(tmp_path / "tree"), tmp_path / "base"
    assert kscan("baseline", tree, "-q", "--output", base) == (0, "", "")
    total = len(base.read_text().splitlines()) - 1
    assert kscan("check", tree, "--all", "--baseline", base, "-q") == (0, "", "")
    clean = kscan("check", tree, "--all", "--baseline", base)
    assert f"no findings in 64 functions of 12 files; {total} in the baseline; 1 gap\n" in clean.out
    first, *rest = base.read_text().splitlines(keepends=True)[1:]
    base.write_text("".join([HEAD, LINE, *rest]))
    ran = kscan("check", tree, "--all", "--baseline", base, "--stale", "-q")
    assert ran.code == 1
    assert f"[{json.loads(first)['rule']}]" in ran.out
    assert "mm/a.c: the baseline has a finding in a() that is found no more [remapped-errno]\n" in ran.out
    report = json.loads(kscan("check", tree, "--all", "--baseline", base, "--format", "json").out)
    assert (report["counts"]["findings"], report["counts"]["known"]) == (1, total - 1)
    assert report["absent"] == [json.loads(LINE)]
    jsonschema.validate(report, schema("check"), jsonschema.Draft202012Validator)
    results = run_of(kscan("check", tree, "--all", "--baseline", base, "--stale", "--format", "sarif").out)["results"]
    states = [one["baselineState"] for one in results]
    assert [states.count(state) for state in ("new", "unchanged", "absent")] == [1, total - 1, 1]
    assert kscan("check", tree, "--all", "--baseline", base, "--format", "terse", "-q").out.count("\n") == 1


def test_fixes_are_of_what_is_new(tmp_path: Path) -> None:
    tree, base = small_tree(tmp_path / "tree"), tmp_path / "base"
    kscan("baseline", tree, "-q", "--output", base)
    assert kscan("check", tree, "--all", "--baseline", base, "--diff", "-q") == (0, "", "")


def test_a_comment_and_a_baseline_do_not_count_twice(tmp_path: Path) -> None:
    from kscan.model.standing import Allowed

    hidden = Allowed(finding(), span("mm/a.c", b"if"), "x")
    found = sift(result(allowed=(hidden,)), entries(tmp_path, written(finding())), {"remapped-errno"}, below([""]))
    assert (found.findings, found.known, found.absent, found.allowed) == ((), (), (), (replace(hidden, known=True),))


def test_a_baseline_is_read_before_the_tree(tmp_path: Path) -> None:
    (tmp_path / "base").write_text("x\n")
    with pytest.raises(InputError, match="no line of a baseline"):
        api.check(str(tmp_path / "nowhere"), baseline=str(tmp_path / "base"))
