"""Indirect calls: the functions that may be in the places a pointer is read from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple

from kscan.facts.glance import TablesGlance, encoded
from kscan.facts.places import base_type
from kscan.facts.tables import tables_of, trimmed
from kscan.flow.summary import Symbol
from kscan.link.architecture import meets
from kscan.link.catalog import Catalog
from kscan.link.context import Pointer
from kscan.link.fillings import Fillings, NoFillings
from kscan.link.structs import Owner, Structs, scalar, step_of
from kscan.model.facts import Function, Place, Slot, Struct, Through
from kscan.model.source import Source
from kscan.source.tree import image_of

MAX_TARGETS: Final = 32
"""Functions in one field that are followed."""
MAX_SLOTS: Final = 2_000
"""Slots looked through for one field."""
_UNTOLD: Final = "?"
_HOSTED: Final = frozenset({"stdio.h", "stdlib.h", "unistd.h"})
"""Headers of the C library, which the kernel is built without."""
Names = tuple[tuple[str, str], ...]
"""Function names, each with the file whose table holds it."""


class Targets(NamedTuple):
    """The functions a call through a pointer can mean, and why these are not all ("" when they are)."""

    functions: tuple[Function, ...]
    reason: str = ""


class Held(NamedTuple):
    """What is known of a place: it is ``path`` inside what one of ``pointers`` points to."""

    pointers: tuple[Pointer, ...]
    path: tuple[str, ...]


class _Member(NamedTuple):
    """A field of a struct."""

    owner: Owner
    field: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.owner.struct.type, self.field, self.owner.file


class _Held(NamedTuple):
    """The names put into a member, the members it is copied from, and why these are not all."""

    names: Names
    copied: tuple[_Member, ...]
    reason: str


class Tables:
    """What the operation tables of ``catalog``'s tree hold, file by file as they are asked for; ``fillings`` knows
    those of the whole tree."""

    def __init__(self, catalog: Catalog, fillings: Fillings | None = None) -> None:
        self.catalog = catalog
        self.fillings: Fillings = NoFillings() if fillings is None else fillings
        self._structs = Structs(
            self.fillings, partial(tables_in, catalog), catalog.numbers.private_headers, catalog.sees
        )
        self._found: dict[tuple[str, str, str, str], _Held] = {}
        self._targets: dict[tuple[str, int, tuple[Held | None, ...]], Targets] = {}

    def targets(self, function: Function, symbol: Symbol, held: Sequence[Held | None] = ()) -> Targets:
        """What the indirect call ``symbol`` in ``function`` can reach when its places, or those that are known, hold
        what ``held`` says."""
        through = self.through(function, symbol)
        if through is None or not (through.places or through.complete):
            return Targets((), f"a call through {symbol.via or symbol.text}")
        key = (function.file, symbol.at, tuple(held))
        if key not in self._targets:
            self._targets[key] = self._resolve(function, symbol, through, held)
        return self._targets[key]

    def held_at(self, file: str, through: Through) -> tuple[Function, ...]:
        """The functions that ``through``, an indirect call in ``file``, may mean, as far as they are known."""
        found = (self._at(file, place).functions for place in through.places)
        return tuple(dict.fromkeys(one for functions in found for one in functions))

    def through(self, function: Function, symbol: Symbol) -> Through | None:
        """What the file's tables say of the call; None when its place is not in the text (a macro wrote it)."""
        if function.via:
            return None
        tables = tables_in(self.catalog, function.file)
        return None if tables is None else tables.calls.get(symbol.at)

    def _resolve(self, function: Function, symbol: Symbol, through: Through, held: Sequence[Held | None]) -> Targets:
        told = f"a call through {symbol.via or symbol.text}"
        functions: dict[Function, None] = {}
        missing: list[str] = [] if through.complete else [_UNTOLD]
        for number, place in enumerate(through.places):
            known = held[number] if number < len(held) else None
            pointed = None if known is None else self._pointed(known)
            found = self._at(function.file, place) if pointed is None else Targets(tuple(pointed))
            functions.update(dict.fromkeys(found.functions))
            missing.append(found.reason)
        if len(functions) > MAX_TARGETS:
            return Targets((), f"{told}: {len(functions)} possible targets")
        why = next(filter(None, missing), "")
        if why == _UNTOLD:
            return Targets(tuple(functions), told)
        return Targets(tuple(functions), f"{told}: {why}" if why else "")

    def _at(self, file: str, place: Place) -> Targets:
        """The functions that a place seen from ``file`` may hold, and why these are not all."""
        if not place.path:
            named = () if place.local or place.called else self.catalog.definitions(place.root, file)
            return Targets(named, "" if named else _UNTOLD)
        kind = self._structs.member(self._root(file, place), place.path[:-1], file)
        owner = self._structs.seen(kind, file)
        field = place.path[-1]
        if owner is None or all(one.name != field for one in owner.struct.fields):
            return Targets((), _UNTOLD)
        names, missing = self._in_slot(owner, field, image_of(file))
        seen = [(name, path) for name, path in names if meets(file, path, self.catalog.kconfig)]
        functions = tuple([one for name, path in seen for one in self.catalog.definitions(name, path)])
        if not functions and not missing:
            missing = f"nothing is put into {kind}.{field}"
        return Targets(functions, missing)

    def _pointed(self, held: Held) -> list[Function] | None:
        """The functions that a place holds where it is known; None when they are not told."""
        found: dict[Function, None] = {}
        for pointer in held.pointers:
            some = self._slot_of(pointer, held.path)
            if some is None:
                return None
            found.update(dict.fromkeys(some))
        return list(found)

    def _slot_of(self, pointer: Pointer, path: tuple[str, ...]) -> list[Function] | None:
        """What stands at ``path`` in what ``pointer`` points to; None when that is not told."""
        if not path:
            found = list(self.catalog.definitions(pointer.name, pointer.file)) if not pointer.object else []
            return found or None
        tables = tables_in(self.catalog, pointer.file) if pointer.object and len(path) == 1 else None
        if tables is None:
            return None
        held = [slot for slot in tables.slots if slot.object == pointer.name]
        if not held or any(len(slot.path) != 1 or slot.path[0].startswith("#") for slot in held):
            return None
        names = [slot.value for slot in held if slot.path == path]
        found = [one for name in names for one in self.catalog.definitions(name, pointer.file)]
        return found if len(names) <= 1 and (found or not names) else None

    def _root(self, file: str, place: Place) -> str:
        if place.type or not place.called:
            return scalar(place.type)
        returned = {base_type(one.return_type) for one in self.catalog.definitions(place.root, file)}
        return returned.pop() if len(returned) == 1 else ""

    # -- slots

    def _in_slot(self, owner: Owner, field: str, image: str) -> tuple[Names, str]:
        """The names that code of ``image`` puts into ``field`` of ``owner``, or into what is copied there, and why
        these are not all."""
        names: dict[tuple[str, str], None] = {}
        pending, seen, reason = [_Member(owner, field)], set[tuple[str, str, str]](), ""
        while pending:
            member = pending.pop()
            if member.key in seen:
                continue
            seen.add(member.key)
            held = self._held_by(member, image)
            names.update(dict.fromkeys(held.names))
            pending += held.copied
            if held == _Held((), (), "") and member.owner is not owner:
                reason = reason or f"nothing is put into {member.owner.struct.type}.{member.field}"
            reason = reason or held.reason
        if len(names) > MAX_TARGETS:
            return (), f"{len(names)} possible targets in {owner.struct.type}.{field}"
        return tuple(names), reason

    def _held_by(self, member: _Member, image: str) -> _Held:
        key = (*member.key, image)
        if key not in self._found:
            self._found[key] = self._collect(member, image)
        return self._found[key]

    def _collect(self, member: _Member, image: str) -> _Held:
        owner, field = member
        names: dict[tuple[str, str], None] = {}
        copied: list[_Member] = []
        reason = ""
        slots = self._slots(owner, field)
        if isinstance(slots, str):
            return _Held((), (), slots)
        for path, slot in slots:
            if not meets(path, path, self.catalog.kconfig) or image_of(path) != image:
                continue
            fits = self._fits(slot, owner, field, path)
            if fits is False or (not fits and self._is_program(path)):
                continue
            source = self._source(slot, path) if fits else None
            if fits and self._is_function(slot.value, path):
                names[slot.value, path] = None
            elif source is not None:
                copied.append(source)
            else:
                reason = reason or f"what {path} puts into {owner.struct.type}.{field} is not known"
        return _Held(tuple(names), tuple(copied), reason)

    def _source(self, slot: Slot, path: str) -> _Member | None:
        """The member that ``slot`` is copied from; None when it is not known, or not copied."""
        if not slot.copied:
            return None
        kind, *steps = slot.copied
        owner = self._structs.seen(self._structs.member(kind, steps[:-1], path), path)
        if owner is None or all(one.name != steps[-1] for one in owner.struct.fields):
            return None
        return _Member(owner, steps[-1])

    def _is_program(self, path: str) -> bool:
        """Whether the file at ``path`` is no part of the kernel but a program of the build."""
        return not _HOSTED.isdisjoint(self.catalog.includes(path))

    def _slots(self, owner: Owner, field: str) -> list[tuple[str, Slot]] | str:
        """The slots that may be ``field`` of ``owner``; a reason when they cannot be looked through."""
        kind = owner.struct.type
        if owner.file.endswith(".c"):
            tables = tables_in(self.catalog, owner.file)
            return [] if tables is None else [(owner.file, slot) for slot in tables.slots]
        found: list[tuple[str, Slot]] = []
        for key in (f"{kind}.{field}", f".{field}", kind):
            some = self.fillings.slots(key, MAX_SLOTS)
            if some is None:
                return f"too many tables fill {kind}.{field}"
            found.extend(some)
        definers = {path for path, _ in self._structs.everywhere(kind)}
        if len(definers) == 1:
            return found
        return [(path, slot) for path, slot in found if self._concerns(path, owner)]

    def _concerns(self, path: str, owner: Owner) -> bool:
        """Whether what stands in ``path`` is about this definition, not about another struct of the same name."""
        seen = self._structs.seen(owner.struct.type, path)
        return seen is None or seen.file == owner.file

    def _is_function(self, value: str, path: str) -> bool:
        if not value:
            return False
        tables = tables_in(self.catalog, path)
        own = tables is not None and value in tables.own and self.catalog.counts_own(value, path)
        return own or bool(self.catalog.definitions(value, path))

    def _fits(self, slot: Slot, owner: Owner, field: str, path: str) -> bool | None:
        """Whether ``slot`` is ``field`` of ``owner``; None when it may be."""
        steps, target, kind = trimmed(slot.path), owner.struct.type, slot.type
        positional = not steps or steps[-1].startswith("#")
        if not positional and steps[-1] != field:
            return False
        if slot.beside:
            fields = {one.name for one in owner.struct.fields}
            return None if fields.issuperset(slot.beside) else False
        unknown = False if positional else None
        hit = False
        for left, step in zip(range(len(steps) - 1, -1, -1), steps, strict=True):
            if step == "[]" or (step.startswith("#") and kind.endswith("[]")):
                kind = kind.removesuffix("[]")
                continue
            kind = scalar(kind)
            if not left and not positional and kind == target:
                return True
            if not left and not positional and kind.startswith(("struct ", "union ")):
                return False
            struct = owner.struct if kind == target else self._held(kind, path, positional)
            if struct is None:
                return unknown
            member = step_of(struct, step)
            if member is None:
                return None if kind == target else unknown
            hit = kind == target and member.name == field
            kind = member.type
        return hit

    def _held(self, kind: str, path: str, positional: bool) -> Struct | None:
        """The definition of ``kind`` where ``path`` puts something into it; values in a row only follow its own."""
        found = self._structs.own(kind, path) if positional else self._structs.seen(kind, path)
        return None if found is None else found.struct


def tables_in(catalog: Catalog, path: str) -> TablesGlance | None:
    """The tables of the file at ``path``, from the index or the store where they are known there; None where it cannot
    be read."""
    if path not in catalog.tables:
        below = catalog.below if catalog.as_below.file(path) else None
        catalog.tables[path] = _read(catalog, path) if below is None else tables_in(below, path)
    return catalog.tables[path]


def _read(catalog: Catalog, path: str) -> TablesGlance | None:
    ready = None if catalog.indexed is None else catalog.indexed.tables(path)
    if ready is not None:
        return ready
    source = catalog.tree.read(path)
    if not isinstance(source, Source):
        return None
    carried = catalog.carried(path)
    if carried is not None and catalog.below is not None:
        return carried.tables(tables_in(catalog.below, path))
    key = catalog.content_key(source)
    stored = catalog.store.get("tables", key)
    if stored is not None:
        return TablesGlance(stored)
    parsed = catalog.parsed(source)
    if parsed.tree is None:
        return None
    facts = catalog.facts(path)
    tables = encoded(tables_of(source, parsed, facts.functions, facts.macros))
    catalog.store.put("tables", key, tables)
    return TablesGlance(tables)
