"""The numbers of an overlay of a tree: most files of it see those that they see below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kscan.link.numbers import Numbers

if TYPE_CHECKING:
    from kscan.link.catalog import Catalog


class NumbersOver(Numbers):
    """The numbers of an overlay: in files that are as in the tree ``below`` those that they are there."""

    def __init__(self, catalog: Catalog, below: Catalog) -> None:
        super().__init__(catalog.errnos, catalog)
        self._as_below = catalog.as_below
        self._catalog = catalog
        self._below = below

    def constant(self, name: str, seen_from: str) -> tuple[int, bool] | None:
        """As for any tree."""
        numbers = self._numbers(seen_from)
        return super().constant(name, seen_from) if numbers is None else numbers.constant(name, seen_from)

    def number(self, name: str, seen_from: str) -> int | None:
        """As for any tree."""
        numbers = self._numbers(seen_from)
        return super().number(name, seen_from) if numbers is None else numbers.number(name, seen_from)

    def _numbers(self, path: str) -> Numbers | None:
        same = self._as_below.constants and (self._as_below.file(path) or self._catalog.carried(path) is not None)
        return self._below.numbers if same else None
