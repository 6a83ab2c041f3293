"""A user's words to functions and contexts: NAME or FILE:NAME, and constants for parameters."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from kscan.flow.values import single
from kscan.link.catalog import Catalog
from kscan.link.constants import number_of
from kscan.link.context import Context, Known
from kscan.model.error import InputError
from kscan.model.facts import Function
from kscan.model.regex import regex

_WORD = regex(r"[A-Za-z_]\w*\Z")


def definitions_of(catalog: Catalog, asked: str) -> tuple[Function, ...]:
    """The definitions ``asked`` names: NAME, or FILE:NAME for those in one file.

    Raises InputError when there is none, with names that are close, or when several unrelated functions share the name.
    """
    file, _, name = asked.rpartition(":")
    if not _WORD.match(name):
        raise InputError(f"'{asked}' is no function name; write NAME or FILE:NAME")
    found = catalog.functions_in(catalog.tree.resolve(file), name) if file else list(catalog.anywhere(name))
    if not found:
        raise InputError(f"no function {name}() in {file or 'this tree'}{_hint(catalog, file, name)}")
    unrelated = sorted({f.file for f in found if f.linkage == "static"})
    if len({f.file for f in found}) > 1 and unrelated:
        first = f"{unrelated[0]}:{name}"
        listed = ", ".join(sorted({f.file for f in found})[:8])
        raise InputError(f"{name}() is several functions ({listed}); name one, as in {first}")
    return tuple(found)


def _hint(catalog: Catalog, file: str, name: str) -> str:
    """Names that are close, where a file tells where to look."""
    known = {f.name for f in catalog.facts(catalog.tree.resolve(file)).functions} if file else set()
    close = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.6)
    return f"; did you mean {', '.join(close)}?" if close else "; check its spelling"


def context_of(catalog: Catalog, function: Function, arguments: Mapping[str, str]) -> Context:
    """What constant ``arguments``, by parameter name, tell of ``function``'s parameters.

    Raises InputError for a parameter it does not have or a text that is no constant.
    """
    names = [param.name for param in function.params]
    known: list[Known | None] = [None] * len(names)
    for name, text in arguments.items():
        if name not in names:
            listed = ", ".join(filter(None, names)) or "none"
            raise InputError(f"{function.name}() has no parameter '{name}'; it has {listed}")
        known[names.index(name)] = Known(single(_constant(catalog, function, name, text)))
    return tuple(known)


def _constant(catalog: Catalog, function: Function, name: str, text: str) -> int:
    words = {"true": 1, "false": 0, "NULL": 0}
    value = words.get(text)
    if value is None:
        value = number_of(text, lambda word: catalog.numbers.number(word, function.file))
    if value is None:
        raise InputError(f"'{text}' for parameter '{name}' is no constant that {function.file} knows")
    return value
