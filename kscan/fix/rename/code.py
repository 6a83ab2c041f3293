"""The C of a tree as far as it says a name: what the name means at each place, and whose it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from kscan.fix.rename.candidates import C_SUFFIXES, Found
from kscan.fix.rename.look import Looked, Occurrence, Shadow, look_files
from kscan.fix.rename.macros import Macros
from kscan.fix.rename.meaning import Meaning, Space, meaning, shadows
from kscan.fix.rename.owners import Definition, Owners, Symbol, is_program
from kscan.model.gap import Gap
from kscan.model.progress import Progress
from kscan.source.pool import chunks, map_chunks
from kscan.source.tree import Tree

_RUN_BYTES = 1 << 20


class Read(NamedTuple):
    """A tree to read: ``files_of`` gives the files that may define a function or macro; ``extra`` its annotations."""

    tree: Tree
    files_of: Callable[[str], Iterable[str]]
    extra: frozenset[bytes]
    jobs: int
    progress: Progress

    def bytes_of(self, path: str) -> bytes:
        """The bytes of a file, none of one that cannot be read."""
        found = self.tree.read(path)
        return b"" if isinstance(found, Gap) else found.data


class CFile(NamedTuple):
    """A file, where names mean something local in it, and the places of the name in its code with their meanings."""

    looked: Looked
    shadows: tuple[Shadow, ...]
    places: tuple[tuple[Occurrence, Meaning], ...]

    @property
    def path(self) -> str:
        return self.looked.path

    @property
    def other(self) -> str:
        """What else than a thing of file scope the name is in this file, "" if nothing."""
        return next((meant.why for _, meant in self.places if meant.why), "")


def with_names(read: Read, found: Found, old: bytes, new: bytes) -> set[str]:
    """The C files with the old name, and those with the new one that may define it at file scope."""
    paths = {path for path in found.words[old] if path.endswith(C_SUFFIXES)}
    fresh = [path for path in found.words[new] if path.endswith(C_SUFFIXES) and path not in paths]
    return paths.union(path for path in fresh if may_define(read.bytes_of(path), new))


def look_at(read: Read, paths: Iterable[str], names: tuple[bytes, ...]) -> dict[str, Looked]:
    """The places of ``names`` in the files at ``paths``."""
    stats = [stat for path in sorted(paths) for stat in read.tree.files((path,), suffixes=("",))]
    read.progress.stage("parse", len(stats))
    work = partial(look_files, read.tree.root, names, read.extra)
    looked: dict[str, Looked] = {}
    for some in map_chunks(work, chunks(stats, _RUN_BYTES), read.jobs):
        looked.update((one.path, one) for one in some)
        read.progress.advance(len(some))
    return looked


def may_define(data: bytes, name: bytes) -> bool:
    """Whether a line that could define ``name`` at file scope says it: no indented statement does."""
    word = re.escape(name)
    form = rb"^(?:[^ \t\n#/*][^\n]*)?\b%s\b|#[ \t]*define[ \t]+%s\b|^[ \t]+%s[ \t]*(?:,|=[^=;\n]*,|[}\n])"
    return re.search(form % (word, word, word), data, re.MULTILINE) is not None


def macros_of(read: Read, looked: dict[str, Looked]) -> Macros:
    """The macros of the tree; those of its programs as far as the files looked at define them."""
    defining = [one for one in looked.values() if is_program(one.path) and b"define" in one.data]

    def files_of(name: str) -> Iterator[str]:
        yield from read.files_of(name)
        form = re.compile(rb"#[ \t]*define[ \t]+%s\(" % re.escape(name.encode()))
        yield from (one.path for one in defining if form.search(one.data))

    return Macros(files_of, read.bytes_of)


def judge(looked: dict[str, Looked], macros: Macros, name: bytes, space: Space) -> dict[str, CFile]:
    """The files whose text has ``name``, each place in code with its meaning."""
    return {path: _judged(one, macros, name, space) for path, one in looked.items() if _has(one, name)}


def _has(looked: Looked, name: bytes) -> bool:
    return any(one.name == name for one in looked.occurrences)


def _judged(looked: Looked, macros: Macros, name: bytes, space: Space) -> CFile:
    local = shadows(looked, macros)
    code = (one for one in looked.occurrences if one.name == name and one.region in ("code", "directive"))
    return CFile(looked, local, tuple((one, meaning(one, looked, local, macros, space)) for one in code))


def definitions(files: dict[str, CFile]) -> list[Definition]:
    """Where the name is defined or declared."""
    return [
        Definition(path, one.start, meant.defines, meant.static)
        for path, file in files.items()
        for one, meant in file.places
        if not meant.why and (meant.defines or meant.kind == "declaration")
    ]


def belonging(files: dict[str, CFile], owners: Owners, symbol: Symbol) -> dict[str, str]:
    """For each file "" if its code means ``symbol`` by the name, else what it means."""
    return {path: _other(owners.owner(path, file.looked.data), symbol) for path, file in files.items()}


def _other(owner: Symbol | str, symbol: Symbol) -> str:
    if isinstance(owner, str):
        return owner
    return "" if owner is symbol else f"another of that name, defined in {owner.files[0]}"
