"""A proof as people and programs read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kscan.model.proof import Fact, ProofResult, Relation, Verdict
from kscan.report.escape import plain, unicode_only
from kscan.report.lines import Places
from kscan.report.located import Location, Shape


class LocatedFact(Shape, frozen=True):
    """Something a proof rests on; the location is where the tree says it, null where it follows from the words."""

    text: str
    location: Location | None


class ProofReport(Shape, frozen=True):
    """What `kscan prove --format json` prints: the verdict, what it rests on, and a witness where there is one."""

    tree: str
    left: str
    relation: Relation
    right: str
    verdict: Verdict
    witness: str
    provided: str
    unknown: tuple[str, ...]
    facts: tuple[LocatedFact, ...]


def locate_proof(result: ProofResult, read: Callable[[str], bytes]) -> ProofReport:
    """The report of a proof; ``read`` gives the bytes of a path relative to the tree."""
    places, proof = Places(read), result.proof
    return ProofReport(
        tree=unicode_only(result.tree),
        left=unicode_only(proof.left),
        relation=proof.relation,
        right=unicode_only(proof.right),
        verdict=proof.verdict,
        witness=unicode_only(proof.witness),
        provided=unicode_only(proof.provided),
        unknown=tuple(map(unicode_only, proof.unknown)),
        facts=tuple(_located(fact, places) for fact in proof.facts),
    )


def _located(fact: Fact, places: Places) -> LocatedFact:
    if fact.span is None:
        return LocatedFact(unicode_only(fact.text), None)
    at = places.at(fact.span.file, fact.span.start)
    return LocatedFact(unicode_only(fact.text), Location(unicode_only(fact.span.file), at.line, at.column))


def as_text(report: ProofReport) -> str:
    """The verdict on one line, then what it rests on, a line each."""
    return "".join(f"{plain(line)}\n" for line in _lines(report))


def _lines(report: ProofReport) -> Iterator[str]:
    yield f"{report.verdict}: {report.left} {report.relation} {report.right}"
    if report.witness:
        yield f"    witness: {report.witness}"
    if report.unknown:
        yield f"    not known: {', '.join(report.unknown)}"
    if report.provided:
        yield f"    proved where {report.provided}"
    for fact in report.facts:
        where = f" ({fact.location.file}:{fact.location.line})" if fact.location is not None else ""
        yield f"    {fact.text}{where}"
