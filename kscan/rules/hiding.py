"""The allowances of the files under check: what they hide, what they do not, and what in them is not understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kscan.link.catalog import Catalog
from kscan.model.facts import Function
from kscan.model.finding import Finding
from kscan.model.gap import Gap
from kscan.model.standing import Allowance, Allowed
from kscan.rules.allowances import MARK, Read, read, sort_out
from kscan.rules.registry import advice


class Hiding:
    """The allowances that matter to the functions in ``scope``; a file is read when it is first asked about."""

    def __init__(self, catalog: Catalog, scope: Sequence[Function]) -> None:
        self._catalog = catalog
        self._scope = frozenset((function.file, function.start) for function in scope)
        self._files: dict[str, Read] = {}

    def sort_out(self, found: Sequence[Finding]) -> tuple[list[Finding], list[Allowed]]:
        """The findings that no comment hides, and those that one does."""
        files = {finding.span.file for finding in found}
        return sort_out(found, [one for path in sorted(files) for one in self._of(path).allowances])

    def gaps(self, files: Iterable[str]) -> Iterator[Gap]:
        """What is not understood in ``files``, and in those that were asked about."""
        for path in sorted({*files, *self._files}):
            yield from self._of(path).gaps

    def unused(self, files: Iterable[str], found: Mapping[str, Sequence[Finding]]) -> Iterator[tuple[Allowance, str]]:
        """Each allowance in ``files`` with each rule of ``found`` (findings by rule) of which it hides nothing. Those
        that speak for code which is not under check are left out."""
        for path in files:
            for allowance in self._of(path).allowances:
                if self._is_checked(allowance):
                    for rule in allowance.rules:
                        if rule in found and not any(allowance.hides(finding) for finding in found[rule]):
                            yield allowance, rule

    def _of(self, path: str) -> Read:
        if path not in self._files:
            # Not by way of the catalog, which keeps what it reads: this may be all files of a tree.
            found = self._catalog.tree.read(path)
            data = b"" if isinstance(found, Gap) else found.data
            functions = self._catalog.facts(path).functions if MARK in data else ()
            self._files[path] = read(path, data, functions, advice)
        return self._files[path]

    def _is_checked(self, allowance: Allowance) -> bool:
        """Whether the function that it speaks for is under check; outside of functions, all of the file."""
        path = allowance.span.file
        functions = self._catalog.facts(path).functions
        around = [one for one in functions if one.start < allowance.end and allowance.start < one.end]
        return all((path, one.start) in self._scope for one in around or functions)
