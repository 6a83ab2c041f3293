"""Calls through operation tables of structs that one .c file defines: the functions put into a field there.

A struct of a header can be filled anywhere in the tree; calls through those stay open.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from kscan.facts.extract import tree_of
from kscan.facts.tables import base_type, chain, tables_of
from kscan.flow.summary import Symbol
from kscan.link.catalog import Catalog
from kscan.model.facts import FileTables, Function, Param, Slot, Struct
from kscan.model.source import Source

MAX_TARGETS = 64
"""Functions in one field that are followed."""
_TABLES = msgspec.msgpack.Decoder(FileTables)
_ENCODER = msgspec.msgpack.Encoder()
Names = tuple[tuple[str, str], ...]
"""Function names, each with the file whose table holds it."""


class Targets(NamedTuple):
    """The functions a call through a table can mean, and why these are not all ("" when they are)."""

    functions: tuple[Function, ...]
    reason: str = ""


class _Owner(NamedTuple):
    """A struct definition and the file it stands in."""

    struct: Struct
    file: str


class Tables:
    """What the operation tables of ``catalog``'s tree hold, file by file as they are asked for."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._files: dict[str, FileTables | None] = {}
        self._found: dict[tuple[str, str, str], tuple[Names, str]] = {}
        self._types: dict[Function, dict[str, str]] = {}
        self._targets: dict[tuple[Function, str], Targets] = {}

    def targets(self, function: Function, symbol: Symbol) -> Targets:
        """What the indirect call ``symbol`` in ``function`` can reach."""
        key = (function, symbol.via)
        if key not in self._targets:
            self._targets[key] = self._resolve(function, symbol.via)
        return self._targets[key]

    def _resolve(self, function: Function, via: str) -> Targets:
        opened = Targets((), f"a call through {via}")
        place = chain(via)
        if place is None or not place[1]:
            return opened
        steps = tuple(step for step in place[1] if step != "[]")
        kind = self._root(function, place[0], place[2])
        kind = self._member(kind, steps[:-1], function.file) if steps else ""
        owner = self._struct(kind, function.file)
        if owner is None or all(field.name != steps[-1] for field in owner.struct.fields):
            return opened
        names, missing = self._in_slot(owner, steps[-1])
        functions = [one for name, file in names for one in self.catalog.definitions(name, file)]
        reason = f"a call through {kind}.{steps[-1]}: {missing}" if missing else ""
        if not functions and not missing:
            return Targets((), f"a call through {via}: nothing is put into {kind}.{steps[-1]}")
        return Targets(tuple(dict.fromkeys(functions)), reason)

    # -- types

    def _root(self, function: Function, name: str, called: bool) -> str:
        """The base type of variable ``name``, or of what the function of that name returns."""
        if called:
            returned = {base_type(one.return_type) for one in self.catalog.definitions(name, function.file)}
            return returned.pop() if len(returned) == 1 else ""
        if function not in self._types:
            code = self.catalog.code(function)
            self._types[function] = {} if code is None else code.types
        types = self._types[function]
        kinds = {base_type(kind) for word, kind in types.items() if word.split("#")[0] == name}
        if not kinds:
            tables = self._tables(function.file)
            kinds = {_scalar(v.type) for v in tables.variables if v.name == name} if tables else set()
        return kinds.pop() if len(kinds) == 1 else ""

    def _member(self, kind: str, steps: tuple[str, ...], file: str) -> str:
        """The base type at the end of ``steps`` into a ``kind``, as seen from ``file``; "" when not known."""
        for step in steps:
            owner = self._struct(kind, file)
            field = _field(owner.struct, step) if owner is not None else None
            if owner is None or field is None:
                return ""
            kind = _scalar(field.type)
        return kind

    def _struct(self, kind: str, file: str) -> _Owner | None:
        """The definition of ``kind`` when ``file`` is a .c file that holds it."""
        return self._defined(kind, file) if kind and file.endswith(".c") else None

    def _defined(self, kind: str, path: str) -> _Owner | None:
        tables = self._tables(path)
        found = [one for one in tables.structs if one.type == kind] if tables is not None else []
        if len(found) > 1:
            return _Owner(_merged(found), path)
        return _Owner(found[0], path) if found else None

    # -- slots

    def _in_slot(self, owner: _Owner, field: str) -> tuple[Names, str]:
        """The names put into ``field`` of ``owner``, and why these are not all."""
        key = (owner.struct.type, field, owner.file)
        if key not in self._found:
            self._found[key] = self._collect(owner, field)
        return self._found[key]

    def _collect(self, owner: _Owner, field: str) -> tuple[Names, str]:
        tables = self._tables(owner.file)
        if tables is None:
            return (), f"{owner.file} cannot be read"
        names: dict[tuple[str, str], None] = {}
        reason = ""
        for slot in tables.slots:
            fits = self._fits(slot, owner, field, owner.file)
            if fits is None or (fits and not self._is_function(slot.value, owner.file)):
                reason = reason or "what is put there is not known"
            elif fits and slot.value:
                names[slot.value, owner.file] = None
        return ((), "too many tables to follow") if len(names) > MAX_TARGETS else (tuple(names), reason)

    def _is_function(self, value: str, path: str) -> bool:
        return bool(value) and bool(self.catalog.definitions(value, path))

    def _fits(self, slot: Slot, owner: _Owner, field: str, path: str) -> bool | None:
        """Whether ``slot`` is ``field`` of ``owner``; None when it may be."""
        steps, target, kind = _trimmed(slot.path), owner.struct.type, slot.type
        positional = not steps or steps[-1].startswith("#")
        if not positional and steps[-1] != field:
            return False
        unknown = False if positional else None
        hit = False
        for left, step in zip(range(len(steps) - 1, -1, -1), steps, strict=True):
            if step == "[]" or (step.startswith("#") and kind.endswith("[]")):
                kind = kind.removesuffix("[]")
                continue
            kind = _scalar(kind)
            if not left and not positional and kind == target:
                return True
            if not left and not positional and kind.startswith(("struct ", "union ")):
                return False
            struct = owner.struct if kind == target else self._held(kind, path, positional)
            if struct is None:
                return unknown
            member = _at(struct, step)
            if member is None:
                return None if kind == target else unknown
            hit = kind == target and member.name == field
            kind = member.type
        return hit

    def _held(self, kind: str, path: str, positional: bool) -> Struct | None:
        """The definition of ``kind`` where ``path`` puts something into it; values in a row only follow its own."""
        found = self._defined(kind, path) if positional else self._struct(kind, path)
        return None if found is None else found.struct

    # -- files

    def _tables(self, path: str) -> FileTables | None:
        if path not in self._files:
            self._files[path] = self._read(path)
        return self._files[path]

    def _read(self, path: str) -> FileTables | None:
        source = self.catalog.tree.read(path)
        if not isinstance(source, Source):
            return None
        key = f"{source.blob}:{path}:{self.catalog.made_by}"
        stored = self.catalog.store.get("tables", key)
        if stored is not None:
            return _TABLES.decode(stored)
        parsed = tree_of(source, extra=self.catalog.annotations, kconfig=self.catalog.kconfig)
        if parsed.tree is None:
            return None
        tables = tables_of(source, parsed)
        self.catalog.store.put("tables", key, _ENCODER.encode(tables))
        return tables


def _trimmed(path: tuple[str, ...]) -> tuple[str, ...]:
    while path and path[-1] == "[]":
        path = path[:-1]
    return path


def _scalar(kind: str) -> str:
    return kind.replace("[]", "")


def _field(struct: Struct, name: str) -> Param | None:
    return next((field for field in struct.fields if field.name == name), None)


def _at(struct: Struct, step: str) -> Param | None:
    """The field that one step of an initialiser's path means."""
    if not step.startswith("#"):
        return _field(struct, step)
    number = int(step[1:])
    return struct.fields[number] if struct.ordered and number < len(struct.fields) else None


def _merged(found: list[Struct]) -> Struct:
    """One struct of several definitions under different conditions: all fields, in no told order."""
    fields: dict[str, Param] = {}
    for field in (field for one in found for field in one.fields):
        known = fields.setdefault(field.name, field)
        if known.type != field.type:
            fields[field.name] = Param(field.name, "")
    return Struct(found[0].type, tuple(fields.values()), ordered=False)
