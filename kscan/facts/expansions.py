"""File-scope macro invocations to the functions that they write."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, chain
from typing import Any, Final, NamedTuple

import msgspec

from kscan.dialect.annotations import DEFINERS
from kscan.dialect.conditions import Conditions
from kscan.dialect.expand import Expanded
from kscan.dialect.mask import mask
from kscan.dialect.scan import Clean, Depths, clean, close_of
from kscan.dialect.shapes import Shape
from kscan.facts.definers import COUNTED, NO_HEADERS, Visible
from kscan.facts.functions import found_in, functions
from kscan.facts.parsed import Parsed, tree_of
from kscan.facts.templates import made_of
from kscan.facts.words import REREAD
from kscan.model.facts import CallSite, Function, Macro
from kscan.model.gap import Gap
from kscan.model.regex import regex
from kscan.model.source import Source
from kscan.parse.parser import parse

_OPENING: Final = rb"(?:(?:static|const|extern|__\w++)[ \t]++)*+([A-Za-z_]\w*+)[ \t]*+\("
_FIRST: Final = regex(rb"\n" + _OPENING)
_FIRST_LINE: Final = regex(_OPENING)
_NEXT: Final = regex(rb"[\s;]*+([A-Za-z_]\w*+)[ \t]*+\(")
_END: Final = "\n;\n"
"""What closes a text that a macro writes, where its invocation does."""
_WORD: Final = regex(r"\w+")
MAX_STEPS = 1_000_000
"""Tokens that the macros of one file may write on the way, before no more of them are expanded."""
MAX_WRITTEN: Final = 200
"""Functions that one invocation writes; most of the kernel's write one."""
_TOLD_BY_TABLE: Final = tuple(row.macro for row in DEFINERS)
_MACRO_CALL: Final = regex(rb"\b([A-Za-z_]\w*+)[ \t]*+\(")


class Expansion(msgspec.Struct, frozen=True):
    """A macro invocation at file scope: its text, its bytes in the file, and the C it stands for.

    ``reason`` says why ``text`` is empty (a limit was reached). ``headed``: a function body stands behind it; ``text``
    has an empty one in its place. ``foreign``: the macro is not the file's own."""

    invocation: str
    start: int
    end: int
    text: str
    config: tuple[str, ...]
    reason: str = ""
    headed: bool = False
    foreign: bool = False


class Invocation(NamedTuple):
    """A macro name with its arguments at file scope; ``follows`` is the byte behind it."""

    name: str
    start: int
    end: int
    follows: bytes


def expansions(
    source: Source,
    macros: Mapping[str, Macro],
    skeleton: Clean | None = None,
    foreign: Visible = NO_HEADERS,
    invoked: Sequence[Invocation] | None = None,
) -> tuple[Expansion, ...]:
    """The invocations at file scope that write a braced body or the header of one, in the order of the text: those of
    ``macros``, and those of ``foreign`` ones that write functions. Where there are foreign ones, ``macros`` are the
    file's own, and count from where they are defined. ``skeleton`` is ``clean(source.data)``, and ``invoked`` are the
    ``invocations`` in it, where a caller has them."""
    skeleton = skeleton or clean(source.data)
    invoked = invocations(skeleton.text) if invoked is None else invoked
    expander = _Expander(source, _Layers(macros, foreign), Conditions(source.data, skeleton.directives))
    left = MAX_STEPS
    found = []
    for one in invoked:
        if expander.macros.writes(one):
            made, steps = expander.expansion(one, left)
            left -= steps
            found += [] if made is None else [made]
    return tuple(found)


class _Layers(dict[str, Macro]):
    """The macros of a file before those of the tree."""

    def __init__(self, own: Mapping[str, Macro], foreign: Visible) -> None:
        super().__init__(own)
        self._foreign = foreign
        self._reach = 0
        """Where the invocation stands: what is defined behind it is not known there yet."""

    def get(self, name: str, default: Any = None) -> Any:
        if name.startswith(REREAD):
            return default
        found = super().get(name)
        if found is not None and (self._foreign is NO_HEADERS or found.start < self._reach):
            return found
        candidate = self._foreign.candidate(name)
        return default if candidate is None else candidate.macro

    def writes(self, one: Invocation) -> bool:
        if one.name.startswith(REREAD):
            return False
        self._reach = one.start
        if one.name in self:
            return self.get(one.name) is not None
        found = self._foreign.candidate(one.name)
        return found is not None and found.functions


class _Expander(NamedTuple):
    source: Source
    macros: _Layers
    conditions: Conditions

    def expansion(self, one: Invocation, left: int) -> tuple[Expansion | None, int]:
        """What ``one`` stands for, and the steps that it took, of which there may be ``left``; None when that is no
        function, and when it is a header whose body is elsewhere."""
        where, headed = self.conditions.at(one.start), one.follows == b"{"
        if "0" in where or (headed and one.name.startswith(_TOLD_BY_TABLE)):
            return None, 0
        written = self.source.data[one.start : one.end].decode("utf-8", "replace")
        why = f"the macros of the file write more than {MAX_STEPS} tokens"
        expanded, form = made_of(written, self.macros) if left > 0 else (Expanded("", why), Shape())
        text, reason = _judged(one, expanded, form)
        if not text and not reason:
            return None, expanded.steps
        foreign = one.name not in self.macros
        made = Expansion(" ".join(written.split()), one.start, one.end, text, where, reason, headed, foreign)
        return made, expanded.steps


