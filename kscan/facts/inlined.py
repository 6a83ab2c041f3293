"""Macros that return or jump, where they stand in a body, to the control flow that they are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from kscan.dialect.expand import expand
from kscan.dialect.mask import mask
from kscan.dialect.scan import clean
from kscan.facts.lower import lower_body
from kscan.facts.lower.place import relocated
from kscan.facts.repair import code_only
from kscan.facts.variants import Variant
from kscan.model.code import Call, Code, evaluated, parts
from kscan.model.facts import Function, Macro
from kscan.parse.parser import parse
from kscan.parse.queries import captures

MAX_SITES = 200
"""Macros in one body that are replaced; one with more of them is a table in disguise."""
MAX_STEPS = 50_000
"""Tokens that these may write on the way."""
_BEFORE = b"void body(void)\n{\n"
_AFTER = b"\n}\n"


class _Piece(NamedTuple):
    """Bytes ``old_start`` to ``old_end`` of the file as they are read: the author's, and masked. ``new`` is where they
    begin in what is read; ``written``: a macro wrote them."""

    old_start: int
    old_end: int
    new: int
    original: bytes
    masked: bytes
    written: bool


def inlined(
    variant: Variant, function: Function, original: bytes, macros: Mapping[str, Macro], extra: frozenset[bytes]
) -> Code | None:
    """The code of ``variant`` with each invocation of one of ``macros`` as what it writes; offsets in that are inside
    the invocation. None where there is no such invocation, and where what comes of it is too much or does not parse."""
    sites = list(_sites(variant, macros))
    if not sites or len(sites) > MAX_SITES:
        return None
    texts = _expanded([original[start:end] for start, end in sites], macros, extra)
    if texts is None:
        return None
    pieces = list(_pieces(variant, function, original, sites, texts))
    masked = b"".join(piece.masked for piece in pieces)
    text = b"".join(piece.original for piece in pieces)
    tree = parse(code_only(masked, clean(masked)))
    if tree is None or tree.root_node.has_error:
        return None
    found = captures(tree.root_node, "facts/functions").get("function", [])
    body = found[0].child_by_field_name("body") if found else None
    if body is None:
        return None
    places = _Places(pieces)
    code = relocated(lower_body(body, function.params, masked, text), places.at, places.end)
    return msgspec.structs.replace(code, switches=variant.switches) if variant.switches else code


def _sites(variant: Variant, macros: Mapping[str, Macro]) -> Iterator[tuple[int, int]]:
    """The invocations in the body, without those in the arguments of another."""
    done = 0
    for node in captures(variant.body, "facts/calls").get("call", ()):
        name = variant.masked[node.start_byte : node.end_byte].partition(b"(")[0].strip()
        if node.start_byte >= done and name.decode("utf-8", "replace") in macros:
            done = node.end_byte
            yield node.start_byte, node.end_byte


def _pieces(
    variant: Variant,
    function: Function,
    original: bytes,
    sites: Sequence[tuple[int, int]],
    texts: Sequence[tuple[bytes, bytes]],
) -> Iterator[_Piece]:
    at, new = function.start, 0
    for (start, end), (text, masked) in [*zip(sites, texts, strict=True), ((function.end, function.end), (b"", b""))]:
        kept = _Piece(at, start, new, original[at:start], variant.masked[at:start], False)
        new += len(kept.original)
        yield kept
        if start < end:
            yield _Piece(start, end, new, text, masked, True)
            new += len(text)
        at = end


def _expanded(
    invocations: Sequence[bytes], macros: Mapping[str, Macro], extra: frozenset[bytes]
) -> list[tuple[bytes, bytes]] | None:
    """What the invocations of one body write, and the same masked; masked it is as in a body, not at file scope. None
    where that is too much."""
    left, found = MAX_STEPS, []
    for invocation in invocations:
        made = expand(invocation.decode("utf-8", "replace"), macros, left)
        if made.reason:
            return None
        left -= made.steps
        text = made.text.encode()
        masked = mask(_BEFORE + text + _AFTER, extra)
        found.append((text, masked[len(_BEFORE) : len(masked) - len(_AFTER)]))
    return found


class _Places:
    """Offsets in what was read to offsets in the file."""

    def __init__(self, pieces: Sequence[_Piece]) -> None:
        self._pieces = pieces
        self._starts = [piece.new for piece in pieces]
        self._met: dict[int, dict[int, int]] = {}

    def at(self, offset: int) -> int:
        """Where something starts. What a macro writes starts at a byte of its own each, as long as there are any."""
        piece = self._pieces[bisect_right(self._starts, offset) - 1]
        if not piece.written:
            return piece.old_start + offset - piece.new
        met = self._met.setdefault(piece.new, {})
        number = met.setdefault(offset, len(met))
        return min(piece.old_start + number, piece.old_end - 1)

    def end(self, offset: int) -> int:
        """Where something ends."""
        piece = self._pieces[bisect_right(self._starts, offset - 1) - 1]
        return piece.old_end if piece.written else piece.old_start + offset - piece.new


def called(codes: Iterable[Code]) -> frozenset[str]:
    """The names that ``codes`` call directly: a macro that is not among them has been replaced."""
    values = (part for code in codes for instr in code.instrs for part in parts(evaluated(instr)))
    return frozenset(part.callee for part in values if type(part) is Call)
