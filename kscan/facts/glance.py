"""Encoded facts and tables of a file, decoded as far as they are asked for: most files are opened for one name."""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import Final

import msgspec

from kscan.facts.tables import key_of
from kscan.model.facts import FileFacts, FileTables, Function, Macro, Slot, Struct, Through
from kscan.model.gap import Gap

_ENCODER: Final = msgspec.msgpack.Encoder()
_HEAD: Final = _ENCODER.encode(Function("", "", 0, 0, 0, 0, "", (), "global")).partition(_ENCODER.encode(""))[0]
"""Before the name of a function. Bytes that are looked for are only a first sieve."""


class _Named(msgspec.Struct, array_like=True, gc=False):
    """A ``Function`` of which the rest is left out."""

    name: str


class Head(msgspec.Struct, frozen=True, array_like=True):
    """What is asked most often of the facts of a file: what it ``includes``, and its ``gaps``."""

    includes: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()


class _Facts(msgspec.Struct):
    """A ``FileFacts`` with its large parts left as they are."""

    functions: msgspec.Raw
    macros: msgspec.Raw
    includes: tuple[str, ...]
    gaps: tuple[Gap, ...]


class _Grouped(msgspec.Struct):
    """A ``FileTables`` as it is kept, with its slots by their ``key_of``."""

    structs: tuple[Struct, ...]
    slots: dict[str, list[Slot]]
    calls: tuple[Through, ...]
    own: tuple[str, ...]


class _Tables(msgspec.Struct):
    """A ``_Grouped`` with its parts left as they are."""

    structs: msgspec.Raw
    slots: msgspec.Raw
    calls: msgspec.Raw
    own: frozenset[str] = frozenset()


_FACTS: Final = msgspec.msgpack.Decoder(_Facts)
_WHOLE: Final = msgspec.msgpack.Decoder(FileFacts)
_TABLES: Final = msgspec.msgpack.Decoder(_Tables)
_RAWS: Final = msgspec.msgpack.Decoder(tuple[msgspec.Raw, ...])
_FUNCTION: Final = msgspec.msgpack.Decoder(Function)
_NAMED: Final = msgspec.msgpack.Decoder(tuple[_Named, ...])
_MACROS: Final = msgspec.msgpack.Decoder(tuple[Macro, ...])
_STRUCT: Final = msgspec.msgpack.Decoder(Struct)
_SLOTS: Final = msgspec.msgpack.Decoder(list[Slot])
_ALL_SLOTS: Final = msgspec.msgpack.Decoder(dict[str, list[Slot]])
_KEYS: Final = msgspec.msgpack.Decoder(dict[str, msgspec.Raw])
_CALLS: Final = msgspec.msgpack.Decoder(tuple[Through, ...])


def grouped(tables: FileTables) -> dict[str, list[Slot]]:
    """The slots of ``tables`` by their ``key_of``."""
    found: dict[str, list[Slot]] = {}
    for slot in tables.slots:
        found.setdefault(key_of(slot), []).append(slot)
    return found


def encoded(tables: FileTables, slots: dict[str, list[Slot]] | None = None) -> bytes:
    """``tables`` as a ``TablesGlance`` reads them; ``slots`` are what ``grouped`` gives, where that is known."""
    by_key = grouped(tables) if slots is None else slots
    return _ENCODER.encode(_Grouped(tables.structs, by_key, tables.calls, tables.own))


class FactsGlance:
    """The encoded ``FileFacts`` of one file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._parts = _FACTS.decode(data)
        self.includes = self._parts.includes
        self.gaps = self._parts.gaps

    def functions(self, name: str) -> list[Function]:
        """The definitions of ``name``."""
        if _HEAD + _ENCODER.encode(name) not in self._data:
            return []
        return [_FUNCTION.decode(one) for one in self._functions.get(name, ())]

    @cached_property
    def macros(self) -> tuple[Macro, ...]:
        """All function-like macros."""
        return _MACROS.decode(self._parts.macros)

    def whole(self) -> FileFacts:
        """All facts."""
        return _WHOLE.decode(self._data)

    @cached_property
    def _functions(self) -> dict[str, list[msgspec.Raw]]:
        """The functions by their names."""
        found: dict[str, list[msgspec.Raw]] = {}
        raws = _RAWS.decode(self._parts.functions)
        for named, raw in zip(_NAMED.decode(self._parts.functions), raws, strict=True):
            found.setdefault(named.name, []).append(raw)
        return found


class TablesGlance:
    """The ``encoded`` tables of one file."""

    def __init__(self, data: bytes) -> None:
        self._parts = _TABLES.decode(data)
        self.own = self._parts.own

    def structs(self, kind: str) -> list[Struct]:
        """The definitions of the struct, union or typedef ``kind``."""
        word = _ENCODER.encode(kind)
        found = [_STRUCT.decode(one) for one in self._structs if word in one]
        return [struct for struct in found if struct.type == kind]

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """All slots, in the order in which they stand in the file."""
        every = chain.from_iterable(_ALL_SLOTS.decode(self._parts.slots).values())
        return tuple(sorted(every, key=attrgetter("start")))

    def slots_of(self, key: str) -> list[Slot]:
        """The slots whose ``key_of`` is ``key``."""
        found = self._slots.get(key)
        return [] if found is None else _SLOTS.decode(found)

    @cached_property
    def calls(self) -> dict[int, Through]:
        """The calls through pointers by where they start."""
        return {call.start: call for call in _CALLS.decode(self._parts.calls)}

    @cached_property
    def _structs(self) -> list[bytes]:
        return [bytes(one) for one in _RAWS.decode(self._parts.structs)]

    @cached_property
    def _slots(self) -> dict[str, msgspec.Raw]:
        return _KEYS.decode(self._parts.slots)
