"""The worker: the bytes of a file in, its row out. It reads no tree and no store."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Final

import msgspec

from kscan.dialect.scan import clean
from kscan.facts.braceless import without_braces
from kscan.facts.definers import Definers
from kscan.facts.errno import Errnos
from kscan.facts.extract import Parsed, extracted, facts_of, sharing_facts, tree_of
from kscan.facts.glance import Head, encoded, grouped, parts_of
from kscan.facts.indexed import decode_shared, hashed, key_of, packed
from kscan.facts.shared import MAX_FACTS_BYTES, NOTHING, Shared, shared_of
from kscan.facts.skim import skimmed
from kscan.facts.tables import call_key, tables_of, value_key
from kscan.index.fillings import struct_key
from kscan.link.bodies import Bodies, summary_of
from kscan.link.numbers import Numbers
from kscan.model.facts import FileFacts, FileTables, Function
from kscan.model.gap import Gap
from kscan.model.source import Source

_NO_DEFINERS: Final = Definers()
_ENCODER: Final = msgspec.msgpack.Encoder()


class Task(msgspec.Struct, frozen=True, array_like=True):
    """A file to read: its path in the tree, and its bytes."""

    path: str
    data: bytes


class Read(msgspec.Struct, frozen=True, array_like=True):
    """What was made of one file, encoded and packed. ``shared`` is empty for what is no header; nothing else is told
    where a second look is needed, for which the headers must be known (``again``)."""

    path: str
    facts: bytes | None
    flow: bytes
    names: bytes
    functions: int
    shared: bytes = b""
    again: bool = False
    keys: bytes = b""
    tables: bytes = b""
    head: bytes = b""


class Ground:
    """What reading any file of a tree rests on: its annotations, errnos, and what all its headers share.

    Equal only to itself; can be pickled, once for each worker."""

    def __init__(
        self,
        annotations: frozenset[bytes],
        errnos: Errnos,
        headers: Mapping[str, bytes],
        sharing: Mapping[str, Sequence[str]],
        definers: Definers = _NO_DEFINERS,
    ) -> None:
        self.annotations = annotations
        self.errnos = errnos
        self.headers = headers
        self.sharing = sharing
        self.definers = definers


def read_headers(ground: Ground, tasks: Sequence[Task]) -> list[bytes]:
    """The facts of headers and what they share, each an encoded ``Read``; summaries where there are no functions."""
    _settle_memory()
    return _each(tasks, partial(_read_header, ground))


def read_files(ground: Ground, tasks: Sequence[Task]) -> list[bytes]:
    """The facts and summaries of files, each an encoded ``Read``, with all headers known."""
    _settle_memory()
    return _each(tasks, _reader(ground).read)


def _each(tasks: Sequence[Task], read: Callable[[Task], Read]) -> list[bytes]:
    """What is read of each, encoded; whatever is raised says over which file."""
    done = []
    for task in tasks:
        try:
            done.append(_ENCODER.encode(read(task)))
        except Exception as fault:
            fault.add_note(task.path)
            raise
    return done


def _read_header(ground: Ground, task: Task) -> Read:
    source = Source(task.path, task.data)
    macros = ground.definers.seen_from(task.path, task.data)
    plain = without_braces(source, macros)
    if plain is not None:
        return _told(plain.facts, plain.tables, len(task.data))
    skeleton = clean(task.data)
    told = skimmed(source, skeleton)
    if told is not None:
        return Read(task.path, None, b"", b"", 0, _packed(shared_of(told, len(task.data))), again=True)
    parsed = tree_of(source, extra=ground.annotations, skeleton=skeleton)
    first = sharing_facts(source, parsed)
    facts = first or facts_of(source, parsed, macros=macros, extra=ground.annotations)
    shared = _packed(shared_of(facts, len(task.data)))
    if first is not None or facts.functions:
        return Read(task.path, None, b"", b"", 0, shared, again=True)
    return _told(facts, _tables(source, parsed, facts), len(task.data), shared)


def _told(facts: FileFacts, tables: FileTables, size: int, shared: bytes = b"") -> Read:
    """The row of a header without functions, of ``size`` bytes."""
    shared = shared or _packed(shared_of(facts, size))
    names = hashed(_mentions(facts, (), ()))
    keys, filled = _filled(tables, facts)
    return Read(facts.path, _kept(facts), _packed({}), names, 0, shared, False, keys, filled, _head(facts))


class _Headers:
    """The headers of a ``Ground``, with the one file that is being read."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._decoded = lru_cache(maxsize=4096)(self._decode)
        self._current = ("", NOTHING)

    def enter(self, path: str, shared: Shared) -> None:
        """From here on, ``path`` is the file that is read."""
        self._current = (path, shared)

    def shared(self, path: str) -> Shared:
        """What the file at ``path`` shares."""
        return self._current[1] if path == self._current[0] else self._decoded(path)

    def includes(self, path: str) -> tuple[str, ...]:
        """What the file at ``path`` includes."""
        return self.shared(path).includes

    def sharing(self, name: str) -> Sequence[str]:
        """The shared headers that may define ``name``, sorted."""
        return self._ground.sharing.get(name, ())

    def has(self, path: str) -> bool:
        """Whether ``path`` is a header of the tree."""
        return path in self._ground.headers

    def _decode(self, path: str) -> Shared:
        found = self._ground.headers.get(path)
        return NOTHING if found is None else decode_shared(found)


