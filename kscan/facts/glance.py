"""Encoded facts and tables of a file, decoded as far as they are asked for: most files are opened for one name.

What is not asked for is one value of bytes, which a decoder passes over at once."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property
from itertools import accumulate, chain
from operator import attrgetter
from typing import Final

import msgspec

from kscan.facts.tables import key_of
from kscan.model.facts import Constant, FileFacts, FileTables, Function, Macro, Slot, Struct, Through
from kscan.model.gap import Gap

_ENCODER: Final = msgspec.msgpack.Encoder()
_HEAD: Final = _ENCODER.encode(Function("", "", 0, 0, 0, 0, "", (), "global")).partition(_ENCODER.encode(""))[0]
"""Before the name of a function. Bytes that are looked for are only a first sieve."""


class Head(msgspec.Struct, frozen=True, array_like=True):
    """What is asked most often of the facts of a file: what it ``includes``, and its ``gaps``."""

    includes: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()


class _Near(msgspec.Struct, frozen=True, array_like=True):
    """What of a ``FileFacts`` is asked for by name: the ``functions``, encoded one after the other, where each of them
    ``ends`` (native integers of four bytes), and the ``macros``, encoded."""

    path: str
    includes: tuple[str, ...]
    gaps: tuple[Gap, ...]
    ends: bytes
    functions: bytes
    macros: bytes


class _Rest(msgspec.Struct, frozen=True, array_like=True):
    """What else a ``FileFacts`` has."""

    constants: tuple[Constant, ...]
    asked: tuple[str, ...]


class _Tables(msgspec.Struct, frozen=True, array_like=True):
    """A ``FileTables`` as it is kept: its structs, encoded one by one, and its slots by their ``key_of``; with the
    ``gaps`` of the file, where they are known."""

    structs: bytes
    slots: bytes
    calls: bytes
    own: tuple[str, ...]
    gaps: tuple[Gap, ...] | None = None


_NEAR: Final = msgspec.msgpack.Decoder(_Near)
_REST: Final = msgspec.msgpack.Decoder(_Rest)
_TABLES: Final = msgspec.msgpack.Decoder(_Tables)
_FUNCTION: Final = msgspec.msgpack.Decoder(Function)
_MACROS: Final = msgspec.msgpack.Decoder(tuple[Macro, ...])
_STRUCT: Final = msgspec.msgpack.Decoder(Struct)
_SLOTS: Final = msgspec.msgpack.Decoder(list[Slot])
_ENCODED: Final = msgspec.msgpack.Decoder(tuple[bytes, ...])
_BY_KEY: Final = msgspec.msgpack.Decoder(dict[str, memoryview])
_CALLS: Final = msgspec.msgpack.Decoder(tuple[Through, ...])


def parts_of(facts: FileFacts) -> tuple[bytes, bytes]:
    """``facts`` as a ``FactsGlance`` reads them: what is asked for by name, and the rest."""
    functions = list(map(_ENCODER.encode, facts.functions))
    ends = array("I", accumulate(map(len, functions))).tobytes()
    macros = _ENCODER.encode(facts.macros)
    near = _Near(facts.path, facts.includes, facts.gaps, ends, b"".join(functions), macros)
    return _ENCODER.encode(near), _ENCODER.encode(_Rest(facts.constants, facts.asked))


def grouped(tables: FileTables) -> dict[str, list[Slot]]:
    """The slots of ``tables`` by their ``key_of``."""
    found: dict[str, list[Slot]] = {}
    for slot in tables.slots:
        found.setdefault(key_of(slot), []).append(slot)
    return found


def encoded(
    tables: FileTables, slots: dict[str, list[Slot]] | None = None, gaps: tuple[Gap, ...] | None = None
) -> bytes:
    """``tables`` as a ``TablesGlance`` reads them; ``slots`` are what ``grouped`` gives, where that is known."""
    encode = _ENCODER.encode
    by_key = grouped(tables) if slots is None else slots
    structs = encode(list(map(encode, tables.structs)))
    every = encode({key: encode(some) for key, some in by_key.items()})
    return encode(_Tables(structs, every, encode(tables.calls), tables.own, gaps))


class FactsGlance:
    """The encoded ``FileFacts`` of one file, as ``parts_of`` gives them; ``rest`` is read when it is asked for."""

    def __init__(self, near: bytes, rest: Callable[[], bytes]) -> None:
        self._near = _NEAR.decode(near)
        self._rest = rest
        self.includes = self._near.includes
        self.gaps = self._near.gaps

    def functions(self, name: str) -> list[Function]:
        """The definitions of ``name``."""
        data, word = self._near.functions, _HEAD + _ENCODER.encode(name)
        found = []
        at = data.find(word)
        while at >= 0:
            number = bisect_right(self._ends, at)
            if at == (self._ends[number - 1] if number else 0):
                found.append(_FUNCTION.decode(data[at : self._ends[number]]))
            at = data.find(word, at + 1)
        return found

    @cached_property
    def macros(self) -> tuple[Macro, ...]:
        """All function-like macros."""
        return _MACROS.decode(self._near.macros)

    def whole(self) -> FileFacts:
        """All facts."""
        near, rest = self._near, _REST.decode(self._rest())
        starts = (0, *self._ends)
        functions = [_FUNCTION.decode(near.functions[at:end]) for at, end in zip(starts, self._ends, strict=False)]
        return FileFacts(near.path, tuple(functions), rest.constants, self.macros, near.includes, near.gaps, rest.asked)

    @cached_property
    def _ends(self) -> memoryview:
        return memoryview(self._near.ends).cast("I")


class TablesGlance:
    """The ``encoded`` tables of one file."""

    gaps: tuple[Gap, ...] | None = None
    """Those of the file; None where nobody told them with the tables."""

    def __init__(self, data: bytes) -> None:
        self._parts = _TABLES.decode(data)
        self.own = frozenset(self._parts.own)
        self.gaps = self._parts.gaps

    def structs(self, kind: str) -> list[Struct]:
        """The definitions of the struct, union or typedef ``kind``."""
        word = _ENCODER.encode(kind)
        if word not in self._parts.structs:
            return []
        found = [_STRUCT.decode(one) for one in self._structs if word in one]
        return [struct for struct in found if struct.type == kind]

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """All slots, in the order in which they stand in the file."""
        every = chain.from_iterable(map(_SLOTS.decode, self._slots.values()))
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
    def _structs(self) -> tuple[bytes, ...]:
        return _ENCODED.decode(self._parts.structs)

    @cached_property
    def _slots(self) -> dict[str, memoryview]:
        return _BY_KEY.decode(self._parts.slots)
