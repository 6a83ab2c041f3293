"""Struct definitions as a file sees them, and the types of their members."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from kscan.facts.filled import SOME
from kscan.facts.glance import TablesGlance
from kscan.facts.shared import is_shared
from kscan.link.fillings import Fillings
from kscan.model.facts import Param, Struct


class Owner(NamedTuple):
    """A struct definition and the file it stands in."""

    struct: Struct
    file: str


class Structs:
    """Definitions by type and file: ``tables`` reads a file, ``private`` names the headers beside it, and ``sees``
    tells which shared headers it can include."""

    def __init__(
        self,
        fillings: Fillings,
        tables: Callable[[str], TablesGlance | None],
        private: Callable[[str], Sequence[str]],
        sees: Callable[[str, str], bool],
    ) -> None:
        self._fillings = fillings
        self._tables = tables
        self._private = private
        self._sees = sees
        self._known: dict[tuple[str, str], Owner | None] = {}
        self._own: dict[tuple[str, str], Owner | None] = {}
        self._everywhere: dict[str, Sequence[tuple[str, Struct]]] = {}

    def everywhere(self, kind: str) -> Sequence[tuple[str, Struct]]:
        """All definitions of ``kind`` in the tree, each with its file, in the order of files."""
        found = self._everywhere.get(kind)
        if found is None:
            found = self._everywhere[kind] = self._fillings.structs(kind)
        return found

    def seen(self, kind: str, file: str) -> Owner | None:
        """The definition of ``kind`` that ``file`` sees: its own, its private headers', or a shared header's."""
        key = (kind, file)
        if key not in self._known:
            self._known[key] = self._look(kind, file) if kind else None
        return self._known[key]

    def own(self, kind: str, path: str) -> Owner | None:
        """The definition of ``kind`` in the file at ``path``."""
        key = (kind, path)
        if key not in self._own:
            tables = self._tables(path)
            found = tables.structs(kind) if tables is not None else []
            self._own[key] = _owner([(path, one) for one in found])
        return self._own[key]

    def member(self, kind: str, steps: Sequence[str], file: str) -> str:
        """The base type at the end of ``steps`` into a ``kind``, as seen from ``file``; "" when not known."""
        for step in steps:
            owner = self.seen(kind, file)
            field = _field(owner.struct, step) if owner is not None else None
            if field is None:
                return ""
            kind = scalar(field.type)
        return kind

    def _look(self, kind: str, file: str) -> Owner | None:
        own = self.own(kind, file)
        if own is not None:
            return own
        headers = [(path, one) for path, one in self.everywhere(kind) if path.endswith(".h")]
        near = set(self._private(file)) if any(not is_shared(path) for path, _ in headers) else set()
        beside = [(path, one) for path, one in headers if path in near]
        return _owner(beside or [(path, one) for path, one in headers if is_shared(path) and self._sees(file, path)])


def scalar(kind: str) -> str:
    """``kind`` without its array dimensions."""
    return kind.replace("[]", "")


def step_of(struct: Struct, step: str) -> Param | None:
    """The field that one step of an initialiser's path means."""
    if not step.startswith("#"):
        return _field(struct, step)
    number = int(step[1:]) if step != SOME else len(struct.fields)
    return struct.fields[number] if struct.ordered and number < len(struct.fields) else None


def _field(struct: Struct, name: str) -> Param | None:
    return next((field for field in struct.fields if field.name == name), None)


def _owner(found: Sequence[tuple[str, Struct]]) -> Owner | None:
    if not found:
        return None
    return Owner(found[0][1] if len(found) == 1 else _merged([one for _, one in found]), found[0][0])


def _merged(found: Sequence[Struct]) -> Struct:
    """One struct of several definitions under different conditions: all fields, in no told order."""
    fields: dict[str, Param] = {}
    for field in (field for one in found for field in one.fields):
        known = fields.setdefault(field.name, field)
        if known.type != field.type:
            fields[field.name] = Param(field.name, "")
    return Struct(found[0].type, tuple(fields.values()), ordered=False)
