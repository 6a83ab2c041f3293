"""A finding as a SARIF result, with its path, its fix and what stands between it and those that count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from kscan.model.edit import Edit, Fix
from kscan.model.finding import Step
from kscan.model.standing import Entry
from kscan.report.escape import unicode_only
from kscan.report.lines import Places
from kscan.report.remarks import Remark
from kscan.report.sarif import shapes as to
from kscan.report.sarif.where import artifact, location, message, region, top


def result(remark: Remark, indices: Mapping[str, int], baseline: bool) -> to.Result:
    """The result of a finding; ``indices`` are the places of the rules. With ``baseline``, whether it is new."""
    finding, places = remark.finding, remark.places
    asides = (step for step in finding.steps if step.role != "step")
    return to.Result(
        rule_id=finding.rule,
        rule_index=indices.get(finding.rule, -1),
        level=finding.severity,
        message=message(finding.message),
        locations=(location(finding.span, finding.function, "", places),),
        related_locations=tuple(dict.fromkeys(_step(step, places) for step in asides)),
        code_flows=tuple(_flows(remark)),
        partial_fingerprints=_fingerprints(remark.fingerprint),
        baseline_state=("unchanged" if remark.known else "new") if baseline else None,
        suppressions=tuple(_suppressions(remark)),
        fixes=() if finding.fix is None else (_fix(finding.fix, places),),
        properties={"audience": finding.audience, **({"patch": remark.patch} if remark.patch else {})},
    )


def absent(entry: Entry, indices: Mapping[str, int]) -> to.Result:
    """The result for an entry of the baseline that is found no more."""
    return to.Result(
        rule_id=entry.rule,
        rule_index=indices.get(entry.rule, -1),
        level="note",
        message=message(f"{entry.rule} in {entry.function or entry.file} is found no more"),
        locations=(top(entry.file, entry.function),),
        partial_fingerprints=_fingerprints(entry.fingerprint),
        baseline_state="absent",
    )


def _fingerprints(fingerprint: str) -> dict[str, str]:
    # GitHub looks at the second name only, and makes up its own value from the lines around where there is none.
    return {"kscan/v1": fingerprint, "primaryLocationLineHash": fingerprint}


def _step(step: Step, places: Places) -> to.Location:
    return location(step.span, step.function, step.note, places)


def _flows(remark: Remark) -> Iterator[to.CodeFlow]:
    """The steps, and then the finding itself unless they end there."""
    finding = remark.finding
    steps = [step for step in finding.steps if step.role == "step"]
    if not steps:
        return
    if steps[-1].span != finding.span:
        steps.append(Step(finding.span, finding.function, finding.message.partition("\n")[0]))
    walked = (to.ThreadFlowLocation(location=_step(step, remark.places)) for step in steps)
    yield to.CodeFlow(thread_flows=(to.ThreadFlow(locations=tuple(walked)),))


def _suppressions(remark: Remark) -> Iterator[to.Suppression]:
    if remark.allowed is not None:
        yield to.Suppression(
            kind="inSource",
            status="accepted",
            justification=unicode_only(remark.allowed.reason),
            location=location(remark.allowed.span, "", "", remark.places),
        )


def _fix(fix: Fix, places: Places) -> to.Fix:
    by_file = groupby(sorted(set(fix.edits)), key=lambda edit: edit.span.file)
    return to.Fix(
        description=message(fix.title),
        artifact_changes=tuple(
            to.ArtifactChange(
                artifact_location=artifact(file), replacements=tuple(_replacement(edit, places) for edit in edits)
            )
            for file, edits in by_file
        ),
        properties={"grade": fix.grade},
    )


def _replacement(edit: Edit, places: Places) -> to.Replacement:
    return to.Replacement(
        deleted_region=region(edit.span.file, edit.span.start, edit.span.end, places),
        inserted_content=to.ArtifactContent(text=unicode_only(edit.text)) if edit.text else None,
    )