def _judged(one: Invocation, expanded: Expanded, form: Shape) -> tuple[str, str]:
    """The functions that ``one`` writes or the header of one, or why these are not known; "" and "" where it writes
    none. ``form`` is the shape of what it is ``expanded`` to."""
    if expanded.reason:
        return "", expanded.reason
    text, headed = expanded.text, one.follows == b"{"
    if len(form.names) > MAX_WRITTEN:
        return "", f"it writes more than {MAX_WRITTEN} functions"
    if (form.open and one.follows not in (b"{", b";")) or (headed and not form.open):
        return "", ""
    if headed:
        text += " {}"
    writes = form.names or "extern" in text  # a shape takes what begins so for a declaration
    return (text, "") if writes and "{" in text else ("", "")


def asked(text: bytes, invoked: Sequence[Invocation], own: Container[str]) -> tuple[str, ...]:
    """The macros that the ``invoked`` of clean ``text`` name, arguments included, and that are not the file's own: what
    stands in a header decides what they write."""
    spans = (text[one.start : one.end] for one in invoked)
    named = {name.decode("ascii", "replace") for span in spans for name in _MACRO_CALL.findall(span)}
    return tuple(sorted(name for name in named if name not in own))


def invocations(text: bytes) -> list[Invocation]:
    """What looks like a macro invocation at file scope, in clean text: a definition without a type does, too."""
    found: list[Invocation] = []
    depths = Depths(text)
    done = 0
    for first in chain(filter(None, (_FIRST_LINE.match(text),)), _FIRST.finditer(text)):
        match: re.Match[bytes] | None = first
        while match and match.start() >= done:
            close = close_of(text, match.end() - 1)
            if close < 0 or depths.at(match.start(1)) > 0:
                break
            done = close
            follows = text[close : close + 2_000].lstrip()[:1]
            found.append(Invocation(match[1].decode("ascii", "replace"), match.start(1), close, follows))
            match = None if follows == b"{" else _NEXT.match(text, close)
    return found


def written_by(found: Sequence[Expansion], source: Source, extra: frozenset[bytes]) -> Iterator[Function]:
    """The functions that the expansions write; every offset is that of the invocation."""
    for function, expansion, last in _definitions(found, source, extra):
        if not (expansion.headed and last) and (not expansion.foreign or _is_told(function.name, expansion)):
            yield _at(function, expansion)


def headed_by(
    written: Sequence[Function], found: Sequence[Expansion], source: Source, extra: frozenset[bytes]
) -> tuple[Function, ...]:
    """``written`` with the names, types and parameters that macros give to the bodies which stand behind them."""
    headers = [one for one in found if one.headed]
    told = {one.start: function for function, one, last in _definitions(headers, source, extra) if last}
    starts = sorted(told)
    return tuple(_headed(one, told, starts) for one in written) if starts else tuple(written)


def _headed(function: Function, told: Mapping[int, Function], starts: Sequence[int]) -> Function:
    at = bisect_right(starts, function.name_start) - 1
    header = told[starts[at]] if at >= 0 else None
    if header is None or function.via or not starts[at] >= function.start:
        return function
    return msgspec.structs.replace(
        function,
        name=header.name,
        return_type=header.return_type,
        params=header.params,
        linkage=header.linkage,
        name_start=starts[at],
    )


def _definitions(
    found: Sequence[Expansion], source: Source, extra: frozenset[bytes]
) -> Iterator[tuple[Function, Expansion, bool]]:
    """The functions in the texts of expansions, and whether each is the last one there."""
    if len(found) < 2:
        for one in found:
            defined = written_as(source.path, one.text, extra).functions
            for number, function in enumerate(defined, 1):
                yield function, one, number == len(defined)
        return
    texts = [one.text + _END for one in found]
    made = Source(source.path, "".join(texts).encode())
    masked = mask(made.data, extra)
    tree = parse(masked)
    if tree is None:
        return
    if tree.root_node.has_error:  # one of them must not take the others with it
        for one in found:
            yield from _definitions((one,), source, extra)
        return
    ends = list(accumulate(len(text.encode()) for text in texts))
    rows = [
        (bisect_right(ends, function.body_start), function)
        for function in functions(made, masked, found_in(tree.root_node), Conditions(made.data, ()))
    ]
    for number, (at, function) in enumerate(rows):
        yield function, found[at], number + 1 == len(rows) or rows[number + 1][0] > at


class Written(NamedTuple):
    """What a text that macros write is read as, and the functions in it."""

    parsed: Parsed
    functions: list[Function]


@lru_cache(maxsize=4)  # whoever wants the facts of a file wants the bodies next, and most files have one such text
def written_as(path: str, text: str, extra: frozenset[bytes]) -> Written:
    """A ``text`` that macros write in the file at ``path``; ``extra`` are the annotations of its tree."""
    made = Source(path, (text + _END).encode())
    parsed = tree_of(made, extra=extra)
    if parsed.tree is None:
        return Written(parsed, [])
    conditions = Conditions(made.data, parsed.skeleton.directives)
    return Written(parsed, functions(made, parsed.masked, found_in(parsed.tree.root_node), conditions))


def _is_told(name: str, expansion: Expansion) -> bool:
    """Whether ``name`` can be told from the arguments: a counter in it cannot, a fixed name is any other file's too."""
    arguments = _WORD.findall(expansion.invocation, expansion.invocation.index("("))
    return COUNTED.search(name) is None and any(word in name for word in arguments)


def _at(function: Function, expansion: Expansion) -> Function:
    return msgspec.structs.replace(
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


def gaps_of(found: Sequence[Expansion], source: Source) -> Iterator[Gap]:
    """The invocations that could not be expanded."""
    for one in found:
        if one.reason:
            yield Gap(source.path, one.start, "extract", "", f"{one.invocation[:60]}: {one.reason}")
