"""What each command prints and hands to the api."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import kscan
from kscan.report.schema import SHAPES
from tests.cli import stub
from tests.cli.conftest import Run

COMMANDS = (
    "check",
    "review",
    "baseline",
    "flow",
    "callers",
    "returns",
    "index",
    "predicates",
    "prove",
    "rename",
    "hook",
    "cc",
    "explain",
    "rules",
    "schema",
    "dump",
)


def test_help_lists_the_commands_in_order_of_use(run: Run) -> None:
    ran = run("--help")
    listed = [line.split()[0] for line in ran.out.split("Commands:\n")[1].split("\n\n")[0].splitlines()]
    assert (ran.code, tuple(listed)) == (0, COMMANDS)
    assert "..." not in ran.out.split("Commands:")[1], "a summary was cut off"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(run: Run, command: str) -> None:
    ran = run(command, "-h")
    assert ran.code == 0
    assert f"Example: kscan {command}" in ran.out


def test_version(run: Run) -> None:
    assert run("--version").out == f"kscan {kscan.__version__}\n"


def test_check_prints_findings_contracts_totals_and_gaps(run: Run, tree: Path) -> None:
    ran = run("check", tree)
    assert ran.code == 1
    assert ran.out == (
        "mm/grab.c:6:5: warning: -EAGAIN is returned but not documented [undocumented-errno]\n"
        "    mm/grab.c:9: in grab_page(): returns -EAGAIN\n"
        "    fix (show): say so\n"
        "    --- a/mm/grab.c\n"
        "    +++ b/mm/grab.c\n"
        "    @@ -2,6 +2,7 @@\n"
        "      * grab_page - take a page\n"
        "      *\n"
        "      * Return: 0 on success, -EIO otherwise.\n"
        "    + * -EAGAIN: no page.\n"
        "      */\n"
        "     int grab_page(struct page *page)\n"
        "     {\n"
        "\n"
        "contract grab: unmet\n"
        "    use_page() must distinguish: unmet: no branch of its own (mm/grab.c:10)\n"
        "contract other: not applicable\n"
        "1 finding (1 warning) in 1 function of 1 file; 2 gaps\n"
        "gaps, about which nothing is said:\n"
        "        1 parse: an odd construct\n"
        "        1 read: binary: it contains a NUL byte\n"
    )
    assert ran.err == "kscan: note: the cache was rebuilt\n"


def test_check_in_the_form_of_checkpatch(run: Run, tree: Path) -> None:
    line = "mm/grab.c:6: WARNING:UNDOCUMENTED_ERRNO: -EAGAIN is returned but not documented\n"
    total = "total: 0 errors, 1 warnings, 0 checks, 1 functions checked, 2 gaps\n"
    assert run("check", tree, "--format", "terse")[:2] == (1, line + total)
    assert run("check", tree, "--format", "terse", "--quiet") == (1, line, "")


def test_check_as_annotations_and_as_sarif(run: Run, tree: Path) -> None:
    assert run("check", tree, "--format", "github").out == (
        "::warning file=mm/grab.c,line=6,endLine=6,col=5,endColumn=20,title=undocumented-errno::"
        "-EAGAIN is returned but not documented%0Amm/grab.c:9: in grab_page(): returns -EAGAIN\n"
        "::notice title=kscan::2 gaps, about which nothing is said (--format json lists them)\n"
    )
    (made,) = json.loads(run("check", tree, "--format", "sarif").out)["runs"]
    assert [rule["id"] for rule in made["tool"]["driver"]["rules"]] == ["undocumented-errno", "unmet-contract"]
    assert made["results"][0]["fixes"][0]["artifactChanges"][0]["artifactLocation"]["uri"] == "mm/grab.c"


def test_quiet_leaves_only_the_findings(run: Run, tree: Path) -> None:
    ran = run("check", tree, "--quiet")
    assert ran.out.startswith("mm/grab.c:6:5: ")
    assert "contract" not in ran.out
    assert "gap" not in ran.out
    assert ran.err == ""


def test_quiet_and_clean_says_nothing(run: Run, tree: Path) -> None:
    assert run("check", tree, "-q", stub_does="clean") == (0, "", "")


def test_clean_is_said_and_exits_with_0(run: Run, tree: Path) -> None:
    ran = run("check", tree, stub_does="clean")
    assert ran.code == 0
    assert "no findings in 1 function of 1 file; 2 gaps\n" in ran.out


def test_check_hands_everything_over(run: Run, tree: Path) -> None:
    config = tree / ".config"
    config.write_text("CONFIG_X=y\n")
    run(
        *("check", tree, "mm", "fs/x.c", "--select", "undocumented-errno,unmet-contract", "--select", "unmet-contract"),
        *("--ignore", "unmet-contract", "--contract", config, "--contract", config, "--jobs", "3"),
        *("--kconfig", config, "--no-cache", "--against", "v1"),
    )
    (given, options) = stub.CALLS[0]
    options.pop("progress")
    assert given == (str(tree), ("mm", "fs/x.c"))
    assert options == {
        "everything": False,
        "select": ("undocumented-errno", "unmet-contract"),
        "ignore": ("unmet-contract",),
        "contracts": (str(config), str(config)),
        "against": "v1",
        "baseline": None,
        "kconfig": str(config),
        "jobs": 3,
        "cache": False,
    }


def test_check_defaults(run: Run, tree: Path) -> None:
    run("check", tree, "--all")
    options = stub.CALLS[0][1]
    assert (options["everything"], options["cache"], options["jobs"], options["kconfig"]) == (True, True, None, None)


def test_flow_takes_flags_and_arguments(run: Run, tree: Path) -> None:
    run("flow", tree, "grab_page", "--flags", "MF_X | MF_Y", "--arg", "wait=true", "--arg", "mode = 3")
    assert stub.CALLS[0][1]["arguments"] == {"flags": "MF_X | MF_Y", "wait": "true", "mode": "3"}


def test_flow_as_a_table(run: Run, tree: Path) -> None:
    assert run("flow", tree, "grab_page") == (
        0,
        "grab_page() at mm/grab.c:6, open: other values are possible\n"
        "value    where        function   what happens\n"
        "0\n"
        "-EAGAIN  mm/grab.c:9  grab_page  returns -EAGAIN\n"
        "unknown\n"
        "\n"
        "open at      function   because\n"
        "mm/grab.c:8  grab_page  no definition of page_ok()\n",
        "",
    )


def test_flow_as_json_has_the_shape_of_one_definition(run: Run, tree: Path) -> None:
    report = json.loads(run("flow", tree, "grab_page", "--format", "json").out)
    assert list(report) == ["function", "file", "line", "closed", "open_because", "outcomes"]
    assert [outcome["value"] for outcome in report["outcomes"]] == ["0", "-EAGAIN", "unknown"]
    assert report["outcomes"][1]["paths"] == [
        [{"role": "step", "file": "mm/grab.c", "line": 9, "function": "grab_page", "note": "returns -EAGAIN"}]
    ]


def test_flow_with_several_definitions_leads_with_the_source_file(run: Run, tree: Path) -> None:
    (tree / "include/linux/grab.h").write_text("\n")
    report = json.loads(run("flow", tree, "grab_page", "--flags", "TWO", "--format", "json").out)
    assert report["file"] == "mm/grab.c"
    assert [one["file"] for one in report["definitions"]] == ["mm/grab.c", "include/linux/grab.h"]


def test_callers_as_a_table(run: Run, tree: Path) -> None:
    assert run("callers", tree, "grab_page").out == (
        "grab_page(): 1 call site\n"
        "call site     caller    value   disposition    where\n"
        "mm/grab.c:10  use_page  0       distinguished  line 8\n"
        "mm/grab.c:10  use_page  -EBUSY\n"
        "mm/grab.c:10  use_page  -EIO    remapped       line 9, becomes -EAGAIN\n"
    )


def test_callers_as_json(run: Run, tree: Path) -> None:
    assert json.loads(run("callers", tree, "grab_page", "--format", "json").out) == {
        "callee": "grab_page",
        "callers": [
            {
                "function": "use_page",
                "file": "mm/grab.c",
                "line": 10,
                "receives": ["0", "-EBUSY", "-EIO"],
                "dispositions": {
                    "0": {"kind": "distinguished", "line": 8},
                    "-EIO": {"kind": "remapped", "line": 9, "becomes": ["-EAGAIN"]},
                },
            }
        ],
    }


def test_predicates(run: Run, tree: Path) -> None:
    table = run("predicates", tree).out
    assert "PageOdd(page)  flag  PF_ANY  PG_odd" in table
    assert json.loads(run("predicates", tree, "--format", "json").out)["predicates"][0]["expanded"] == "bit(PG_odd)"


@pytest.mark.parametrize(("right", "code", "first"), [("PageOdd(p)", 0, "proved"), ("PageEven(p)", 1, "not proved")])
def test_prove_says_its_verdict_and_exits_with_it(run: Run, tree: Path, right: str, code: int, first: str) -> None:
    ran = run("prove", tree, "PageOdd(p)", "implies", right)
    assert (ran.code, ran.out.splitlines()[0]) == (code, f"{first}: PageOdd(p) implies {right}")
    report = json.loads(run("prove", tree, "PageOdd(p)", "implies", right, "--format", "json").out)
    assert (report["verdict"], report["facts"][0]["location"]["line"]) == (first, 6)


def test_the_matrix_in_its_three_forms(run: Run, tree: Path, tmp_path: Path) -> None:
    assert "1 =x PageEven\n2 x= PageOdd\n" in run("predicates", tree, "--matrix").out
    pairs = json.loads(run("predicates", tree, "--matrix", "--format", "json").out)["pairs"]
    assert pairs == [{"left": "PageEven", "relation": "disjoint", "right": "PageOdd"}]
    target = tmp_path / "m.svg"
    assert run("predicates", tree, "--matrix", "--format", "svg", "--output", target) == (0, "", "")
    assert target.read_text().startswith("<svg ")


def test_explain_shows_why_bad_and_good(run: Run) -> None:
    assert run("explain", "undocumented-errno").out == (
        "undocumented-errno (warning, for the docs): a return path produces an errno that the Return text leaves out\n"
        "Why\n    Callers read the text and forget the value.\n\n"
        "Bad\n    return -EAGAIN;\n\n"
        "Good\n    * Return: 0, or -EAGAIN when there is no page.\n"
    )


def test_rules(run: Run) -> None:
    assert "undocumented-errno  warning   docs" in run("rules").out
    assert [rule["id"] for rule in json.loads(run("rules", "--format", "json").out)] == [one.id for one in stub.RULES]


def test_dump_in_a_pipe_is_bytes_as_they_are(tree: Path) -> None:
    from tests.cli.conftest import spawn

    out, _ = spawn("dump", "mask", "a.c", text=False).communicate(timeout=120)
    assert out == b"mask of a.c \x1b[31m\xff\n"


def test_a_baseline_is_of_the_whole_tree_and_has_no_positions(run: Run, tree: Path) -> None:
    ran = run("baseline", tree, "--ignore", "unmet-contract")
    head, line = ran.out.splitlines()
    assert (ran.code, json.loads(head)) == (0, {"schema": "kscan.baseline/1"})
    assert list(json.loads(line)) == ["file", "function", "rule", "fingerprint"]
    options = stub.CALLS[0][1]
    assert (options["everything"], options["ignore"]) == (True, ("unmet-contract",))
    run("baseline", tree, "mm", "-q")
    assert (stub.CALLS[1][0][1], stub.CALLS[1][1]["everything"]) == (("mm",), False)


@pytest.mark.parametrize("command", sorted(SHAPES))
def test_schema(run: Run, command: str) -> None:
    schema = json.loads(run("schema", command).out)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["title"] == f"kscan {command} report"


def test_colour_only_when_asked_for_or_on_a_terminal(run: Run, tree: Path) -> None:
    assert "\x1b[" not in run("check", tree).out
    assert "\x1b[" in run("check", tree, "--color", "always").out
    assert "\x1b[" in run("callers", tree, "grab_page", "--color", "always").out
