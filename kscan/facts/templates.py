"""What macros write, worked out once for all invocations that differ in one name: a fifth of all drivers end in one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from kscan.dialect.expand import Expanded, expand
from kscan.dialect.shapes import Shape, shape
from kscan.facts.definers import STAND_IN
from kscan.model.facts import Macro
from kscan.model.regex import regex

_ONE_NAME: Final = regex(r"(\w+)[ \t]*\([ \t]*([A-Za-z_]\w*+)[ \t]*\)\Z")
_MOST = 1_000
"""Macros that are remembered."""


class _Template(NamedTuple):
    """What an invocation with the stand-in for an argument writes. ``rests_on`` are the words that were looked for, and
    what each meant; ``none`` are those made of the argument: none of them may be a macro."""

    expanded: Expanded
    form: Shape
    rests_on: tuple[tuple[str, Macro | None], ...]
    none: tuple[str, ...]


class _Noting(dict[str, Macro]):
    """Macros, and which of them were looked for."""

    def __init__(self, macros: Mapping[str, Macro]) -> None:
        super().__init__()
        self._macros = macros
        self.seen: dict[str, Macro | None] = {}

    def get(self, name: str, default: Any = None) -> Any:
        found = self.seen[name] = self._macros.get(name)
        return default if found is None else found


_templates: Final[dict[str, _Template]] = {}


def made_of(written: str, macros: Mapping[str, Macro]) -> tuple[Expanded, Shape]:
    """``written``, an invocation, expanded, and the shape of that. ``macros`` holds those of the file; ``get`` knows
    those of headers, too."""
    match = _ONE_NAME.match(written)
    if match is not None and match[1] not in macros:
        told = _told(match[1], match[2], macros)
        if told is not None:
            return told
    expanded = expand(written, macros)
    return expanded, shape(expanded.text.encode())


def _told(name: str, argument: str, macros: Mapping[str, Macro]) -> tuple[Expanded, Shape] | None:
    """What ``name(argument)`` writes; None where the argument, or what is made of it, is a macro itself, and where a
    macro of the file takes part."""
    template = _templates.get(name)
    if template is None or not _holds(template, macros):
        template = _template(name, macros)
        if template is None:
            return None
        if len(_templates) >= _MOST:
            _templates.clear()
        _templates[name] = template
    if any([macros.get(word.replace(STAND_IN, argument)) is not None for word in template.none]):
        return None
    made = template.expanded
    text = made.text.replace(STAND_IN, argument)
    return Expanded(text, made.reason, made.steps), template.form


def _holds(template: _Template, macros: Mapping[str, Macro]) -> bool:
    """Whether all words mean what they meant."""
    return all([macros.get(word) is meant for word, meant in template.rests_on])


def _template(name: str, macros: Mapping[str, Macro]) -> _Template | None:
    noting = _Noting(macros)
    expanded = expand(f"{name}({STAND_IN})", noting)
    seen = noting.seen
    if expanded.reason or any([word in macros for word in seen]):
        return None
    rests_on = tuple([(word, meant) for word, meant in seen.items() if STAND_IN not in word])
    none = tuple([word for word in seen if STAND_IN in word])
    return _Template(expanded, shape(expanded.text.encode()), rests_on, none)
