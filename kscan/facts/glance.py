"""Encoded facts and tables of a file, decoded as far as they are asked for: most files are opened for one name."""

from __future__ import annotations

from functools import cached_property
from typing import Final

import msgspec

from kscan.facts.tables import key_of
from kscan.model.facts import FileFacts, Function, Macro, Slot, Struct, Through
from kscan.model.gap import Gap

_ENCODER: Final = msgspec.msgpack.Encoder()
_NAME: Final = _ENCODER.encode("name")
"""Before the name of a function. Bytes that are looked for are only a first sieve."""


class _Named(msgspec.Struct, gc=False):
    """A ``Function`` of which the rest is left out."""

    name: str


class _Facts(msgspec.Struct):
    """A ``FileFacts`` with its large parts left as they are."""

    functions: msgspec.Raw
    macros: msgspec.Raw
    includes: tuple[str, ...]
    gaps: tuple[Gap, ...]


class _Tables(msgspec.Struct):
    """A ``FileTables`` with its parts left as they are."""

    structs: msgspec.Raw
    slots: msgspec.Raw
    calls: msgspec.Raw


_FACTS: Final = msgspec.msgpack.Decoder(_Facts)
_WHOLE: Final = msgspec.msgpack.Decoder(FileFacts)
_TABLES: Final = msgspec.msgpack.Decoder(_Tables)
_RAWS: Final = msgspec.msgpack.Decoder(tuple[msgspec.Raw, ...])
_FUNCTION: Final = msgspec.msgpack.Decoder(Function)
_NAMED: Final = msgspec.msgpack.Decoder(tuple[_Named, ...])
_MACROS: Final = msgspec.msgpack.Decoder(tuple[Macro, ...])
_STRUCT: Final = msgspec.msgpack.Decoder(Struct)
_SLOT: Final = msgspec.msgpack.Decoder(Slot)
_SLOTS: Final = msgspec.msgpack.Decoder(tuple[Slot, ...])
_CALLS: Final = msgspec.msgpack.Decoder(tuple[Through, ...])


class FactsGlance:
    """The encoded ``FileFacts`` of one file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._parts = _FACTS.decode(data)
        self.includes = self._parts.includes
        self.gaps = self._parts.gaps

    def functions(self, name: str) -> list[Function]:
        """The definitions of ``name``."""
        if _NAME + _ENCODER.encode(name) not in self._data:
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
    """The encoded ``FileTables`` of one file."""

    def __init__(self, data: bytes) -> None:
        self._parts = _TABLES.decode(data)

    def structs(self, kind: str) -> list[Struct]:
        """The definitions of the struct, union or typedef ``kind``."""
        word = _ENCODER.encode(kind)
        found = [_STRUCT.decode(one) for one in self._structs if word in one]
        return [struct for struct in found if struct.type == kind]

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """All slots."""
        return _SLOTS.decode(self._parts.slots)

    def slots_of(self, key: str) -> list[Slot]:
        """The slots whose ``key_of`` is ``key``."""
        _, dot, field = key.rpartition(".")
        word = _ENCODER.encode(field) if dot else key.encode()
        found = [_SLOT.decode(one) for one in self._slots if word in one]
        return [slot for slot in found if key_of(slot) == key]

    @cached_property
    def calls(self) -> dict[int, Through]:
        """The calls through pointers by where they start."""
        return {call.start: call for call in _CALLS.decode(self._parts.calls)}

    @cached_property
    def _structs(self) -> list[bytes]:
        return [bytes(one) for one in _RAWS.decode(self._parts.structs)]

    @cached_property
    def _slots(self) -> list[bytes]:
        return [bytes(one) for one in _RAWS.decode(self._parts.slots)]
