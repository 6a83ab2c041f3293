"""What all files of an indexed tree put into the fields of structs, looked up as it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import msgspec

from kscan.facts.indexed import Indexed
from kscan.facts.tables import key_of
from kscan.link.fillings import Filled
from kscan.model.facts import FileTables, Struct

_TABLES: Final = msgspec.msgpack.Decoder(FileTables)
_NOTHING: Final = FileTables()
_KEPT: Final = 1024


def struct_key(kind: str) -> str:
    """Under what the definition of a struct, union or typedef is found."""
    return f"defines {kind}"


class StoredFillings:
    """The tables that an index holds; ``assembly`` are the files in assembly by the names they define."""

    indexed = True

    def __init__(self, indexed: Indexed, assembly: dict[str, tuple[str, ...]]) -> None:
        self._indexed = indexed
        self._assembly = assembly
        self._read = lru_cache(maxsize=_KEPT)(self._decoded)

    def slots(self, key: str, most: int) -> Sequence[Filled] | None:
        """The slots whose ``key_of`` is ``key``, in the order of files and bytes; None when there are more than
        ``most``."""
        files = self._indexed.filling(key)
        if len(files) > most:
            return None
        found = [(path, slot) for path in files for slot in self._read(path).slots if key_of(slot) == key]
        return None if len(found) > most else found

    def structs(self, kind: str) -> Sequence[tuple[str, Struct]]:
        """All definitions of the struct, union or typedef ``kind``, each with its file, in the order of files."""
        files = self._indexed.filling(struct_key(kind))
        return [(path, struct) for path in files for struct in self._read(path).structs if struct.type == kind]

    def assembled(self, name: str) -> Sequence[str]:
        """The files in assembly that define ``name``, sorted."""
        return self._assembly.get(name, ())

    def _decoded(self, path: str) -> FileTables:
        found = self._indexed.tables(path)
        return _NOTHING if found is None else _TABLES.decode(found)
