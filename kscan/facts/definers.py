"""The headers of a tree to the macros that write functions and initialised objects at file scope."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple

import msgspec

from kscan.dialect.conditions import CONFIG_TESTS
from kscan.dialect.expand import expand
from kscan.dialect.shapes import Definition, Shape, definitions, leaves, shape
from kscan.facts.shared import is_shared
from kscan.facts.words import ASSERTS, FIELD_STORES, NO_RETURN, TRANSPARENT
from kscan.facts.writing import Positions, written
from kscan.model.facts import Macro
from kscan.model.regex import regex

_WORD = regex(rb"[A-Za-z_]\w*")
_WHOLE = regex(rb"\b[A-Za-z_]\w*+")
_STEM = regex(rb"\b(\w*[A-Za-z]\w+)[ \t]*##[\w# \t]*\(")
_BARE = regex(rb"[(,]\s*([A-Za-z_]\w*)\s*(?=[,)])")
_INCLUDE = regex(rb"include[ \t]*[<\"][^>\"\n]*?([^/>\"\n]+)[>\"]")
_ARCH = regex(r"arch/([^/]+)/")
_KEPT = frozenset(word.encode() for word in TRANSPARENT | ASSERTS | NO_RETURN | CONFIG_TESTS | FIELD_STORES)
"""Macros that keep their name in an expansion: what they mean is known by it."""
_NESTED = 2
"""How deep macros that leave are looked for in each other."""
_MOST = 50_000
"""Tokens that an invocation with made-up arguments may write on the way."""
_PLAIN = Shape()
_CHANGE = regex(rb"=|\+\+|--")
_NOTHING: Mapping[str, Sequence[tuple[str, Positions]]] = {}
STAND_IN = "argument_of_kscan"
"""A made-up argument."""
COUNTED = regex("__COUNTER__|__LINE__")
"""What a name holds that is another one at each invocation."""


class Candidate(msgspec.Struct, frozen=True, array_like=True):
    """One definition of a macro in the header at ``path``. ``functions``: an invocation writes functions that have a
    name which can be told from its arguments; ``objects``: objects with an initialiser in braces. ``leaves``: it stands
    in a body, and returns from it or jumps."""

    path: str
    macro: Macro
    functions: bool
    objects: bool
    leaves: bool = False


class Definers(msgspec.Struct, frozen=True):
    """The macros of a tree's headers that write functions or objects, and those they need for it: every definition of
    a name, headers of include/ first, then those of arch/, then private ones, by path and offset. ``writing`` are the
    macros that write to a variable which they are handed, each with its headers and the numbers of these parameters."""

    by_name: dict[str, tuple[Candidate, ...]] = {}
    writing: dict[str, tuple[tuple[str, Positions], ...]] = {}

    def seen_from(self, path: str, data: bytes = b"") -> Visible:
        """What the file at ``path`` with the content ``data`` can mean by the names."""
        return Visible(self.by_name, path, data, writing=self.writing)

    def changed_since(self, before: Definers) -> frozenset[str]:
        """The names whose invocation may write something else than it did: their own definitions are others, or those
        of a macro that their text names."""
        names = self.by_name.keys() | before.by_name.keys()
        changed = {name for name in names if _meant(self, name) != _meant(before, name)}
        users = _users((self.by_name, before.by_name)) if changed else {}
        waiting = list(changed)
        while waiting:
            new = users.get(waiting.pop(), set()) - changed
            changed |= new
            waiting += new
        both = self.writing.keys() | before.writing.keys()
        return frozenset(changed | {name for name in both if self.writing.get(name) != before.writing.get(name)})


def _meant(definers: Definers, name: str) -> list[Candidate]:
    """The definitions of ``name`` wherever in their headers they stand."""
    found = definers.by_name.get(name, ())
    return [msgspec.structs.replace(one, macro=msgspec.structs.replace(one.macro, start=0)) for one in found]


def _users(tables: Iterable[Mapping[str, Sequence[Candidate]]]) -> Mapping[str, set[str]]:
    """For each macro those whose text names it, or pastes something to a word that it begins with."""
    users: dict[str, set[str]] = {}
    for table in tables:
        names = sorted(name.encode() for name in table)
        for name, found in table.items():
            texts = [_text(one) for one in found]
            for word in _begun(texts, names).union(*(_WORD.findall(body) for _, body in texts)):
                users.setdefault(word.decode(), set()).add(name)
    return users


class Visible(Mapping[str, Macro]):
    """The macros that one file sees: of all definitions of a name the first one in another header that it can
    include."""

    def __init__(
        self,
        by_name: Mapping[str, Sequence[Candidate]],
        path: str,
        data: bytes,
        own: Candidate | None = None,
        writing: Mapping[str, Sequence[tuple[str, Positions]]] = _NOTHING,
    ) -> None:
        self._all = by_name
        self._writing = writing
        self._path = path
        self._data = data
        self._known: dict[str, Candidate | None] = {own.macro.name: own} if own else {}

    def has_one(self, name: str) -> bool:
        """Whether there is one definition of ``name`` for all configurations."""
        return len(self._all.get(name, ())) == 1

    def candidate(self, name: str) -> Candidate | None:
        """The definition of ``name`` that the file sees."""
        found = self._all.get(name)
        if found is None:
            return self._known.get(name)
        if name not in self._known:
            self._known[name] = next((one for one in found if self._sees(one.path)), None)
        return self._known[name]

    def defined_among(self, names: frozenset[str]) -> Set[str]:
        """Those of ``names`` that any header defines, whether this file sees it or not."""
        return (self._all.keys() & names) | (self._known.keys() & names)

    def written(self, name: str) -> Positions:
        """The parameters that ``name`` writes to as a macro that the file sees."""
        told = self._writing.get(name)
        if told is None:
            return ()
        found = (numbers for path, numbers in told if self._sees(path))
        return tuple(sorted({number for numbers in found for number in numbers}))

    def writers(self, names: Iterable[str]) -> dict[str, Positions]:
        """``written`` of those of ``names`` that may be such a macro."""
        return {name: self.written(name) for name in self._writing.keys() & names}

    def _sees(self, header: str) -> bool:
        if header == self._path and self._data:
            return False  # its own macros are among the file's facts, in the order of the text
        theirs, ours = _ARCH.match(header), _ARCH.match(self._path)
        if is_shared(header):
            return not theirs or not ours or theirs[1] == ours[1]
        path = PurePosixPath(header)
        return path.parent == self._folder or path.name in self._included

    @cached_property
    def _folder(self) -> PurePosixPath:
        return PurePosixPath(self._path).parent

    @cached_property
    def _included(self) -> frozenset[str]:
        return frozenset(name.decode("utf-8", "replace") for name in _INCLUDE.findall(self._data))

    def __getitem__(self, name: str) -> Macro:
        found = self.candidate(name)
        if found is None:
            raise KeyError(name)
        return found.macro

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._all if self.candidate(name) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


NO_HEADERS = Visible({}, "", b"")
"""A file that sees no macros but its own."""


class _Row(NamedTuple):
    path: str
    definition: Definition
    shape: Shape


_Rows = dict[bytes, list[_Row]]


def defining_macros(headers: Iterable[tuple[str, bytes]]) -> Definers:
    """What the ``headers`` (path and content) define that writes functions or objects, by itself or through others.

    Decided by the text of the macros alone. The same headers in any order give the same answer."""
    rows: _Rows = {}
    for path, data in headers:
        for one in definitions(data):
            rows.setdefault(one.name, []).append(_Row(path, one, shape(one.body)))
    for word in _KEPT:
        rows.pop(word, None)
    return _Builder(rows).definers()


class _Builder:
    """Closes what single definitions write over the macros that invoke each other."""

    def __init__(self, rows: _Rows) -> None:
        self.rows = {name: sorted(found, key=_rank) for name, found in rows.items()}
        self.users: dict[bytes, set[bytes]] = {}
        for name, row in self._each():
            for used in row.shape.invokes:
                self.users.setdefault(used, set()).add(name)
        self.functions = self._closed(name for name, row in self._each() if row.shape.functions)
        self.initialisers = self._closed(name for name, row in self._each() if row.shape.initialises)
        self.objects = self._closed(name for name, row in self._each() if self._is_object(row.shape))
        self.pasting = self._closed(name for name, row in self._each() if row.shape.pastes)
        self.naming = self._naming()
        self.leaving = self._leaving()

    def _each(self) -> Iterator[tuple[bytes, _Row]]:
        return ((name, row) for name, found in self.rows.items() for row in found)

    def _closed(self, seeds: Iterable[bytes]) -> set[bytes]:
        """``seeds`` and the macros that invoke one of them where a definition may stand."""
        found = set(seeds)
        waiting = list(found)
        while waiting:
            new = self.users.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found

    def _naming(self) -> set[bytes]:
        """The macros that make a name and nothing else: inside a function, only they are expanded."""
        found = {name for name, row in self._each() if row.shape.pasted}
        new = found
        while new:
            new = {name for name, row in self._each() if row.shape.passes in found} - found
            found = found | new
        return found

    def _leaving(self) -> set[bytes]:
        """The macros that return or jump where they stand, and those that name one of them."""
        bodies = [(name, row.definition.body) for name, row in self._each() if name not in self.functions]
        found = {name for name, body in bodies if leaves(body)}
        if not found:
            return found
        named = [(name, frozenset(_WHOLE.findall(body))) for name, body in bodies if b"__label__" not in body]
        for _ in range(_NESTED):
            found |= {name for name, words in named if not found.isdisjoint(words)}
        return found

    def _is_object(self, own: Shape) -> bool:
        return own.objects or any(value in self.initialisers for value in own.values)

    def definers(self) -> Definers:
        """The macros that count. A first draft with all that may write functions is narrowed to those that do."""
        roots = self.functions | self.objects
        draft = {name.decode(): tuple(self._candidates(name)) for name in sorted(self._needed(roots))}
        told = {name: tuple(_told(one, draft) for one in found) for name, found in draft.items()}
        writing = {name.encode() for name, found in told.items() if any(one.functions or one.objects for one in found)}
        needed = {name.decode() for name in self._needed(writing)}
        leaving = {name.decode(): tuple(self._candidates(name)) for name in self.leaving}
        kept = {name: found for name, found in told.items() if name in needed} | leaving
        return Definers({name: kept[name] for name in sorted(kept)}, self._writing())

    def _writing(self) -> dict[str, tuple[tuple[str, Positions], ...]]:
        """The macros that write to what they are handed."""
        found: dict[str, dict[str, Positions]] = {}
        for name, row in self._each():
            macro = row.definition.macro() if _CHANGE.search(row.definition.body) else None
            numbers = written(macro.params, macro.body) if macro is not None else ()
            if numbers:
                held = found.setdefault(name.decode(), {})
                held[row.path] = tuple(sorted({*held.get(row.path, ()), *numbers}))
        return {name: tuple(sorted(found[name].items())) for name in sorted(found)}

    def _needed(self, roots: set[bytes]) -> set[bytes]:
        """``roots`` and the macros that their text needs to become functions and objects."""
        structural = self.pasting | self.initialisers | self.functions | self.objects
        names = sorted({name for name, row in self._each() if row.shape != _PLAIN})
        found, waiting = set(roots), list(roots)
        while waiting:
            own = self.rows[waiting.pop()]
            bare = {word for row in own for word in _BARE.findall(row.definition.body) if word in self.rows}
            texts = [(_WORD.findall(row.definition.params), row.definition.body) for row in own]
            inner = set().union(*(row.shape.inner for row in own))
            words = set().union(*(_WORD.findall(body) for _, body in texts)) - inner
            new = ((words & structural) | (inner & self.naming) | bare | _begun(texts, names)) - found
            found |= new
            waiting += new
        return found

    def _candidates(self, name: bytes) -> list[Candidate]:
        """The definitions of one name; where some write something, only those."""
        found = [self._candidate(row) for row in self.rows[name]]
        if name in self.leaving:
            return sorted((one for one in found if one.leaves), key=_plainest) or found
        return [one for one in found if one.functions or one.objects] or found

    def _candidate(self, row: _Row) -> Candidate:
        invoked = self.functions.intersection(row.shape.invokes), self.objects.intersection(row.shape.invokes)
        functions = row.shape.functions or bool(invoked[0])
        objects = self._is_object(row.shape) or bool(invoked[1])
        leaves = row.definition.name in self.leaving
        return Candidate(row.path, row.definition.macro(), functions, objects, leaves)


def _plainest(one: Candidate) -> tuple[bool, str, int]:
    """Of several definitions in one header the shortest first: the others say the same with traces."""
    return not is_shared(one.path), one.path, len(one.macro.body)


def _begun(texts: Iterable[tuple[Sequence[bytes], bytes]], names: Sequence[bytes]) -> set[bytes]:
    """Those of ``names`` that begin with a word to which a macro body (given with its parameters) pastes something."""
    stems = {stem for params, body in texts for stem in _STEM.findall(body) if stem not in params}
    return {name for stem in stems for name in _beginning(stem, names)}


def _text(one: Candidate) -> tuple[Sequence[bytes], bytes]:
    return [name.encode() for name in one.macro.params], one.macro.body.encode()


def _beginning(stem: bytes, names: Sequence[bytes]) -> Iterator[bytes]:
    for at in range(bisect_left(names, stem), len(names)):
        if not names[at].startswith(stem):
            return
        yield names[at]


def _told(one: Candidate, by_name: Mapping[str, Sequence[Candidate]]) -> Candidate:
    """``one`` with what it really writes: a function counts when its name is made of an argument and of no counter.

    Told from an invocation with made-up arguments; what depends on their number is taken to write functions."""
    if not one.functions or any(name.endswith("...") for name in one.macro.params) or _names_plainly(one.macro):
        return one
    seen = Visible(by_name, one.path, b"", own=one)
    arguments = ", ".join(f"{STAND_IN}{number}" for number in range(len(one.macro.params)))
    text = expand(f"{one.macro.name}({arguments})", seen, _MOST).text.encode()
    names = map(bytes.decode, shape(text).names)
    named = any(STAND_IN in name and not COUNTED.search(name) for name in names)
    return msgspec.structs.replace(one, functions=named)


def _names_plainly(macro: Macro) -> bool:
    """Whether the text alone shows a function with a name made of an argument."""
    names = (name.decode() for name in shape(macro.body.encode()).names)
    return any(not set(name.split("##")).isdisjoint(macro.params) for name in names)


def _rank(row: _Row) -> tuple[bool, bool, str, int]:
    shared = is_shared(row.path)
    return not shared, _ARCH.match(row.path) is not None, row.path, row.definition.start
