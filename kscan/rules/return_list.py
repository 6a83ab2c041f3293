"""The list that a Return section should have, made from prose that says what is returned and from the return set."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kscan.facts.errno import Errnos, errno_of
from kscan.facts.returntext import Documented, Named
from kscan.model.edit import Edit, Fix
from kscan.model.facts import Doc
from kscan.model.result import FunctionRow
from kscan.model.span import Span

_OTHERWISE = re.compile(
    r"<=?\s*0|\bnon[- ]?%?(?:zero|0)\b|\b(?:an?\s+)?(?:other\s+)?negativ|\botherwise\b|\belse\b|\berrno\b"
    r"|\b(?:or an? )?error codes?\b|\bor an? error|\bERR_PTR\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)")
_EDGES = " \t,;:.-–—=()"
_JOINS = re.compile(
    r"^(?:is returned|will be returned)\b|\b(?:(?:and|or|but|it|either|an?|the|error|code)\s+)*"
    r"(?:or|and|but|returns?|either|an?)$",
    re.IGNORECASE,
)
_RETURNS = re.compile(r"^\s*returns?\s*(?:(?:values?|codes?|either|must be|is|are)\b[\s:]*)*", re.IGNORECASE)
_VAGUE = frozenset({"unknown", "negative"})
_CONSTANT = re.compile(r"-?\d+|-E\w+|NULL")
_MARGIN = re.compile(rb"[ \t]*\*[ \t]*")
_WIDTH = 72


def list_fix(row: FunctionRow, doc: Doc, said: Documented, errnos: Errnos, data: bytes) -> Fix | None:
    """The prose rewritten as a list; what it says after the last value stays as a paragraph of its own, and a value of
    which it says nothing means what the errno header says. ``data`` is the file, for the margin.

    None when there is nothing to list, or when bytes of the prose are no text.
    """
    if doc.prose is None or "\ufffd" in doc.prose:
        return None
    cut = _end_of_values(doc.prose, said)
    items = list(_items(row, doc.prose[:cut], said, errnos))
    if not items:
        return None
    rest = [line.rstrip() for line in doc.prose[cut:].strip().split("\n") if line.strip()]
    lines = [line for item in items for line in _wrapped(item)] + ([""] if rest else []) + rest
    before = _margin(data, doc.prose_start)
    text = "\n".join(["Return:", *(f"{before}{line}".rstrip() for line in lines)])
    return Fix(
        title="list the return values in a Return section",
        grade="show",
        edits=(Edit(Span(row.function.file, doc.prose_start, doc.prose_end), text),),
    )


def _margin(data: bytes, at: int) -> str:
    """What stands left of the text at ``at``: the star, and how far the text is set in."""
    found = _MARGIN.fullmatch(data[data.rfind(b"\n", 0, at) + 1 : at])
    return found[0].decode() if found else " * "


def meaning(value: str, errnos: Errnos) -> str:
    """What the tree's errno headers say of a value, with a small first letter; "" for what is no errno of theirs."""
    said = errnos.meanings.get(errno_of(value) or "", "")
    return said[:1].lower() + said[1:] if said[1:2].islower() else said


def _end_of_values(prose: str, said: Documented) -> int:
    """Where the sentence ends that names the last value."""
    last = max((named.end for named in (*said.errnos, *said.constants)), default=0)
    tail = [found.end() for found in _OTHERWISE.finditer(prose)]
    found = _SENTENCE_END.search(prose, max([last, *tail]))
    return found.end() if found else len(prose)


def _items(row: FunctionRow, prose: str, said: Documented, errnos: Errnos) -> Iterator[str]:
    """One line of text for each value: those that are no errno first, then the errnos."""
    named = {value.value: value for value in reversed((*said.errnos, *said.constants))}
    lead = _lead(prose, said)
    if lead:
        yield f"* {lead}"
    for value in _values(row, said, bool(lead)):
        about = _about(prose, _spelling(value, named), said)
        yield f"* {'%' if _CONSTANT.fullmatch(value) else ''}{value} - {about or meaning(value, errnos) or '...'}"
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


def _lead(prose: str, said: Documented) -> str:
    """The words between "Returns" and the first value: what is returned where the prose gives no constant for it."""
    ends = [value.start for value in (*said.errnos, *said.constants)]
    ends += [found.start() for found in (_OTHERWISE.search(prose), _SENTENCE_END.search(prose)) if found]
    return _tidy(_RETURNS.sub("", prose[: min(ends, default=len(prose))]))


def _tidy(words: str) -> str:
    return _JOINS.sub("", " ".join(words.split()).strip(_EDGES)).strip(_EDGES)


def _spelling(value: str, named: dict[str, Named]) -> Named | None:
    name = errno_of(value)
    candidates = [f"-{name}"] if name else {"0": ["0", "false"], "1": ["1", "true"]}.get(value, [value])
    return next((named[candidate] for candidate in candidates if candidate in named), None)


def _about(prose: str, value: Named | None, said: Documented) -> str:
    """What the prose says of a value: the words up to the next value, "otherwise" or the end of the sentence."""
    if value is None:
        return ""
    ends = [other.start for other in (*said.errnos, *said.constants) if other.placed and other.start > value.start]
    ends += [
        found.start()
        for found in (_OTHERWISE.search(prose, value.end), _SENTENCE_END.search(prose, value.end))
        if found
    ]
    return _tidy(prose[value.end : min(ends, default=len(prose))])


def _wrapped(item: str) -> Sequence[str]:
    lines = [""]
    for word in item.split(" "):
        if len(lines[-1]) + len(word) >= _WIDTH:
            lines.append(" ")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines
