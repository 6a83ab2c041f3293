"""The errno vocabulary of a tree, read from its own errno headers and from the private aliases other files define."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

import msgspec

from kscan.model.regex import regex

_DEFINE = regex(
    r"^[ \t]*#[ \t]*define[ \t]+(E[A-Z0-9][A-Z0-9_]*)[ \t]+\(?[ \t]*([A-Za-z0-9_]+)[ \t]*\)?[ \t\r]*(?:/[*/]|$)", re.M
)
_MEANING = regex(r"^[ \t]*#[ \t]*define[ \t]+(E[A-Z0-9][A-Z0-9_]*)[ \t]+\d+[ \t]*/\*[ \t]*([^*\n]+?)[ \t.]*\*/", re.M)
_ARCH = regex(r"(?:^|/)arch/([^/]+)/")

_SPELLING = regex(r"(?:ERR_PTR\()?-(E[A-Z0-9][A-Z0-9_]*)\)?")

INTERNAL = range(512, 4096)
"""Numbers that user programs should never see (include/linux/errno.h)."""


class Errnos(msgspec.Struct, frozen=True):
    """Errno names without sign. ``numbers`` is the generic numbering; a name that only architectures define has none.

    ``canonical`` maps every known name to the name of its alias class; ``archs`` names the architectures that number a
    name on their own; ``meanings`` is what the comment beside a name says of it.
    """

    numbers: dict[str, int]
    names: dict[int, str]
    canonical: dict[str, str]
    archs: dict[str, tuple[str, ...]]
    meanings: dict[str, str] = {}

    def __contains__(self, name: object) -> bool:
        return name in self.canonical

    def number(self, name: str) -> int | None:
        """The generic number of ``name`` or of the name it is an alias of."""
        return self.numbers.get(name, self.numbers.get(self.canonical.get(name, "")))

    def name(self, number: int) -> str | None:
        """The canonical name of a generic number."""
        return self.names.get(number)

    def same(self, a: str, b: str) -> bool:
        """Whether two names are one errno: equal, or in one alias class (unknown names equal only themselves)."""
        return self.canonical.get(a, a) == self.canonical.get(b, b)

    def internal(self, name: str) -> bool:
        """Whether ``name`` is numbered where only the kernel itself may use it."""
        number = self.number(name)
        return number is not None and number in INTERNAL


def errno_of(value: str) -> str | None:
    """The errno name in an outcome spelt "-EIO" or "ERR_PTR(-EIO)", without sign; None for any other value."""
    found = _SPELLING.fullmatch(value)
    return found[1] if found else None


def read_errnos(texts: Mapping[str, str | bytes]) -> Errnos:
    """The vocabulary that the files in ``texts`` (path to content) define.

    Numbers count in files named errno*.h only, aliases everywhere, where their target is known. What a generic header
    says comes before what an architecture says. Hand in no file of ``tools/``: those are copies.
    """
    defines = {path: _defines(texts[path]) for path in sorted(texts, key=_rank)}
    numbers: dict[str, int] = {}
    archs: dict[str, set[str]] = {}
    for path, pairs in defines.items():
        arch = _ARCH.search(path)
        for name, value in pairs:
            if not value.isdecimal() or not PurePosixPath(path).name.startswith("errno"):
                continue
            if arch:
                archs.setdefault(name, set()).add(arch[1])
            else:
                numbers.setdefault(name, int(value))
    canonical = _classes([*numbers, *archs], [pair for pairs in defines.values() for pair in pairs], numbers)
    names: dict[int, str] = {}
    for name, number in numbers.items():
        names.setdefault(number, canonical[name])
    return Errnos(
        numbers=numbers,
        names=names,
        canonical=canonical,
        archs={name: tuple(sorted(found)) for name, found in sorted(archs.items())},
        meanings={name: said for path in reversed(defines) for name, said in _MEANING.findall(_text(texts[path]))},
    )


def _rank(path: str) -> tuple[bool, bool, str]:
    """Generic errno headers first, architectures next to last, files with private aliases last."""
    return (not PurePosixPath(path).name.startswith("errno"), _ARCH.search(path) is not None, path)


def _defines(text: str | bytes) -> list[tuple[str, str]]:
    return _DEFINE.findall(_text(text))


def _text(text: str | bytes) -> str:
    return text.decode("latin-1") if isinstance(text, bytes) else text


def _classes(known: Iterable[str], pairs: Iterable[tuple[str, str]], numbers: Mapping[str, int]) -> dict[str, str]:
    """Every name to the name of its class; a name with a generic number is its own class and is not merged."""
    canonical = {name: name for name in known}
    waiting = [(name, target) for name, target in pairs if not target.isdecimal() and name not in numbers]
    while waiting:
        rest = []
        for name, target in waiting:
            if target not in canonical:
                rest.append((name, target))
            elif canonical.get(name, name) == name:
                canonical[name] = canonical[target]
        if len(rest) == len(waiting):
            break
        waiting = rest
    return canonical
