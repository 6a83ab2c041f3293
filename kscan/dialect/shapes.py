"""The text of a macro to what an invocation of it writes at file scope: functions, initialised objects, names."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from kscan.model.facts import Macro
from kscan.model.regex import regex

_DEFINE: Final = regex(
    rb"define[ \t]++(\w++)\(([^()\n\\]*+(?:\\\n[^()\n\\]*+)*+)\)[ \t]*+((?:[^\\\n]++|\\[\s\S])++)",
)
_REACH: Final = 20_000
"""Bytes of the longest macro."""
_HASH: Final = regex(rb"(?:\A|\n)[ \t]*+#[ \t]*+\Z")
_UNDEF: Final = regex(rb"#[ \t]*+undef[ \t]++(\w++)")
_NOISE: Final = regex(rb"""("(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+')|/\*.*?\*/|//[^\n]*|\\\n""", re.DOTALL)
_TOKEN: Final = regex(rb"##|\w++|[(){}=;,]|[^\w\s(){}=;,]")
_FIRST: Final = regex(rb"(?:[\s\\]|/\*.*?\*/)*+([A-Za-z_]\w*+|\{)", re.DOTALL)
_RETURN: Final = regex(rb"\breturn\b")
_GOTO: Final = regex(rb"\bgoto\s+(\w+)")
_OWN_LABEL: Final = regex(rb"\b(\w+)\s*:(?!:)")
_STATEMENTS: Final = frozenset(b"if for while switch do else return case goto default break continue".split())
_ASSEMBLY: Final = frozenset([b"asm", b"__asm", b"__asm__"])
_BEFORE_INVOCATION: Final = frozenset([b"", b";", b"}", b")", b"static", b"const", b"inline"])
_OTHER: Final = frozenset([b"typedef", b"extern"])


class Definition(NamedTuple):
    """A ``#define`` with parameters as it stands in a file: ``start`` is the offset of its name."""

    name: bytes
    params: bytes
    body: bytes
    start: int

    def macro(self) -> Macro:
        """The fact: continuations and comments removed, blanks collapsed."""
        names = tuple(b"".join(one.split()).decode("utf-8", "replace") for one in _plain(self.params).split(b","))
        body = b" ".join(_plain(self.body).split()).decode("utf-8", "replace")
        return Macro(self.name.decode(), () if names == ("",) else names, body, self.start)


def _plain(text: bytes) -> bytes:
    return _NOISE.sub(lambda match: match[1] or b" ", text)


class Shape(NamedTuple):
    """What a macro's replacement writes by itself, and the macros it leaves that to.

    ``functions``: function definitions or headers of such; ``names`` are their names, with ``##`` where something is
    pasted; ``open``: the last one is a header whose body the invocation does not bring. ``objects``: an object with an
    initialiser in braces. ``initialises``: it is such an initialiser. ``pastes``: it makes a name of two; ``pasted``:
    it is nothing else. ``invokes`` are the macros called where a definition may stand, ``values`` those called as an
    initialiser, ``passes`` the one that is called and nothing else, ``inner`` the words that stand in the bodies of
    functions only."""

    names: tuple[bytes, ...] = ()
    open: bool = False
    objects: bool = False
    initialises: bool = False
    pastes: bool = False
    pasted: bool = False
    invokes: tuple[bytes, ...] = ()
    values: tuple[bytes, ...] = ()
    passes: bytes = b""
    inner: frozenset[bytes] = frozenset()

    @property
    def functions(self) -> bool:
        return bool(self.names)


def definitions(data: bytes) -> list[Definition]:
    """The function-like macros that a header with the content ``data`` hands to those that include it.

    What it undefines itself, before or behind, is its own affair. One without braces or ``##`` in the whole of it has
    no macros that count."""
    if b"{" not in data and b"##" not in data:
        return []
    found = []
    private = frozenset(_UNDEF.findall(data) if b"undef" in data else ())
    for match in _DEFINE.finditer(data, 0, data.rfind(b"(") + _REACH):  # what is behind has no parameters
        if match[1] not in private and _HASH.search(data[max(0, match.start() - 20) : match.start()]):
            found.append(Definition(match[1], match[2], match[3], match.start(1)))
    return found


def shape(body: bytes) -> Shape:
    """What ``body`` writes. One that is a statement or an expression writes nothing."""
    first = _FIRST.match(body)
    if first is None or first[1] in _STATEMENTS or first[1] in _ASSEMBLY:
        return Shape()
    tokens = _TOKEN.findall(_NOISE.sub(_quoted, body))
    pastes = b"##" in tokens
    if first[1] == b"{":
        return Shape(initialises=b";" not in tokens, pastes=pastes)
    return _Scan(tokens).shape(pastes)


