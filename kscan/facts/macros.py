"""Function-like macros that are expressions, read as the functions they could be."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from kscan.dialect.expand import expand
from kscan.model.facts import Function, Macro, Param
from kscan.model.regex import regex

MAX_BODY: Final = 4000
"""Characters; a longer macro is not read as a function."""
_MOST: Final = 5 * MAX_BODY
"""Tokens that it takes to write one."""
_DEFINE: Final = "#define "
_OPTIONAL_COMMA: Final = regex(r",\s*##|__VA_OPT__\s*\(\s*,\s*\)")
"""The comma that goes away where no further arguments are given; it pastes no names."""
_STRING: Final = regex(r"(?<!#)#\s*(?=[A-Za-z_])(?:__VA_ARGS__|\w+)")
"""An argument as a string (``#action``)."""
_PASTED: Final = regex(r"(?<=[(,])\s*\w+(?:\s*##\s*\w+)+\s*(?=[,)])")
"""A name that is pasted, and handed to a call."""
_QUOTED: Final = regex(r'"(?:[^"\\]|\\.)*+"')
_LONE: Final = regex(r"[;{})]\s*([A-Za-z_]\w*)\s*(?=;)|\(\s*([A-Za-z_]\w*)\s*;")
"""A name that is a whole statement."""
_LABEL: Final = regex(r"[;{}]\s*([A-Za-z_]\w*)\s*:(?!:)")
_RETURN: Final = regex(r"\breturn\b")
_NAME: Final = regex(r"[A-Za-z_]\w*+")
_CONSTANT: Final = regex(
    r"(?:[\s({]|\(\s*void\s*\)\s*(?:\w+|\(\w+\))\s*[;,])*"
    r"(?:\(\s*(?:[\w\s]+\*+|int|long)\s*\)\s*)?(?:ERR_PTR\s*\()?\s*(?:-\s*E[A-Z]\w*|-?\s*\d+|true|false|NULL)[\s)};]*"
)
_STATEMENT: Final = regex(r"\s*(?:do\b|\{|if\b|for\b|while\b|return\b|static\b|struct\b|extern\b|__asm|asm\b|;|,|$)")


def is_expression(macro: Macro) -> bool:
    """Whether the replacement has a value that its text tells (see ``is_text``; but pasted names may be handed to a
    call) and does not speak of itself."""
    body = _guessed(_valued(macro))
    if len(body) > MAX_BODY or "__VA_OPT__" in body or _STATEMENT.match(body) or _is_text(macro, body):
        return False
    return re.search(rf"\b{re.escape(macro.name)}\b", _QUOTED.sub("", body)) is None


def is_text(macro: Macro) -> bool:
    """Whether the replacement says nothing before the arguments stand in it: it pastes names, or an argument is a
    statement there, which may do anything."""
    return _is_text(macro, _valued(macro))


def _is_text(macro: Macro, body: str) -> bool:
    return "#" in body or any(one in macro.params for match in _LONE.finditer(body) for one in match.groups())


def _valued(macro: Macro) -> str:
    """The replacement, where a string stands for each argument that becomes one."""
    return _STRING.sub('""', _OPTIONAL_COMMA.sub(", ", macro.body))


def _guessed(body: str) -> str:
    """``body``, where a name of unknown value stands for each that is pasted and only handed on."""
    return _PASTED.sub(lambda match: match.group().replace("##", "__"), body) if "##" in body else body


def is_constant(macro: Macro) -> bool:
    """Whether the replacement is a number, an errno or an error pointer, whatever the arguments are: what stands in
    where a function is not configured."""
    return _CONSTANT.fullmatch(macro.body) is not None and macro.body.strip("(){; }") not in macro.params


def returns(macro: Macro) -> bool:
    """Whether the replacement holds a ``return`` that leaves the function it is used in."""
    return _RETURN.search(macro.body) is not None


def naming(macros: Mapping[str, Macro], seeds: Collection[str]) -> set[str]:
    """``seeds``, and those of ``macros`` whose text names one of these, or one that does in turn."""
    found = new = set(seeds)
    texts = ((name, _NAME.findall(one.body)) for name, one in macros.items()) if found else ()
    rest = {name: frozenset(words) for name, words in texts if "__label__" not in words}
    while new:
        new = {name for name, words in rest.items() if name not in found and not words.isdisjoint(new)}
        found = found | new
    return found


def as_function(macro: Macro, path: str) -> Function:
    """``macro`` as a function of the file at ``path``; its body is that of ``as_text``."""
    return Function(
        name=macro.name,
        file=path,
        start=macro.start,
        end=macro.start + len(_DEFINE) + len(macro.name),
        name_start=macro.start,
        body_start=macro.start,
        return_type="",
        params=tuple(Param(name, "") for name in _fixed(macro)),
        linkage="inline",
        via=f"{_DEFINE}{macro.name}",
    )


def is_macro(function: Function) -> bool:
    """Whether ``function`` is a macro read as one."""
    return function.via.startswith(_DEFINE)


def as_text(macro: Macro, around: Sequence[Macro] = ()) -> str:
    """A function definition that returns the macro's value; all further arguments are one name of unknown value. Those
    macros of ``around``, the others of its file, that say nothing by themselves are replaced by what they write."""
    params = ", ".join(f"long {name}" for name in _fixed(macro)) or "void"
    return f"long {macro.name}({params})\n{{\n\treturn {_guessed(_written(macro, around))};\n}}\n"


def _written(macro: Macro, around: Sequence[Macro]) -> str:
    body = _valued(macro)
    named = {one.name: one for one in reversed(around) if one.name != macro.name and one.name in body}
    texts = {name: one for name, one in named.items() if is_text(one)}
    if not texts:
        return body
    others = {one.name: one for one in reversed(around) if one.name != macro.name and is_text(one)}
    text = expand(body, others, _MOST).text
    labels = _LABEL.findall(text)
    return text if text and len(text) <= MAX_BODY and len(labels) == len(set(labels)) else body


def _fixed(macro: Macro) -> tuple[str, ...]:
    """The parameters that stand for one argument each."""
    return tuple(name for name in macro.params if not name.endswith("..."))
