"""A branch of its own for an errno, before the one that catches it with the others: a proposal to be filled in."""

from __future__ import annotations

import re
import textwrap

from kscan.model.edit import Edit, Fix
from kscan.model.regex import regex
from kscan.model.span import Span

_TEST = regex(rb"(?:(?:un)?likely\()?!?\s*(\w+)(?:\s*(?:<=?|>=?|!=|==)\s*-?\w+)?\)?")
_LABEL = regex(rb"\s*(?:case\b[^;{}]*:|/\*.*\*/|)\s*")
_LEAVES = regex(rb"(?:\b(?:break|continue)|\b(?:return|goto)\b[^;]*);\s*(?:/\*.*\*/)?\s*|.*[{}]\s*")
_WIDTH = 80
_TAB = 8


def branch(data: bytes, span: Span, errno: str, reason: str) -> Fix | None:
    """A branch for ``errno`` before the test, ``default:`` label or ``switch`` at ``span`` of the file ``data``, with
    ``reason`` as its comment. None where that place is of no simple shape."""
    text = data[span.start : span.end]
    if text.startswith(b"default"):
        edit = _before_default(data, span, errno, reason)
    elif text.startswith(b"switch"):
        edit = _first_case(data, span, errno, reason)
    else:
        edit = _before_test(data, span, errno, reason)
    return None if edit is None else Fix(f"give {errno} a branch of its own", "show", (edit,))


def _before_default(data: bytes, span: Span, errno: str, reason: str) -> Edit | None:
    """Above the label, and above the labels that share its statements."""
    at = data.rfind(b"\n", 0, span.start) + 1
    if data[at : span.start].strip():
        return None
    indent = data[at : span.start].decode()
    while at:
        before = data.rfind(b"\n", 0, at - 1) + 1
        line = data[before : at - 1]
        if not _LABEL.fullmatch(line):
            return _insertion(span.file, at, _case(errno, reason, indent)) if _LEAVES.search(line) else None
        at = before
    return None


def _first_case(data: bytes, span: Span, errno: str, reason: str) -> Edit | None:
    """Below the line that opens the switch; its labels stand as far left as itself."""
    at = data.find(b"\n", span.start) + 1
    line = data[data.rfind(b"\n", 0, span.start) + 1 : at]
    if not line.rstrip().endswith(b"{"):
        return None
    return _insertion(span.file, at, _case(errno, reason, _indent(line)))


def _before_test(data: bytes, span: Span, errno: str, reason: str) -> Edit | None:
    first = data.rfind(b"\n", 0, span.start) + 1
    lead = re.fullmatch(rb"\s*(?:\}\s*else\s+|else\s+)?(if\s*\()?", data[first : span.start])
    test = data[span.start : span.end]
    at = span.start
    if lead and lead[1]:
        at -= len(lead[1])
    elif lead and (whole := re.match(rb"if\s*\((.*)\)$", test, re.S)):
        test = whole[1]
    else:
        return None
    test = test.strip()
    tested = _TEST.fullmatch(test[1:-1] if test[:1] == b"(" and test[-1:] == b")" else test)
    if tested is None:
        return None
    indent = _indent(data[first : span.start] + b"x")
    lines = [f"if ({tested[1].decode()} == {errno}) {{", *_comment(reason, f"{indent}\t"), f"{indent}}} else "]
    return _insertion(span.file, at, "\n".join(lines))


def _case(errno: str, reason: str, indent: str) -> str:
    lines = [f"{indent}case {errno}:", *_comment(reason, f"{indent}\t"), f"{indent}\tbreak;"]
    return "".join(f"{line}\n" for line in lines)


def _comment(reason: str, indent: str) -> list[str]:
    said = " ".join(reason.replace("*/", "").split())
    if len(indent.expandtabs(_TAB)) + len(said) + 6 <= _WIDTH:
        return [f"{indent}/* {said} */"]
    room = max(_WIDTH - len(indent.expandtabs(_TAB)) - 3, 20)
    return [f"{indent}/*", *(f"{indent} * {line}" for line in textwrap.wrap(said, room)), f"{indent} */"]


def _indent(line: bytes) -> str:
    return line[: len(line) - len(line.lstrip())].decode()


def _insertion(file: str, at: int, text: str) -> Edit:
    return Edit(Span(file, at, at), text)
