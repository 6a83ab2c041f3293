"""The functions of one file as code and as summaries, whoever asks: a command on demand, or the index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from kscan.facts.definers import NO_HEADERS, Visible
from kscan.facts.expansions import Expansion, expansions, written_as
from kscan.facts.extract import Parsed, function_node
from kscan.facts.inlined import called, inlined
from kscan.facts.leaving import Leaving
from kscan.facts.lower import lower_body
from kscan.facts.lower.place import moved
from kscan.facts.macros import as_text, is_macro
from kscan.facts.variants import Variant, bodies
from kscan.facts.writing import Positions, by_reference, written_by
from kscan.flow.evaluate import ConstantOf, Given
from kscan.flow.explore import summarize, summarize_behind
from kscan.flow.primitives import WRITTEN_ARGUMENTS
from kscan.flow.summary import Summary
from kscan.flow.union import united
from kscan.flow.values import IntSet
from kscan.model.code import Code
from kscan.model.facts import FileFacts, Function
from kscan.model.source import Source


class Bodies:
    """The bodies in one file. ``parsed`` gives its tree, if there is one, when a body is asked for; ``macros`` are the
    function-like macros of the tree, and ``made_of`` the expansions of the file's invocations, where they are known."""

    def __init__(
        self,
        source: Source,
        facts: FileFacts,
        parsed: Callable[[], Parsed | None],
        annotations: frozenset[bytes],
        macros: Visible = NO_HEADERS,
        made_of: Sequence[Expansion] | None = None,
    ) -> None:
        self._source = source
        self._facts = facts
        self._parsed = parsed
        self._annotations = annotations
        self._macros = macros
        self._made_of = made_of
        self._called_names: frozenset[str] | None = None
        self._writing: dict[str, Positions] | None = None
        self._leaving_macros: Leaving | None = None
        self._left_by: frozenset[str] | None = None
        self._by_start: dict[int, Expansion] | None = None

    def codes(self, function: Function) -> tuple[Code, ...]:
        """The compact code of each variant of ``function``, one of this file's; none when its body cannot be found."""
        if is_macro(function):
            return self._of_macro(function)
        if function.via:
            return self._of_expansion(function)
        parsed = self._parsed()
        if parsed is None:
            return ()
        return tuple([self._code(variant, function) for variant in bodies(parsed, function)])

    def _code(self, variant: Variant, function: Function) -> Code:
        """The code of one variant; a macro that returns or jumps is replaced by what it writes, where that parses."""
        data = self._source.data
        code = None
        left_by = self._names_leaving()
        if left_by and any([call.callee in left_by for call in function.calls]):
            code = inlined(variant, function, data, self._leaving(), self._annotations)
        code = code or variant.code(function, data)
        writing = self._written_by()
        if writing and any([call.callee in writing for call in function.calls]):
            return by_reference(code, writing)
        return code

    def _called(self) -> frozenset[str]:
        """The names called in this file."""
        if self._called_names is None:
            functions = self._facts.functions
            self._called_names = frozenset([call.callee for function in functions for call in function.calls])
        return self._called_names

    def _written_by(self) -> dict[str, Positions]:
        """The macros called in this file that write to a variable which they are handed, and to which argument."""
        if self._writing is None:
            facts = self._facts
            both = written_by(facts.macros)
            hidden = {function.name for function in facts.functions} | {macro.name for macro in facts.macros}
            both.update(self._macros.writers(self._called() - hidden))
            self._writing = {name: both[name] for name in sorted(both) if both[name] and name not in WRITTEN_ARGUMENTS}
        return self._writing

    def _names_leaving(self) -> frozenset[str]:
        """The macros called in this file that return or jump."""
        if self._left_by is None:
            self._left_by = self._leaving().among(self._called())
        return self._left_by

    def _leaving(self) -> Leaving:
        if self._leaving_macros is None:
            self._leaving_macros = Leaving(self._facts, self._macros)
        return self._leaving_macros

    def _of_expansion(self, function: Function) -> tuple[Code, ...]:
        """A function that a macro invocation writes, every offset at the invocation."""
        expansion = self._expansions().get(function.start)
        return () if expansion is None else self._of_text(expansion.text, function)

    def _expansions(self) -> dict[int, Expansion]:
        if self._by_start is None:
            made = self._made_of
            if made is None:
                own = {macro.name: macro for macro in reversed(self._facts.macros)}
                made = expansions(self._source, own, foreign=self._macros)
            self._by_start = {expansion.start: expansion for expansion in reversed(made)}
        return self._by_start

    def _of_macro(self, function: Function) -> tuple[Code, ...]:
        for macro in self._facts.macros:
            if macro.name == function.name and macro.start == function.start:
                return self._of_text(as_text(macro, self._facts.macros), function)
        return ()

    def _of_text(self, text: str, function: Function) -> tuple[Code, ...]:
        parsed, defined = written_as(self._source.path, text, self._annotations)
        named = [one for one in defined if one.name == function.name]
        node = function_node(parsed.tree, named[0]) if parsed.tree is not None and named else None
        body = node.child_by_field_name("body") if node is not None else None
        if body is None:
            return ()
        code = lower_body(body, function.params, parsed.masked, text.encode(), evaluated_anew=is_macro(function))
        return (moved(code, function.start, function.end),)


def summary_of(
    function: Function, codes: tuple[Code, ...], constant: ConstantOf, facts: FileFacts, leaving: frozenset[str]
) -> Summary:
    """The summary of ``function``, in the file with these ``facts``, from the code of its variants (one at least);
    ``leaving`` are the macros it can use that return by themselves."""
    summary = united([summarize(code, constant, returns_bool(function)) for code in codes])
    behind = _behind(function, codes, constant)
    missed = tuple(_left_out(function, facts)) + tuple(
        _returning(function, leaving & called(codes) if leaving else leaving)
    )
    if function.errors and not missed:
        missed = ((function.body_start, "part of the body is not parsed"),)
    if missed:
        summary = msgspec.structs.replace(summary, gaps=summary.gaps + missed)
        behind = tuple((i, msgspec.structs.replace(one, gaps=one.gaps + missed)) for i, one in behind)
    return msgspec.structs.replace(summary, behind=behind) if behind else summary


def _behind(function: Function, codes: tuple[Code, ...], constant: ConstantOf) -> tuple[tuple[int, Summary], ...]:
    """What ``function`` leaves behind those of its parameters that are pointers which can be followed."""
    names = frozenset.intersection(*(code.followed for code in codes))
    found = []
    for index in [number for number, name in enumerate(codes[0].params) if name in names]:
        one = behind_of(function, codes, index, constant)
        if one is not None:
            found.append((index, one))
    return tuple(found)


def behind_of(
    function: Function,
    codes: tuple[Code, ...],
    index: int,
    constant: ConstantOf,
    fixed: dict[int, IntSet] | None = None,
    given: dict[int, Given] | None = None,
) -> Summary | None:
    """What ``function`` leaves behind its parameter ``index``; None when that is no pointer that can be followed."""
    truth = returns_bool(function)
    made = [summarize_behind(code, index, constant, truth, fixed, given) for code in codes]
    known = [one for one in made if one is not None]
    return united(known) if known and len(known) == len(made) else None


def returns_bool(function: Function) -> bool:
    """Whether whatever ``function`` returns becomes 0 or 1."""
    return function.return_type in {"bool", "_Bool"}


def _left_out(function: Function, facts: FileFacts) -> Iterator[tuple[int, str]]:
    """What parsing left out of the body: what it returns there is not known."""
    for gap in facts.gaps:
        if function.body_start <= gap.start < function.end and gap.function == function.name:
            yield gap.start, gap.reason


def _returning(function: Function, leaving: frozenset[str]) -> Iterator[tuple[int, str]]:
    for call in function.calls if leaving else ():
        if call.callee in leaving:
            yield call.start, f"{call.callee}() is a macro that returns"
