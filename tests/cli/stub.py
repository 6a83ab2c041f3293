"""A stand-in for kscan.api: fixed results for a small tree, and the ways in which a run can end badly.

``python -m tests.cli.stub ARGS`` runs the command line on it; KSCAN_STUB names what happens in ``check``.
"""

from __future__ import annotations

import _thread
import atexit
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import kscan
from kscan.model.contract import ClauseResult, ContractResult
from kscan.model.edit import Edit, Fix
from kscan.model.error import InputError
from kscan.model.finding import Finding, Step
from kscan.model.flow import Caller, Disposition, Opening, Outcome, ReturnSet
from kscan.model.gap import Gap
from kscan.model.proof import Fact, MatrixResult, Pair, Proof, ProofResult, Relation, Subject, Verdict
from kscan.model.result import CallersResult, CheckResult, FlowResult, Predicate, PredicatesResult
from kscan.model.span import Span
from kscan.rules.registry import select

FILE = "mm/grab.c"
TEXT = """/**
 * grab_page - take a page
 *
 * Return: 0 on success, -EIO otherwise.
 */
int grab_page(struct page *page)
{
\tif (!page)
\t\treturn -EAGAIN;
\treturn 0;
}
"""

RULES = (
    SimpleNamespace(
        id="undocumented-errno",
        title="a return path produces an errno that the Return text leaves out",
        severity="warning",
        audience="docs",
        why="Callers read the text and forget the value.\n",
        bad="return -EAGAIN;\n",
        good="* Return: 0, or -EAGAIN when there is no page.\n",
        when="always",
    ),
    SimpleNamespace(
        id="unmet-contract", title="t", severity="error", audience="reviewer", why="w", bad="b", good="g", when="always"
    ),
)

CALLS: list[tuple[tuple[Any, ...], dict[str, Any]]] = []


def build(root: Path) -> Path:
    """The tree that the results are about."""
    (root / "include" / "linux").mkdir(parents=True)
    (root / "mm").mkdir()
    (root / "Makefile").write_text("VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 0\n")
    (root / FILE).write_text(TEXT)
    return root


def span(text: str) -> Span:
    start = TEXT.index(text)
    return Span(FILE, start, start + len(text))


def finding(subject: str = "-EAGAIN", **changes: Any) -> Finding:
    values: dict[str, Any] = {
        "rule": "undocumented-errno",
        "severity": "warning",
        "audience": "docs",
        "span": span("grab_page(struct"),
        "function": "grab_page",
        "message": f"{subject} is returned but not documented",
        "subject": subject,
        "steps": (Step(span("return -EAGAIN"), "grab_page", "returns -EAGAIN"),),
        "fix": Fix(
            "say so", "show", (Edit(Span(FILE, TEXT.index(" */"), TEXT.index(" */")), " * -EAGAIN: no page.\n"),)
        ),
    }
    return Finding(**(values | changes))


def checked(tree: str, findings: tuple[Finding, ...] = (finding(),)) -> CheckResult:
    clause = ClauseResult("use_page", "distinguish", "unmet", "no branch of its own", span("return 0"))
    return CheckResult(
        tree=tree,
        contracts=(ContractResult("grab", "unmet", (clause,)), ContractResult("other", "not-applicable", ())),
        findings=findings,
        gaps=(
            Gap("mm/odd.c", -1, "read", "", "binary: it contains a NUL byte"),
            Gap(FILE, TEXT.index("if"), "parse", "grab_page", "an odd construct"),
        ),
        functions=1,
        files=1,
        notes=("the cache was rebuilt",),
    )


def check(tree: str, paths: tuple[str, ...] = (), **options: Any) -> CheckResult:
    CALLS.append(((tree, paths), options))
    select(RULES, options["select"], options["ignore"])  # type: ignore[arg-type]
    options["progress"].stage("read", 2)
    options["progress"].advance()
    match os.environ.get("KSCAN_STUB", ""):
        case "clean":
            return checked(tree, ())
        case "crash":
            return checked(tree, ({}["gone"],))
        case "bug":
            error = RuntimeError("mm/grab.c: rule undocumented-errno")
            error.add_note("while checking")
            raise error
        case "input":
            raise InputError("nowhere/\x1b[31m: no such folder; name a kernel tree")
        case "pipe":
            raise BrokenPipeError("between workers")
        case "slow":
            print("ready", file=sys.stderr, flush=True)
            time.sleep(30)
        case "finalising" | "finalising slowly" | "parsing" as what:
            LOST[what]()
            time.sleep(30)
        case "finalised":
            _finalised()
        case "late":
            atexit.register(signal.raise_signal, signal.SIGINT)
        case "many":
            # More than any pipe holds.
            return checked(tree, tuple(finding(f"-E{n}", message="x" * 20_000) for n in range(400)))
    return checked(tree)


