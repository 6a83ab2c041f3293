"""The SARIF file of a run: the rules, the results, and what was not analysed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Protocol, get_args

import kscan
from kscan.model.finding import Audience, Severity
from kscan.model.gap import Gap, Stage
from kscan.model.result import CheckResult
from kscan.model.review import ReadVersion, ReviewResult
from kscan.model.span import Span
from kscan.model.standing import Entry
from kscan.report.json import render as as_json
from kscan.report.lines import Places
from kscan.report.remarks import Remark, of_check, of_review, versions
from kscan.report.sarif import shapes as to
from kscan.report.sarif.results import absent, result
from kscan.report.sarif.where import BASE, file_location, location, message, root_uri

MAX_RESULTS: Final = 25_000
"""GitHub refuses a run with more."""
_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_KINDS: Final = {f"gap/{stage}": f"Something was not analysed (at the stage: {stage})." for stage in get_args(Stage)}
_LEFT_OUT: Final = "results/left-out"
_NOTIFICATIONS: Final = {**_KINDS, _LEFT_OUT: "There are more results than a reader takes."}
_INDEX: Final = {kind: index for index, kind in enumerate(_NOTIFICATIONS)}
_WEIGHT: Final[dict[Severity, int]] = {"error": 0, "warning": 1, "note": 2}


class RuleText(Protocol):
    """What is said of a rule: ``bad`` and ``good`` are C."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def bad(self) -> str: ...
    @property
    def good(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def audience(self) -> Audience: ...


def render(
    found: CheckResult, places: Places, rules: Iterable[RuleText], *, baseline: bool = False, stale: bool = False
) -> str:
    """The report of a check. With ``baseline`` each result says whether it is new. With ``stale`` what is gone is among
    them, as absent; a reader that knows no baselines takes it for found."""
    gaps = [(gap, places) for gap in sorted(set(found.gaps))]
    totals = {"functions": found.functions, "files": found.files}
    gone = found.absent if stale else ()
    return _log(of_check(found, places), gaps, found.tree, rules, gone, totals, baseline=baseline)


def render_review(found: ReviewResult, read: ReadVersion, rules: Iterable[RuleText]) -> str:
    """The report of a review: each place is one of the tree after the patch that the result names. All results are new,
    but for those that a baseline has."""
    places = versions(found, read)
    gaps = [(gap, places[patch.number]) for patch in found.patches for gap in sorted(set(patch.gaps))]
    totals = {"functions": found.functions, "files": found.files, "patches": len(found.patches)}
    return _log(of_review(found, read), gaps, found.tree, rules, (), totals, baseline=True)


def _log(
    remarks: Sequence[Remark],
    gaps: Iterable[tuple[Gap, Places]],
    tree: str,
    rules: Iterable[RuleText],
    gone: Iterable[Entry] = (),
    properties: dict[str, Any] | None = None,
    *,
    baseline: bool = False,
) -> str:
    descriptors = tuple(_rule(rule) for rule in sorted(rules, key=lambda rule: rule.id))
    indices = {descriptor.id: index for index, descriptor in enumerate(descriptors)}
    kept = _heaviest(remarks)
    missed = [*_left_out(len(remarks) - len(kept)), *(_gap(gap, places) for gap, places in gaps)]
    results = [result(remark, indices, baseline) for remark in kept]
    results += [absent(entry, indices) for entry in sorted(gone)][: MAX_RESULTS - len(results)]
    driver = to.ToolComponent(
        name="kscan", version=kscan.__version__, rules=descriptors, notifications=tuple(_notifications())
    )
    run = to.Run(
        tool=to.Tool(driver=driver),
        invocations=(to.Invocation(execution_successful=True, tool_execution_notifications=tuple(missed)),),
        original_uri_base_ids={BASE: _root(tree)},
        column_kind="utf16CodeUnits",
        default_encoding="UTF-8",
        results=tuple(results),
        properties=properties or {},
    )
    return as_json(to.Log(schema_=_SCHEMA, version="2.1.0", runs=(run,)))


def _heaviest(remarks: Sequence[Remark]) -> list[Remark]:
    """All of them, or as many as a reader takes, those that count and the more severe ones first; in their order."""
    if len(remarks) <= MAX_RESULTS:
        return list(remarks)
    ranked = sorted(range(len(remarks)), key=lambda n: (not remarks[n].counts, _WEIGHT[remarks[n].finding.severity], n))
    return [remarks[n] for n in sorted(ranked[:MAX_RESULTS])]


def _left_out(n: int) -> Iterator[to.Notification]:
    if n:
        told = f"{n} results of lower severity are left out: a reader takes {MAX_RESULTS} (--format json has all)"
        yield _notification(_LEFT_OUT, "warning", told, ())


def _gap(gap: Gap, places: Places) -> to.Notification:
    if gap.start >= 0:
        at = location(Span(gap.file, gap.start, gap.start), gap.function, "", places)
    else:
        at = file_location(gap.file, gap.function)
    return _notification(f"gap/{gap.stage}", "note", gap.reason, (at,) if gap.file or gap.function else ())


def _notification(kind: str, level: to.Level, text: str, at: tuple[to.Location, ...]) -> to.Notification:
    descriptor = to.DescriptorReference(id=kind, index=_INDEX[kind])
    return to.Notification(descriptor=descriptor, level=level, message=message(text), locations=at)


def _notifications() -> Iterator[to.ReportingDescriptor]:
    for kind, text in _NOTIFICATIONS.items():
        yield to.ReportingDescriptor(id=kind, short_description=to.MultiformatText(text=text))


def _root(tree: str) -> to.ArtifactLocation:
    return to.ArtifactLocation(uri=root_uri(tree), description=message("The root of the kernel tree."))


def _rule(rule: RuleText) -> to.ReportingDescriptor:
    why = " ".join(rule.why.split())
    bad, good = rule.bad.strip("\n"), rule.good.strip("\n")
    return to.ReportingDescriptor(
        id=rule.id,
        name="".join(word.capitalize() for word in rule.id.split("-")),
        short_description=to.MultiformatText(text=rule.title),
        full_description=to.MultiformatText(text=why),
        help=to.MultiformatText(
            text=f"{why}\n\nBad:\n\n{bad}\n\nGood:\n\n{good}\n",
            markdown=f"{why}\n\nBad:\n\n```c\n{bad}\n```\n\nGood:\n\n```c\n{good}\n```\n",
        ),
        default_configuration=to.Configuration(level=rule.severity),
        properties={
            "tags": [rule.audience],
            "problem.severity": "recommendation" if rule.severity == "note" else rule.severity,
        },
    )
