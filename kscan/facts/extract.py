"""One file to its facts: parse, and collect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from kscan.dialect.conditions import Conditions
from kscan.facts.constants import defined, enumerators
from kscan.facts.definers import NO_HEADERS, Visible
from kscan.facts.expansions import Expansion, asked, expansions, gaps_of, headed_by, invocations, written_by
from kscan.facts.functions import calls_in, function_node, functions
from kscan.facts.parsed import Parsed, tree_of
from kscan.facts.variants import Variant, variants
from kscan.model.facts import Constant, FileFacts, Function
from kscan.model.gap import Gap
from kscan.model.source import Source
from kscan.parse.queries import Captured, captures

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
    own = {macro.name: macro for macro in reversed(made.macros)}
    invoked = invocations(parsed.skeleton.text)
    made_by = expansions(source, own, parsed.skeleton, macros, invoked)
    expanded = [one for one in made_by if not _is_left_out(one, parsed)]
    written = headed_by(written, expanded, source, extra)
    by_macro = written_by(expanded, source, extra)
    counted = enumerators(source.data, found)
    facts = FileFacts(
        path=source.path,
        functions=tuple(sorted([*written, *by_macro], key=lambda function: function.start)),
        constants=tuple(sorted([*made.constants, *counted], key=_start)),
        macros=made.macros,
        includes=made.includes,
        asked=asked(parsed.skeleton.text, invoked, own),
        gaps=tuple(
            sorted(
                [
                    *_named(gaps, written),
                    *_broken(written),
                    *gaps_of(expanded, source),
                    *_lost(source, found, written),
                ]
            )
        ),
    )
    return Extracted(facts, made_by)


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
    return msgspec.structs.replace(function, errors=0, calls=tuple(sorted(calls, key=lambda call: call.start)))


def _with_omissions(function: Function, gaps: Sequence[Gap]) -> Function:
    """A macro that stands for statements and was left out counts as an error of the body it stands in."""
    left_out = sum(function.body_start < gap.start < function.end and "macro" in gap.reason for gap in gaps)
    return msgspec.structs.replace(function, errors=function.errors + left_out) if left_out else function


def _start(constant: Constant) -> int:
    return constant.start


def _named(gaps: Sequence[Gap], written: Sequence[Function]) -> Iterator[Gap]:
    """The gaps with the name of the function they stand in."""
    for gap in gaps:
        name = next((one.name for one in written if one.start <= gap.start < one.end), "")
        yield Gap(gap.file, gap.start, gap.stage, name, gap.reason)


def _lost(source: Source, found: Captured, written: Sequence[Function]) -> Iterator[Gap]:
    """Braced text outside every function that the grammar could make nothing of."""
    ends = [(one.start, one.end) for one in written]
    for node in found.get("error", ()):
        inside = any(start <= node.start_byte < end for start, end in ends)
        if not inside and b"{" in source.data[node.start_byte : node.end_byte]:
            reason = "text outside any function that the grammar does not know"
            yield Gap(source.path, node.start_byte, "parse", "", reason)


def _broken(written: Sequence[Function]) -> Iterator[Gap]:
    for one in written:
        if one.errors:
            yield Gap(one.file, one.start, "parse", one.name, f"{one.errors} places that the grammar does not know")
