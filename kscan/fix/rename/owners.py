"""Whose a name is: the definitions of a tree sorted into the symbols they belong to, and the files that mean each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from kscan.fix.rename.words import MODULE, PROGRAM_IN_KERNEL
from kscan.model.regex import regex
from kscan.model.rename import SymbolKind
from kscan.source.tree import NOT_KERNEL, image_of

_PUBLIC = regex(r"include/|arch/[^/]+/include/")
_HEADERS = (".h", ".inc")
_SHARED_BY_PROGRAMS = {"tools/include": "tools/", "tools/lib": "tools/", "tools/arch": "tools/"}
_LINKED: frozenset[SymbolKind] = frozenset(["function", "variable"])


class Definition(NamedTuple):
    """``name`` is defined (or with no ``kind`` declared) at byte ``start`` of ``path``."""

    path: str
    start: int
    kind: SymbolKind | None
    static: bool


class Symbol(NamedTuple):
    """One thing that a name means. ``scope`` is where: "" the kernel, "mm/" what lies in that folder, else a file."""

    scope: str
    definitions: tuple[Definition, ...]

    @property
    def kind(self) -> SymbolKind:
        """A function if any variant of it is one."""
        kinds = [one.kind for one in self.definitions if one.kind is not None]
        return next((kind for kind in ("function", "macro", "variable", "type", "constant") if kind in kinds), kinds[0])

    @property
    def files(self) -> tuple[str, ...]:
        """Where it is defined."""
        return tuple(dict.fromkeys(one.path for one in self.definitions if one.kind is not None))


def is_program(path: str) -> bool:
    """Whether ``path`` belongs to a program or text that comes with the kernel."""
    return path.split("/", 1)[0] in NOT_KERNEL


def unit(path: str) -> str:
    """The folder of the program that ``path`` belongs to, with a slash at its end."""
    parts = PurePosixPath(path).parts
    shared = _SHARED_BY_PROGRAMS.get("/".join(parts[:2]))
    if shared:
        return shared
    depth = 2 + (parts[:2] == ("tools", "testing")) + (parts[:3] == ("tools", "testing", "selftests"))
    return "/".join(parts[: min(depth, len(parts) - 1)]) + "/"


def symbols(definitions: Sequence[Definition]) -> tuple[Symbol, ...]:
    """The symbols that ``definitions`` (declarations among them) make up; those of the kernel where it has any."""
    defined = [one for one in definitions if one.kind is not None]
    kernel = [one for one in defined if not is_program(one.path)]
    declared = [one for one in definitions if one.kind is None and not one.static]
    groups: dict[str, list[Definition]] = {}
    for one in kernel or defined:
        groups.setdefault(_scope(one), []).append(one)
    _split_unshared(groups, declared)
    _join(groups, declared)
    return tuple(Symbol(scope, tuple(found)) for scope, found in sorted(groups.items()))


def _scope(one: Definition) -> str:
    if one.path.endswith(_HEADERS):
        public = _PUBLIC.match(one.path) and not is_program(one.path)
        return "" if public else image_of(one.path) or f"{PurePosixPath(one.path).parent}/"
    if one.kind in _LINKED and not one.static:
        return unit(one.path) if is_program(one.path) else image_of(one.path)
    return one.path


def _split_unshared(groups: dict[str, list[Definition]], declared: list[Definition]) -> None:
    """Global definitions in several folders that no public header declares are several symbols."""
    found = groups.get("", [])
    public = any(_PUBLIC.match(one.path) for one in [*found, *declared])
    folders = {f"{PurePosixPath(one.path).parent}/" for one in found}
    if not public and len(folders) > 1 and not _one_header(folders, declared):
        for one in groups.pop(""):
            groups.setdefault(f"{PurePosixPath(one.path).parent}/", []).append(one)


def _one_header(folders: Collection[str], declared: list[Definition]) -> bool:
    """Whether a header above all of the folders declares it."""
    above = [f"{PurePosixPath(one.path).parent}/" for one in declared if one.path.endswith(_HEADERS)]
    return any(all(folder.startswith(top) for folder in folders) for top in above)


def _join(groups: dict[str, list[Definition]], declared: list[Definition]) -> None:
    """A private header, or a second definition in a file, may be another variant of a symbol that is seen farther."""
    for scope in sorted(groups, key=len, reverse=True):
        wider = [other for other in groups if other != scope and _covers(other, scope)]
        for other in sorted(wider, key=len, reverse=True):
            if _variants(scope, groups[scope], groups[other], declared):
                groups[other] += groups.pop(scope)
                break


def _covers(scope: str, inner: str) -> bool:
    return inner.startswith(scope) if scope == "" or scope.endswith("/") else False


def _variants(scope: str, some: list[Definition], others: list[Definition], declared: list[Definition]) -> bool:
    files = {one.path for one in some}
    if any(one.path in files for one in others):
        return True
    if not scope.endswith("/"):
        return False
    return any(one.path in files for one in declared) or any(one.path.startswith(scope) for one in others)


class Owners:
    """Who a use of the name in a file belongs to."""

    def __init__(self, definitions: Sequence[Definition], kernel_sources: Iterable[str]) -> None:
        self.symbols = symbols(definitions)
        defined = [one for one in definitions if one.kind is not None]
        self._programs = {unit(one.path): one.path for one in defined if is_program(one.path)}
        self._kinds: dict[str, list[SymbolKind]] = {}
        for one in defined:
            if one.kind is not None:
                self._kinds.setdefault(one.path, []).append(one.kind)
        self._compiling = {unit(path) for path in kernel_sources}
        self._only_programs = all(is_program(one.path) for one in defined)
        self._user_header = any("include/uapi/" in one.path for one in defined)

    def owner(self, path: str, data: bytes) -> Symbol | str:
        """The symbol that the name means in code of ``path``, or why it is none of the kernel's."""
        if is_program(path) and not self._only_programs:
            return self._of_program(path, data)
        near = [one for one in self.symbols if one.scope == path or _covers(one.scope, path)]
        if near:
            return max(near, key=lambda one: len(one.scope))
        including = [one for one in self.symbols if _includes(data, one)]
        if len(including) == 1:
            return including[0]
        linked = [one for one in self.symbols if any(d.kind in _LINKED and not d.static for d in one.definitions)]
        return linked[0] if len(linked) == len(self.symbols) == 1 else "no definition of it is seen from here"

    def _stands_in(self, path: str, symbol: Symbol) -> bool:
        """Whether what a program's file defines, if anything, is of the symbol's kind: a stub of it, not a homonym."""
        return all(_alike(kind, symbol.kind) for kind in self._kinds.get(path, ()))

    def _of_program(self, path: str, data: bytes) -> Symbol | str:
        home = unit(path)
        main = next((one for one in self.symbols if one.scope == ""), None)
        if home in self._compiling and len(self.symbols) == 1 and self._stands_in(path, self.symbols[0]):
            return self.symbols[0]
        if main is not None and home not in self._programs and (MODULE.search(data) or path.endswith(".in")):
            return main
        own = self._programs.get(home) or next((self._programs[u] for u in self._programs if home.startswith(u)), "")
        if own:
            return f"the program's own, defined in {own}"
        if main is not None and (self._user_header or PROGRAM_IN_KERNEL.search(data)):
            return main
        return "a program of its own"


def _alike(one: SymbolKind, other: SymbolKind) -> bool:
    """Whether one can take the place of the other; a macro can of anything that is called or read."""
    return one == other or "macro" in (one, other)


def _includes(data: bytes, symbol: Symbol) -> bool:
    """Whether the file includes one that defines the symbol, going by its name."""
    names = {PurePosixPath(path).name.encode() for path in symbol.files}
    return any(re.search(rb'#[ \t]*include[ \t]+"(?:[^"\n]*/)?' + re.escape(name) + rb'"', data) for name in names)


def by_file(symbol: Symbol) -> Mapping[str, int]:
    """The first definition in each file."""
    return {one.path: one.start for one in reversed(symbol.definitions) if one.kind is not None}
