"""The verdict on contracts: does the callee return the errno, and does each caller keep its clause."""

from __future__ import annotations

from collections.abc import Iterable

from kscan.facts.errno import Errnos
from kscan.facts.returntext import Documented, read_documented, read_return_text
from kscan.link.dispositions import Fate
from kscan.link.program import LinkedProgram
from kscan.model.contract import CallerClause, ClauseResult, Contract, ContractResult, Verdict
from kscan.model.facts import CallSite, Doc, Function
from kscan.model.finding import Step
from kscan.model.span import Span

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


def _judge(program: LinkedProgram, contract: Contract) -> ContractResult:
    callees = callees_of(program, contract)
    if not callees:
        missing = f"{contract.file} is not in this tree"
        if program.catalog.tree.exists(contract.file):
            missing = f"{contract.file} does not define {contract.callee}()"
        clause = ClauseResult(contract.callee, "return", "not-applicable", missing, None)
        return ContractResult(contract.name, "not-applicable", (clause,))
    clauses: list[ClauseResult] = []
    others: list[ClauseResult] = []
    for errno in contract.errnos:
        clauses.append(_returned(program, contract, callees, errno))
        sites = [pair for callee in callees for pair in program.call_sites(callee)]
        named = {clause.function for clause in contract.callers}
        for wanted in contract.callers:
            own = [(f, s) for f, s in sites if f.name == wanted.function]
            clauses.append(_caller(program, contract, wanted, own, callees, errno))
        rest = [(f, s) for f, s in sites if f.name not in named]
        others.extend(_unnamed(program, contract, rest, callees, errno))
    verdict: Verdict = "met" if all(clause.verdict == "met" for clause in clauses) else "unmet"
    return ContractResult(contract.name, verdict, tuple(clauses), tuple(others))


def _returned(
    program: LinkedProgram, contract: Contract, callees: tuple[Function, ...], errno: str
) -> ClauseResult:
    """Whether the callee returns the errno at all."""
    sets = [program.returns(callee) for callee in callees]
    for returns in sets:
        for outcome in returns.outcomes:
            if outcome.value == errno or outcome.value == f"ERR_PTR({errno})":
                where = outcome.path[-1].span if outcome.path else returns.span
                origin = next((s.span for s in reversed(outcome.path) if errno in s.note), where)
                reason = f"{contract.callee}() returns {errno}"
                return ClauseResult(
                    contract.callee, "return", "met", reason, origin, errno, why=contract.reason, steps=outcome.path
                )
    is_open = not all(returns.closed for returns in sets)
    reason = f"no path of {contract.callee}() returns {errno}"
    if is_open:
        reason = f"no path of {contract.callee}() is known to return {errno}; its return set is open"
    steps = tuple(_remap_steps(program, callees))
    return ClauseResult(
        contract.callee, "return", "unmet", reason, sets[0].span, errno, UNMET, contract.reason, steps
    )


def _remap_steps(program: LinkedProgram, callees: tuple[Function, ...]) -> Iterable[Step]:
    """Where errnos get lost on their way to the callee's return."""
    reached = {f for callee in callees for f in program.linker.reached(callee)}
    for function in sorted(reached, key=lambda f: (f.file, f.start)):
        for remap in program.remaps_in(function):
            note = f"{remap.source} of {remap.callee}() becomes {remap.target}"
            yield Step(remap.span, remap.function, note, "context")


def _caller(
    program: LinkedProgram,
    contract: Contract,
    clause: CallerClause,
    sites: list[tuple[Function, CallSite]],
    callees: tuple[Function, ...],
    errno: str,
) -> ClauseResult:
    if not sites:
        reason = f"{clause.function}() does not call {contract.callee}() in this tree"
        return ClauseResult(clause.function, clause.must, "unmet", reason, None, errno, UNMET, clause.reason)
    results = [_site(program, contract, clause, function, site, callees, errno) for function, site in sites]
    return next((result for result in results if result.verdict != "met"), results[0])


