"""The numbers that names stand for, as seen from a file: errnos, macros and enumerators."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

from kscan.facts.errno import Errnos
from kscan.facts.shared import Shared
from kscan.link.constants import enumerator_value, number_of
from kscan.model.facts import Constant

MAX_PRIVATE_HEADERS: Final = 200
"""Headers looked through for a constant of a driver's own."""

MAX_CHAIN: Final = 40
"""Constants defined through each other that are followed, well inside Python's own recursion limit."""

_MAX_FILES: Final = 20_000
"""Files of which is kept what names stand for there."""
_MAX_NAMES: Final = 100_000
"""Names of shared headers of which is kept what they stand for."""
_FILES_AT_HAND: Final = 8
"""Files whose private headers are kept decoded; one may have hundreds."""


@lru_cache(maxsize=1 << 15)
def beside(folder: str, included: str) -> str:
    """Where a header that is included as ``included`` stands if it is looked for in ``folder``."""
    if folder and included[:1] != "/" and included.endswith(".h") and "./" not in included and "//" not in included:
        return f"{folder}/{included}"  # as nearly all are
    return posixpath.normpath(posixpath.join(folder, included))


class Headers(Protocol):
    """The constants of a tree, file by file."""

    def shared(self, path: str) -> Shared:
        """What the file at ``path`` shares."""

    def includes(self, path: str) -> tuple[str, ...]:
        """What the file at ``path`` includes."""

    def sharing(self, name: str) -> Iterable[str]:
        """The shared headers that may define ``name``, sorted."""

    def has(self, path: str) -> bool:
        """Whether ``path`` is a file of the tree."""


class _Value(NamedTuple):
    """A number, and whether an errno's name stands behind it."""

    number: int
    worded: bool


class _Near(NamedTuple):
    """Where private headers of a file are looked for, and those that are there."""

    looked: tuple[str, ...]
    there: tuple[str, ...]


class Numbers:
    """Values by name and file, worked out once; a constant written with an errno's name counts as an errno."""

    def __init__(self, errnos: Errnos, headers: Headers) -> None:
        self._errnos = errnos
        self._headers = headers
        self._values: dict[str, dict[str, _Value | None]] = {}
        self._public: dict[tuple[str, str], _Value | None] = {}
        self._private: dict[str, _Near] = {}
        self._constants: dict[str, Sequence[tuple[str, Mapping[str, object]]]] = {}
        self._busy: set[tuple[str, str]] = set()

    def constant(self, name: str, seen_from: str) -> tuple[int, bool] | None:
        """The number ``name`` stands for in ``seen_from`` and whether it is an errno; None when it is no known
        constant."""
        value = self._value_of(name, seen_from)
        if value is None:
            return None
        return value.number, value.worded and (value.number < 0 or name in self._errnos)

    def number(self, name: str, seen_from: str) -> int | None:
        """The value of a macro or enumerator; None when it is none or when visible definitions differ."""
        value = self._value_of(name, seen_from)
        return None if value is None else value.number

    def private_headers(self, path: str) -> tuple[str, ...]:
        """The headers beside ``path`` that it includes, directly or through each other; public ones are found by
        name."""
        return self._near(path).there

    def private_names(self, path: str) -> tuple[str, ...]:
        """Where private headers of ``path`` are looked for, whether they are there or not."""
        return self._near(path).looked

    def _near(self, path: str) -> _Near:
        if path not in self._private:
            if len(self._private) >= _MAX_FILES:
                self._private.clear()
            self._private[path] = self._look(path)
        return self._private[path]

    def _look(self, path: str) -> _Near:
        looked: dict[str, bool] = {}
        pending, there = [path], 0
        while pending and there < MAX_PRIVATE_HEADERS:
            current = pending.pop()
            folder = posixpath.dirname(current)
            for included in self._headers.includes(current):
                near = beside(folder, included)
                if near in looked or near == path or near.startswith("include/") or not near.endswith(".h"):
                    continue
                looked[near] = self._headers.has(near)
                if looked[near]:
                    there += 1
                    pending.append(near)
        return _Near(tuple(looked), tuple(near for near, found in looked.items() if found))

    def forget(self, path: str) -> None:
        """Drop what was worked out for ``path`` itself, which nobody asks for again."""
        self._private.pop(path, None)
        self._constants.pop(path, None)
        self._values.pop(path, None)

    def _value_of(self, name: str, seen_from: str) -> _Value | None:
        number = self._errnos.number(name)
        if number is not None:
            return _Value(number, True)
        known = self._values.get(seen_from)
        if known is None:
            if len(self._values) >= _MAX_FILES:
                self._values.clear()
            known = self._values[seen_from] = {}
        if name not in known:
            key = (name, seen_from)
            if key in self._busy or len(self._busy) >= MAX_CHAIN:
                return None
            self._busy.add(key)
            known[name] = self._found(name, seen_from)
            self._busy.discard(key)
        return known[name]

    def _found(self, name: str, seen_from: str) -> _Value | None:
        for path, constants in self._around(seen_from):
            if name in constants:
                values = self._values_in(path, name)
                return values.pop() if len(values) == 1 else None
        parts = seen_from.split("/", 2)
        return self._shared_value(name, parts[1] if parts[0] == "arch" else "")

    def _around(self, seen_from: str) -> Sequence[tuple[str, Mapping[str, object]]]:
        """The constants of ``seen_from`` and of its private headers: a file asks for many names in a row."""
        found = self._constants.get(seen_from)
        if found is None:
            if len(self._constants) >= _FILES_AT_HAND:
                self._constants.clear()
            paths = (seen_from, *self.private_headers(seen_from))
            found = [(path, one) for path in paths if (one := self._headers.shared(path).constants)]
            self._constants[seen_from] = found
        return found

    def _shared_value(self, name: str, arch: str) -> _Value | None:
        """What the shared headers say that a file of ``arch`` ("": of none) can include."""
        key = (name, arch)
        if key not in self._public:
            if len(self._public) >= _MAX_NAMES:
                self._public.clear()
            values: set[_Value | None] = set()
            for path in self._headers.sharing(name):
                if not arch or path.startswith(("include/", f"arch/{arch}/")):
                    values |= self._values_in(path, name)
            self._public[key] = values.pop() if len(values) == 1 else None
        return self._public[key]

    def _values_in(self, path: str, name: str) -> set[_Value | None]:
        constants = self._headers.shared(path).constants
        found = [one for one in constants.get(name, ()) if one.value != name]  # "#define A A" tells that there is an A
        return {None if _stands_in(one) else self._value(one, path, constants) for one in found}

    def _value(self, constant: Constant, path: str, around: dict[str, tuple[Constant, ...]]) -> _Value | None:
        worded = False

        def name_of(word: str) -> int | None:
            nonlocal worded
            value = self._value_of(word, path)
            worded = worded or (value is not None and value.worded)
            return None if value is None else value.number

        if constant.kind == "enum":
            number = enumerator_value(constant.name, around, name_of)
        else:
            number = number_of(constant.value, name_of)
        return None if number is None else _Value(number, worded)


def _stands_in(constant: Constant) -> bool:
    """Whether a macro is spelt as a variable is: it stands in for one that another configuration has."""
    return constant.kind == "macro" and constant.name.islower()
