"""What all files of an indexed tree put into the fields of structs, looked up as it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kscan.facts.glance import TablesGlance
from kscan.facts.indexed import Indexed
from kscan.link.fillings import Filled
from kscan.model.facts import Struct


def struct_key(kind: str) -> str:
    """Under what the definition of a struct, union or typedef is found."""
    return f"defines {kind}"


class StoredFillings:
    """The tables that an index holds; ``assembly`` are the files in assembly by the names they define."""

    indexed = True

    def __init__(self, indexed: Indexed, assembly: dict[str, tuple[str, ...]]) -> None:
        self._indexed = indexed
        self._assembly = assembly

    def slots(self, key: str, most: int) -> Sequence[Filled] | None:
        """The slots whose ``key_of`` is ``key``, in the order of files and bytes; None when there are more than
        ``most``."""
        files = self._indexed.filling(key)
        if len(files) > most:
            return None
        found = [(path, slot) for path, tables in self._tables(files) for slot in tables.slots_of(key)]
        return None if len(found) > most else found

    def structs(self, kind: str) -> Sequence[tuple[str, Struct]]:
        """All definitions of the struct, union or typedef ``kind``, each with its file, in the order of files."""
        files = self._indexed.filling(struct_key(kind))
        return [(path, struct) for path, tables in self._tables(files) for struct in tables.structs(kind)]

    def assembled(self, name: str) -> Sequence[str]:
        """The files in assembly that define ``name``, sorted."""
        return self._assembly.get(name, ())

    def _tables(self, files: Sequence[str]) -> Iterator[tuple[str, TablesGlance]]:
        for path in files:
            tables = self._indexed.tables(path)
            if tables is not None:
                yield path, tables
