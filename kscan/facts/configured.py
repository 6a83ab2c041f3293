"""What an index has ready of a tree, as one configuration sees it, and as far as the files are those that it read."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

import msgspec

from kscan.dialect.conditions import ANY_CONFIG_TEST, decide
from kscan.facts.glance import FactsGlance, Head, TablesGlance, parts_of
from kscan.facts.overlaid import Ready
from kscan.facts.shared import Shared
from kscan.model.facts import Function
from kscan.model.regex import regex

_DECIDED: Final = regex(rb"^[ \t]*#[ \t]*(?:el)?if|\b(?:" + ANY_CONFIG_TEST + rb")[ \t]*\(", re.M)


class ConfiguredReady:
    """
    What is ``base``'s, without the functions that the configuration ``symbols`` leaves out, without the summaries of
    those in whose body it decides, and without anything of the files in ``stale``. ``text`` gives the bytes of a file.

    ``asked`` are the files that something was taken of.
    """

    def __init__(
        self, base: Ready, symbols: Mapping[str, str] | None, stale: Collection[str], text: Callable[[str], bytes]
    ) -> None:
        self.asked: set[str] = set()
        self._base = base
        self._symbols = symbols
        self._stale = stale
        self._text = text
        self._ends: dict[str, dict[str, int]] = {}
        self._alive: dict[tuple[str, ...], bool] = {}

    @property
    def lost(self) -> bool:
        """As for the base."""
        return self._base.lost

    def facts(self, path: str) -> FactsGlance | None:
        """As for the base."""
        if path in self._stale:
            return None
        self.asked.add(path)
        found = self._base.facts(path)
        if found is None or self._symbols is None:
            return found
        facts = found.whole()
        kept = tuple(one for one in facts.functions if self._lives(one))
        self._ends[path] = {f"{one.name}:{one.body_start}": one.end for one in kept}
        if len(kept) == len(facts.functions):
            return found
        near, rest = parts_of(msgspec.structs.replace(facts, functions=kept))
        return FactsGlance(near, lambda: rest)

    def summary(self, path: str, key: str) -> bytes | None:
        """As for the base."""
        if path in self._stale:
            return None
        self.asked.add(path)
        end = self._ends.get(path, {}).get(key)
        if end is not None and _DECIDED.search(self._text(path), int(key.rpartition(":")[2]), end):
            return None
        return self._base.summary(path, key)

    def shared(self, path: str) -> Shared | None:
        """As for the base."""
        if path in self._stale:
            return None
        self.asked.add(path)
        return self._base.shared(path)

    def head(self, path: str) -> Head | None:
        """As for the base."""
        if path in self._stale:
            return None
        self.asked.add(path)
        return self._base.head(path)

    def tables(self, path: str) -> TablesGlance | None:
        """As for the base."""
        return None if path in self._stale else self._base.tables(path)

    def mentioning(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """As for the base, and all that is stale: a file too many is possible."""
        return tuple(sorted({*self._base.mentioning(wanted), *self._stale}))

    def filling(self, key: str) -> tuple[str, ...]:
        """As for the base, and all that is stale."""
        return tuple(sorted({*self._base.filling(key), *self._stale}))

    def _lives(self, function: Function) -> bool:
        """Whether the configuration does not leave ``function`` out."""
        known = self._alive.get(function.config)
        if known is None:
            known = all(decide(text.encode(), self._symbols) != 0 for text in function.config)
            self._alive[function.config] = known
        return known
