"""Which headers a file sees, told by the include lines: no build is asked for its ``-I``."""

from __future__ import annotations

import posixpath
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

from kscan.facts.shared import is_shared
from kscan.link.numbers import beside
from kscan.link.recent import Recent

MAX_SEEN: Final = 400
"""Private headers followed from one file; what is included through more is not seen."""

_MAX_FILES: Final = 4_096
"""Files of which is held what they see."""
_NEIGHBOURS: Final = 2
"""Leading folders that a header shares with one that includes it by a name that is not found beside it."""


class Included(Protocol):
    """The include lines of a tree."""

    def includes(self, path: str) -> tuple[str, ...]:
        """What the file at ``path`` includes."""

    def has(self, path: str) -> bool:
        """Whether ``path`` is a file of the tree."""


class _Lines(NamedTuple):
    """What the include lines of one file mean: private headers that are ``there``, and ``names`` that some ``-I`` may
    lead to."""

    there: tuple[str, ...]
    names: tuple[str, ...]


class _Reach(NamedTuple):
    """Private headers, and by their last part the names that may mean one, each with the file that includes it."""

    there: frozenset[str]
    names: dict[str, list[tuple[str, str]]]


class Seen:
    """What files of a tree see of its headers, over all configurations: an include under a condition counts.

    A name is looked for beside the file that includes it, as the compiler does. Where it is not there, a ``-I`` of the
    folder's Makefile leads to it, mostly to a folder above: the nearest of them that has it is followed. Besides, every
    header counts whose path ends so: of those that a file includes itself any, of those that its headers include one in
    the neighbourhood. So where two headers could be meant both are alternatives."""

    def __init__(self, tree: Included) -> None:
        self._tree = tree
        self._lines: Recent[str, _Lines] = Recent(_MAX_FILES)
        self._reach: Recent[str, _Reach] = Recent(_MAX_FILES)
        self._through: Recent[tuple[str, str], frozenset[str]] = Recent(_MAX_FILES)

    def sees(self, path: str, header: str) -> bool:
        """Whether ``path`` can include ``header``, directly or through private headers: a public one, one of its own
        folder, or one that is named."""
        if header.startswith("include/"):
            return True
        if header.startswith("arch/") and "/include/" in header:
            return not path.startswith("arch/") or path.split("/", 2)[1] == header.split("/", 2)[1]
        folder, _, name = header.rpartition("/")
        if folder == path.rpartition("/")[0]:
            return True
        reach = self._reached(path)
        return (
            header in reach.there
            or any(
                header.endswith(f"/{tail}") and (by == path or _near(by, header))
                for tail, by in reach.names.get(name, ())
            )
            or (_near(path, header) and header in self._from(path, folder))
        )

    def _lines_of(self, path: str) -> _Lines:
        """What the include lines of the file at ``path`` mean."""
        found = self._lines.get(path)
        if found is None:
            found = self._lines[path] = self._read(path)
        return found

    def _reached(self, path: str) -> _Reach:
        found = self._reach.get(path)
        if found is None:
            found = self._reach[path] = self._follow(path)
        return found

    def _from(self, path: str, folder: str) -> frozenset[str]:
        """The private headers that ``path`` sees too if a ``-I`` leads to ``folder``, or to one above it."""
        key = (path, folder)
        found = self._through.get(key)
        if found is None:
            named = (one for some in self._reached(path).names.values() for one in some)
            tails = sorted({tail for tail, by in named if _near(by, f"{folder}/")})
            above = [folder, *_above(folder)]
            first = (one for tail in tails for at in above if self._tree.has(one := beside(at, tail)))
            found = self._through[key] = frozenset().union(*[self._reached(one).there for one in first])
        return found

    def _follow(self, path: str) -> _Reach:
        there: dict[str, None] = {path: None}
        names: dict[str, list[tuple[str, str]]] = {}
        pending = [path]
        while pending:
            current = pending.pop()
            lines = self._lines_of(current)
            for name in lines.names:
                names.setdefault(name.rpartition("/")[2], []).append((name, current))
            for one in lines.there:
                if one not in there and len(there) <= MAX_SEEN:
                    there[one] = None
                    pending.append(one)
        return _Reach(frozenset(there), names)

    def _read(self, path: str) -> _Lines:
        folder = posixpath.dirname(path)
        there, names = [], []
        for included in self._tree.includes(path):
            if not included.endswith(".h"):
                continue
            near = beside(folder, included)
            if self._tree.has(near):
                if not is_shared(near):
                    there.append(near)
            elif not self._is_public(included):
                names.append(_tail(included))
                above = self._found_above(folder, included)
                if above:
                    there.append(above)
        return _Lines(tuple(there), tuple(names))

    def _is_public(self, included: str) -> bool:
        first, slash, _ = included.partition("/")
        return first in _PUBLIC or bool(slash and first != ".." and self._tree.has(f"include/{included}"))

    def _found_above(self, folder: str, included: str) -> str:
        """The header in a folder above ``folder``, or in the ``include`` of one; not as far up as the whole tree."""
        for above in (folder, *_above(folder)):
            for at in (above, f"{above}/include"):
                near = beside(at, included)
                if self._tree.has(near) and not is_shared(near):
                    return near
        return ""


_PUBLIC: Final = frozenset({"linux", "asm", "asm-generic", "uapi", "generated"})
"""Folders of include/ that no private header is included from: no look is needed."""


@lru_cache(maxsize=1 << 12)
def _above(folder: str) -> tuple[str, ...]:
    """The folders above ``folder`` that are in its neighbourhood."""
    parts = folder.split("/")
    return tuple("/".join(parts[:count]) for count in range(len(parts) - 1, _NEIGHBOURS - 1, -1))


def _near(path: str, header: str) -> bool:
    return path.split("/")[:_NEIGHBOURS] == header.split("/")[:_NEIGHBOURS]


def _tail(included: str) -> str:
    """What the path of a header ends with that is found as ``included`` from a folder that is not known."""
    parts = [part for part in included.split("/") if part != "."]
    while parts and parts[0] == "..":
        del parts[0]
    return "/".join(parts)
