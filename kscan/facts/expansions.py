"""File-scope macro invocations to the functions that they write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from kscan.dialect.conditions import Conditions
from kscan.dialect.expand import expand
from kscan.dialect.mask import mask
from kscan.dialect.scan import Clean, clean, close_of, depth_at
from kscan.facts.functions import QUERIES, collapse, functions
from kscan.model.facts import CallSite, Function, Macro
from kscan.model.gap import Gap
from kscan.model.source import Source
from kscan.parse.parser import parse
from kscan.parse.queries import captures

_FIRST = re.compile(rb"(?:^|\A)(?:static[ \t]+)?([A-Za-z_]\w*+)[ \t]*+\(", re.MULTILINE)
_NEXT = re.compile(rb"\s*+([A-Za-z_]\w*+)[ \t]*+\(")


class Expansion(msgspec.Struct, frozen=True):
    """A macro invocation at file scope: its text, its bytes in the file, and the C it stands for.

    ``reason`` says why ``text`` is empty (a limit was reached)."""

    invocation: str
    start: int
    end: int
    text: str
    config: tuple[str, ...]
    reason: str = ""


def expansions(source: Source, macros: Mapping[str, Macro], skeleton: Clean | None = None) -> tuple[Expansion, ...]:
    """The invocations of ``macros`` at file scope whose expansion holds a braced body, in the order of the text.

    An invocation that a brace follows is left out: its body stands in the file itself."""
    skeleton = skeleton or clean(source.data)
    conditions = Conditions(source.data, skeleton.directives)
    found = (_expansion(source.data, start, end, macros, conditions) for start, end in _invocations(skeleton, macros))
    return tuple(one for one in found if "{" in one.text or one.reason)


def _expansion(data: bytes, start: int, end: int, macros: Mapping[str, Macro], conditions: Conditions) -> Expansion:
    written = data[start:end].decode("utf-8", "replace")
    expanded = expand(written, macros)
    return Expansion(collapse(data[start:end]), start, end, expanded.text, conditions.at(start), expanded.reason)


def _invocations(skeleton: Clean, macros: Mapping[str, Macro]) -> Iterator[tuple[int, int]]:
    text, done = skeleton.text, 0
    for first in _FIRST.finditer(text):
        match: re.Match[bytes] | None = first
        while match and match.start() >= done and match.group(1).decode("ascii", "replace") in macros:
            close = close_of(text, match.end() - 1)
            if close < 0 or depth_at(text, match.start(1)) > 0:
                break
            done = close
            if text[close : close + 2_000].lstrip()[:1] != b"{":
                yield match.start(1), close
            match = _NEXT.match(text, close)


def functions_of(expansion: Expansion, source: Source, extra: frozenset[bytes]) -> Iterator[Function]:
    """The functions an expansion writes; every offset is that of the invocation."""
    made = Source(source.path, expansion.text.encode())
    masked = mask(made.data, extra)
    tree = parse(masked)
    if tree is None:
        return
    for function in functions(made, masked, captures(tree.root_node, *QUERIES), Conditions(made.data, ())):
        yield msgspec.structs.replace(
            function,
            start=expansion.start,
            end=expansion.end,
            name_start=expansion.start,
            body_start=expansion.start,
            config=expansion.config,
            via=expansion.invocation,
            doc=None,
            calls=tuple(CallSite(call.callee, expansion.start, expansion.end) for call in function.calls),
        )


def gaps_of(found: tuple[Expansion, ...], source: Source) -> Iterator[Gap]:
    """The invocations that could not be expanded."""
    for one in found:
        if one.reason:
            yield Gap(source.path, one.start, "extract", "", f"{one.invocation[:60]}: {one.reason}")
