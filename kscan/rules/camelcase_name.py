"""A new name is not in the kernel's style: lower case, words joined by underscores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from kscan.facts.declared import Declared
from kscan.model.finding import Finding
from kscan.model.span import Span
from kscan.rules.naming import is_meant, mixed_parts, parts_of, parts_of_tags, suggestions
from kscan.rules.rule import Program, rule

WHY = (
    "CodingStyle 4 has lower-case names, so that a reader knows macros and types from functions and variables by sight."
    " What a hardware or wire specification spells, units, and the PageXxx() family keep their case; so do names made"
    " of that of a structure, and files that are written in another style already."
)
BAD = """\
bool frobIsLost = f->owner == FROB_LOST;

if (frobIsLost)
        trace_frob_busy(f);
"""
GOOD = """\
bool lost = f->owner == FROB_LOST;

if (lost)
        trace_frob_busy(f);
"""
STYLE_OF_A_FILE = 3
"""Other names of mixed case from which on a file has a style of its own."""


def check(program: Program) -> Iterator[Finding]:
    """One finding per name, where a file declares it first; with a tree to compare with, of new names only."""
    by_file: dict[str, list[Declared]] = defaultdict(list)
    for one in program.declared():
        by_file[one.file].append(one)
    for found in by_file.values():
        yield from _in_file(program, found)


def _in_file(program: Program, found: Sequence[Declared]) -> Iterator[Finding]:
    odd = [one for one in found if not is_meant(one.name)]
    old = {one.name for one in odd if not program.added(_span(one))}
    known = _known_parts(program, odd)
    foreign = {one.name for one in odd if _is_foreign(one, old) or mixed_parts(one.name) <= known}
    told: set[tuple[str, str]] = set()
    for one in odd:
        key = (one.function if one.kind in {"variable", "parameter"} else "", one.name)
        if key in told or (program.added(_span(one)) is False) or one.name in foreign or _is_known(program, one):
            continue
        told.add(key)
        yield _finding(program, one)


def _known_parts(program: Program, odd: Sequence[Declared]) -> frozenset[str]:
    """What a new name of the file may be made of: the tags that the file speaks of, and its older names."""
    if not odd:
        return frozenset()
    older = (one.name for one in odd if program.added(_span(one)) is False)
    return parts_of_tags(program.source(odd[0].file)).union(*map(mixed_parts, older))


def _span(one: Declared) -> Span:
    return Span(one.file, one.start, one.end)


def _is_foreign(one: Declared, old: set[str]) -> bool:
    """Whether the name is spelt as a specification beside it does, or as its older neighbours; wherever else the file
    has it, it is the same word."""
    wire = one.foreign or one.type.startswith(("__le", "__be"))
    return wire or bool(old.intersection(one.siblings)) or len(old - {one.name}) >= STYLE_OF_A_FILE


def _is_known(program: Program, one: Declared) -> bool:
    """Whether another file defines a function or macro of this name: then the style is that one's."""
    return one.kind in {"function", "macro"} and any(path != one.file for path in program.files_defining(one.name))


def _finding(program: Program, one: Declared) -> Finding:
    taken = program.identifiers(one.file)
    names = suggestions(one, parts_of(taken))
    free = [name for name in names if name not in taken and not program.files_defining(name)]
    what = f"{one.name}()" if one.kind in {"function", "macro"} else one.name
    said = f"this is not the common style to name {_PLURAL[one.kind]}: {what}"
    message = f"{said}; {free[0]} is free" if free else said
    subject = f"{one.name} {free[0]}" if free else one.name
    return RULE.finding(_span(one), one.function, message, subject)


_PLURAL = {
    "function": "functions",
    "macro": "function-like macros",
    "variable": "variables",
    "parameter": "parameters",
    "member": "members of a structure",
}

RULE = rule(__name__, severity="note", audience="author", check=check, when="added")
