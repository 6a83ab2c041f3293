"""The verdict on contracts: does the callee return the errno, and does each caller keep its clause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from kscan.facts.errno import Errnos
from kscan.facts.returntext import Documented, read_documented, read_return_text
from kscan.link.dispositions import Fate
from kscan.link.program import LinkedProgram
from kscan.link.text import quoted
from kscan.model.contract import CallerClause, ClauseResult, Contract, ContractResult, Verdict
from kscan.model.facts import CallSite, Doc, Function
from kscan.model.finding import Step
from kscan.model.span import Span

Sites: TypeAlias = Sequence[tuple[Function, CallSite]]

FOLDED = "folded-errno"
UNMET = "unmet-contract"


def judge(program: LinkedProgram, contracts: Iterable[Contract]) -> tuple[ContractResult, ...]:
    """One result a contract, in their order. A contract whose file is not in the tree is not applicable."""
    return tuple(_judge(program, contract) for contract in contracts)


def callees_of(program: LinkedProgram, contract: Contract) -> tuple[Function, ...]:
    """The definitions a contract is about; none when it does not apply to the tree."""
    if not program.catalog.tree.exists(contract.file):
        return ()
    return tuple(program.catalog.functions_in(contract.file, contract.callee))


class _Asked(NamedTuple):
    """One errno of one contract, with the definitions of the callee."""

    contract: Contract
    errno: str
    callees: tuple[Function, ...]


def _judge(program: LinkedProgram, contract: Contract) -> ContractResult:
    callees = callees_of(program, contract)
    if not callees:
        missing = f"{contract.file} is not in this tree"
        if program.catalog.tree.exists(contract.file):
            missing = f"{contract.file} does not define {contract.callee}()"
        clause = ClauseResult(contract.callee, "return", "not-applicable", missing, None)
        return ContractResult(contract.name, "not-applicable", (clause,))
    sites = [pair for callee in callees for pair in program.call_sites(callee)]
    clauses: list[ClauseResult] = []
    others: list[ClauseResult] = []
    for errno in (program.canonical(errno) for errno in contract.errnos):
        asked = _Asked(contract, errno, callees)
        clauses.append(_returned(program, asked))
        clauses.extend(_caller(program, asked, clause, sites) for clause in contract.callers)
        others.extend(_unnamed(program, asked, sites))
    verdict: Verdict = "met" if all(clause.verdict == "met" for clause in clauses) else "unmet"
    return ContractResult(contract.name, verdict, tuple(clauses), tuple(others))


def _returned(program: LinkedProgram, asked: _Asked) -> ClauseResult:
    """Whether the callee returns the errno at all."""
    name, errno, why = asked.contract.callee, asked.errno, asked.contract.reason
    for callee in asked.callees:
        for value in program.values(callee)[1]:
            if value in {errno, f"ERR_PTR({errno})"}:
                outcome = program.outcome(callee, value)
                path = () if outcome is None else outcome.path
                origin = next((step.span for step in reversed(path) if _gives(step, errno)), _name(callee))
                reason = f"{name}() returns {errno}"
                return ClauseResult(name, "return", "met", reason, origin, errno, why=why, steps=path)
    reason = f"no path of {name}() returns {errno}"
    if not all(program.values(callee)[0] for callee in asked.callees):
        reason = f"no path of {name}() is known to return {errno}; its return set is open"
    steps = tuple(_remap_steps(program, asked.callees))
    where = _name(asked.callees[0])
    return ClauseResult(name, "return", "unmet", reason, where, errno, UNMET, why, steps)


def _gives(step: Step, errno: str) -> bool:
    """Whether a step assigns or returns the errno, and does not only ask for it."""
    return errno in step.note and not step.note.endswith((" is true", " is false"))


def _remap_steps(program: LinkedProgram, callees: tuple[Function, ...]) -> Iterable[Step]:
    """Where errnos get lost on their way to the callee's return."""
    reached = {f for callee in callees for f in program.linker.reached(callee)}
    for function in sorted(reached, key=lambda f: (f.file, f.start)):
        for remap in program.remaps_in(function):
            note = f"{remap.source} of {remap.callee}() becomes {remap.target}"
            yield Step(remap.span, remap.function, note, "context")


def _caller(program: LinkedProgram, asked: _Asked, clause: CallerClause, sites: Sites) -> ClauseResult:
    own = [(function, site) for function, site in sites if function.name == clause.function]
    if not own:
        reason = f"{clause.function}() does not call {asked.contract.callee}() in this tree"
        where = _name(asked.callees[0])
        return ClauseResult(clause.function, clause.must, "unmet", reason, where, asked.errno, UNMET, clause.reason)
    results = [_site(program, asked, clause, function, site) for function, site in own]
    return next((result for result in results if result.verdict != "met"), results[0])


