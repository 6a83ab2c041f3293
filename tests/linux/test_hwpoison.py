"""What must come out on the real trees: hwpoison as it is in 6.12 and 7.3, and what a change to 7.3 newly does wrong.

Lines are looked up in the tree's own text when the test runs; nothing of the text is kept here but the words to
look for.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from pytest import TempPathFactory

from kscan import api
from kscan.facts.names import NameIndex
from kscan.facts.store import open_store
from kscan.flow.values import ALL
from kscan.link.catalog import Catalog
from kscan.link.context import Known
from kscan.link.program import LinkedProgram
from kscan.model.contract import ClauseResult
from kscan.model.finding import Finding
from kscan.model.flow import Caller
from kscan.model.result import CheckResult
from kscan.model.span import Span
from kscan.report.fingerprint import fingerprints
from kscan.source.tree import open_tree

pytestmark = pytest.mark.linux

FILE = "mm/memory-failure.c"
CALLEE = "get_hwpoison_page"
ERRNO = "-ENOTRECOVERABLE"
EVERYTHING = {"0", "1", "-EIO", "-EBUSY", "-EHWPOISON", ERRNO}
CASE = f"\tcase {ERRNO}:"
RETURN = " * Return: 0 on failure"


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: TempPathFactory) -> Iterator[Path]:
    """A cache of this module's own."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KSCAN_CACHE_DIR", str(folder))
        yield folder


def text_of(tree: Path, file: str = FILE) -> str:
    return (tree / file).read_text("utf-8")


def line_of(text: str, needle: str, after: str = "") -> int:
    """The line, from 1, of the first ``needle`` behind ``after``."""
    return text.count("\n", 0, text.index(needle, text.index(after))) + 1


def line_at(tree: Path, span: Span) -> int:
    return (tree / span.file).read_bytes().count(b"\n", 0, span.start) + 1


def definition(function: str, type_: str = "int") -> str:
    """The head of a function's definition, as these files write it."""
    return f"\n{type_} {function}("


# -- 7.3


def test_the_return_set(linux_73: Path) -> None:
    (found,) = api.flow(str(linux_73), CALLEE).returns
    assert set(found.values) == EVERYTHING
    assert found.closed
    assert found.open_because == ()
    for outcome in found.outcomes:
        assert outcome.path
        assert outcome.path[0].function == CALLEE
        assert outcome.path[-1].function == CALLEE


def test_the_path_goes_through_the_test_for_kernel_pages(linux_73: Path) -> None:
    (found,) = api.flow(str(linux_73), CALLEE).returns
    (path,) = (outcome.path for outcome in found.outcomes if outcome.value == ERRNO)
    asked = [step for step in path if "is_kernel_owned_page" in step.note]
    assert [step.function for step in asked] == ["get_any_page"]
    text = text_of(linux_73)
    lines = [line_at(linux_73, step.span) for step in path]
    inside = definition("get_any_page", "static int")
    assert line_of(text, "if (is_kernel_owned_page(", inside) in lines
    assert line_of(text, f"ret = {ERRNO}", inside) in lines
    assert "__get_unpoison_page" not in {step.function for step in path}


@pytest.mark.parametrize(
    ("flags", "values"),
    [
        ("MF_UNPOISON", {"0", "1", "-EHWPOISON"}),
        ("MF_UNPOISON | MF_SOFT_OFFLINE", {"0", "1", "-EHWPOISON"}),
        ("0", EVERYTHING - {"-EHWPOISON"}),
        ("MF_COUNT_INCREASED", EVERYTHING - {"-EHWPOISON"}),
        ("MF_SOFT_OFFLINE", EVERYTHING - {"-EHWPOISON"}),
    ],
)
def test_a_flag_narrows_the_return_set(linux_73: Path, flags: str, values: set[str]) -> None:
    (found,) = api.flow(str(linux_73), CALLEE, arguments={"flags": flags}).returns
    assert set(found.values) == values
    assert found.closed


@pytest.mark.parametrize("is_set", [True, False])
def test_one_bit_is_enough_to_narrow(linux_73: Path, is_set: bool) -> None:
    tree = open_tree(str(linux_73))
    with open_store(tree.root) as store:
        index = NameIndex(store)
        index.refresh(tree)
        program = LinkedProgram(Catalog(tree, store, index))
        (function,) = program.catalog.functions_in(FILE, CALLEE)
        bit = program.catalog.numbers.number("MF_UNPOISON", FILE)
        assert bit
        known = Known(ALL, bit, 0) if is_set else Known(ALL, 0, bit)
        values = set(program.returns(function, (None, known)).values)
    assert values == ({"0", "1", "-EHWPOISON"} if is_set else EVERYTHING - {"-EHWPOISON"})