def _finalised() -> None:
    """Ctrl-C comes where Python may raise nothing."""

    class Going:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    Going()


def _finalised_slowly() -> None:
    """The same, on a machine so busy that a thread comes far before whoever started it goes on."""
    starting = threading._start_new_thread  # type: ignore[attr-defined]

    def start(*given: Any) -> Any:
        begun = starting(*given)
        time.sleep(0.2)
        return begun

    _thread.start_new_thread = threading._start_new_thread = start  # type: ignore[attr-defined, assignment]
    _finalised()


def _parsed() -> None:
    """Ctrl-C comes where tree-sitter asks for the rest of a text."""
    from kscan.parse.parser import parse

    class Text(bytes):
        def __getitem__(self, at: Any) -> Any:
            if isinstance(at, slice) and at.start:
                signal.raise_signal(signal.SIGINT)
            return super().__getitem__(at)

    text = b"int f(void)\n{\n\treturn 1;\n}\n" * 9000
    tree = parse(Text(text))
    assert tree is not None and tree.root_node.end_byte == len(text)


LOST = {"finalising": _finalised, "finalising slowly": _finalised_slowly, "parsing": _parsed}
"""Where Ctrl-C may come without anybody noticing."""


def flow(tree: str, function: str, **options: Any) -> FlowResult:
    CALLS.append(((tree, function), options))
    if function != "grab_page":
        raise InputError(f"no function '{function}'; did you mean 'grab_page'?")
    step = Step(span("return -EAGAIN"), "grab_page", "returns -EAGAIN")
    here = span("grab_page(struct")
    outcomes = (Outcome("unknown", -(1 << 31), 1 << 31), Outcome("-EAGAIN", -11, -11, (step,)), Outcome("0", 0, 0))
    opening = Opening(span("if (!page)"), "grab_page", "no definition of page_ok()")
    stub = ReturnSet("grab_page", Span("include/linux/grab.h", 0, 4), True, (Outcome("0", 0, 0),))
    main = ReturnSet("grab_page", here, False, outcomes, (opening,))
    return FlowResult(tree, (stub, main) if options["arguments"].get("flags") == "TWO" else (main,))


def callers(tree: str, function: str, **options: Any) -> CallersResult:
    told = {
        "-EIO": Disposition("remapped", span("return -EAGAIN"), ("-EAGAIN",)),
        "0": Disposition("distinguished", span("if (!page)")),
    }
    return CallersResult(tree, function, (Caller("use_page", span("return 0"), ("-EIO", "0", "-EBUSY"), told),))


def predicates(tree: str, **options: Any) -> PredicatesResult:
    here = span("grab_page(struct")
    row = Predicate(
        "PageOdd", ("page",), "flag", "PF_ANY", "PG_odd", "bit(PG_odd)", True, (), (), (), "PAGEFLAG(Odd)", here
    )
    return PredicatesResult(tree, (row,))


def prove(tree: str, left: str, relation: Relation, right: str, **options: Any) -> ProofResult:
    fact = Fact("PageOdd(page) is PG_odd of page", span("grab_page(struct"))
    if left != "PageOdd(p)":
        raise InputError(f"unknown predicate '{left}': did you mean 'PageOdd'?")
    verdict: Verdict = "proved" if right == "PageOdd(p)" else "not proved"
    witness = "" if verdict == "proved" else "PG_odd set"
    return ProofResult(tree, Proof(left, relation, right, verdict, (fact,), witness))


def matrix(tree: str, **options: Any) -> MatrixResult:
    here = span("grab_page(struct")
    subjects = (Subject("PageEven", "PG_even of page", here), Subject("PageOdd", "PG_odd of page", here))
    return MatrixResult(tree, subjects, (Pair(0, 1, "disjoint"),))


def dump(what: str, file: str, **options: Any) -> bytes:
    return f"{what} of ".encode() + file.encode() + b" \x1b[31m\xff\n"


def rules() -> tuple[SimpleNamespace, ...]:
    return RULES


def install() -> ModuleType:
    """Puts this module where the commands look for kscan.api."""
    here = sys.modules[__name__]
    sys.modules["kscan.api"] = here
    kscan.api = here  # type: ignore[attr-defined]
    return here


if __name__ == "__main__":
    from kscan.cli.main import entry

    install()
    sys.exit(entry())
