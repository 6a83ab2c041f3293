"""What a body can see when all of its file counts, not only what may be a page predicate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kscan.model.facts import Constant, FileFacts, Function, Macro
from kscan.predicates.bodies import Body
from kscan.predicates.definitions import Definitions


class WholeFiles:
    """The predicates of ``known``, with every function, macro and constant of the files that are looked at."""

    def __init__(self, known: Definitions) -> None:
        self.known = known
        self.catalog = known.catalog
        self.headers = known.headers
        self._functions: dict[str, dict[str, Function]] = {}

    @property
    def macros(self) -> Mapping[str, Macro]:
        return self.known.macros

    @property
    def constants(self) -> Mapping[str, Constant]:
        return self.known.constants

    def facts(self, path: str) -> FileFacts:
        return self.catalog.facts(path) if path else FileFacts(path)

    def functions(self, path: str) -> Mapping[str, Function]:
        if path not in self._functions:
            found = reversed(self.facts(path).functions)
            self._functions[path] = {function.name: function for function in found if not function.via}
        return self._functions[path]

    def named(self, name: str, seen_from: str) -> Sequence[Body]:
        return self.known.named(name, seen_from)

    def linkages(self, name: str, seen_from: str) -> Sequence[str]:
        return self.known.linkages(name, seen_from)