def clauses(result: CheckResult) -> dict[str, ClauseResult]:
    (contract,) = result.contracts
    return {clause.function: clause for clause in contract.clauses}


def test_the_contract_is_met(linux_73: Path) -> None:
    result = api.check(str(linux_73))
    text = text_of(linux_73)
    assert [contract.verdict for contract in result.contracts] == ["met"]
    found = clauses(result)
    assert {name: clause.verdict for name, clause in found.items()} == dict.fromkeys(
        (CALLEE, "memory_failure", "soft_offline_page", "unpoison_memory"), "met"
    )
    where = {name: line_at(linux_73, clause.span) for name, clause in found.items() if clause.span is not None}
    del where[CALLEE]
    assert where == {
        "memory_failure": line_of(text, CASE, definition("memory_failure")),
        "soft_offline_page": line_of(text, "return ret;", definition("soft_offline_page")),
        "unpoison_memory": line_of(text, f"{CALLEE}(", definition("unpoison_memory")),
    }
    assert "own branch" in found["memory_failure"].reason
    assert "open-ended" in found["soft_offline_page"].reason
    assert "exclude" in found["unpoison_memory"].reason


def test_the_contract_names_the_place_where_the_errno_is_made(linux_73: Path) -> None:
    span = clauses(api.check(str(linux_73)))[CALLEE].span
    assert span is not None
    made = line_of(text_of(linux_73), f"ret = {ERRNO}", definition("get_any_page", "static int"))
    assert line_at(linux_73, span) == made


def test_the_findings(linux_73: Path) -> None:
    result = api.check(str(linux_73))
    documentation = {"undocumented-errno", "undocumented-value", "unreturnable-errno", "unmarked-return-prose"}
    assert not [f for f in result.findings if f.function == CALLEE and f.rule in documentation]
    (prose,) = (f for f in result.findings if f.function == "soft_offline_page")
    text = text_of(linux_73)
    assert prose.rule == "unmarked-return-prose"
    assert line_at(linux_73, prose.span) == line_of(text, " * Returns 0 on success", " * soft_offline_page -")
    assert prose.fix is not None
    listed = "".join(edit.text for edit in prose.fix.edits)
    assert listed.index("* %0") < listed.index("* %-EIO") < listed.index("* %-EOPNOTSUPP")
    assert f"* %{ERRNO}" in listed
    assert {"unmet-contract", "folded-errno"}.isdisjoint(f.rule for f in result.findings)


def callers(tree: Path) -> dict[str, Caller]:
    found = api.callers(str(tree), CALLEE)
    assert found.gaps == ()
    assert len(found.callers) == 3
    return {caller.function: caller for caller in found.callers}


def test_what_arrives_at_the_callers(linux_73: Path) -> None:
    received = {name: set(caller.receives) for name, caller in callers(linux_73).items()}
    assert received == {
        "memory_failure": EVERYTHING,
        "soft_offline_page": EVERYTHING,
        "unpoison_memory": {"0", "1", "-EHWPOISON"},
    }


def test_what_becomes_of_it(linux_73: Path) -> None:
    text = text_of(linux_73)
    found = {
        (name, value): (disposition.kind, line_at(linux_73, disposition.span))
        for name, caller in callers(linux_73).items()
        for value, disposition in caller.dispositions.items()
    }
    switch = text.index(f"{CALLEE}(p, flags)", text.index(definition("memory_failure")))
    rest = text[switch:]
    above = text.count("\n", 0, switch)
    assert found["memory_failure", "0"] == ("distinguished", above + line_of(rest, "\tcase 0:"))
    assert found["memory_failure", "1"] == ("distinguished", above + line_of(rest, "\tcase 1:"))
    assert found["memory_failure", ERRNO] == ("distinguished", above + line_of(rest, CASE))
    for value in ("-EIO", "-EBUSY", "-EHWPOISON"):
        assert found["memory_failure", value] == ("folded", above + line_of(rest, "\tdefault:"))
    own = definition("soft_offline_page")
    assert found["soft_offline_page", "1"] == ("distinguished", line_of(text, "if (ret > 0)", own))
    assert found["soft_offline_page", "0"] == ("distinguished", line_of(text, "if (ret == 0) {", own))
    for value in EVERYTHING - {"0", "1"}:
        assert found["soft_offline_page", value] == ("propagated", line_of(text, "return ret;", own))
    own = definition("unpoison_memory")
    assert found["unpoison_memory", "0"] == ("distinguished", line_of(text, "if (!ghp) {", own))
    assert found["unpoison_memory", "-EHWPOISON"] == ("distinguished", line_of(text, "if (ghp == -EHWPOISON", own))


