"""The text of a mail, or any text with a diff in it, to a patch: as ``git mailinfo`` takes it apart."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from kscan.model.error import InputError
from kscan.model.patch import Patch
from kscan.model.regex import regex
from kscan.source.series.diff import Where, parse, start
from kscan.source.series.mail import Letter, unfolded

MAX_LINES: Final = 1_000_000
"""Lines that the diff of one patch may have."""

_BRACKETS = regex(r"\s*\[([^\[\]]{0,200})\]\s*")
_REPLY = regex(r"(?i)\s*(?:re|aw|sv|fwd?|antw)\s*:")
_OF = regex(r"0*(\d{1,4})/0*(\d{1,4})")
_VERSION = regex(r"(?i)v(\d{1,3})(?:\.\d+)?")
_IN_BODY = regex(r"(?i)(from|subject|date):\s*(.*)")
_BREAK = regex(r"diff -|Index: |---(?: \S|\s*$)")
_ESCAPED = regex(r"(?m)^>(>*From )")
_SIGNATURE = regex(r"--\s*$")
_BASE = regex(rb"^base-commit: ([0-9a-f]{40,64})\s*$", re.M)
_SHOWN = regex(r"commit ([0-9a-f]{7,64})(?: \(.*\))?$")
_SHOWN_HEADER = regex(r"(Author|AuthorDate|Date|Commit|CommitDate|Merge):\s*(.*)")
_SHOWN_AS = {"Author": "from", "AuthorDate": "date", "Date": "date"}
_SCISSORS = regex(r">8|8<|>%|%<")


class Title(NamedTuple):
    """A subject taken apart: what the commit's would be, k of n, the version, and whether the mail is an answer."""

    subject: str
    number: int
    total: int
    version: int
    numbered: bool
    reply: bool


def title(text: str) -> Title:
    """The subject ``text`` of a mail, on one line."""
    reply = False
    while found := _REPLY.match(text):
        text, reply = text[found.end() :], True
    words: list[str] = []
    while found := _BRACKETS.match(text):
        text = text[found.end() :]
        words += found[1].replace(",", " ").split()
    of = next((match for word in words if (match := _OF.fullmatch(word))), None)
    version = next((int(match[1]) for word in words if (match := _VERSION.fullmatch(word))), 1)
    number, total = (int(of[1]), int(of[2])) if of else (1, 1)
    return Title(text.strip(), number, total, version, of is not None, reply)


def where(origin: str, line: int, subject: str) -> Where:
    """How to name a line of a diff that begins at ``line`` of ``origin``, 0 where it has no lines there."""
    if line:
        return lambda index: f"{origin}:{line + index}"
    of = f"{origin} ({subject[:60]})" if subject else origin
    return lambda index: f"{of}, line {index + 1} of its diff"


def flowed_hint(flowed: bool) -> str:
    """What to add to a complaint about a diff that came as flowed text."""
    return "; it was mailed as format=flowed, which breaks patches" if flowed else ""


def patch(letter: Letter, origin: str, *, commit: str = "", escaped: bool = False) -> Patch:
    """
    The patch in ``letter``; it has no ``files`` where there is no diff. ``commit`` is the id known of it. ``escaped``:
    lines that begin with "From " have a ``>`` before them, as in an mbox.

    Raises InputError for a damaged diff.
    """
    lines = letter.text.split(b"\n")
    if not lines[-1]:
        lines.pop()
    first = start(lines)
    rest = lines[first:] if first >= 0 else []
    del lines[len(lines) - len(rest) :]
    if len(rest) > MAX_LINES:
        raise InputError(f"{origin}: a patch of more than {MAX_LINES:,} lines")
    if rest and rest[0].endswith(b"\r"):
        # Not the file's: the mail's.
        rest = [line.removesuffix(b"\r") for line in rest]
    text = b"\n".join(lines).decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    about = _about(_ESCAPED.sub(r"\1", text) if escaped else text, signed=not rest)
    told = title(letter.mail.title)
    subject, message = _subject(told.subject, about)
    line = letter.line + len(lines) if letter.line and rest else 0
    try:
        files, end = parse(rest, where(origin, line, subject))
    except InputError as why:
        raise InputError(f"{why}{flowed_hint(letter.flowed)}") from None
    base = _BASE.search(b"\n".join([*lines, *rest[end:]]))
    return Patch(
        subject=subject,
        author=about.author or letter.mail.sender,
        date=about.date or letter.mail.date,
        commit=about.commit or commit,
        number=told.number,
        total=told.total,
        version=told.version,
        message=message,
        notes=about.notes,
        diff=b"".join(line + b"\n" for line in rest[:end]),
        files=files,
        origin=origin,
        line=line,
        base=base[1].decode() if base else "",
        mail=letter.mail,
    )


