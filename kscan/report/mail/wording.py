"""What a remark says: a fact where it is proved, a question where it is a judgement; wrapped as mails are."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from kscan.model.edit import Fix
from kscan.model.finding import Step
from kscan.model.regex import regex
from kscan.model.review import Bisect, Reach
from kscan.report.escape import plain, plain_lines, unicode_only
from kscan.report.lines import Places
from kscan.report.remarks import Remark

WIDTH: Final = 78
WAYS: Final = 12
"""Ways out to user space told one by one."""
QUESTIONS: Final = {
    "camelcase-name": "Could it have a name in the usual style?",
    "comment-about-callers": "Could that be left to where they do it?",
    "disjoint-guard": "Can it go?",
    "folded-errno": "Should it have a branch of its own?",
    "page-type-on-tail": "Can the page be a tail here?",
    "predicate-name-returns-errno": "Would another name fit better?",
    "remapped-errno": "Is that on purpose?",
    "unmarked-return-prose": "Could they go into one?",
}
"""What is asked of a finding that is a judgement, by rule."""
PROVED: Final = frozenset(
    {
        "contradictory-condition",
        "implied-condition",
        "undocumented-errno",
        "undocumented-far-value",
        "undocumented-value",
        "unmet-contract",
        "unreturnable-errno",
        "unused-allowance",
    }
)
"""The rules whose findings are facts. Of any other rule something is asked, unless its finding is an error."""
_USUAL: Final = "Is that on purpose?"
_PATH: Final = "How it gets there:"
_ASIDE: Final = "See:"
_FROM: Final = regex(r"(?m)^(>*From )")
_BULLET: Final = "  - "


def said(remark: Remark, steps: Sequence[Step], code: bool) -> Iterator[str]:
    """The paragraphs of a remark: what is found, and those ``steps`` of it that are to be told. With ``code``, its
    place and the line there come first, for it is not said below that line."""
    finding = remark.finding
    if code:
        yield _place(remark)
    first, *rest = finding.message.split("\n")
    told = " ".join(part for part in (_sentence(first), _question(remark), f"[{finding.rule}]") if part)
    yield "\n".join([filled(told), *(filled(line, _BULLET) for line in _items(rest))])
    if [step.span for step in steps] not in ([], [finding.span]):
        yield path(steps, remark.places)


def proposal(fix: Fix, diff: str) -> Iterator[str]:
    """The paragraphs of a fix: what it is worth, and its diff as it is."""
    worth = {
        "safe": "This would do, and behaviour stays as it is",
        "review": "This would do, and behaviour stays as it is under the facts above",
    }.get(fix.grade, "Maybe like this, where ... is for you to fill in" if "..." in diff else "Maybe like this")
    if fix.assumes:
        worth = "This would do if what it assumes holds, which is not proved; else behaviour changes"
    yield filled(f"{worth} ({fix.title}):")
    yield plain_lines(unicode_only(diff)).rstrip("\n")


def path(steps: Sequence[Step], places: Places) -> str:
    """The steps, one an item; a path, unless all of them stand beside it."""
    lines = []
    for step in steps:
        where = f"{step.span.file}:{places.line(step.span.file, step.span.start)}"
        inside = f"in {step.function}(): " if step.function else ""
        lines.append(filled(f"{where}: {inside}{step.note}", _BULLET))
    return "\n".join([_PATH if any(step.role == "step" for step in steps) else _ASIDE, *lines])


def briefly(remarks: Sequence[Remark]) -> str:
    """More remarks of a kind, a line each."""
    lines = []
    for remark in remarks:
        span, message = remark.finding.span, remark.finding.message.partition("\n")[0]
        lines.append(filled(f"{span.file}:{remark.places.line(span.file, span.start)}: {message}", _BULLET))
    return "\n".join([f"More of the kind: [{remarks[0].finding.rule}]", *lines])


def reaches(reach: Reach, places: Places) -> str:
    """That a value newly gets to user space, and where."""
    head = f"{reach.value} of {reach.function}() newly gets to user space here. Is user space ready for it?"
    lines = []
    for entry in reach.entries[:WAYS]:
        when = f" where {entry.when}" if entry.when else ""
        where = f"{entry.function}() at {entry.span.file}:{places.line(entry.span.file, entry.span.start)}"
        lines.append(filled(f"{entry.kind} {entry.name}{when}: {where}", _BULLET))
    if len(reach.entries) > WAYS:
        more = sorted({f"{entry.kind} {entry.name}" for entry in reach.entries[WAYS:]})
        lines.append(filled(f"and {', '.join(more)}", _BULLET))
    return "\n".join([filled(head), *lines])


def bisects(one: Bisect) -> str:
    """That the tree is worse between two patches than before and after."""
    told = _sentence(one.finding.message.partition("\n")[0])
    return filled(
        f"Between patch {one.broken} and patch {one.repaired}, which whoever bisects may meet: {told} "
        f"[{one.finding.rule}] Could they be one patch, or the other way round?"
    )


def filled(text: str, lead: str = "") -> str:
    """``text`` wrapped; the first line begins with ``lead``, the others are set in as far. No word is broken."""
    return textwrap.fill(
        plain(unicode_only(text)),
        WIDTH,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_long_words=False,
        break_on_hyphens=False,
    )


def unfrom(text: str) -> str:
    """``text`` in which no line begins the next mail of an mbox."""
    return _FROM.sub(r">\1", text)


def _place(remark: Remark) -> str:
    finding = remark.finding
    line = remark.places.line(finding.span.file, finding.span.start)
    inside = f", in {finding.function}()" if finding.function else ""
    code = plain_lines(unicode_only(remark.places.text(finding.span.file, line)))
    return f"{plain(unicode_only(f'{finding.span.file}:{line}{inside}'))}:\n\n{code}"


def _question(remark: Remark) -> str:
    finding = remark.finding
    if finding.rule in PROVED or finding.severity == "error":
        return ""
    return QUESTIONS.get(finding.rule, _USUAL)


def _sentence(text: str) -> str:
    """With a capital, unless it begins with a name, and a full stop."""
    begun = text[:1].upper() + text[1:] if re.match(r"[a-z]+ ", text) else text
    return begun if begun.endswith((".", "?", "!")) else f"{begun}."


def _items(lines: Sequence[str]) -> Iterator[str]:
    return (line.strip().removeprefix("- ") for line in lines if line.strip())
