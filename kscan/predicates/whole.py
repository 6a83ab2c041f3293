"""What a body can see when all of its file counts, not only what may be a page predicate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kscan.dialect.scan import clean
from kscan.model.facts import Constant, FileFacts, Function, Macro
from kscan.predicates.bodies import Body
from kscan.predicates.definitions import Definitions
from kscan.predicates.words import RACY
from kscan.source.tree import image_of

_MAX_BODY = 600
"""Bytes of a function of a header that is read into its callers."""


class WholeFiles:
    """The predicates of ``known``, with every function, macro and constant of the files that are looked at."""

    def __init__(self, known: Definitions) -> None:
        self.known = known
        self.catalog = known.catalog
        self.headers = known.headers
        self._functions: dict[str, dict[str, Function]] = {}
        self._macros: dict[tuple[str, str], Macro | None] = {}

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

    def shared_macro(self, name: str, seen_from: str) -> Macro | None:
        """A macro of the predicates' headers, or the only one that a visible header has."""
        own = self.known.macros.get(name)
        if own is not None:
            return own
        key = (name, seen_from)
        if key not in self._macros:
            paths = self._visible(name, seen_from)
            found = [macro for path in paths for macro in self.catalog.facts(path).macros if macro.name == name]
            one = found[0] if len({(macro.params, macro.body) for macro in found}) == 1 else None
            self._macros[key] = None if one is None or RACY.search(one.body.encode()) else one
        return self._macros[key]

    def shared_inline(self, name: str, seen_from: str) -> Function | None:
        """The only function of the name, small and in a visible header, in which nothing says that what it reads may
        change."""
        paths = self._visible(name, seen_from)
        found = [function for path in paths for function in self.catalog.functions_in(path, name)]
        if len(found) != 1 or found[0].linkage == "global" or found[0].via or found[0].errors:
            return None
        function = found[0]
        source = self.catalog.source(function.file)
        text = b"" if source is None else clean(source.data).text[function.body_start : function.end]
        return function if text and len(text) <= _MAX_BODY and not RACY.search(text) else None

    def _visible(self, name: str, seen_from: str) -> list[str]:
        if not seen_from:
            return []
        headers = (path for path in self.catalog.index.files_defining(name) if path.endswith(".h"))
        image = image_of(seen_from)
        return [path for path in headers if self.catalog.sees(seen_from, path) and image_of(path) == image]