def leaves(body: bytes) -> bool:
    """Whether ``body`` holds a ``return``, or a ``goto`` to a label that is not its own."""
    if b"return" not in body and b"goto" not in body:
        return False
    text = _NOISE.sub(b" ", body)
    own = set(_OWN_LABEL.findall(text))
    return _RETURN.search(text) is not None or any(label not in own for label in _GOTO.findall(text))


def _quoted(match: re.Match[bytes]) -> bytes:
    return b"0" if match[1] else b" "


class _Scan:
    """One pass over the tokens; what stands in brackets is passed over."""

    def __init__(self, tokens: list[bytes]) -> None:
        self.tokens = tokens
        self.objects = False
        self.names: list[bytes] = []
        self.invokes: list[bytes] = []
        self.values: list[bytes] = []
        self.inside: set[bytes] = set()
        self.outside: set[bytes] = set()
        self.line: list[bytes] = []
        """The tokens of the definition so far, groups in brackets as ``()`` and ``{}``."""

    def shape(self, pastes: bool) -> Shape:
        at = 0
        while at < len(self.tokens):
            token = self.tokens[at]
            self.outside.add(token)
            if token in _STATEMENTS and self.line[:1] != [b"static"]:
                return Shape()
            if token in (b"(", b"{"):
                words = self.inside if self._opened(token) else self.outside
                end = self._behind(at)
                words.update(self.tokens[at:end])
                at = end
            elif token == b";":
                self.line = []
                at += 1
            else:
                self.line.append(token)
                at += 1
        is_open, line = self._headed(), self.line
        return Shape(
            names=tuple(self.names),
            open=is_open,
            objects=self.objects,
            pastes=pastes,
            pasted=_is_pasted(line) and len(self.invokes) < 2,
            invokes=tuple(self.invokes),
            values=tuple(self.values),
            passes=line[0] if line[1:] == [b"()"] and len(self.invokes) == 1 else b"",
            inner=frozenset(self.inside - self.outside),
        )

    def _headed(self) -> bool:
        """Whether the line is the header of a function, whose name is then noted."""
        found = _is_header(self.line)
        if found:
            self.names.append(_name(self.line[: self.line.index(b"()")]))
        return found

    def _opened(self, token: bytes) -> bool:
        """Takes note of a bracket; whether it opens the body of a function."""
        line = self.line
        if token == b"{" and self._headed():
            self.line = []
            return True
        before = line[-2] if len(line) > 1 else b""
        if token == b"{":
            self.objects |= line[-1:] == [b"="]
        elif line and before == b"=":
            self.values.append(line[-1])
        elif line and (before in _BEFORE_INVOCATION or before == b"()"):
            self.invokes.append(line[-1])
        line.append(b"{}" if token == b"{" else b"()")
        return False

    def _behind(self, at: int) -> int:
        """The token behind the bracket that closes the one at ``at``."""
        depth = 0
        while at < len(self.tokens):
            depth += self.tokens[at] in (b"(", b"{")
            depth -= self.tokens[at] in (b")", b"}")
            at += 1
            if depth == 0:
                break
        return at


def _is_pasted(line: list[bytes]) -> bool:
    """Whether ``line`` is one name made by pasting, at most with arguments: ``a ## b``, ``__MAP ## n ()``."""
    words = line[:-1] if line[-1:] == [b"()"] else line
    return len(words) > 2 and all((word == b"##") == bool(at % 2) for at, word in enumerate(words))


def _name(before: list[bytes]) -> bytes:
    """The last word with what is pasted to it: ``get ## name``."""
    at = len(before) - 1
    while at > 1 and before[at - 1] == b"##":
        at -= 2
    return b"".join(before[at:])


def _is_header(line: list[bytes]) -> bool:
    """Whether ``line`` is a type, a name and parameters: ``static int get_ ## name ()``."""
    if b"()" not in line or b"=" in line or b"{}" in line or line[0] in _OTHER:
        return False
    words = line[: line.index(b"()")]
    named = [word for at, word in enumerate(words) if word != b"##" and words[at - 1 : at] != [b"##"]]
    return len(named) > 1 and all(word in (b"*", b"##") or word[:1].isalpha() or word[:1] == b"_" for word in words)
