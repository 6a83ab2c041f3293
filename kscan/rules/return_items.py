"""The items of a list in a Return section: one more, or one less, in the style of those that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from kscan.facts.errno import Errnos, errno_of
from kscan.facts.returntext import Documented
from kscan.model.edit import Edit, Fix, Grade
from kscan.model.facts import Doc, Function
from kscan.model.regex import regex
from kscan.model.result import FunctionRow
from kscan.model.span import Span
from kscan.rules.return_list import list_fix, meaning

_ITEM = regex(
    r"(?P<lead>[ \t]*(?:[*+\u2022-][ \t]+)?)(?P<open>[%`\"']*)"
    r"(?P<value>ERR_PTR\(-?%?E[A-Z0-9]+\)|-?%?E[A-Z0-9]+|-?\d+|NULL|true|false)(?P<close>[`\"']*)"
    r"(?P<between>[ \t]*(?:[-:=\u2013]|(?=[ \t]))[ \t]+|:?[ \t]*$)(?P<about>.*)"
)
_MARGIN = regex(rb"[ \t]*\*[ \t]?")
_NO_ITEM = regex(r"(?:,|;|\band|\bor)\s*$|-%?E[A-Z0-9]{2,}\b")
_SEPARATES = regex(r"[-:=\u2013\t]|^$|  ")
_BULLET = regex(r"[ \t]*[*+\u2022-][ \t]")


class Item(msgspec.Struct, frozen=True):
    """One item: how it is written, its bare value, and its bytes: whole lines, without the last newline."""

    lead: str
    ornament: str
    close: str
    between: str
    value: str
    about: str
    start: int
    end: int
    margin: str

    @property
    def errno(self) -> str | None:
        """The errno that it is about."""
        return errno_of(self.value.replace("%", ""))


def items(function: Function, data: bytes) -> list[Item]:
    """The items of the Return section of ``function``, whose file is ``data``; none where one speaks of another errno,
    or its sentence runs on to the next."""
    doc = function.doc
    if doc is None or not doc.returns or "\ufffd" in doc.returns:
        return []
    found = list(_items(doc, data))
    if any(_NO_ITEM.search(item.about) for item in found):
        return []
    return found


def _items(doc: Doc, data: bytes) -> Iterator[Item]:
    lines = (doc.returns or "").split("\n")
    number = 0
    while number < len(lines):
        first, number = number, number + 1
        made = _ITEM.fullmatch(lines[first])
        margin = data[data.rfind(b"\n", 0, doc.returns_lines[first]) + 1 : doc.returns_lines[first]]
        if (
            not made
            or not _MARGIN.fullmatch(margin)
            or not (made["lead"].strip() or _SEPARATES.search(made["between"]))
        ):
            continue
        while number < len(lines) and _belongs(lines[number], lines[first]):
            number += 1
        last = data.find(b"\n", doc.returns_lines[number - 1])
        end = last - 1 if data[last - 1 : last] == b"\r" else last
        about = " ".join([made["about"], *lines[first + 1 : number]])
        start = doc.returns_lines[first] - len(margin)
        yield Item(
            made["lead"],
            made["open"],
            made["close"],
            made["between"],
            made["value"],
            about,
            start,
            end,
            margin.decode(),
        )


def _belongs(line: str, item: str) -> bool:
    """Whether ``line`` goes on with the item: it is set in, or begins no item and no other thing."""
    if not line.strip() or _ITEM.fullmatch(line) or _BULLET.match(line):
        return False
    return len(line) - len(line.lstrip()) > len(item) - len(item.lstrip()) or not _BULLET.match(item)


def completed(row: FunctionRow, data: bytes, said: Documented, values: Sequence[str], errnos: Errnos) -> Fix | None:
    """The Return section with ``values`` too: in its list, else as a list in place of its prose. None when the section
    is neither."""
    function = row.function
    there = items(function, data)
    if there:
        edits = tuple(_insertion(function, there, value, row, errnos) for value in values)
        grade: Grade = "show" if any("..." in edit.text for edit in edits) else "safe"
        return Fix(f"list {', '.join(values)} in the Return section", grade, _joined(edits))
    return rewritten(row, data, said, errnos)


def rewritten(row: FunctionRow, data: bytes, said: Documented, errnos: Errnos) -> Fix | None:
    """The Return section as a list in place of its prose; None when it has a list of some kind, or odd margins."""
    doc = row.function.doc
    if doc is None or not doc.returns or _set_apart(doc, data) or any(map(_BULLET.match, doc.returns.split("\n"))):
        return None
    prose = msgspec.structs.replace(doc, prose=doc.returns, prose_start=doc.returns_start, prose_end=doc.returns_end)
    return list_fix(row, prose, said, errnos, data)


def without(function: Function, data: bytes, errno: str) -> Fix | None:
    """The list of the Return section without the item of ``errno``; None when it has none of its own."""
    own = [item for item in items(function, data) if item.errno == errno.lstrip("-")]
    if len(own) != 1:
        return None
    span = Span(function.file, own[0].start, data.find(b"\n", own[0].end) + 1)
    return Fix(f"take {errno} off the Return section", "review", (Edit(span, ""),))


def _set_apart(doc: Doc, data: bytes) -> bool:
    """Whether the section is no plain run of comment lines."""
    lines = data[doc.returns_start : doc.returns_end].split(b"\n")[1:]
    return any(not re.match(rb" \*(?: |\t|$|\r)", line) for line in lines)


def _insertion(function: Function, there: Sequence[Item], value: str, row: FunctionRow, errnos: Errnos) -> Edit:
    """One line behind the last item of the kind; for a constant where there is none, before the first."""
    alike = [item for item in there if (item.errno is None) == (errno_of(value) is None)]
    like = alike[-1] if alike else there[-1]
    line = _line(like, value, row, errnos)
    if alike or errno_of(value):
        return Edit(Span(function.file, like.end, like.end), f"\n{line}")
    return Edit(Span(function.file, there[0].start, there[0].start), f"{line}\n")


def _line(like: Item, value: str, row: FunctionRow, errnos: Errnos) -> str:
    name = errno_of(value)
    written = f"-{name}" if name and like.errno and not like.value.startswith("ERR_PTR") else value
    ornament = like.ornament if not written.startswith("ERR_PTR") else like.ornament.replace("%", "")
    between = like.between if like.between.strip() or like.between.startswith("\t") else " - "
    return f"{like.margin}{like.lead}{ornament}{written}{like.close}{between}{_about(value, row, errnos) or '...'}"


def _about(value: str, row: FunctionRow, errnos: Errnos) -> str:
    fails = any(errno_of(other) for other in row.returns.values)
    return "success" if value == "0" and fails else meaning(value, errnos)


def _joined(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Insertions at one place as one edit, in their order."""
    texts: dict[Span, str] = {}
    for edit in edits:
        texts[edit.span] = texts.get(edit.span, "") + edit.text
    return tuple(Edit(span, text) for span, text in sorted(texts.items()))