class _About(NamedTuple):
    """What the text above a diff says."""

    subject: str
    author: str
    date: str
    commit: str
    message: str
    notes: str


def _about(text: str, *, signed: bool) -> _About:
    """``signed``: the text ends with a mail's signature, if there is one; else a diff follows."""
    lines = _since_scissors(text.split("\n"))
    begin = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    shown = _SHOWN.match(lines[begin]) if begin < len(lines) else None
    begin, told = _shown_header(lines, begin + 1) if shown else _in_body(lines, begin)
    body = [line.removeprefix("    ") for line in lines[begin:]] if shown else lines[begin:]
    at = next((at for at, line in enumerate(body) if _BREAK.match(line)), len(body))
    end = next((at for at, line in enumerate(body) if signed and _SIGNATURE.fullmatch(line)), len(body))
    subject = title(told.get("subject", "")).subject
    message, notes = _joined(body[: min(at, end)]), _joined(body[at + 1 : end])
    return _About(subject, told.get("from", ""), told.get("date", ""), shown[1] if shown else "", message, notes)


def _in_body(lines: list[str], begin: int) -> tuple[int, dict[str, str]]:
    """The headers on top of a mail's text, and the index of the first line behind them."""
    told = {}
    while begin < len(lines) and (found := _IN_BODY.match(lines[begin])) and _is_meant(found):
        told[found[1].lower()] = unfolded(found[2])
        begin += 1
    return begin, told


def _is_meant(header: re.Match[str]) -> bool:
    # "From: the start" may begin a message.
    return header[1].lower() != "from" or "@" in header[2]


def _shown_header(lines: list[str], begin: int) -> tuple[int, dict[str, str]]:
    """The headers that ``git show`` prints of a commit, and the index of the first line behind them."""
    told = {}
    while begin < len(lines) and (found := _SHOWN_HEADER.match(lines[begin])):
        told[_SHOWN_AS.get(found[1], "")] = found[2].strip()
        begin += 1
    return begin, told


def _since_scissors(lines: list[str]) -> list[str]:
    """What comes after the last scissors line of the message."""
    at = next((at for at, line in enumerate(lines) if _BREAK.match(line)), len(lines))
    cut = max((at for at, line in enumerate(lines[:at]) if _is_scissors(line)), default=-1)
    return lines[cut + 1 :]


def _is_scissors(line: str) -> bool:
    bare = line.strip()
    if len(bare) < 8 or len(bare) > 200 or not _SCISSORS.search(bare):
        return False
    rest = _SCISSORS.sub("", bare).replace("cut here", "").replace("cut", "")
    return set(rest) <= set("- ") and rest.count("-") >= 2


def _subject(told: str, about: _About) -> tuple[str, str]:
    """The subject and the message; where no header tells a subject, the first line of the text is it."""
    if subject := about.subject or told:
        return subject, about.message
    first, _, rest = about.message.partition("\n")
    return unfolded(first)[:200], rest.strip("\n")


def _joined(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n")