# -- 6.12


def test_the_older_kernel_does_not_keep_the_contract(linux_612: Path) -> None:
    result = api.check(str(linux_612))
    text = text_of(linux_612)
    assert [contract.verdict for contract in result.contracts] == ["unmet"]
    found = clauses(result)
    assert found[CALLEE].verdict == "unmet"
    assert f"returns {ERRNO}" in found[CALLEE].reason
    assert found["memory_failure"].verdict == "unmet"
    assert found["unpoison_memory"].verdict == "met"
    (unmet,) = (f for f in result.findings if f.rule == "unmet-contract")
    assert (unmet.function, line_at(linux_612, unmet.span)) == (CALLEE, line_of(text, f"static int {CALLEE}("))
    assert [(step.function, line_at(linux_612, step.span)) for step in unmet.steps] == [("get_any_page", _remap(text))]
    (folded,) = (f for f in result.findings if f.rule == "folded-errno")
    assert folded.function == "memory_failure"
    assert line_at(linux_612, folded.span) == line_of(text, "} else if (res < 0) {", definition("memory_failure"))


def _remap(text: str) -> int:
    """The line at which the retries are over and -EBUSY becomes -EIO."""
    inside = text[text.index(definition("get_any_page", "static int")) :]
    tested = text.index(inside) + inside.index("ret == -EBUSY")
    return text.count("\n", 0, text.index("ret = -EIO;", tested)) + 1


@pytest.mark.parametrize("release", ["linux_612", "linux_73"])
def test_the_remapped_errno_is_told(release: str, request: pytest.FixtureRequest) -> None:
    tree: Path = request.getfixturevalue(release)
    (found,) = (f for f in api.check(str(tree)).findings if f.rule == "remapped-errno")
    assert {"-EBUSY", "-EIO"} <= set(found.subject.split())
    assert "__get_hwpoison_page" in found.message
    assert line_at(tree, found.span) == _remap(text_of(tree))


def test_nothing_returns_the_errno_in_the_older_kernel(linux_612: Path) -> None:
    (found,) = api.flow(str(linux_612), CALLEE).returns
    assert set(found.values) == EVERYTHING - {ERRNO}
    assert found.closed


# -- changes to 7.3, each alone


PARTS = ("Makefile", "Kconfig", "include", "mm", "drivers/base", "arch/x86/include")


def copy_of(tree: Path, folder: Path, parts: tuple[str, ...]) -> Path:
    """A part of ``tree`` that may be changed: real copies, for a link would lead back to the original."""
    for part in parts:
        source, target = tree / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True)
        else:
            shutil.copy(source, target)
    return folder


@pytest.fixture(scope="module")
def copied(linux_73: Path, tmp_path_factory: TempPathFactory) -> Path:
    return copy_of(linux_73, tmp_path_factory.mktemp("linux"), PARTS)


@pytest.fixture
def changed(linux_73: Path, copied: Path) -> Iterator[Callable[[str, str], None]]:
    """Writes a file of the copy; it is as it was when the test is over."""
    touched: set[str] = set()

    def write(file: str, text: str) -> None:
        touched.add(file)
        (copied / file).write_text(text, "utf-8")

    yield write
    for file in touched:
        shutil.copy(linux_73 / file, copied / file)


def without_doc_line(text: str) -> str:
    start = text.index(f" *         {ERRNO} for")
    return text[:start] + text[text.index(" */", start) :]


def with_doc_line(text: str) -> str:
    line = " *         -EHWPOISON when"
    return text.replace(line, f" *         -EXDEV when the page is on two devices,\n{line}", 1)


def without_case(text: str) -> str:
    start = text.index(CASE)
    return text[:start] + text[text.index("\tdefault:", start) :]


def with_new_errno(text: str) -> str:
    start = text.index("\tif (PageHWPoisonTakenOff(page))", text.index(definition("__get_unpoison_page", "static int")))
    return f"{text[:start]}\tif (PageReserved(page))\n\t\treturn -EAGAIN;\n\n{text[start:]}"


def with_overwritten_result(text: str) -> str:
    start = text.index("\tmutex_unlock(&mf_mutex);\n\n\treturn ret;", text.index(definition("soft_offline_page")))
    return f"{text[:start]}\tif (ret < 0)\n\t\tret = 0;\n\n{text[start:]}"


