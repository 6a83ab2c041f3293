"""The macros a file can use that return or jump: its own, and those of the headers that it sees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kscan.dialect.shapes import leaves
from kscan.facts.definers import Visible
from kscan.facts.macros import naming
from kscan.model.facts import FileFacts, Macro
from kscan.model.regex import regex

_USED = regex(r"(?<![\w.>])[A-Za-z_]\w*(?=\s*\()")


class Leaving(Mapping[str, Macro]):
    """The macros that leave the function they stand in: the file's own, and those of ``foreign`` that no function of
    the file has the name of. Those of the file are listed, the others are found by name."""

    def __init__(self, facts: FileFacts, foreign: Visible) -> None:
        own = {macro.name: macro for macro in reversed(facts.macros)}
        self._hidden = own.keys() | {function.name for function in facts.functions}
        self._foreign = foreign
        self._of_arch = facts.path.startswith("arch/")
        found = {name for name, macro in own.items() if leaves(macro.body.encode()) or self._wraps(macro)}
        self._own = {name: own[name] for name in sorted(naming(own, found))}

    def __getitem__(self, name: str) -> Macro:
        found = self._own.get(name) or self._elsewhere(name)
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._own or (isinstance(name, str) and self._elsewhere(name) is not None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)

    def among(self, names: frozenset[str]) -> frozenset[str]:
        """Those of ``names`` that leave: few are macros at all."""
        macros = (self._own.keys() & names) | self._foreign.defined_among(names)
        return frozenset(name for name in macros if name in self)

    def _elsewhere(self, name: str) -> Macro | None:
        """The macro ``name`` of another file, where it leaves."""
        candidate = None if name in self._hidden else self._foreign.candidate(name)
        if candidate is None or not candidate.leaves or (candidate.path.startswith("arch/") and not self._of_arch):
            return None
        return candidate.macro

    def _wraps(self, macro: Macro) -> bool:
        """Whether ``macro`` uses a foreign one that leaves, and that does the same in all configurations."""
        names = _USED.findall(macro.body)
        return any(self._elsewhere(name) is not None and self._foreign.has_one(name) for name in names)
