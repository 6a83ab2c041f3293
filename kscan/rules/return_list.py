"""The list that a Return section should have, made from prose that says what is returned and from the return set."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from kscan.facts.errno import Errnos, errno_of
from kscan.facts.returntext import Documented
from kscan.model.edit import Edit, Fix
from kscan.model.facts import Doc
from kscan.model.regex import regex
from kscan.model.result import FunctionRow
from kscan.model.span import Span
from kscan.rules.return_prose import about, chosen, end_of_values, has_list_below, lead_of, not_listed, spelling

_BULLET = regex(r"\s*(?:[-*+\u2022]+|\d+[.)])\s")
_VAGUE = frozenset({"unknown", "negative"})
_CONSTANT = regex(r"-?\d+|-E\w+|NULL")
_MARGIN = regex(rb"[ \t]*\*[ \t]*")
_WIDTH = 72


def list_fix(row: FunctionRow, doc: Doc, said: Documented, errnos: Errnos, data: bytes) -> Fix | None:
    """The prose rewritten as a list; what it says besides stays as a paragraph of its own, and a value of which it says
    nothing means what the errno header says. ``data`` is the file, for the margin.

    None when there is nothing to list, when the list is there below the prose, or when bytes of the prose are no text.
    """
    if doc.prose is None or "\ufffd" in doc.prose or has_list_below(doc.prose, said):
        return None
    cut = end_of_values(doc.prose, said)
    items = list(_items(row, doc.prose[:cut], said, errnos))
    if not items:
        return None
    rest = _rest(not_listed(doc.prose[:cut], said, row), doc.prose[cut:])
    lines = [line for item in items for line in _wrapped(item)] + ([""] if rest else []) + rest
    before = _margin(data, doc.prose_start)
    text = "\n".join(["Return:", *(f"{before}{line}".rstrip() for line in lines)])
    start = doc.prose_start
    if doc.returns is None and not _is_after_blank(data, start):
        start = data.rfind(b"\n", 0, start) + 1
        text = f"{before.rstrip()}\n{before}{text}"
    return Fix(
        title="list the return values in a Return section",
        grade="show",
        edits=(Edit(Span(row.function.file, start, doc.prose_end), text),),
    )


def _is_after_blank(data: bytes, at: int) -> bool:
    """Whether the comment line before that of byte ``at`` holds nothing, or no line of a comment is before it."""
    end = data.rfind(b"\n", 0, at)
    line = data[data.rfind(b"\n", 0, max(end, 0)) + 1 : max(end, 0)].strip()
    return line in {b"*", b"/**", b""} or _MARGIN.fullmatch(data[end + 1 : at]) is None


def _rest(kept: str, after: str) -> list[str]:
    """What stays below the list, a line each: sentences ``kept``, and the text ``after`` the last value. Its lines are
    filled anew, unless it is a list or begins with a line of its own."""
    lines = [line.rstrip() for line in after.strip().split("\n") if line.strip()]
    whole = not kept and after.lstrip(" \t").startswith("\n")
    if whole or any(map(_BULLET.match, lines)):
        return [*_filled(kept), *lines]
    return _filled(" ".join(filter(None, [kept, *map(str.strip, lines)])))


def _filled(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _margin(data: bytes, at: int) -> str:
    """What stands left of the text at ``at``: the star, and how far the text is set in."""
    found = _MARGIN.fullmatch(data[data.rfind(b"\n", 0, at) + 1 : at])
    return found[0].decode() if found else " * "


def meaning(value: str, errnos: Errnos) -> str:
    """What the tree's errno headers say of a value, with a small first letter; "" for what is no errno of theirs."""
    said = errnos.meanings.get(errno_of(value) or "", "")
    return said[:1].lower() + said[1:] if said[1:2].islower() else said


def _items(row: FunctionRow, prose: str, said: Documented, errnos: Errnos) -> Iterator[str]:
    """One line of text for each value: those that are no errno first, then the errnos."""
    named = chosen(said)
    lead = lead_of(prose, said)
    fails = not lead and any(errno_of(value) for value in row.returns.values)
    if lead:
        yield f"* {lead}"
    for value in _values(row, said, bool(lead)):
        told = about(prose, spelling(value, named), said) or meaning(value, errnos)
        told = told or ("success" if value == "0" and fails else "...")
        yield f"* {'%' if _CONSTANT.fullmatch(value) else ''}{value} - {told}"
    if said.open_negative and not row.returns.closed:
        yield "* another negative errno - ..."


def _values(row: FunctionRow, said: Documented, led: bool) -> Sequence[str]:
    """What the function returns, and what the prose names besides where the return set is open."""
    skipped = _VAGUE | ({"pointer", "positive"} if led else set())
    values = [value for value in row.returns.values if value not in skipped]
    if not row.returns.closed:
        shown = {errno_of(value) for value in values}
        values += [value.value for value in said.errnos if value.placed and errno_of(value.value) not in shown]
        values += [value.value for value in said.constants if value.placed and value.value.isdecimal()]
    return sorted(dict.fromkeys(values), key=lambda value: errno_of(value) is not None)


def _wrapped(item: str) -> Sequence[str]:
    lines = [""]
    for word in item.split(" "):
        if len(lines[-1]) + len(word) >= _WIDTH:
            lines.append(" ")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines
