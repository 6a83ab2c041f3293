"""Conditions that are decided before they are asked, where the author's text shows that they really are."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Final

import msgspec

from kscan.dialect.scan import Clean, clean
from kscan.flow.decided import Answer, answers
from kscan.link.catalog import Catalog
from kscan.link.excuses import Body, is_excused
from kscan.link.operand import fix_of, operand_at
from kscan.model.code import Code
from kscan.model.decided import Decided
from kscan.model.facts import Function
from kscan.model.finding import Step
from kscan.model.span import Span

LONGEST: Final = 70
"""Characters of a condition that are shown."""
MAX_BODY: Final = 40_000
"""Bytes of a body; nobody wrote a longer one by hand, and its text is read once for each answer."""
_ENCODER: Final = msgspec.msgpack.Encoder()


class Conditions:
    """The decided conditions of a tree's functions. Which functions have any at all is kept in the store."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._candidates: dict[str, frozenset[int]] = {}

    def of(self, function: Function) -> tuple[Decided, ...]:
        """The decided conditions of ``function``, in the order of the text.

        None in functions that ``#if`` lines cut, that a macro writes, or that did not parse; a miss is no finding."""
        path = function.file
        if self._catalog.below is not None:  # nothing is kept of an overlay, and few of its functions are asked about
            return self._told(function)
        if path not in self._candidates:
            self._candidates[path] = self._load(path)
        return self._told(function) if function.body_start in self._candidates[path] else ()

    def _told(self, function: Function) -> tuple[Decided, ...]:
        code, source = self._code(function), self._catalog.source(function.file)
        if code is None or source is None:
            return ()
        found = list(answers(code, partial(self._number, function.file)))
        if not found:  # as in nearly all: the text of a whole file need not be read
            return ()
        body = Body(self._catalog, function, code, source.data, _clean(source.data))
        told = (_decided(body, answer) for answer in found)
        return tuple(sorted((one for one in told if one is not None), key=lambda one: one.span))

    def _code(self, function: Function) -> Code | None:
        told = not (function.via or function.errors) and function.end - function.body_start <= MAX_BODY
        codes = self._catalog.codes(function) if told else ()
        return codes[0] if len(codes) == 1 and not codes[0].switches and not codes[0].gaps else None

    def _number(self, path: str, word: str) -> int | None:
        if word != word.upper():  # perhaps a variable that is a macro in some configurations only
            return None
        found = self._catalog.numbers.constant(word, path)
        return None if found is None else found[0]

    def _load(self, path: str) -> frozenset[int]:
        """The bodies in the file at ``path`` that have a decided test, from the store while its constants are the
        same."""
        source = self._catalog.source(path)
        if source is None:
            return frozenset()
        key = self._catalog.content_key(source)
        stored = self._catalog.store.get("decided", key)
        if stored is not None:
            used, starts = _DECODER.decode(stored)
            if all(self._number(path, word) == was for word, was in used):
                return frozenset(starts)
        asked: dict[str, int | None] = {}

        def number(word: str) -> int | None:
            if word not in asked:
                asked[word] = self._number(path, word)
            return asked[word]

        codes = ((one.body_start, self._code(one)) for one in self._catalog.facts(path).functions)
        starts = [start for start, code in codes if code is not None and answers(code, number)]
        self._catalog.store.put("decided", key, _ENCODER.encode((sorted(asked.items()), starts)))
        return frozenset(starts)


_DECODER: Final = msgspec.msgpack.Decoder(tuple[list[tuple[str, int | None]], list[int]])


@lru_cache(maxsize=2)
def _clean(data: bytes) -> Clean:
    return clean(data)


def _decided(body: Body, answer: Answer) -> Decided | None:
    """The answer as told to people; None where the text gives a reason to doubt it or to have asked again."""
    test = body.test(answer.test)
    operand = operand_at(body.text, test.at, test.end)
    holds = answer.holds != operand.negated
    if is_excused(body, answer, test, holds):
        return None
    name, file = body.function.name, body.function.file
    text = _collapsed(body.data[operand.start : operand.end])
    return Decided(
        function=name,
        span=Span(file, operand.start, operand.end),
        text=_short(text),
        subject=text.replace(" ", ""),
        holds=holds,
        whole=operand.whole,
        because=tuple(_step(body, went.test, went.holds) for went in answer.because),
        fix=fix_of(file, body.data, body.text, operand, _short(text), holds),
    )


def _step(body: Body, index: int, holds: bool) -> Step:
    test = body.test(index)
    operand = operand_at(body.text, test.at, test.end)
    answer = "true" if holds != operand.negated else "false"
    text = _collapsed(body.data[operand.start : operand.end])
    return Step(Span(body.function.file, operand.start, operand.end), body.function.name, f"{_short(text)} is {answer}")


def _collapsed(data: bytes) -> str:
    return " ".join(data.decode("utf-8", "replace").split())


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
