"""The rules that compare a function's return set with its kernel-doc, on programs made by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pytest

from kscan.facts.errno import Errnos, read_errnos
from kscan.facts.kerneldoc import read_doc
from kscan.model.contract import ContractResult
from kscan.model.error import InputError
from kscan.model.facts import Function, Linkage
from kscan.model.finding import Finding, Step
from kscan.model.flow import Outcome, Remap, ReturnSet
from kscan.model.result import FunctionRow
from kscan.model.span import Span
from kscan.rules.registry import all_rules, select
from kscan.rules.rule import Rule, rule_id

NAMES = ("EIO", "EAGAIN", "EINVAL", "ENOMEM", "EBUSY", "ENOENT", "EXDEV")
HEADER = "".join(f"#define {name} {number}\n" for number, name in enumerate(NAMES, 1)) + "#define EWOULDBLOCK EAGAIN\n"
ERRNOS = read_errnos({"include/uapi/asm-generic/errno.h": HEADER})
RULES = {rule.id: rule for rule in all_rules()}
PATH = (Step(Span("drivers/frob.c", 900, 910), "frob_get", "returns it"),)


@dataclass(frozen=True)
class Toy:
    """A program of rows written by hand."""

    rows: tuple[FunctionRow, ...]
    errnos: Errnos = ERRNOS
    contracts: tuple[ContractResult, ...] = ()

    def functions(self) -> Sequence[FunctionRow]:
        return self.rows

    def remaps(self) -> Sequence[Remap]:
        return ()

    def source(self, path: str) -> bytes:
        return b""

    def added(self, span: Span) -> bool | None:
        return None


def comment(text: str, eol: str = "\n") -> bytes:
    """A file that holds one kernel-doc with ``text`` after its first line."""
    lines = [
        "/**",
        " * frob_get() - get a frob",
        " *",
        *(f" * {line}".rstrip() for line in text.split("\n")),
        " */",
        "",
    ]
    return eol.join(lines).encode()


def row(
    text: str | None,
    values: str,
    *,
    closed: bool = True,
    type_: str = "int",
    linkage: Linkage = "global",
    file: str = "drivers/frob.c",
    errors: int = 0,
) -> FunctionRow:
    """frob_get() with ``text`` in its comment and the blank-separated ``values`` as its return set."""
    data = comment(text) if text is not None else b""
    doc = read_doc(data, 0, len(data.rstrip())) if data else None
    function = Function("frob_get", file, 500, 999, 504, 520, type_, (), linkage, errors=errors, doc=doc)
    outcomes = tuple(Outcome(value, 0, 0, PATH) for value in values.split())
    return FunctionRow(function, ReturnSet("frob_get", Span(file, 500, 999), closed, outcomes))


def found(rule: str, *rows: FunctionRow) -> list[Finding]:
    return list(RULES[rule].check(Toy(rows)))


def subjects(rule: str, *rows: FunctionRow) -> list[str]:
    return [finding.subject for finding in found(rule, *rows)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (None, "0 -EIO"),
        ("Gets a frob.", "0 -EIO"),
        ("Return:", "0 -EIO"),
        ("Return: 0 on success, -EIO when cut.", "0 -EIO"),
        ("Return: 0 on success, -EWOULDBLOCK when not yet.", "0 -EAGAIN"),
        ("Return: 0 on success or a negative errno.", "0 -EIO"),
        ("Return: 0 on success, -EIO or another error.", "0 -EIO -EBUSY"),
        ("Return: 0 on success.", "0 -EIO"),
        ("Return: 0 or -EIO.", "0 -EIO -1 negative unknown positive"),
        ("-EBUSY is given when it is in use.\n\nReturn: 0 or -EIO.", "0 -EIO -EBUSY"),
        ("Return: 0 or -EIO.\n\nIt may return other negative errnos.", "0 -EIO -EBUSY"),
        ("Return: whatever -EIO means.", "-EIO -EBUSY"),
    ],
)
def test_no_undocumented_errno(text: str | None, values: str) -> None:
    assert subjects("undocumented-errno", row(text, values)) == []


def test_nothing_is_undocumented_in_a_void_function() -> None:
    assert subjects("undocumented-errno", row("Return: 0 or -EIO.", "-EBUSY", type_="void")) == []


@pytest.mark.parametrize(
    ("text", "values", "missing"),
    [
        ("Return: 0 on success, -EIO when cut.", "0 -EIO -EBUSY", ["-EBUSY"]),
        ("Return:\n* %0 - got it\n* %-EIO - cut", "0 -EBUSY -EIO -ENOENT", ["-EBUSY", "-ENOENT"]),
        ("Return:\n* %0 - got it\n* %1 - had it", "0 1 -EIO", ["-EIO"]),
        ("Return: the frob or ERR_PTR(-EIO).", "pointer ERR_PTR(-EIO) ERR_PTR(-ENOMEM)", ["ERR_PTR(-ENOMEM)"]),
        ("Return: 0 or -EIO.", "0 -EAGAIN -EWOULDBLOCK -EIO", ["-EAGAIN", "-EWOULDBLOCK"]),
    ],
)
def test_undocumented_errno(text: str, values: str, missing: list[str]) -> None:
    assert subjects("undocumented-errno", row(text, values)) == missing


def test_an_open_set_still_shows_what_it_holds() -> None:
    assert subjects("undocumented-errno", row("Return: 0 or -EIO.", "0 -EIO -EBUSY", closed=False)) == ["-EBUSY"]


def test_the_finding_stands_at_the_section_and_carries_the_path() -> None:
    text = "Return: 0 or\n        -EIO."
    finding = found("undocumented-errno", row(text, "0 -EIO -EAGAIN"))[0]
    assert finding.message == "frob_get() can return -EAGAIN, which its Return section does not name"
    assert comment(text)[finding.span.start : finding.span.end] == b"Return: 0 or\n *         -EIO."
    assert finding.steps == PATH


@pytest.mark.parametrize(
    ("text", "values", "type_"),
    [
        (None, "0 1", "int"),
        ("Return: 0 or -EIO.", "0 -EIO", "int"),
        ("Return: -EIO when cut.", "0 -EIO", "int"),
        ("Return: number of frobs or -EIO.", "0 1 2 -EIO", "int"),
        ("Return: 0 at the end, positive otherwise.", "0 1", "int"),
        ("Return: true when got.", "0 1", "bool"),
        ("Return: true when got, false otherwise.", "0 1", "int"),
        ("Return: 0 or FROB_MORE.", "0 1", "int"),
        ("Return: 0 when got.", "0 1", "enum frob_state"),
        ("Return: 0 when got.", "0 1", "unsigned int"),
        ("Return: 0 when got, negative otherwise.", "0 -1", "int"),
        ("Return: 1 when got.\n\nIt returns 0 when it does not.", "0 1", "int"),
        ("Return: the frob, NULL or ERR_PTR(-EIO).", "pointer NULL ERR_PTR(-EIO)", "struct frob *"),
        ("Return: the frob or an error pointer.", "pointer NULL", "struct frob *"),
        ("Return: 0 when got.", "NULL", "int"),
    ],
)
def test_no_undocumented_value(text: str | None, values: str, type_: str) -> None:
    assert subjects("undocumented-value", row(text, values, type_=type_)) == []


@pytest.mark.parametrize(
    ("text", "values", "type_", "missing"),
    [
        ("Return: 0 or -EIO.", "0 1 -EIO", "int", ["1"]),
        ("Return: 0 on success or a negative errno.", "0 1", "int", ["1"]),
        ("Return: 1 on success, -EIO when cut.", "0 1 -EIO", "int", ["0"]),
        ("Return: 0 or 1.", "0 1 2", "long", ["2"]),
        ("Return: 0 or -EIO.", "0 -1 -EIO", "int", ["-1"]),
        ("Return: the frob or ERR_PTR(-ENOMEM).", "pointer NULL ERR_PTR(-ENOMEM)", "struct frob *", ["NULL"]),
    ],
)
def test_undocumented_value(text: str, values: str, type_: str, missing: list[str]) -> None:
    findings = found("undocumented-value", row(text, values, type_=type_))
    assert [finding.subject for finding in findings] == missing
    assert findings[0].message == f"frob_get() can return {missing[0]}, which its Return section does not cover"
    assert findings[0].steps == PATH


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("open", [row("Return: 0 or -EXDEV.", "0", closed=False)]),
        ("returned", [row("Return: 0 or -EXDEV.", "0 -EXDEV")]),
        ("alias", [row("Return: 0 or -EWOULDBLOCK.", "0 -EAGAIN")]),
        ("denied", [row("Return: 0, never -EXDEV.", "0")]),
        ("condition", [row("Return: 0 when the bus said -EXDEV.", "0")]),
        ("remark", [row("Gives -EXDEV up.\n\nReturn: 0.", "0")]),
        ("void", [row("Return: 0 or -EXDEV.", "", type_="void")]),
        ("unparsed", [row("Return: 0 or -EXDEV.", "0", errors=1)]),
        ("other variant", [row("Return: 0 or -EXDEV.", "0"), row(None, "0 -EXDEV")]),
        ("open variant", [row("Return: 0 or -EXDEV.", "0"), row(None, "0", closed=False)]),
        ("other file", [row("Return: 0 or -EXDEV.", "0"), row(None, "-EXDEV", file="arch/x/frob.c")]),
    ],
)
def test_no_unreturnable_errno(text: str, rows: list[FunctionRow]) -> None:
    assert subjects("unreturnable-errno", *rows) == []


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("Return: 0 or -EXDEV.", b"-EXDEV"),
        ("Return:\n* %0 - got\n* %-EXDEV - crossed", b"%-EXDEV"),
        ("Return: 0 für uns,\n\t-EXDEV across devices, -EXDEV again.", b"-EXDEV"),
    ],
)
def test_unreturnable_errno(text: str, spelt: bytes) -> None:
    (finding,) = found("unreturnable-errno", row(text, "0 -EIO"))
    assert comment(text)[finding.span.start : finding.span.end] == spelt
    assert finding.message == "frob_get() cannot return -EXDEV, which its Return section names"
    assert finding.steps[0].note == "every value it returns is known: 0, -EIO"


def test_static_functions_of_one_name_are_apart() -> None:
    rows = [
        row("Return: 0 or -EXDEV.", "0", linkage="static"),
        row(None, "0 -EXDEV", linkage="static", file="drivers/other.c"),
    ]
    assert subjects("unreturnable-errno", *rows) == ["-EXDEV"]


@pytest.mark.parametrize(
    ("text", "values", "type_"),
    [
        (None, "0 -EIO", "int"),
        ("Return: 0 or -EIO.", "0 -EIO", "int"),
        ("Gets a frob.", "0 -EIO", "int"),
        ("Returns 1 when got.", "0 1", "int"),
        ("Returns with the lock held.", "0 -EIO", "int"),
        ("Returns 0 or -EIO.", "", "void"),
    ],
)
def test_no_unmarked_prose(text: str | None, values: str, type_: str) -> None:
    assert found("unmarked-return-prose", row(text, values, type_=type_)) == []


GOT = " * Return:\n * * %0 - if the frob was got\n * * %-EIO - ...\n */\n"


def fixed(text: str, row_: FunctionRow) -> str:
    """The comment after the proposed fix, from the line of the section on."""
    (finding,) = found("unmarked-return-prose", row_)
    assert finding.fix is not None and finding.fix.grade == "show"
    (edit,) = finding.fix.edits
    data = comment(text)
    after = data[: edit.span.start] + edit.text.encode() + data[edit.span.end :]
    assert found("unmarked-return-prose", row_) != []
    doc = read_doc(after, 0, len(after.rstrip()))
    assert doc is not None and doc.returns and doc.prose is None
    return after.decode().split(" *\n", 1)[1]


@pytest.mark.parametrize(
    ("text", "values", "closed", "expected"),
    [
        (
            "Returns 0 on success,\n        -EIO when the\n        wire is cut.",
            "0 -EBUSY -EIO",
            True,
            " * Return:\n * * %0 - on success\n * * %-EBUSY - ...\n * * %-EIO - when the wire is cut\n */\n",
        ),
        (
            "Returns 0 on success, < 0 otherwise negated errno. Never sleeps.\nIs fast.",
            "0 -EIO unknown",
            False,
            " * Return:\n * * %0 - on success\n * * %-EIO - ...\n * * another negative errno - ...\n *\n"
            " * Never sleeps. Is fast.\n */\n",
        ),
        (
            "Returns the frob or ERR_PTR(-ENOMEM).",
            "pointer ERR_PTR(-ENOMEM)",
            True,
            " * Return:\n * * the frob\n * * ERR_PTR(-ENOMEM) - ...\n */\n",
        ),
        (
            "Returns either number of frobs (which may be less than asked for), or an error. Never\nsleeps.",
            "0 positive -EIO",
            True,
            " * Return:\n * * number of frobs (which may be less than asked for)\n * * %0 - ...\n * * %-EIO - ...\n *\n"
            " * Never sleeps.\n */\n",
        ),
        (
            "Returns number of frobs. This may be fewer than asked for. If the table is\nempty, returns 0. If none was "
            "got, returns -errno.",
            "0 positive -EIO",
            True,
            " * Return:\n * * number of frobs\n * * %0 - if the table is empty\n * * %-EIO - ...\n *\n"
            " * This may be fewer than asked for. If none was got, returns -errno.\n */\n",
        ),
        (
            "Returns errno, like -EIO or -EBUSY in case of a storm, -ENOMEM if out of\nmemory, or 0.",
            "0 -EIO -EBUSY -ENOMEM",
            True,
            " * Return:\n * * %0 - success\n * * %-EIO - in case of a storm\n * * %-EBUSY - in case of a storm\n"
            " * * %-ENOMEM - if out of memory\n */\n",
        ),
        (
            "Returns 0 on success or one of the error codes documented for f().",
            "0 -EIO",
            True,
            " * Return:\n * * %0 - on success\n * * %-EIO - ...\n */\n",
        ),
        (
            "Returns 0 on success (a frob\nis there) or on failure error code",
            "0 -EIO",
            True,
            " * Return:\n * * %0 - on success (a frob is there)\n * * %-EIO - ...\n */\n",
        ),
        *(
            (f"Returns 0 if the frob was got{rest}", "0 -EIO", True, GOT)
            for rest in (
                ", error otherwise.",
                ", or a wire error code\non failure.",
                ", or a kernel error code\non failure.",
                ", -ve on error",
                " or the error returned by the wire.",
                ", appropriate\nerror code otherwise",
                " and an error\nif not.",
                ", -error on failure",
                "; less than 0 if not.",
            )
        ),
        (
            "Returns the -errno of the wire, or a non-zero number. An error\n(-EIO) when it is cut.",
            "positive -EIO",
            True,
            " * Return:\n * * positive - ...\n * * %-EIO - when it is cut\n */\n",
        ),
        (
            "Returns -EIO if a lost, negative or cut wire was found.",
            "0 -EIO",
            True,
            " * Return:\n * * %0 - success\n * * %-EIO - if a lost, negative or cut wire was found\n */\n",
        ),
        (
            "Return 0 if the frob was got\nReturn !0 otherwise",
            "0 -EIO",
            True,
            " * Return:\n * * %0 - if the frob was got\n * * %-EIO - ...\n */\n",
        ),
        (
            "Return codes\n\t0 - successful\n\tother values - error",
            "0 -EIO",
            True,
            " * Return:\n * * %0 - successful\n * * %-EIO - ...\n */\n",
        ),
        (
            "Return 0 if the frob was got, none 0\notherwise.",
            "0 -EIO",
            True,
            " * Return:\n * * %0 - if the frob was got\n * * %-EIO - ...\n */\n",
        ),
        (
            "Return value:\n\t0 on success / -EIO on failure",
            "0 -EIO",
            True,
            " * Return:\n * * %0 - on success\n * * %-EIO - on failure\n */\n",
        ),
        (
            "Returns -EINVAL if called from afar.",
            "0 -EIO",
            True,
            " * Return:\n * * %0 - success\n * * %-EIO - ...\n *\n * Returns -EINVAL if called from afar.\n */\n",
        ),
        (
            "Returns an error if out of frobs, or if the size is odd (0, or 5). Otherwise,\nreturns the size left.",
            "0 positive -EIO",
            True,
            " * Return:\n * * %0 - success\n * * positive - ...\n * * %-EIO - ...\n *\n"
            " * Returns an error if out of frobs, or if the size is odd (0, or 5).\n"
            " * Otherwise, returns the size left.\n */\n",
        ),
    ],
)
def test_unmarked_prose_and_the_list_it_should_be(text: str, values: str, closed: bool, expected: str) -> None:
    assert fixed(text, row(text, values, closed=closed)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Returns 0 on success or one of the following errnos:\n\n-EIO: the wire is cut",
        "Returns 0 on success, or a negative errno as below.",
        "Returns number of frobs, or an error. Details:",
        "Return values:\n   0:\tThe frob was got\n   EIO:\tThe wire is cut, call again\nother:\tSome other errno",
    ],
)
def test_prose_above_a_list_is_not_made_another_one(text: str) -> None:
    (finding,) = found("unmarked-return-prose", row(text, "0 -EIO"))
    assert finding.fix is None


def test_the_prose_finding_names_the_values_and_not_in_its_subject() -> None:
    (finding,) = found("unmarked-return-prose", row("Returns 0 or -EIO.", "0 -EIO -EBUSY unknown"))
    assert finding.message.endswith("a Return section should list them: 0, -EIO, -EBUSY")
    assert finding.subject == "Return"


def test_rules_are_found_in_order() -> None:
    assert [rule.id for rule in all_rules()] == sorted(RULES)


@pytest.mark.parametrize(
    "name", ["undocumented-errno", "undocumented-value", "unreturnable-errno", "unmarked-return-prose"]
)
def test_a_rule_states_itself(name: str) -> None:
    rule = RULES[name]
    assert rule.title.endswith(".") and rule.why and rule.bad != rule.good
    assert len(rule.bad.splitlines()) <= 12


def test_rule_ids_come_from_module_names() -> None:
    assert rule_id("kscan.rules.undocumented_errno") == "undocumented-errno"


@pytest.mark.parametrize(
    ("chosen", "ignored", "ids"),
    [
        ((), (), ["a-rule", "b-rule", "c-rule"]),
        (("b-rule", "a-rule", "b-rule"), (), ["a-rule", "b-rule"]),
        ((), ("b-rule",), ["a-rule", "c-rule"]),
        (("a-rule",), ("a-rule",), []),
    ],
)
def test_select(chosen: tuple[str, ...], ignored: tuple[str, ...], ids: list[str]) -> None:
    assert [rule.id for rule in select(list(_renamed("c-rule", "a-rule", "b-rule")), chosen, ignored)] == ids


def _renamed(*ids: str) -> Iterator[Rule]:
    return (replace(RULES["undocumented-errno"], id=one) for one in ids)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("undocumented-errnos", "unknown rule 'undocumented-errnos': did you mean 'undocumented-errno'?"),
        ("", "unknown rule '': 'kscan rules' lists them"),
    ],
)
def test_an_unknown_rule_is_named_with_the_closest(name: str, message: str) -> None:
    for arguments in (((name,), ()), ((), (name,))):
        with pytest.raises(InputError) as caught:
            select(all_rules(), *arguments)
        assert str(caught.value) == message