class _Asked(dict[str, "tuple[int, bool] | None"]):
    """The names that the bodies of one file ask for, each with its number and whether that is an errno."""

    def __init__(self, numbers: Numbers, path: str) -> None:
        super().__init__()
        self._numbers = numbers
        self._path = path

    def __missing__(self, word: str) -> tuple[int, bool] | None:
        found = self[word] = self._numbers.constant(word, self._path)
        return found


class _Reader:
    """Reads files one after the other; what it finds out about headers serves the next file."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._headers = _Headers(ground)
        self._numbers = Numbers(ground.errnos, self._headers)

    def read(self, task: Task) -> Read:
        source = Source(task.path, task.data)
        parsed = tree_of(source, extra=self._ground.annotations)
        macros = self._ground.definers.seen_from(task.path, task.data)
        facts, made_of = extracted(source, parsed, macros=macros, extra=self._ground.annotations)
        self._headers.enter(task.path, shared_of(facts, len(task.data)))
        asked = _Asked(self._numbers, task.path)
        bodies = Bodies(source, facts, lambda: parsed, self._ground.annotations, macros, made_of)
        flow = dict(self._flow(bodies, facts, asked))
        looked = self._numbers.private_names(task.path)
        self._numbers.forget(task.path)
        names = hashed(_mentions(facts, asked, looked))
        keys, tables = _filled(_tables(source, parsed, facts), facts)
        count = len(facts.functions)
        head = _head(facts)
        return Read(task.path, _kept(facts), _packed(flow), names, count, keys=keys, tables=tables, head=head)

    def _flow(self, bodies: Bodies, facts: FileFacts, asked: _Asked) -> Iterator[tuple[str, bytes]]:
        constant = asked.__getitem__
        near = (facts.path, *self._numbers.private_headers(facts.path))
        leaving: frozenset[str] = frozenset().union(*(self._headers.shared(path).leaving for path in near))
        for function in facts.functions:
            codes = bodies.codes(function) if wants_summary(function) else ()
            if codes:
                key = key_of(function.name, function.body_start)
                yield key, _ENCODER.encode(summary_of(function, codes, constant, facts, leaving))


def wants_summary(function: Function) -> bool:
    """Whether anyone is likely to ask what ``function`` returns."""
    return function.return_type != "void"


def unread(path: str, reason: str) -> Read:
    """The row of a file that could not be read to its end: a gap, and nothing else."""
    facts = FileFacts(path, gaps=(Gap(path, -1, "extract", "", reason),))
    return Read(path, _kept(facts), _packed({}), b"", 0, _packed(NOTHING), head=_head(facts))


def _kept(facts: FileFacts) -> bytes | None:
    parts = parts_of(facts)
    return packed(*parts) if sum(map(len, parts)) <= MAX_FACTS_BYTES else None


def _head(facts: FileFacts) -> bytes:
    return _ENCODER.encode(Head(facts.includes, facts.gaps))


def _packed(value: object) -> bytes:
    return packed(_ENCODER.encode(value))


def _tables(source: Source, parsed: Parsed, facts: FileFacts) -> FileTables:
    return tables_of(source, parsed, facts.functions, facts.macros)


def _filled(tables: FileTables, facts: FileFacts) -> tuple[bytes, bytes]:
    """What the file's tables are looked for by, as hashes, and the tables, encoded; both empty when it has none."""
    if not (tables.structs or tables.slots or tables.calls):
        return b"", b""
    slots = grouped(tables)
    return hashed([*slots, *_keys(tables, facts)]), packed(encoded(tables, slots, facts.gaps))


def _keys(tables: FileTables, facts: FileFacts) -> Iterator[str]:
    """What the ``tables`` of a file are looked for by, but for its slots."""
    yield from (struct_key(struct.type) for struct in tables.structs)
    own = {function.name for function in facts.functions if function.linkage == "static"}
    yield from (value_key(slot.value) for slot in tables.slots if slot.value and slot.value not in own)
    yield from (call_key(place.path[-1]) for call in tables.calls for place in call.places if place.path)


def _mentions(facts: FileFacts, asked: Iterable[str], looked: Iterable[str]) -> Iterator[str]:
    """The names that a file's row depends on, or that it calls."""
    for function in facts.functions:
        for call in function.calls:
            yield call.callee
    yield from facts.asked
    yield from asked
    yield from looked


@lru_cache(maxsize=1)
def _reader(ground: Ground) -> _Reader:
    return _Reader(ground)


@lru_cache(maxsize=1)
def _settle_memory() -> None:
    # Hardly anything here is cyclic garbage, and each look for some goes through every object alive.
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