def with_early_overwritten_result(text: str) -> str:
    start = text.index("\tif (ret > 0) {\n\t\tret = soft", text.index(definition("soft_offline_page")))
    return f"{text[:start]}\tif (ret < 0)\n\t\tret = 0;\n{text[start:]}"


def with_chosen_zero(text: str) -> str:
    start = text.index("\tmutex_unlock(&mf_mutex);\n\n\treturn ret;", text.index(definition("soft_offline_page")))
    return f"{text[:start]}\tret = ret < 0 ? 0 : ret;\n{text[start:]}"


SOFT = definition("soft_offline_page")
ABOVE = f" * {CALLEE}() - "
CHANGES: dict[str, tuple[Callable[[str], str], str, str, Callable[[str], int]]] = {
    "doc-line-removed": (without_doc_line, "undocumented-errno", ERRNO, lambda t: line_of(t, RETURN, ABOVE)),
    "doc-line-added": (with_doc_line, "unreturnable-errno", "-EXDEV", lambda t: line_of(t, "-EXDEV", ABOVE)),
    "case-removed": (
        without_case,
        "folded-errno",
        ERRNO,
        lambda t: line_of(t, "\tdefault:", "/* Got a refcount on a handlable page. */"),
    ),
    "errno-added": (with_new_errno, "undocumented-errno", "-EAGAIN", lambda t: line_of(t, RETURN, ABOVE)),
    "result-overwritten": (
        with_overwritten_result,
        "unmet-contract",
        ERRNO,
        lambda t: line_of(t, "ret = 0;", SOFT),
    ),
    "result-overwritten-early": (
        with_early_overwritten_result,
        "unmet-contract",
        ERRNO,
        lambda t: line_of(t, "ret = 0;", SOFT),
    ),
    "result-chosen": (with_chosen_zero, "unmet-contract", ERRNO, lambda t: line_of(t, "ret = ret < 0 ?", SOFT)),
}


def by_fingerprint(tree: Path) -> dict[str, Finding]:
    found = api.check(str(tree)).findings
    return dict(zip(fingerprints(found), found, strict=True))


@pytest.fixture(scope="module")
def before(copied: Path) -> dict[str, Finding]:
    """The findings of the copy as it is."""
    return by_fingerprint(copied)


def test_a_part_of_the_tree_gives_the_same_findings(linux_73: Path, before: dict[str, Finding]) -> None:
    assert set(before) == set(by_fingerprint(linux_73))


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_alone_gives_exactly_its_finding(
    name: str, copied: Path, before: dict[str, Finding], changed: Callable[[str, str], None]
) -> None:
    change, rule, subject, line = CHANGES[name]
    text = change(text_of(copied))
    assert text != text_of(copied)
    changed(FILE, text)
    after = by_fingerprint(copied)
    new = [finding for key, finding in after.items() if key not in before]
    assert [(f.rule, line_at(copied, f.span)) for f in new] == [(rule, line(text))]
    assert subject in new[0].subject.split()
    assert set(before) <= set(after)


def test_the_path_of_an_added_errno_ends_where_it_was_added(
    copied: Path, before: dict[str, Finding], changed: Callable[[str, str], None]
) -> None:
    text = with_new_errno(text_of(copied))
    changed(FILE, text)
    (new,) = (finding for key, finding in by_fingerprint(copied).items() if key not in before)
    assert line_of(text, "return -EAGAIN;") in [line_at(copied, step.span) for step in new.steps]
    assert {CALLEE, "__get_unpoison_page"} <= {step.function for step in new.steps}


def test_lines_added_above_change_no_fingerprint(
    copied: Path, before: dict[str, Finding], changed: Callable[[str, str], None]
) -> None:
    lines = {key: line_at(copied, finding.span) for key, finding in before.items()}
    changed(FILE, "/* one */\n\n/* three */\n" + text_of(copied))
    after = by_fingerprint(copied)
    assert {key: line_at(copied, finding.span) for key, finding in after.items()} == {
        key: line + 3 * (before[key].span.file == FILE) for key, line in lines.items()
    }


# -- the same engine on something else


CORE = "fs/binfmt_elf.c"
TOO_LONG = "-ENAMETOOLONG"
OTHER = f"""
[[contract]]
name = "long-paths"
reason = "A path that is too long for the buffer fits a larger one; any other failure stays."
callee = "file_path"
file = "fs/open.c"
errnos = ["{TOO_LONG}"]

[[contract.caller]]
function = "fill_files_note"
must = "distinguish"
reason = "It has to try again with a larger buffer."
"""
PASSED_ON = """
[[contract.caller]]
function = "cn_print_exe_file"
must = "propagate"
reason = "Its callers decide."
"""
GROW = "\t\t\tif (PTR_ERR(filename) == -ENAMETOOLONG) {"


