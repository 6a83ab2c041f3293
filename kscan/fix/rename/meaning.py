"""What a name in C code means where it stands: the thing of that name at file scope, or something else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from kscan.fix.rename.look import Looked, Occurrence, Shadow
from kscan.fix.rename.macros import Macros, Role
from kscan.fix.rename.words import OWN_NAMES, SYMBOL_ARGUMENTS, TAG_MARKS
from kscan.model.regex import regex
from kscan.model.rename import PlaceKind, SymbolKind

Space = Literal["name", "tag", "field"]
"""What a symbol is told apart from: a plain name from fields and tags; a tag from all else; a macro that stands for a
field of a field is written like a field."""

_TAGS = frozenset([b"struct", b"union", b"enum"])
FIELD, _LABEL, _LOCAL = "a struct field", "a label", "a local variable or parameter"
_ROLES = {"member": FIELD, "label": _LABEL, "tag": "a struct, union or enum tag"}
_NAMED_BY_LINE = frozenset([b"include", b"include_next", b"error", b"warning", b"pragma", b"line", b"ident", b""])
_OPERAND = regex(rb"\s*\]\s*\"")
_OWN_LINE = regex(rb"#[ \t]*(?:define|undef)[ \t]+\Z")


class Meaning(NamedTuple):
    """``why`` the name is not that of the symbol ("" where it is); ``kind`` of the place; ``defines`` what kind of
    symbol is defined here, if one is; ``static``: for this file only; ``roles`` of the argument, if it is one."""

    why: str
    kind: PlaceKind = "use"
    defines: SymbolKind | None = None
    static: bool = False
    roles: frozenset[Role] = frozenset()


def shadows(looked: Looked, macros: Macros) -> tuple[Shadow, ...]:
    """Where names mean something local, those declared by macros such as ``LIST_HEAD(name)`` included."""
    made = (
        Shadow(one.name, one.start, one.block_end)
        for one in looked.occurrences
        if one.region == "code" and one.depth and one.argument.bare and _declares(_roles(one, macros))
    )
    return (*looked.shadows, *made)


def hidden(start: int, name: bytes, where: Iterable[Shadow]) -> bool:
    """Whether ``name`` at ``start`` means something local."""
    return any(one.name == name and one.start <= start < one.end for one in where)


def meaning(one: Occurrence, looked: Looked, local: tuple[Shadow, ...], macros: Macros, space: Space) -> Meaning:
    """What ``one``, in code or in a directive, means if the symbol is of ``space``."""
    if b"##" in (one.before, one.after):
        return Meaning("part of a name that ## makes")
    if space == "tag":
        return _tag_meaning(one)
    if space == "field" and one.before in (b".", b"->"):
        return Meaning("")
    other = _other(one, looked, local)
    if other:
        return Meaning(other)
    return _directive(one, looked, macros) if one.region == "directive" else _code(one, looked, macros)


def _other(one: Occurrence, looked: Looked, local: tuple[Shadow, ...]) -> str:
    if one.before in (b".", b"->"):
        return FIELD
    if one.before in _TAGS:
        return _ROLES["tag"]
    if one.before == b"goto":
        return _LABEL
    operand = one.before == b"[" and one.after == b"]" and _OPERAND.match(looked.data, one.end) is not None
    if operand or (looked.path.endswith(".S") and one.before in (b"\\", b"%")):
        return "an assembler's own name"
    if one.region == "code" and one.role in _ROLES:
        return _ROLES[one.role]
    return _LOCAL if one.role == "local" or hidden(one.start, one.name, local) else ""


def _tag_meaning(one: Occurrence) -> Meaning:
    if one.before in _TAGS or one.role == "tag":
        defines: SymbolKind | None = "tag" if one.body or one.after == b"{" else None
        return Meaning("", "definition" if defines else "use", defines)
    marked = one.argument.callee in TAG_MARKS and one.argument.number == SYMBOL_ARGUMENTS[one.argument.callee]
    return Meaning("", "list") if marked else Meaning("not a tag")


def _directive(one: Occurrence, looked: Looked, macros: Macros) -> Meaning:
    if one.word in _NAMED_BY_LINE:
        return Meaning("a file name" if one.word.startswith(b"include") else "text of a directive")
    if one.word == b"define" and _OWN_LINE.search(looked.data, one.piece[0], one.start):
        if looked.data[one.end : one.piece[1]].strip() == one.name:
            return Meaning("", "preprocessor")  # tells headers that there is a function of this name
        static = looked.path.endswith((".c", ".S"))
        return Meaning("", "definition", "macro", static)
    return _argument(one, looked, macros) or Meaning("", "preprocessor")


def _code(one: Occurrence, looked: Looked, macros: Macros) -> Meaning:
    if one.role == "definition":
        return Meaning("", "definition", "function" if one.body else "variable", one.static)
    if one.role == "declaration":
        return Meaning("", "declaration", None, one.static)
    if one.role == "constant":
        return Meaning("", "definition", "constant")
    if one.role == "type":
        return Meaning("", "definition", "type")
    return _argument(one, looked, macros) or Meaning("")


def _argument(one: Occurrence, looked: Looked, macros: Macros) -> Meaning | None:
    """What the name means as an argument of a macro; None where it is none, or a plain one."""
    callee = one.argument.callee
    if not callee:
        return None
    roles = _roles(one, macros)
    kinds = {role.what for role in roles}
    if SYMBOL_ARGUMENTS.get(callee) == one.argument.number:
        return Meaning("", "list")
    if callee in OWN_NAMES and one.argument.number == 0:
        return Meaning("a program's own name")
    if "member" in kinds and not kinds & {"use", "declares"}:
        return Meaning(FIELD)
    if not kinds & {"use", "declares"} and not looked.path.endswith(".in"):
        return Meaning(f"what {callee}() makes other names of")
    if _declares(roles) and one.depth == 0 and one.argument.nested:
        return Meaning(FIELD)  # of what the macro around it makes, such as the record of an event
    if _declares(roles) and one.depth == 0 and one.region == "code" and one.argument.bare:
        line = looked.data.rfind(b"\n", 0, one.argument.opening) + 1
        static = b"static" in looked.data[line : one.argument.opening].split()
        return Meaning("", "definition", "variable", static, roles)
    return Meaning("", "use", None, False, roles)


def _roles(one: Occurrence, macros: Macros) -> frozenset[Role]:
    return macros.roles(one.argument.callee, one.argument.number) if one.argument.callee else frozenset()


def _declares(roles: frozenset[Role]) -> bool:
    return any(role.what == "declares" for role in roles)
