"""The comment of a function mostly tells what other functions do with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kscan.facts.comments import Comment, Sentence, comment_above
from kscan.model.edit import Edit, Fix
from kscan.model.facts import Function
from kscan.model.finding import Finding, Step
from kscan.model.regex import regex
from kscan.model.span import Span
from kscan.rules.rule import Program, rule
from kscan.rules.told_elsewhere import Told, told_elsewhere

WHY = (
    "Nobody who changes a caller reads the comments of what it calls, so that such text is soon wrong. A comment says "
    "what its function does and why; what a caller does with the answer is explained where the caller does it."
)
BAD = """\
/**
 * frob_is_lost() - whether nobody can have the frob back
 * @f: the frob
 *
 * frob_offline() calls this before it takes the table, so that it
 * can give up early.  frob_offline() then has report() called with
 * the kind of the frob, and all callers of frob_offline() see the
 * errno that they see of a frob that was never there.
 */
static bool frob_is_lost(const struct frob *f)
{
        return f->owner == FROB_LOST;
}

int frob_offline(struct frob *f)
{
        return frob_is_lost(f) ? -ENOENT : report(f, 0);
}
"""
GOOD = """\
/**
 * frob_is_lost() - whether nobody can have the frob back
 * @f: the frob
 */
static bool frob_is_lost(const struct frob *f)
{
        return f->owner == FROB_LOST;
}

int frob_offline(struct frob *f)
{
        return frob_is_lost(f) ? -ENOENT : report(f, 0);
}
"""
LINES = 6
"""Lines with text from which on a comment may be too long."""
SHARE = 0.4
"""The part of its text that tells of other functions."""
_OF_OTHERS = regex(r"(?:called|used|invoked|reached|entered|callers?|all callers)\b", re.IGNORECASE)
_CODE = regex(r"^[ \t]*(?!/?\*|//)\S", re.MULTILINE)


def check(program: Program) -> Iterator[Finding]:
    """One finding per comment, at the first of the sentences, which are the steps."""
    for function in program.scope():
        if function.linkage == "global" or function.via:
            continue
        comment = comment_above(program.source(function.file), function)
        if comment is not None and comment.lines >= LINES:
            yield from _in_comment(program, function, comment)


def _in_comment(program: Program, function: Function, comment: Comment) -> Iterator[Finding]:
    body = program.source(function.file)[function.body_start : function.end].decode("latin-1")
    told = told_elsewhere(comment, function, body)
    wordy = comment.lines * 3 >= len(_CODE.findall(body))
    enough = len(told.sentences) > 1 and told.share >= SHARE
    if wordy and enough and program.callers_beside(function).intersection(told.others):
        yield _finding(program, function, comment, told)


def _finding(program: Program, function: Function, comment: Comment, told: Told) -> Finding:
    file = function.file
    steps = tuple(
        Step(Span(file, one.start, one.end), function.name, "tells of others", "context") for one in told.sentences
    )
    names = ", ".join(f"{name}()" for name in told.others)
    message = f"the comment of {function.name}() can likely be shorter: {len(told.sentences)} sentences tell of {names}"
    return RULE.finding(steps[0].span, function.name, message, "comment", steps, _fix(program, file, comment, told))


def _fix(program: Program, file: str, comment: Comment, told: Told) -> Fix | None:
    """The comment without these sentences, its paragraphs filled again, as a proposal."""
    data = program.source(file)
    cut = [one for one in told.sentences if not _says_what_it_does(one, comment, told)]
    kept = [one for one in comment.sentences if one not in cut]
    edits = tuple(Edit(Span(file, start, end), "") for start, end in _cuts(data, comment, cut))
    return Fix("cut what the comment tells of others", "show", edits) if kept and edits else None


def _says_what_it_does(one: Sentence, comment: Comment, told: Told) -> bool:
    """Whether a comment that has no title opens with ``one``, and that does not begin with others."""
    if comment.documents or one != comment.sentences[0]:
        return False
    return _OF_OTHERS.match(one.text) is None and not one.text.startswith(tuple(f"{name}()" for name in told.others))


def _cuts(data: bytes, comment: Comment, cut: Sequence[Sentence]) -> Iterator[tuple[int, int]]:
    """The bytes to take out: runs of sentences, and whole lines where nothing else is on them."""
    runs: list[list[int]] = []
    last = None
    for one in comment.sentences:
        if one in cut:
            if last in cut and not one.opens and runs:
                runs[-1][1] = one.end
            else:
                runs.append([one.start, one.end])
        last = one
    for start, end in runs:
        yield _whole_lines(data, start, end)


def _whole_lines(data: bytes, start: int, end: int) -> tuple[int, int]:
    """The span, grown to its lines where only stars and blanks are left on them, and to an empty line beside them: the
    one before where another one, or the end of the comment, follows, and the one after where the comment begins."""
    line = data.rfind(b"\n", 0, start) + 1
    after = data.find(b"\n", end)
    if data[end:after].strip():
        return start, end + len(data[end:after]) - len(data[end:after].lstrip(b" \t"))
    if data[line:start].strip(b" \t*"):
        return len(data[:start].rstrip(b" \t")), end
    before = data.rfind(b"\n", 0, line - 1) + 1
    next_line = data.find(b"\n", after + 1)
    following, above = data[after + 1 : next_line].strip(), data[before:line].strip()
    if following == b"*" and above in {b"/*", b"/**"}:
        return line, next_line + 1
    return before if above == b"*" and following in {b"*", b"*/"} else line, after + 1


RULE = rule(__name__, severity="note", audience="author", check=check, when="added")
