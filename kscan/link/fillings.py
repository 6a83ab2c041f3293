"""What the whole tree puts into the fields of structs, as far as an index of it is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from kscan.facts.tables import key_of
from kscan.model.facts import FileTables, Slot, Struct

_NOTHING: Mapping[str, Sequence[str]] = {}
Filled = tuple[str, Slot]
"""A slot and the file it stands in."""


class Fillings(Protocol):
    """The tables of all files of a tree, by what is looked for in them."""

    @property
    def indexed(self) -> bool:
        """Whether anything is known of other files."""

    def slots(self, key: str, most: int) -> Sequence[Filled] | None:
        """The slots whose ``key_of`` is ``key``, in the order of files and bytes; None when there are more than
        ``most``."""

    def structs(self, kind: str) -> Sequence[tuple[str, Struct]]:
        """All definitions of the struct, union or typedef ``kind``, each with its file, in the order of files."""

    def assembled(self, name: str) -> Sequence[str]:
        """The files in assembly that define ``name``, sorted."""


class NoFillings:
    """A tree without an index: what other files put into a field is not known."""

    indexed = False

    def slots(self, key: str, most: int) -> Sequence[Filled] | None:
        """None are known."""
        return ()

    def structs(self, kind: str) -> Sequence[tuple[str, Struct]]:
        """None are known."""
        return ()

    def assembled(self, name: str) -> Sequence[str]:
        """None are known."""
        return ()


class Gathered:
    """The tables of some files, held in memory, and the files in assembly by the names they define."""

    indexed = True

    def __init__(self, files: Mapping[str, FileTables], assembled: Mapping[str, Sequence[str]] = _NOTHING) -> None:
        self._slots: dict[str, list[Filled]] = {}
        self._structs: dict[str, list[tuple[str, Struct]]] = {}
        self._assembled = assembled
        for path in sorted(files):
            for slot in files[path].slots:
                self._slots.setdefault(key_of(slot), []).append((path, slot))
            for struct in files[path].structs:
                self._structs.setdefault(struct.type, []).append((path, struct))

    def slots(self, key: str, most: int) -> Sequence[Filled] | None:
        """The slots under ``key``; None when there are more than ``most``."""
        found = self._slots.get(key, [])
        return None if len(found) > most else found

    def structs(self, kind: str) -> Sequence[tuple[str, Struct]]:
        """The definitions of ``kind``."""
        return self._structs.get(kind, [])

    def assembled(self, name: str) -> Sequence[str]:
        """The files in assembly that define ``name``."""
        return self._assembled.get(name, ())