def _site(
    program: LinkedProgram, asked: _Asked, clause: CallerClause, function: Function, site: CallSite
) -> ClauseResult:
    if clause.must == "never-receive":
        return _never(program, asked, clause, function, site)
    number = program.errnos.number(asked.errno.lstrip("-"))
    fate = program.fate_of(function, site, -number) if number else None
    if fate is None:
        reason = f"the call of {asked.contract.callee}() could not be followed"
        where = _call(function, site)
        return ClauseResult(clause.function, clause.must, "unmet", reason, where, asked.errno, UNMET, clause.reason)
    verdict, reason, span, rule = _kept(program, asked.errno, clause, function, site, fate)
    steps = [Step(_call(function, site), function.name, f"{asked.errno} arrives here", "context")]
    if rule == FOLDED:
        source = program.catalog.source(span.file)
        caught = quoted(b"" if source is None else source.data, span.start, span.end)
        steps.append(Step(span, function.name, f"{caught} catches it with all others", "context"))
    return ClauseResult(
        clause.function, clause.must, verdict, reason, span, asked.errno, rule, clause.reason, tuple(steps)
    )


def _never(
    program: LinkedProgram, asked: _Asked, clause: CallerClause, function: Function, site: CallSite
) -> ClauseResult:
    errno = asked.errno
    verdict: Verdict = "met"
    reason, rule = f"the arguments of this call exclude {errno}", ""
    for callee in asked.callees:
        looks = program.looks(function, site)
        arriving = {program.spelt(atom, callee) for atom in program.arriving(callee, looks)}
        if not looks or not arriving.isdisjoint({errno, "negative", "unknown"}):
            verdict, rule = "unmet", UNMET
            reason = f"{errno} can arrive here" if errno in arriving else f"that {errno} cannot arrive is not proved"
    return ClauseResult(
        clause.function, clause.must, verdict, reason, _call(function, site), errno, rule, clause.reason
    )


def _kept(
    program: LinkedProgram, errno: str, clause: CallerClause, function: Function, site: CallSite, fate: Fate
) -> tuple[Verdict, str, Span, str]:
    """Whether what becomes of the errno is what the clause asks for; the verdict, why, where, the rule."""
    decided = program.span(function, fate.place)
    call = _call(function, site)
    if fate.kind == "distinguished":
        return "met", f"{errno} has its own branch", decided, ""
    if fate.kind == "propagated" and clause.must == "propagate":
        return _covered(program, function, errno, decided)
    if fate.kind == "propagated":
        return "unmet", f"{errno} is passed on without a branch of its own", call, UNMET
    if fate.kind == "dropped":
        return "unmet", f"{errno} is dropped", call, UNMET
    if fate.caught is not None and clause.must == "distinguish":
        return "unmet", f"{errno} is folded into a catch-all branch", program.span(function, fate.caught), FOLDED
    place = program.span(function, fate.overwritten) if fate.overwritten is not None else decided
    becomes = ", ".join(program.spelt(atom, function) for atom in fate.becomes)
    return "unmet", f"{errno} is replaced" + (f" by {becomes}" if becomes else ""), place, UNMET


def _name(function: Function) -> Span:
    return Span(function.file, function.name_start, function.name_start + len(function.name))


def _call(function: Function, site: CallSite) -> Span:
    return Span(function.file, site.start, site.end)


def _text_of(doc: Doc | None, errnos: Errnos) -> tuple[Documented, int, int] | None:
    """What a function's Return text documents, section or plain prose, and where it stands; None when there is none."""
    if doc is None:
        return None
    if doc.returns is not None:
        found = read_documented(doc, errnos)
        return None if found is None else (found, doc.returns_start, doc.returns_end)
    if doc.prose is not None:
        return read_return_text(doc.prose, errnos), doc.prose_start, doc.prose_end
    return None


def _covered(program: LinkedProgram, function: Function, errno: str, decided: Span) -> tuple[Verdict, str, Span, str]:
    """A value that is passed on must be in the function's own Return text, or that text must be open-ended."""
    found = _text_of(function.doc, program.errnos)
    if found is None:
        return "unmet", f"{errno} is passed on, and {function.name}() has no Return text", decided, UNMET
    text, start, end = found
    if text.names(errno, program.errnos):
        return "met", f"{errno} is passed on and named by the Return text", decided, ""
    if text.open_negative:
        return "met", f"{errno} is passed on under an open-ended Return text", decided, ""
    span = Span(function.file, start, end)
    return "unmet", f"{errno} is passed on, and the Return text does not cover it", span, UNMET


def _unnamed(program: LinkedProgram, asked: _Asked, sites: Sites) -> Iterable[ClauseResult]:
    """Callers that no clause names, and that fold the errno."""
    named = {clause.function for clause in asked.contract.callers}
    reason = f"{asked.errno} of {asked.contract.callee}() is folded into a catch-all branch"
    for function, site in sites:
        for callee in asked.callees if function.name not in named else ():
            caller = program.caller(function, site, callee)
            fold = caller.dispositions.get(asked.errno) if caller is not None else None
            if fold is not None and fold.kind in {"folded", "remapped"}:
                call = Step(_call(function, site), function.name, f"{asked.errno} arrives here", "context")
                why = asked.contract.reason
                yield ClauseResult(function.name, "any", "unmet", reason, fold.span, asked.errno, FOLDED, why, (call,))
