"""What the text of the files under check says beyond return values, worked out when a rule asks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache, cached_property

from kscan.dialect.scan import clean
from kscan.facts.declared import Declared
from kscan.link.catalog import Catalog
from kscan.link.conditions import Conditions
from kscan.link.declared import declared_in
from kscan.model.decided import Decided
from kscan.model.error import during
from kscan.model.facts import Function
from kscan.model.progress import Progress
from kscan.model.regex import regex

_WORD = regex(rb"[A-Za-z_]\w*")
_NO_USE = regex(rb"[A-Z][A-Z0-9_]*\(\s*|\s*#\s*(?:define|undef|ifn?def)\s+(?:\w+\s+)?|.*\bdefined\s*\(?\s*")
"""What stands before a name that is exported, or spoken of by the preprocessor alone."""
_COMMENT = regex(rb"/\*.*?\*/|//.*", re.DOTALL)


class Reading:
    """Answers about the functions in ``scope`` and the ``files`` under check."""

    def __init__(self, catalog: Catalog, scope: Sequence[Function], files: Collection[str], progress: Progress) -> None:
        self._catalog = catalog
        self._scope = scope
        self._files = sorted({*files, *(function.file for function in scope)})
        self._progress = progress
        self._decided = Conditions(catalog)
        self.identifiers = cache(self._identifiers)
        self._callers = cache(self._callers_in)

    def decided(self) -> Sequence[Decided]:
        """The conditions that are decided before they are asked."""
        return self._conditions

    @cached_property
    def _conditions(self) -> Sequence[Decided]:
        self._progress.stage("conditions", len(self._scope))
        return [one for function in self._scope for one in self._conditions_in(function)]

    def _conditions_in(self, function: Function) -> Sequence[Decided]:
        self._progress.advance()
        with during(f"reading the conditions of {function.name}()", function.file):
            return self._decided.of(function)

    def declared(self, asked: Callable[[str], bool]) -> Iterator[Declared]:
        """The names of mixed case that those of the files declare that are ``asked``."""
        for path in filter(asked, self._files):
            with during("reading declarations", path):
                yield from declared_in(self._catalog, path)

    def callers_beside(self, function: Function) -> frozenset[str]:
        """The functions of its own file that call ``function``."""
        return frozenset(self._callers(function.file).get(function.name, ()))

    def _callers_in(self, path: str) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for function in self._catalog.facts(path).functions:
            for call in function.calls:
                found[call.callee].add(function.name)
        return found

    def files_defining(self, name: str) -> Sequence[str]:
        """The files that may define a function or macro, or as a shared header a constant, of this name."""
        return self._catalog.index.files_defining(name)

    def _identifiers(self, path: str) -> frozenset[str]:
        data = self._data(path)
        skeleton = clean(data)
        lines = (_COMMENT.sub(b" ", data[line.start : line.end]) for line in skeleton.directives)
        found = (_WORD.findall(text) for text in (skeleton.text, *lines))
        return frozenset(word.decode("ascii", "replace") for words in found for word in words)

    def is_callback(self, function: Function) -> bool:
        """Whether its own file, or for a function of the whole tree a header that this file includes, names it where
        nothing calls, declares or exports it: macros of headers fill tables, too."""
        name = function.name.encode()
        if _is_handed_out(name, clean(self._data(function.file)).text):
            return True
        headers = () if function.linkage == "static" else self._headers(function.file)
        texts = (self._data(path) for path in headers)
        return any(name in text and _is_handed_out(name, _COMMENT.sub(b" ", text)) for text in texts)

    def _headers(self, path: str) -> Iterator[str]:
        """The headers that the file at ``path`` includes itself, and those beside it."""
        yield from self._catalog.numbers.private_headers(path)
        public = (f"include/{included}" for included in self._catalog.includes(path))
        yield from filter(self._catalog.has, public)

    def _data(self, path: str) -> bytes:
        source = self._catalog.source(path)
        return b"" if source is None else source.data


def _is_handed_out(name: bytes, text: bytes) -> bool:
    """Whether ``text``, without comments, names the function called ``name`` for somebody else to call."""
    named = re.compile(rb"(?<![\w.>])" + re.escape(name) + rb"\b(?!\s*\()")
    lines = (text[text.rfind(b"\n", 0, found.start()) + 1 : found.start()] for found in named.finditer(text))
    return any(_NO_USE.fullmatch(line) is None for line in lines)