def _site(
    program: LinkedProgram,
    contract: Contract,
    clause: CallerClause,
    function: Function,
    site: CallSite,
    callees: tuple[Function, ...],
    errno: str,
) -> ClauseResult:
    if clause.must == "never-receive":
        return _never(program, contract, clause, function, site, callees, errno)
    number = program.errnos.number(errno.lstrip("-"))
    fate = program.fate_of(function, site, -(number or 0)) if number else None
    if fate is None:
        reason = f"the call of {contract.callee}() could not be followed"
        span = Span(function.file, site.start, site.end)
        return ClauseResult(clause.function, clause.must, "unmet", reason, span, errno, UNMET, clause.reason)
    return _kept(program, contract, clause, function, site, fate, errno)


def _never(
    program: LinkedProgram,
    contract: Contract,
    clause: CallerClause,
    function: Function,
    site: CallSite,
    callees: tuple[Function, ...],
    errno: str,
) -> ClauseResult:
    span = Span(function.file, site.start, site.end)
    for callee in callees:
        caller = program.caller(function, site, callee)
        arriving = () if caller is None else caller.receives
        if caller is None or errno in arriving or "negative" in arriving or "unknown" in arriving:
            reason = f"{errno} can arrive here" if errno in arriving else f"that {errno} cannot arrive is not proved"
            return ClauseResult(clause.function, clause.must, "unmet", reason, span, errno, UNMET, clause.reason)
    reason = f"the arguments of this call exclude {errno}"
    return ClauseResult(clause.function, clause.must, "met", reason, span, errno, why=clause.reason)


def _kept(
    program: LinkedProgram,
    contract: Contract,
    clause: CallerClause,
    function: Function,
    site: CallSite,
    fate: Fate,
    errno: str,
) -> ClauseResult:
    """Whether what becomes of the errno is what the clause asks for."""
    decided = program.span(function, fate.place)

    def result(verdict: Verdict, reason: str, span: Span, rule: str = "") -> ClauseResult:
        call = Step(Span(function.file, site.start, site.end), function.name, f"{errno} arrives here", "context")
        return ClauseResult(clause.function, clause.must, verdict, reason, span, errno, rule, clause.reason, (call,))

    if fate.kind == "distinguished":
        return result("met", f"{errno} has its own branch", decided)
    if fate.kind == "propagated" and clause.must == "propagate":
        return result(*_covered(program, function, errno, decided))
    if fate.kind == "propagated":
        return result("unmet", f"{errno} is passed on without a branch of its own", _call(function, site), UNMET)
    if fate.kind == "dropped":
        return result("unmet", f"{errno} is dropped", _call(function, site), UNMET)
    if fate.kind == "folded" and clause.must == "distinguish":
        return result("unmet", f"{errno} is folded into a catch-all branch", decided, FOLDED)
    place = program.span(function, fate.overwritten) if fate.overwritten is not None else decided
    becomes = ", ".join(program.spelt(atom, function) for atom in fate.becomes)
    reason = f"{errno} is replaced" + (f" by {becomes}" if becomes else "")
    return result("unmet", reason, place, UNMET)


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


def _unnamed(
    program: LinkedProgram,
    contract: Contract,
    sites: list[tuple[Function, CallSite]],
    callees: tuple[Function, ...],
    errno: str,
) -> Iterable[ClauseResult]:
    """Callers that no clause names, and that fold the errno."""
    for function, site in sites:
        for callee in callees:
            caller = program.caller(function, site, callee)
            fold = caller.dispositions.get(errno) if caller is not None else None
            if fold is not None and fold.kind == "folded":
                call = Step(_call(function, site), function.name, f"{errno} arrives here", "context")
                reason = f"{errno} of {contract.callee}() is folded into a catch-all branch"
                yield ClauseResult(
                    function.name, "any", "unmet", reason, fold.span, errno, FOLDED, contract.reason, (call,)
                )
