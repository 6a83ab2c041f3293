"""What makes a rename impossible, said in one line: names that are no names, taken, captured or ambiguous."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import NamedTuple

from kscan.fix.rename.code import CFile
from kscan.fix.rename.look import Occurrence
from kscan.fix.rename.meaning import Meaning, hidden
from kscan.fix.rename.owners import Definition, Symbol, is_program, symbols
from kscan.fix.rename.words import IDENTIFIER, RESERVED, USER_NAMES
from kscan.model.error import InputError

_SHOWN = 3


class Target(NamedTuple):
    """What the user names: NAME, FILE:NAME, or ``struct NAME`` where a tag is meant; no file where none was given."""

    file: str
    name: str
    tag: bool


def split(target: str) -> Target:
    """The parts of a target."""
    file, _, name = target.rpartition(":")
    mark, _, tagged = name.strip().partition(" ")
    return Target(file, tagged.strip(), True) if mark in ("struct", "union", "enum") else Target(file, name, False)


def check_names(old: str, new: str) -> None:
    """Raises InputError unless ``old`` can become ``new`` in C."""
    if not IDENTIFIER.match(old):
        raise InputError(f"{old or '(empty)'}: not the name of a symbol; write NAME or FILE:NAME")
    if not IDENTIFIER.match(new):
        raise InputError(f"{new or '(empty)'}: not a C identifier; use letters, digits and underscores")
    if new in RESERVED:
        raise InputError(f"{new}: a reserved word of C or of the kernel; choose another name")
    if old in RESERVED:
        raise InputError(f"{old}: a reserved word of C or of the kernel, not a symbol")
    if old == new:
        raise InputError(f"{new}: the old and the new name are the same")


def choose(found: tuple[Symbol, ...], file: str, old: str) -> Symbol:
    """The symbol that is meant: the only one, or that of ``file``. Raises InputError where this is not clear."""
    if file:
        here = [one for one in found if file in one.files]
        if not here:
            raise InputError(f"{file}: does not define '{old}'; {_defined_in(found)}")
        return here[0]
    if len(found) > 1:
        raise InputError(f"{old}: several symbols have this name; write FILE:{old}; {_defined_in(found)}")
    return found[0]


def check_not_tag(target: Target, symbol: Symbol, tags: tuple[Symbol, ...]) -> None:
    """Raises InputError where NAME is something of one file, and a struct that all files see: which is meant?"""
    if target.file or not symbol.scope or not any(one.scope == "" for one in tags):
        return
    name, tag = target.name, next(one for one in tags if one.scope == "")
    raise InputError(
        f"{name}: a {symbol.kind} of {symbol.files[0]} and a tag of {tag.files[0]}; "
        f"write {symbol.files[0]}:{name} or 'struct {name}'"
    )


def no_symbol(old: str, files: Mapping[str, CFile], larger: Iterable[bytes]) -> InputError:
    """Why ``old`` cannot be renamed: nothing at file scope has this name."""
    for path, file in files.items():
        if file.other and not is_program(path):
            at = file.looked.data.count(b"\n", 0, file.places[0][0].start) + 1
            return InputError(f"{old}: no symbol of this tree; at {path}:{at} it is {file.other}")
    close = get_close_matches(old, [name.decode() for name in larger], n=1, cutoff=0.5)
    return InputError(f"{old}: no symbol of this tree{f'; did you mean {close[0]}?' if close else ''}")


def check_free(
    new: str, files: Mapping[str, CFile], symbol: Symbol, edited: Iterable[str], declared: list[Definition]
) -> None:
    """Raises InputError when something that the symbol's users can see is already called ``new``."""
    touched = set(edited)
    for one in symbols(declared):
        if any(_sees(path, one.scope) for path in touched) or _reaches(symbol, one):
            raise InputError(
                f"{new}: taken, {one.files[0]}:{_line(files[one.files[0]], one.definitions[0].start)} defines it"
            )
    for path, file in sorted(files.items()):
        own = any(not meant.why and (meant.defines or meant.kind == "declaration") for _, meant in file.places)
        use = next((place for place, meant in file.places if _clashes(place, meant, symbol)), None)
        if use is not None and (path in touched or (not own and not is_program(path) and _sees(path, symbol.scope))):
            raise InputError(f"{new}: taken, {path}:{_line(file, use.start)} uses it")


def _clashes(one: Occurrence, meant: Meaning, symbol: Symbol) -> bool:
    """Whether the symbol would take the place of ``one``: a macro does so wherever it is called like one."""
    return not meant.why or (symbol.kind == "macro" and one.after == b"(")


def _sees(path: str, scope: str) -> bool:
    return scope in ("", path) or (scope.endswith("/") and path.startswith(scope))


def _reaches(symbol: Symbol, other: Symbol) -> bool:
    """Whether ``symbol`` may be declared in a header that the kernel's files which define ``other`` include."""
    return any(not is_program(path) and _sees(path, symbol.scope) for path in other.files)


def check_capture(new: str, path: str, renamed: Iterable[Occurrence], file: CFile) -> None:
    """Raises InputError when a local variable or a parameter of some macro would take the place of the symbol."""
    name = new.encode()
    for one in renamed:
        if hidden(one.start, name, file.shadows):
            raise InputError(f"{new}: would mean a local variable or parameter at {path}:{_line(file, one.start)}")


def check_user_name(path: str, one: Occurrence, file: CFile) -> None:
    """Raises InputError where a macro makes the name one that users of the kernel know."""
    callee = one.argument.callee
    if callee in USER_NAMES:
        place = f"{path}:{_line(file, one.start)}"
        raise InputError(f"{place}: {callee}() makes the name that of a parameter that users set; name it apart first")


def _defined_in(found: tuple[Symbol, ...]) -> str:
    paths = [path for one in found for path in one.files[:1]]
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return f"defined in {', '.join(str(PurePosixPath(path)) for path in paths[:_SHOWN])}{more}"


def _line(file: CFile, offset: int) -> int:
    return file.looked.data.count(b"\n", 0, offset) + 1
