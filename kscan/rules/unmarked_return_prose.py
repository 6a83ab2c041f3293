"""A kernel-doc says in prose what the function returns and has no Return section."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kscan.facts.errno import errno_of
from kscan.facts.returntext import Documented, Named, read_return_text
from kscan.model.edit import Edit, Fix
from kscan.model.facts import Doc
from kscan.model.finding import Finding
from kscan.model.result import FunctionRow
from kscan.model.span import Span
from kscan.rules.rule import Program, rule

WHY = (
    "kernel-doc takes a sentence that begins with 'Returns' for description: the rendered page has no Return section, "
    "the lines of a list run together, and no tool can compare the text with the code. The list style of "
    "Documentation/doc-guide/kernel-doc.rst keeps one value to a line."
)
BAD = """\
/**
 * frob_add() - add a frob to the table
 *
 * Returns 0 on success, -ENOSPC when the table is full.
 */
int frob_add(struct frob *f)
{
        return table_full() ? -ENOSPC : 0;
}
"""
GOOD = """\
/**
 * frob_add() - add a frob to the table
 *
 * Return:
 * * %0 - success
 * * %-ENOSPC - the table is full
 */
int frob_add(struct frob *f)
{
        return table_full() ? -ENOSPC : 0;
}
"""

_OTHERWISE = re.compile(
    r"<\s*0|\b(?:an?\s+)?(?:other\s+)?negativ|\botherwise\b|\belse\b|\berrno\b|\bor an? error", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)")
_EDGES = " \t,;:.-–—=()"
_JOINS = re.compile(r"(?:^(?:[-:=,]|is returned)+|(?:,|;|\bor|\band|\breturns?)+$)", re.IGNORECASE)
_WIDTH = 72


def check(program: Program) -> Iterator[Finding]:
    """One finding for a function with errnos whose comment has "Returns ..." prose in place of a section."""
    for row in program.functions():
        doc = row.function.doc
        if doc is None or doc.returns is not None or not doc.prose or row.function.return_type == "void":
            continue
        said = read_return_text(doc.prose, program.errnos)
        returns_errno = any(errno_of(value) for value in row.returns.values)
        if said.errnos or (returns_errno and (said.constants or said.open_negative)):
            yield _finding(row, doc, said)


def _finding(row: FunctionRow, doc: Doc, said: Documented) -> Finding:
    function = row.function
    values = ", ".join(value for value in row.returns.values if value != "unknown")
    message = f"{function.name}() has its return values in prose, where a Return section should list them"
    return Finding(
        rule=RULE.id,
        severity=RULE.severity,
        audience=RULE.audience,
        span=Span(function.file, doc.prose_start, doc.prose_end),
        function=function.name,
        message=f"{message}: {values}" if values else message,
        subject="Return",
        fix=_fix(row, doc, said),
    )


def _fix(row: FunctionRow, doc: Doc, said: Documented) -> Fix | None:
    """The prose rewritten as a list; what it says after the last value stays as a paragraph of its own."""
    if doc.prose is None or "\ufffd" in doc.prose:
        return None
    cut = _end_of_values(doc.prose, said)
    lines = ["Return:", *(line for item in _items(row, doc.prose[:cut], said) for line in _wrapped(item))]
    rest = [line.rstrip() for line in doc.prose[cut:].strip().split("\n") if line.strip()]
    if rest:
        lines += ["", *rest]
    text = "\n".join([lines[0], *(f" * {line}".rstrip() for line in lines[1:])])
    return Fix(
        title="list the return values in a Return section",
        grade="show",
        edits=(Edit(Span(row.function.file, doc.prose_start, doc.prose_end), text),),
    )


def _end_of_values(prose: str, said: Documented) -> int:
    """Where the sentence ends that names the last value."""
    last = max((named.end for named in (*said.errnos, *said.constants)), default=0)
    tail = [found.end() for found in _OTHERWISE.finditer(prose)]
    found = _SENTENCE_END.search(prose, max([last, *tail]))
    return found.end() if found else len(prose)


def _items(row: FunctionRow, prose: str, said: Documented) -> Iterator[str]:
    """One line of text for each value: what the function returns first, then what only the prose speaks of."""
    named = {value.value: value for value in reversed((*said.errnos, *said.constants))}
    values = [value for value in row.returns.values if value not in ("unknown", "negative")]
    values += [value.value for value in said.errnos if value.value not in values and not row.returns.closed]
    for value in dict.fromkeys(values):
        about = _about(prose, _spelling(value, named), said)
        yield f"* %{value} - {about or '...'}"
    if said.open_negative and not row.returns.closed:
        yield "* another negative errno - ..."


def _spelling(value: str, named: dict[str, Named]) -> Named | None:
    name = errno_of(value)
    candidates = [f"-{name}"] if name else {"0": ["0", "false"], "1": ["1", "true"]}.get(value, [value])
    return next((named[candidate] for candidate in candidates if candidate in named), None)


def _about(prose: str, value: Named | None, said: Documented) -> str:
    """What the prose says of a value: the words up to the next value, "otherwise" or the end of the sentence."""
    if value is None:
        return ""
    ends = [other.start for other in (*said.errnos, *said.constants) if other.start > value.start]
    ends += [
        found.start()
        for found in (_OTHERWISE.search(prose, value.end), _SENTENCE_END.search(prose, value.end))
        if found
    ]
    words = " ".join(prose[value.end : min(ends, default=len(prose))].split()).strip(_EDGES)
    return _JOINS.sub("", words).strip(_EDGES)


def _wrapped(item: str) -> Sequence[str]:
    lines = [""]
    for word in item.split(" "):
        if len(lines[-1]) + len(word) >= _WIDTH:
            lines.append(" ")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines


RULE = rule(__name__, severity="note", audience="docs", check=check)
