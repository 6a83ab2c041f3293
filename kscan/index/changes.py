"""Which names mean something else since a header was changed; whoever mentions one of them is read again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kscan.facts.shared import NOTHING, Shared
from kscan.model.facts import Constant
from kscan.model.regex import regex

_WORD: Final = regex(r"[A-Za-z_]\w*")


def changed_names(path: str, old: Shared | None, new: Shared | None) -> set[str]:
    """The names whose meaning may differ when the header at ``path`` shares ``new`` in place of ``old`` (None: there is
    no such file). The path itself is among them where what it includes, or that it exists, is another."""
    before, after = old or NOTHING, new or NOTHING
    names = set(before.leaving) ^ set(after.leaving)
    if old is None or new is None or before.includes != after.includes:
        names.add(path)
    for name in before.constants.keys() | after.constants.keys():
        if _meant(before, name) != _meant(after, name):
            names.add(name)
    return names


def closure(names: set[str], headers: Iterable[Shared]) -> set[str]:
    """``names``, and the constants that are defined through one of them, directly or not."""
    users = _users(headers)
    found, pending = set(names), list(names)
    while pending:
        for name in users.get(pending.pop(), ()):
            if name not in found:
                found.add(name)
                pending.append(name)
    return found


def _users(headers: Iterable[Shared]) -> Mapping[str, set[str]]:
    """Constants by the names that they are defined through."""
    users: dict[str, set[str]] = {}
    for shared in headers:
        for constants in shared.constants.values():
            for constant in constants:
                for word in _through(constant):
                    users.setdefault(word, set()).add(constant.name)
    return users


def _through(constant: Constant) -> Iterator[str]:
    if constant.after:
        yield constant.after
    if constant.value and not constant.value.isdecimal():
        yield from _WORD.findall(constant.value)


def _meant(shared: Shared, name: str) -> list[tuple[str, str, str]]:
    """Positions do not count."""
    return [(one.kind, one.value, one.after) for one in shared.constants.get(name, ())]
