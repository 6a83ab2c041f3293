"""Macros and includes in the preprocessor lines of a file, and enumerators in its syntax tree, to facts."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Final, NamedTuple

from tree_sitter import Node

from kscan.dialect.scan import Directive
from kscan.model.facts import Constant, Macro
from kscan.model.regex import regex
from kscan.parse.queries import Captured

_COMMENT: Final = rb"/\*[^*]*+\*++(?:[^/*][^*]*+\*++)*+/"
_LINE: Final = regex(
    rb"#[ \t]*+(?:define(?:[ \t\f\v\r]|\\\r?\n|" + _COMMENT + rb")++([A-Za-z_$][\w$]*+)"
    rb"(\((?:[^()/]++|" + _COMMENT + rb"|/)*+\))?+"
    rb"|include\b[ \t]*+(<[^>\n]*+>|\"[^\"\n]*+\"|[A-Za-z_]\w*+(?:[ \t]*+\([^)\n]*+\))?+))"
)
_PLAIN: Final = regex(rb"#define[ \t]++([A-Za-z_]\w*+)[ \t]++([^\s/\\\"'\x80-\xff]++)[ \t\r]*+")
"""Nearly every line of a register header: a name, and a value of one word."""
_LITERAL_OR_COMMENT: Final = regex(
    r"""("(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+')|/\*.*?\*/|//(?:[^\\\n]|\\.)*+""", re.DOTALL
)
_NOISE: Final = regex(rb"[/\\]")


UNCOUNTED: Final = "?"
"""Stands before an enumerator of which it is not told how many come before it: conditional lines, a file that is
included or a macro stand in between."""
_COUNTED: Final = frozenset({"enumerator", "comment", ",", "{", "}", "preproc_def", "preproc_function_def"})


class Defined(NamedTuple):
    """What the preprocessor lines of a file define and include, each in the order of the text."""

    constants: tuple[Constant, ...]
    macros: tuple[Macro, ...]
    includes: tuple[str, ...]

    def constants_and(self, enumerators: tuple[Constant, ...]) -> tuple[Constant, ...]:
        """The constants with the ``enumerators`` of the file, in the order of the text; each kind is in it already."""
        return tuple(sorted([*self.constants, *enumerators], key=_start)) if enumerators else self.constants


_start: Final = attrgetter("start")


def defined(data: bytes, masked: bytes, directives: Sequence[Directive]) -> Defined:
    """The object-like and function-like macros and the includes among the ``directives`` of ``data``; of those that
    are blanks in ``masked`` there are none."""
    constants: list[Constant] = []
    macros: list[Macro] = []
    includes: list[str] = []
    for start, end in directives:
        plain = _PLAIN.fullmatch(masked, start, end)
        if plain is not None:
            name, value = plain.groups()
            constants.append(Constant(name.decode(), value.decode(), plain.start(1), "macro"))
            continue
        line = _LINE.match(masked, start, end)
        if line is None:
            continue
        name, params, path = line.groups()
        if path is not None:
            includes.append(path.decode("utf-8", "replace").strip('<>"'))
        elif params is None:
            constants.append(Constant(name.decode(), _replacement(data[line.end() : end]), line.start(1), "macro"))
        else:
            macros.append(Macro(name.decode(), _params(params), _replacement(data[line.end() : end]), start))
    return Defined(tuple(constants), tuple(macros), tuple(includes))


def _params(listed: bytes) -> tuple[str, ...]:
    text = _LITERAL_OR_COMMENT.sub(" ", listed[1:-1].decode("utf-8", "replace")).replace("\\\n", " ")
    names = tuple(param.strip().replace(" ", "") for param in text.split(","))
    return () if names == ("",) else names


def _replacement(value: bytes) -> str:
    """A macro's replacement text: continuations and comments removed, literals untouched."""
    text = value.decode("utf-8", "replace")
    if _NOISE.search(value):
        text = _LITERAL_OR_COMMENT.sub(_without_comment, text).replace("\\\n", "\n")
    return " ".join(text.split())


def _without_comment(match: re.Match[str]) -> str:
    return match.group(1) or " "


def enumerators(data: bytes, found: Captured) -> Iterator[Constant]:
    """The enumerators in what ``facts/enumerators`` captures."""
    names, values = found.get("enumerator", ()), found.get("value", ())
    starts = [name.start_byte for name in names]
    value_of = {bisect_right(starts, value.start_byte) - 1: value for value in reversed(values)}
    for body in found.get("enumerators", ()):
        before = ""
        cut = min((child.start_byte for child in body.children if not _is_counted(child)), default=None)
        for index in range(bisect_left(starts, body.start_byte), bisect_left(starts, body.end_byte)):
            name, value = _text(data, names[index]), _text(data, value_of.get(index))
            if cut is not None and starts[index] >= cut:
                before = UNCOUNTED
            yield Constant(name, " ".join(value.split()), starts[index], "enum", before)
            before = name


def _is_counted(child: Node) -> bool:
    """Whether ``child`` of a list of enumerators is one of them, or none."""
    if child.type != "preproc_call":
        return child.type in _COUNTED
    directive = child.child_by_field_name("directive")
    return directive is not None and directive.text == b"#undef"


def _text(data: bytes, node: Node | None) -> str:
    return data[node.start_byte : node.end_byte].decode("utf-8", "replace") if node is not None else ""
