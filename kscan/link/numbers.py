"""The numbers that names stand for, as seen from a file: errnos, macros and enumerators."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from typing import Final

from kscan.facts.errno import Errnos
from kscan.facts.names import NameIndex
from kscan.link.constants import enumerator_value, number_of
from kscan.model.facts import Constant, FileFacts

MAX_PRIVATE_HEADERS: Final = 200
"""Headers looked through for a constant of a driver's own."""

MAX_CHAIN: Final = 40
"""Constants defined through each other that are followed, well inside Python's own recursion limit."""


class Numbers:
    """Values by name and file, worked out once; a constant written with an errno's name counts as an errno.

    ``facts`` gives the facts of a path, ``sees`` tells which public headers count.
    """

    def __init__(
        self,
        errnos: Errnos,
        index: NameIndex,
        facts: Callable[[str], FileFacts],
        sees: Callable[[str, str], bool],
        exists: Callable[[str], bool],
    ) -> None:
        self._errnos = errnos
        self._index = index
        self._facts = facts
        self._sees = sees
        self._exists = exists
        self._numbers: dict[tuple[str, str], int | None] = {}
        self._private: dict[str, tuple[str, ...]] = {}
        self._worded: set[str] = set()
        self._busy: set[tuple[str, str]] = set()

    def constant(self, name: str, seen_from: str) -> tuple[int, bool] | None:
        """The number ``name`` stands for in ``seen_from`` and whether it is an errno; None when it is no known
        constant."""
        number = self._errnos.number(name)
        if number is not None:
            return number, True
        value = self.number(name, seen_from)
        return None if value is None else (value, value < 0 and name in self._worded)

    def number(self, name: str, seen_from: str) -> int | None:
        """The value of a macro or enumerator; None when it is none or when visible definitions differ."""
        key = (name, seen_from)
        if key not in self._numbers:
            if key in self._busy or len(self._busy) >= MAX_CHAIN:
                return None
            self._busy.add(key)
            self._numbers[key] = self._find_number(name, seen_from)
            self._busy.discard(key)
        return self._numbers[key]

    def _find_number(self, name: str, seen_from: str) -> int | None:
        errno = self._errnos.number(name)
        if errno is not None:
            return errno
        own = self._values_in(seen_from, name)
        if own:
            return own.pop() if len(own) == 1 else None
        for path in self.private_headers(seen_from):
            values = self._values_in(path, name)
            if values:
                return values.pop() if len(values) == 1 else None
        values = set()
        for path in self._index.files_defining(name):
            if path.endswith(".h") and path != seen_from and self._sees(seen_from, path):
                values |= self._values_in(path, name)
        return values.pop() if len(values) == 1 else None

    def private_headers(self, path: str) -> tuple[str, ...]:
        """The headers beside ``path`` that it includes, directly or through each other; public ones are in the
        index."""
        if path not in self._private:
            found: dict[str, None] = {}
            pending = [path]
            while pending and len(found) < MAX_PRIVATE_HEADERS:
                current = pending.pop()
                for included in self._facts(current).includes:
                    near = posixpath.normpath(posixpath.join(posixpath.dirname(current), included))
                    if near not in found and near != path and not near.startswith("include/") and self._exists(near):
                        found[near] = None
                        pending.append(near)
            self._private[path] = tuple(found)
        return self._private[path]

    def _values_in(self, path: str, name: str) -> set[int | None]:
        facts = self._facts(path)
        return {self._value(constant, path, facts.constants) for constant in facts.constants if constant.name == name}

    def _value(self, constant: Constant, path: str, around: Iterable[Constant]) -> int | None:
        def name_of(word: str) -> int | None:
            number = self.number(word, path)
            if word in self._errnos or word in self._worded:
                self._worded.add(constant.name)
            return number

        if constant.kind == "enum":
            return enumerator_value(constant.name, tuple(around), name_of)
        return number_of(constant.value, name_of)
