"""A kernel-doc says in prose what the function returns and has no Return section."""

from __future__ import annotations

from collections.abc import Iterator

from kscan.facts.errno import errno_of
from kscan.facts.returntext import Documented, read_return_text
from kscan.model.facts import Doc
from kscan.model.finding import Finding
from kscan.model.regex import regex
from kscan.model.result import FunctionRow
from kscan.model.span import Span
from kscan.rules.return_list import list_fix
from kscan.rules.rule import Program, rule

_PARAMETER = regex(rb"([ \t]*\*[ \t]*)@[\w.]+:")

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


def check(program: Program) -> Iterator[Finding]:
    """One finding for a function with errnos whose comment has "Returns ..." prose in place of a section."""
    for row in program.functions():
        doc = row.function.doc
        if doc is None or doc.returns is not None or not doc.prose or row.function.return_type == "void":
            continue
        said = read_return_text(doc.prose, program.errnos)
        returns_errno = any(errno_of(value) for value in row.returns.values)
        if _of_parameter(program.source(row.function.file), doc):
            continue
        if said.errnos or (returns_errno and (said.constants or said.open_negative)):
            yield _finding(row, doc, said, program)


def _of_parameter(data: bytes, doc: Doc) -> bool:
    """Whether the prose is set in below a parameter, whose description it goes on with."""
    lines = data[doc.start : doc.prose_start].split(b"\n")
    own = len(lines[-1].expandtabs())
    for line in reversed(lines[:-1]):
        if not line.strip(b" \t\r*"):
            return False
        if found := _PARAMETER.match(line):
            return len(found[1].expandtabs()) < own
    return False


def _finding(row: FunctionRow, doc: Doc, said: Documented, program: Program) -> Finding:
    function = row.function
    values = ", ".join(value for value in row.returns.values if value != "unknown")
    message = f"{function.name}() has its return values in prose, where a Return section should list them"
    span = Span(function.file, doc.prose_start, doc.prose_end)
    said_all = f"{message}: {values}" if values else message
    fix = list_fix(row, doc, said, program.errnos, program.source(function.file))
    return RULE.finding(span, function.name, said_all, "Return", fix=fix)


RULE = rule(__name__, severity="note", audience="docs", check=check)
