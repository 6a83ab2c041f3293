"""Places that do not spell a name but write it: arguments from which macros glue it, and names glued from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from kscan.dialect.scan import opening_of
from kscan.fix.rename.candidates import C_SUFFIXES, Found, search
from kscan.fix.rename.code import CFile, Read, look_at
from kscan.fix.rename.lexical import argument
from kscan.fix.rename.look import Looked, Occurrence
from kscan.fix.rename.macros import Macros, Role
from kscan.fix.rename.owners import is_program
from kscan.fix.rename.words import RESERVED
from kscan.model.error import InputError
from kscan.model.regex import regex
from kscan.model.source import Source
from kscan.source.pool import chunks, map_chunks
from kscan.source.tree import FileStat, WorkingTree

_MANY = 2000
_REACH = 1000
_LONGEST = 60
_CALLEE = regex(rb"(\w+)[ \t]*\Z")


class Writer(NamedTuple):
    """An argument ``rest`` at byte ``start`` of ``path``, from which ``macro`` makes the name; ``becomes`` is what it
    must be for the new name, None where it has other meanings too."""

    path: str
    start: int
    rest: bytes
    macro: str
    becomes: bytes | None


def writers(read: Read, found: Found, macros: Macros, old: bytes, new: bytes) -> Iterator[Writer]:
    """The places in the kernel from which a macro makes ``old``."""
    missing = {rest for _, rest in found.pasting}
    missing |= {rest.lstrip(b"_") for rest in missing}  # often another macro puts the underscores there
    rests = tuple(sorted(rest for rest in missing if len(rest) > 1 and rest.decode() not in RESERVED))
    if not rests:
        return
    again = search(read.tree, None, rests, read.jobs, read.progress)
    for rest in rests:
        paths = [path for path in again.words[rest] if path.endswith(C_SUFFIXES) and not is_program(path)]
        direct = {macro for macro, part in found.pasting if rest in (part, part.lstrip(b"_"))}
        called = _called(read, paths, rest, direct)
        making = {one for one in set().union(*called.values()) if _makes(macros, one, rest, old)}
        wanted = [path for path, some in called.items() if making & some]
        for looked in look_at(read, wanted, (rest,)).values():
            yield from _in_file(looked, macros, old, new)


def _makes(macros: Macros, one: tuple[bytes, int], rest: bytes, old: bytes) -> bool:
    return any(_pasted(role, rest) == old for role in macros.roles(one[0].decode(), one[1]))


def _called(read: Read, paths: list[str], rest: bytes, direct: set[bytes]) -> dict[str, set[tuple[bytes, int]]]:
    """
    For each file the calls that ``rest`` is an argument of, with its number. Where many files have the word, only calls
    of ``direct`` macros, and those written in capitals.
    """
    few = len(paths) <= _MANY
    work = partial(_calls, read.tree.root, rest, None if few else frozenset(direct))
    stats = [stat for path in paths for stat in read.tree.files((path,), suffixes=("",))]
    found: dict[str, set[tuple[bytes, int]]] = {}
    for some in map_chunks(work, chunks(stats), read.jobs):
        found.update(some)
    return found


def _calls(
    root: Path, rest: bytes, only: frozenset[bytes] | None, files: list[FileStat]
) -> list[tuple[str, set[tuple[bytes, int]]]]:
    tree, form = WorkingTree(root, ""), re.compile(rb"[(,]\s*(%s)\s*[,)]" % re.escape(rest))
    read = ((stat.path, tree.read(stat.path)) for stat in files)
    return [(path, set(_calls_in(got.data, form, only))) for path, got in read if isinstance(got, Source)]


def _calls_in(data: bytes, form: re.Pattern[bytes], only: frozenset[bytes] | None) -> Iterator[tuple[bytes, int]]:
    for match in form.finditer(data):
        opening = opening_of(data, match.start(1), _REACH)
        callee = _CALLEE.search(data, max(0, opening - _LONGEST), opening) if opening > 0 else None
        if callee and (only is None or callee[1] in only or callee[1].isupper()):
            yield callee[1], argument(data, match.start(1), match.end(1)).number


def _in_file(looked: Looked, macros: Macros, old: bytes, new: bytes) -> Iterator[Writer]:
    for one in looked.occurrences:
        if one.region in ("code", "directive") and one.argument.bare:
            yield from _writes(looked, one, macros, old, new)


def _writes(looked: Looked, one: Occurrence, macros: Macros, old: bytes, new: bytes) -> Iterator[Writer]:
    roles = macros.roles(one.argument.callee, one.argument.number)
    for role in roles:
        if role.what == "paste" and _pasted(role, one.name) == old:
            becomes = _rest(role, new) if roles == {role} else None
            yield Writer(looked.path, one.start, one.name, one.argument.callee, becomes)


def _pasted(role: Role, name: bytes) -> bytes | None:
    return None if role.before is None or role.after is None else role.before + name + role.after


def _rest(role: Role, new: bytes) -> bytes | None:
    before, after = role.before or b"", role.after or b""
    fits = new.startswith(before) and new.endswith(after) and len(new) > len(before) + len(after)
    return new[len(before) : len(new) - len(after)] if fits else None


def check_writers(found: Iterable[Writer], texts: Mapping[str, bytes], old: str, new: str) -> None:
    """Raises InputError where the name is made from an argument that cannot just be changed."""
    for one in found:
        if one.becomes is None:
            line = texts[one.path].count(b"\n", 0, one.start) + 1
            raise InputError(
                f"{old}: {one.macro}({one.rest.decode()}) at {one.path}:{line} writes this name together with others, "
                f"or cannot write {new}; change it by hand first"
            )


def derived(files: Mapping[str, CFile], larger: Mapping[bytes, str], old: bytes, new: bytes) -> dict[bytes, bytes]:
    """The names that macros glue from the renamed one and that the tree spells somewhere, with what they become."""
    made: dict[bytes, bytes] = {}
    for file in files.values():
        for _, meant in file.places:
            pastes = [] if meant.why else [role for role in meant.roles if role.what == "paste"]
            for role in pastes:
                name = _pasted(role, old)
                if name is not None and name in larger:
                    made[name] = _pasted(role, new) or b""
    return made
