"""One file to its facts: parse, and collect."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Final, NamedTuple

import msgspec
from tree_sitter import Node

from kscan.dialect.annotations import RESERVED
from kscan.dialect.conditions import Conditions
from kscan.dialect.scan import close_of
from kscan.facts.constants import defined, enumerators
from kscan.facts.definers import NO_HEADERS, Visible
from kscan.facts.expansions import Expansion, asked, expansions, gaps_of, headed_by, invocations, written_by
from kscan.facts.functions import calls_in, function_node, functions, has_functions
from kscan.facts.parsed import Parsed, tree_of
from kscan.facts.shared import hides_constants
from kscan.facts.variants import Variant, variants
from kscan.model.facts import FileFacts, Function
from kscan.model.gap import Gap
from kscan.model.regex import regex
from kscan.model.source import Source
from kscan.parse.queries import Captured, captures

_HEAD: Final = regex(rb"^(?:[A-Za-z_*][\w \t*]*[ \t*])?([A-Za-z_]\w*)[ \t]*\(", re.M)
_FIRST: Final = regex(rb"\s*([A-Za-z_]\w*)\s*[,)]")
_BODY: Final = regex(rb"\s*+(?:[\w \t*]++(?:,[\w \t*]++)*+;\s*+)*+\{")
"""What follows the parentheses of a header up to the body; declarations of parameters as before C89 among it."""

_start: Final = attrgetter("start")
_span: Final = attrgetter("start", "end")
_start_byte: Final = attrgetter("start_byte")

__all__ = ["Expansion", "Parsed", "expansions", "extract", "facts_of", "function_node", "tree_of"]


def extract(
    source: Source,
    *,
    macros: Visible = NO_HEADERS,
    extra: frozenset[bytes] = frozenset(),
    kconfig: Mapping[str, str] | None = None,
) -> FileFacts:
    """The facts of one file. ``macros`` are those of the tree's headers that it sees; those of the file itself come
    first.

    A file that is binary or does not parse in bounded time has no facts but a gap."""
    return facts_of(source, tree_of(source, extra=extra, kconfig=kconfig), macros=macros, extra=extra)


def facts_of(
    source: Source,
    parsed: Parsed,
    *,
    macros: Visible = NO_HEADERS,
    extra: frozenset[bytes] = frozenset(),
) -> FileFacts:
    """The facts of a file that is parsed already; ``parsed`` is ``tree_of(source, extra=extra)``, the rest as for
    ``extract``."""
    return extracted(source, parsed, macros=macros, extra=extra).facts


class Extracted(NamedTuple):
    """The facts of a file, and the invocations at file scope that some of its functions were made of."""

    facts: FileFacts
    expansions: tuple[Expansion, ...] = ()


def extracted(source: Source, parsed: Parsed, *, macros: Visible, extra: frozenset[bytes]) -> Extracted:
    """``facts_of`` for who reads the bodies next."""
    if parsed.tree is None:
        return Extracted(FileFacts(source.path, gaps=parsed.gaps))
    found = parsed.found
    conditions = Conditions(source.data, parsed.skeleton.directives)
    written = tuple(functions(source, parsed.masked, found, conditions))
    cut = _cut(parsed, written)
    gaps = tuple(gap for gap in parsed.gaps if not _is_told(gap, parsed, cut))
    if gaps or cut:
        written = tuple(_with_omissions(_in_variants(one, source, cut), gaps) for one in written)
    made = defined(source.data, parsed.masked, parsed.skeleton.directives)
    hidden = hides_constants(source.path, len(source.data))
    own = {macro.name: macro for macro in reversed(made.macros)}
    invoked = invocations(parsed.skeleton.text)
    made_by = expansions(source, own, parsed.skeleton, macros, invoked)
    expanded = [one for one in made_by if not _is_left_out(one, parsed)]
    written = headed_by(written, expanded, source, extra)
    by_macro = tuple(written_by(expanded, source, extra))
    facts = FileFacts(
        path=source.path,
        functions=tuple(sorted([*written, *by_macro], key=_start)),
        constants=() if hidden else made.constants_and(tuple(enumerators(source.data, found))),
        macros=made.macros,
        includes=made.includes,
        asked=asked(parsed.skeleton.text, invoked, own),
        gaps=tuple(
            sorted(
                [
                    *_named(gaps, written, parsed.skeleton.text),
                    *_broken([*written, *by_macro]),
                    *gaps_of(expanded, source),
                    *_lost(source, found, written, parsed.skeleton.text, own),
                ]
            )
        ),
    )
    return Extracted(facts, made_by)


def sharing_facts(source: Source, parsed: Parsed) -> FileFacts | None:
    """Of the facts of a file in which functions are written those that it shares with others; None for other files."""
    if parsed.tree is None or not has_functions(source, parsed.masked, parsed.found):
        return None
    made = defined(source.data, parsed.masked, parsed.skeleton.directives)
    constants = made.constants_and(tuple(enumerators(source.data, parsed.found)))
    return FileFacts(path=source.path, constants=constants, macros=made.macros, includes=made.includes)


def _is_left_out(one: Expansion, parsed: Parsed) -> bool:
    """Whether the mask has blanked the whole of an invocation: it stands in a branch that is not in force."""
    return parsed.masked[one.end - 1 : one.end].isspace()


def _cut(parsed: Parsed, written: Sequence[Function]) -> dict[tuple[int, int], tuple[Variant, ...]]:
    """The variants of the functions that have any, by the span of the body."""
    ways = {(one.body_start, one.end): variants(parsed, one) for one in written if parsed.cuts}
    return {span: found for span, found in ways.items() if found}


def _is_told(gap: Gap, parsed: Parsed, cut: Mapping[tuple[int, int], Sequence[Variant]]) -> bool:
    """Whether what the tree leaves out at ``gap`` is in the variants of the function around it."""
    return gap.start in parsed.cuts and any(start < gap.start < end for start, end in cut)


def _in_variants(function: Function, source: Source, cut: Mapping[tuple[int, int], Sequence[Variant]]) -> Function:
    """``function`` with the calls of all its variants, which have no errors."""
    found = cut.get((function.body_start, function.end))
    if found is None:
        return function
    calls = {
        call
        for variant in found
        for call in calls_in(source.data, variant.masked, captures(variant.body, "facts/calls"))
    }
    return msgspec.structs.replace(function, errors=0, calls=tuple(sorted(calls, key=_span)))


def _with_omissions(function: Function, gaps: Sequence[Gap]) -> Function:
    """A macro that stands for statements and was left out counts as an error of the body it stands in."""
    left_out = sum(function.body_start < gap.start < function.end and "macro" in gap.reason for gap in gaps)
    return msgspec.structs.replace(function, errors=function.errors + left_out) if left_out else function


def _named(gaps: Sequence[Gap], written: Sequence[Function], text: bytes) -> Iterator[Gap]:
    """The gaps with the name of the function they stand in, or in the header of which they do."""
    for gap in gaps:
        name = next((one.name for one in written if one.start <= gap.start < one.end), "")
        yield Gap(gap.file, gap.start, gap.stage, name or _headed_at(gap.start, written, text), gap.reason)


def _headed_at(start: int, written: Sequence[Function], text: bytes) -> str:
    """Of several headers of one body, the first of which stands behind ``start``, the name that is not analysed; the
    one that is where they all have the same."""
    kept = next((one for one in written if one.body_start > start), None)
    if kept is None or b"}" in text[start : kept.body_start]:
        return ""
    names = [found[1].decode() for found in _HEAD.finditer(text, start, kept.body_start)]
    return next((name for name in names if name != kept.name and not name.isupper()), kept.name)


def _lost(
    source: Source, found: Captured, written: Sequence[Function], text: bytes, own: Container[str]
) -> Iterator[Gap]:
    """Functions, and other braced text outside of them, that the grammar could make nothing of. What a macro that is
    the file's ``own`` heads is none."""
    ends = sorted((one.start, one.end) for one in written)
    done = looked = 0
    for node in _strays(found, ends):
        if node.start_byte < done:
            continue
        begin = max(done, looked, text.rfind(b"}", 0, node.start_byte) + 1)
        heads = _headers(text, begin, node.end_byte)
        named = [(at, name) for at, name in heads if name not in own and not _within(ends, at)]
        for at, name in named:
            yield Gap(source.path, at, "parse", name, "a function that the grammar does not know")
        broken = node.is_error and b"{" in source.data[node.start_byte : node.end_byte]
        if broken and not named:
            reason = "text outside any function that the grammar does not know"
            yield Gap(source.path, node.start_byte, "parse", "", reason)
        if named or broken:
            done = node.end_byte
        looked = max(looked, text.rfind(b"\n", 0, node.end_byte) + 1)  # not from there on: a header may be cut there


