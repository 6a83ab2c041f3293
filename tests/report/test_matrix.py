"""The matrix and the proof as people and programs read them."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import jsonschema

from kscan.model.gap import Gap
from kscan.model.proof import Fact, MatrixResult, Pair, Proof, ProofResult, Subject
from kscan.report import json as as_json
from kscan.report import matrix, proof
from kscan.report.schema import schema
from tests.report.samples import reader, span

HERE = span("mm/a.c", b"int ret")
NAMES = ("PageA", "PageB", "PageC", "alone", "folio_a", "odd<&\x1b[31m>", "wide")
PAIRS = (
    Pair(0, 1, "disjoint"),
    Pair(0, 4, "equals"),
    Pair(1, 4, "disjoint"),
    Pair(1, 2, "implies"),
    Pair(2, 5, "disjoint"),
)
RESULT = MatrixResult(
    "linux",
    tuple(Subject(name, f"type(page) == {name}", HERE) for name in NAMES),
    PAIRS,
    (("page_in_list", "no formula: a loop"),),
    (Gap("mm/b.c", -1, "read", "", "binary"),),
)
REPORT = matrix.locate_matrix(RESULT, reader())


def test_the_grid_has_a_row_for_each_group_that_is_related() -> None:
    drawn = matrix.grid(REPORT)
    assert drawn.names == (("PageA", "folio_a"), ("PageB",), ("PageC",), ("odd<&\x1b[31m>",))
    assert drawn.marks == ("=x..", "x=>.", ".<=x", "..x=")
    assert drawn.alone == (("alone",), ("wide",))


def test_as_text() -> None:
    assert matrix.as_text(REPORT) == (
        "of a page that is no tail: x excludes, > implies, < is implied by the predicate of the column\n"
        "  1234\n"
        "1 =x.. PageA = folio_a\n"
        "2 x=>. PageB\n"
        "3 .<=x PageC\n"
        "4 ..x= odd<&\\x1b[31m>\n"
        "related to none of these: alone, wide\n"
        "left out, being no exact formula of one page (--format json says why): page_in_list\n"
        "1 gaps (--format json lists them)\n"
    )


def test_the_picture_is_whole_and_says_what_each_cell_means() -> None:
    picture = matrix.as_svg(REPORT)
    root = ElementTree.fromstring(picture)
    assert root.tag.endswith("svg")
    titles = [one.text for one in root.iter("{http://www.w3.org/2000/svg}title")]
    assert {"PageA excludes PageB", "PageB implies PageC", "PageC is implied by PageB"} <= set(titles)
    cells = [one for one in root.iter("{http://www.w3.org/2000/svg}rect") if len(one)]
    assert len(cells) == 16
    width, height = int(root.attrib["width"]), int(root.attrib["height"])
    assert all(int(one.attrib["x"]) + 15 <= width and int(one.attrib["y"]) + 15 <= height for one in cells)
    assert "http" not in picture.replace("http://www.w3.org/2000/svg", "")


def test_an_empty_matrix_is_still_a_report() -> None:
    nothing = matrix.locate_matrix(MatrixResult("linux", (), ()), reader())
    assert matrix.as_text(nothing).count("\n") == 2
    ElementTree.fromstring(matrix.as_svg(nothing))


def test_json_of_a_matrix_holds_to_its_schema() -> None:
    report = json.loads(as_json.render(REPORT))
    jsonschema.validate(report, schema("matrix"))
    assert report["pairs"][0] == {"left": "PageA", "relation": "disjoint", "right": "PageB"}
    assert report["predicates"][0]["line"] == 3


PROOF = Proof(
    "PageA(p)",
    "disjoint",
    "PageB(p)",
    "not proved",
    (Fact("PageA(page) is PG_a of page", HERE), Fact("x is one value")),
    witness="PG_a set",
    provided="p is no tail page",
)


def test_a_proof_as_text() -> None:
    report = proof.locate_proof(ProofResult("linux", PROOF), reader())
    assert proof.as_text(report) == (
        "not proved: PageA(p) disjoint PageB(p)\n"
        "    witness: PG_a set\n"
        "    proved where p is no tail page\n"
        "    PageA(page) is PG_a of page (mm/a.c:3)\n"
        "    x is one value\n"
    )


def test_an_open_proof_says_what_is_not_known() -> None:
    result = ProofResult("linux", Proof("a(p)", "implies", "b(p)", "open", unknown=("c(p)", "d(p)")))
    assert proof.as_text(proof.locate_proof(result, reader())).splitlines()[1:] == ["    not known: c(p), d(p)"]


def test_json_of_a_proof_holds_to_its_schema() -> None:
    report = json.loads(as_json.render(proof.locate_proof(ProofResult("linux", PROOF), reader())))
    jsonschema.validate(report, schema("prove"))
    assert report["facts"][1]["location"] is None
    assert report["facts"][0]["location"]["file"] == "mm/a.c"