@pytest.fixture(scope="module")
def file_systems(linux_73: Path, tmp_path_factory: TempPathFactory) -> Path:
    files = tuple(str(p.relative_to(linux_73)) for p in sorted((linux_73 / "fs").glob("*.[ch]")))
    return copy_of(linux_73, tmp_path_factory.mktemp("fs"), ("Makefile", "Kconfig", "include", *files))


def other_contract(folder: Path, text: str) -> list[str]:
    path = folder / "contract.toml"
    path.write_text(text, "utf-8")
    return [str(path)]


def test_a_contract_about_something_else(file_systems: Path, tmp_path: Path) -> None:
    text = text_of(file_systems, CORE)
    for clause, verdict in (("", "met"), (PASSED_ON, "unmet")):
        result = api.check(str(file_systems), contracts=other_contract(tmp_path, OTHER + clause))
        (contract,) = (one for one in result.contracts if one.name == "long-paths")
        assert contract.verdict == verdict
        found = {one.function: one for one in contract.clauses}
        own = found["fill_files_note"]
        assert own.span is not None
        assert (own.verdict, line_at(file_systems, own.span)) == ("met", line_of(text, GROW.strip()))
    assert "no Return text" in found["cn_print_exe_file"].reason


def test_another_callers_dispositions(file_systems: Path) -> None:
    rows = {row.function: row for row in api.callers(str(file_systems), "file_path").callers}
    value = f"ERR_PTR({TOO_LONG})"
    kinds = {name: row.dispositions[value].kind for name, row in rows.items() if value in row.dispositions}
    assert kinds == {"fill_files_note": "distinguished", "cn_print_exe_file": "propagated"}


def test_another_callers_branch_removed(file_systems: Path, linux_73: Path, tmp_path: Path) -> None:
    text = text_of(file_systems, CORE)
    start = text.index(GROW)
    text = text[:start] + text[text.index("\t\t\tcontinue;", start) :]
    try:
        (file_systems / CORE).write_text(text, "utf-8")
        result = api.check(str(file_systems), contracts=other_contract(tmp_path, OTHER))
    finally:
        shutil.copy(linux_73 / CORE, file_systems / CORE)
    (found,) = (f for f in result.findings if f.rule == "folded-errno" and f.function == "fill_files_note")
    caught = text.count("\n", 0, text.index("if (IS_ERR(filename)) {", text.index("fill_files_note("))) + 1
    assert (found.span.file, line_at_text(text, found.span)) == (CORE, caught)
    assert TOO_LONG in found.subject.split()


def line_at_text(text: str, span: Span) -> int:
    return text.encode().count(b"\n", 0, span.start) + 1


# -- the same from run to run


def report(tree: Path, cache: Path, *options: str) -> bytes:
    """The JSON report as a process of its own prints it."""
    command = "import sys; from kscan.cli.main import entry; sys.exit(entry(sys.argv[1:]))"
    arguments = ["check", str(tree), "--format", "json", *options]
    env = {**os.environ, "KSCAN_CACHE_DIR": str(cache), "PYTHONHASHSEED": "random"}
    done = subprocess.run([sys.executable, "-c", command, *arguments], capture_output=True, env=env, check=False)
    assert done.returncode == 1, done.stderr.decode()
    assert done.stderr == b""
    return done.stdout


def test_reports_do_not_differ(copied: Path, tmp_path: Path) -> None:
    first = report(copied, tmp_path / "a")
    assert report(copied, tmp_path / "a") == first
    assert report(copied, tmp_path / "a", "--no-cache") == first
    assert report(copied, tmp_path / "b", "--jobs", "1") == first
    assert report(copied, tmp_path / "c", "--jobs", "2") == first
    shape = json.loads(first)
    assert [contract["verdict"] for contract in shape["contracts"]] == ["met"]


def test_a_report_made_after_a_change_is_that_of_a_fresh_cache(
    copied: Path, tmp_path: Path, changed: Callable[[str, str], None]
) -> None:
    report(copied, tmp_path / "a")
    changed(FILE, with_new_errno(text_of(copied)))
    assert report(copied, tmp_path / "a") == report(copied, tmp_path / "b")


def test_results_hold_no_position_in_their_subject(linux_73: Path) -> None:
    for finding in api.check(str(linux_73)).findings:
        assert not any(word.isdigit() and int(word) > 1 for word in finding.subject.split())
        assert msgspec.json.encode(finding)