def _strays(found: Captured, ends: Sequence[tuple[int, int]]) -> list[Node]:
    """What stands outside of every function and should not: errors, bodies alone, and with a header that is none."""
    nodes = [*found.get("error", ()), *found.get("loose", ())]
    if len(found.get("function", ())) > len(ends):
        nodes += found["function"]
    return sorted((node for node in nodes if not _within(ends, node.start_byte)), key=_start_byte)


def _within(ends: Sequence[tuple[int, int]], at: int) -> bool:
    before = bisect_right(ends, at, key=_start_of) - 1
    return before >= 0 and at < ends[before][1]


def _start_of(span: tuple[int, int]) -> int:
    return span[0]


def _headers(text: bytes, start: int, end: int) -> Iterator[tuple[int, str]]:
    """What looks like the header of a function in a part of the clean ``text``: where it stands, and the name, which of
    a macro in capitals is its first argument."""
    for found in _HEAD.finditer(text, start, end):
        name = found[1].decode()
        inner = _FIRST.match(text, found.end()) if name.isupper() else None
        name = inner[1].decode() if inner else name
        closing = close_of(text, found.end() - 1)
        if closing >= 0 and name not in RESERVED and _BODY.match(text, closing):
            yield found.start(1), name


def _broken(written: Sequence[Function]) -> Iterator[Gap]:
    for one in written:
        if one.errors:
            yield Gap(one.file, one.start, "parse", one.name, f"{one.errors} places that the grammar does not know")
