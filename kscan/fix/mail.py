"""Fixes as one mail that ``git am`` takes, with a commit message in the kernel's form and no tag made up."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Sequence
from email.header import Header
from pathlib import PurePosixPath

import kscan
from kscan.fix.choose import GRADES
from kscan.model.edit import Grade
from kscan.model.finding import Finding
from kscan.model.regex import regex
from kscan.rules.rule import Rule

_WIDTH = 75
_SUBJECT_WIDTH = 75
_MAX_LISTED = 12
_SEVERAL = "clean up what static analysis found"
_PREFIX = regex(r"((?:[\w./+-]+(?:, )?)+: (?:[\w./+-]+: )*)(?=\S)")
_FILE = regex(r"(?m)^--- .*\n\+\+\+ (?:b/)?(.*)\n(?=@@)")
_SAID: dict[Grade, str] = {
    "safe": "Behaviour stays as it is.",
    "review": "Behaviour stays as it is under the facts that the findings state.",
    "show": "This is a proposal for a human to finish.",
}

_OPEN_ENDS = " The places marked ... are to be filled in."


def mail(
    findings: Sequence[Finding], rules: Sequence[Rule], diff: str, author: str, date: str, subjects: Sequence[str] = ()
) -> str:
    """
    The mail for the fixes of ``findings`` (one at least), whose joint unified diff is ``diff``; ``author`` is
    "Name <address>", ``date`` as in a mail. ``subjects`` are those of earlier commits to the files, for the prefix.
    Bytes that are no UTF-8 are lone surrogates.
    """
    used = [rule for rule in rules if any(one.rule == rule.id for one in findings)]
    body = [*_what(findings, used), *_how(findings, used)]
    head = [
        "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001",
        f"From: {_author(author)}",
        f"Date: {date}",
        f"Subject: [PATCH] {_encoded(_subject(findings, subjects))}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
    ]
    text = "\n".join([*head, "", "\n\n".join(body), "---", _stat(diff), ""])
    return f"{text}\n{diff}-- \nkscan {kscan.__version__}\n\n"


def prefix(paths: Sequence[str], subjects: Sequence[str] = ()) -> str:
    """What a subject begins with: as most earlier ones do, else the one file or the common folder."""
    said = Counter(found[1] for subject in subjects if (found := _PREFIX.match(subject)))
    if said and said.most_common(1)[0][1] > 1:
        return said.most_common(1)[0][0]
    files = [PurePosixPath(path) for path in paths]
    if len(files) == 1:
        return f"{files[0].with_suffix('')}: "
    common = [parts[0] for parts in zip(*(file.parent.parts for file in files), strict=False) if len(set(parts)) == 1]
    return f"{'/'.join(common)}: " if common else "treewide: "


def _subject(findings: Sequence[Finding], subjects: Sequence[str]) -> str:
    assert findings[0].fix is not None
    paths = sorted({edit.span.file for one in findings if one.fix for edit in one.fix.edits})
    titles = {one.fix.title for one in findings if one.fix}
    functions = sorted({one.function for one in findings if one.function})
    what = findings[0].fix.title if len(titles) == 1 else "clean up" if len(functions) == 1 else _SEVERAL
    whose = (
        f"{' of' * (what != 'clean up')} {functions[0]}()" if len(functions) == 1 and functions[0] not in what else ""
    )
    lead = prefix(paths, subjects)
    return f"{lead}{what}{whose}" if len(lead + what + whose) <= _SUBJECT_WIDTH else f"{lead}{what}"


def _what(findings: Sequence[Finding], used: Sequence[Rule]) -> list[str]:
    """What is wrong and why it matters, rule by rule."""
    parts = []
    for rule in used:
        told = list(dict.fromkeys(_sentence(one.message) for one in findings if one.rule == rule.id))
        more = [f"and {len(told) - _MAX_LISTED} more of the kind"] if len(told) > _MAX_LISTED else []
        lines = [_filled(f"- {line}", "  ") for line in (*told[:_MAX_LISTED], *more)]
        parts += [_filled(f"{told[0]}.") if len(told) == 1 else "\n".join(lines), _filled(" ".join(rule.why.split()))]
    return parts


def _sentence(message: str) -> str:
    """The first line, with a capital unless it begins with a name."""
    first = message.partition("\n")[0]
    return first[:1].upper() + first[1:] if re.match(r"[a-z]+ ", first) else first


def _how(findings: Sequence[Finding], used: Sequence[Rule]) -> list[str]:
    names = ", ".join(rule.id for rule in used)
    titles = list(dict.fromkeys(one.fix.title for one in findings if one.fix))
    grade = max((one.fix.grade for one in findings if one.fix), key=GRADES.index)
    open_ends = any("..." in edit.text for one in findings if one.fix for edit in one.fix.edits)
    said = f"{_SAID[grade]}{_OPEN_ENDS * open_ends}"
    done = "; ".join(titles)
    found = f"Found by static analysis with kscan {kscan.__version__} (rule{'s' * (len(used) > 1)} {names})"
    return [
        _filled(f"{done[:1].upper()}{done[1:]}. {said}"),
        _filled(
            f"{found}, which also made the change; with it, the finding{'s are' if len(findings) > 1 else ' is'} gone."
        ),
    ]


def _filled(text: str, indent: str = "") -> str:
    lines = textwrap.wrap(text, _WIDTH - 1, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    # A line that begins with "From " would begin the next mail.
    return "\n".join(f" {line}" if line.startswith("From ") else line for line in lines)


def _author(author: str) -> str:
    name, _, address = author.rpartition(" ")
    return author if name.isascii() else f"{Header(name, 'utf-8').encode()} {address}"


def _encoded(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8").encode()


def _stat(diff: str) -> str:
    """The lines that format-patch shows of each file, without the bar."""
    parts = _FILE.split(diff)[1:]
    counts = {
        name: Counter(re.findall(r"(?m)^[+-]", hunks)) for name, hunks in zip(parts[::2], parts[1::2], strict=True)
    }
    lines = [f" {name} | {tally.total()} {''.join(sorted(tally))}" for name, tally in counts.items()]
    files, plus, minus = len(counts), *(sum(tally[sign] for tally in counts.values()) for sign in "+-")
    return "\n".join([*lines, f" {files} file{'s' * (files > 1)} changed, {plus} insertions(+), {minus} deletions(-)"])
