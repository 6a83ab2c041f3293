"""What reading any file rests on: annotations, errnos, and what the headers of the tree share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from kscan.facts.definers import Definers
from kscan.facts.errno import Errnos
from kscan.facts.indexed import Indexed, constant_names
from kscan.facts.names import NameIndex
from kscan.facts.shared import is_shared
from kscan.index.work import Ground


class Basis(msgspec.Struct, frozen=True):
    """What all files of a tree are read with."""

    annotations: frozenset[bytes]
    errnos: Errnos
    definers: Definers

    def digest(self) -> str:
        """Differs when annotations or errnos do, which any file may use; who uses a macro is known."""
        tables = [sorted(table.items()) for table in msgspec.structs.astuple(self.errnos)]
        return hashlib.blake2b(repr((sorted(self.annotations), tables)).encode(), digest_size=16).hexdigest()


def bare(basis: Basis) -> Ground:
    """The ground to read headers on, of which no other is known."""
    return Ground(basis.annotations, basis.errnos, {}, {}, basis.definers)


def whole(basis: Basis, indexed: Indexed) -> Ground:
    """The ground with all that the headers share, to be handed to other processes."""
    headers = {path: header.shared for path, header in indexed.headers().items()}
    sharing: dict[str, tuple[str, ...]] = {}
    for path in sorted(filter(is_shared, headers)):
        one: tuple[str, ...] = (path,)  # nearly every name has one header
        found = dict.fromkeys(constant_names(headers[path]), one)
        for name in found.keys() & sharing.keys():
            found[name] = (*sharing[name], path)
        sharing.update(found)
    return Ground(basis.annotations, basis.errnos, headers, sharing, basis.definers)


def by_demand(basis: Basis, indexed: Indexed, names: NameIndex) -> Ground:
    """The same ground for this process, looked up as it is needed."""
    return Ground(basis.annotations, basis.errnos, _Headers(indexed), _Sharing(names), basis.definers)


class _Headers(Mapping[str, bytes]):
    """What headers share, encoded and packed, by path."""

    def __init__(self, indexed: Indexed) -> None:
        self._indexed = indexed
        self._paths = indexed.header_paths()

    def __getitem__(self, path: str) -> bytes:
        found = self._indexed.header(path)
        if found is None:
            raise KeyError(path)
        return found

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


class _Sharing(Mapping[str, Sequence[str]]):
    """The shared headers that may define a name; those of all names cannot be told."""

    def __init__(self, names: NameIndex) -> None:
        self._names = names

    def __getitem__(self, name: str) -> Sequence[str]:
        found = tuple(filter(is_shared, self._names.files_defining(name)))
        if not found:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
