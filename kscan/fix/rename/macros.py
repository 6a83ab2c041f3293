"""What a macro makes of each of its arguments, from the tree's own definitions: a name, a field, part of a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from kscan.model.regex import regex

_LITERAL = rb"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
_TOKEN = regex(_LITERAL + rb"|/\*.*?\*/|//[^\n]*|\w+|->|\.\.\.|##|[^\w\s]", re.DOTALL)
_DEFINITION = rb"^[ \t]*#[ \t]*define[ \t]+%s\(([^)]*)\)((?:[^\n\\]|\\[\s\S])*)"
_MEMBER_ARGUMENTS = {"offsetof": 1, "__builtin_offsetof": 1, "offsetofend": 1, "__compiler_offsetof": 1}
_MAX_DEPTH = 12


class Role(NamedTuple):
    """What becomes of an argument: "use", "declares" (a variable or function of this name), "member", "tag", "label",
    "string", or "paste": glued between ``before`` and ``after`` (None where that is an argument too)."""

    what: str
    before: bytes | None = b""
    after: bytes | None = b""


class _Definition(NamedTuple):
    params: tuple[bytes, ...]
    body: tuple[bytes, ...]


class Macros:
    """The macros of a tree. ``files_of`` gives the files that may define a name, ``read`` their bytes."""

    def __init__(self, files_of: Callable[[str], Iterable[str]], read: Callable[[str], bytes]) -> None:
        self._files_of = files_of
        self._read = read
        self._definitions: dict[str, tuple[_Definition, ...]] = {}
        self._roles: dict[tuple[str, int], frozenset[Role]] = {}

    def is_macro(self, name: str) -> bool:
        """Whether any file of the tree defines ``name`` as a function-like macro."""
        return bool(self._all(name))

    def roles(self, name: str, index: int) -> frozenset[Role]:
        """What any definition of ``name`` makes of its argument ``index``; a use where nothing is known of it."""
        if name in _MEMBER_ARGUMENTS:
            return frozenset([Role("member" if index >= _MEMBER_ARGUMENTS[name] else "use")])
        return self._known(name, index, 0) or frozenset([Role("use")])

    def _known(self, name: str, index: int, depth: int) -> frozenset[Role]:
        key = (name, index)
        if key not in self._roles:
            if depth > _MAX_DEPTH:
                return frozenset()
            self._roles[key] = frozenset()  # ends recursion: a macro that calls itself adds nothing
            found = (self._in(one, index, depth) for one in self._all(name))
            self._roles[key] = frozenset().union(*found)
        return self._roles[key]

    def _in(self, one: _Definition, index: int, depth: int) -> frozenset[Role]:
        param = _parameter(one.params, index)
        if param is None:
            return frozenset()
        places = (at for at, token in enumerate(one.body) if token == param)
        return frozenset().union(*(self._at(one, at, depth) for at in places))

    def _at(self, one: _Definition, at: int, depth: int) -> frozenset[Role]:
        body = one.body
        before, after = body[at - 1] if at else b"", body[at + 1] if at + 1 < len(body) else b""
        if b"##" in (before, after):
            if before == b"##" and body[at - 2 : at - 1] == (b",",):
                return frozenset([Role("use")])
            return self._pasted(one, at, depth)
        if before == b"#":
            return frozenset([Role("string")])
        named = {b".": "member", b"->": "member", b"struct": "tag", b"union": "tag", b"enum": "tag", b"goto": "label"}
        if before in named:
            return frozenset([Role(named[before])])
        return self._passed(one, at, depth) or frozenset([Role("declares" if _declares(body, at) else "use")])

    def _pasted(self, one: _Definition, at: int, depth: int) -> frozenset[Role]:
        """What is glued to the argument, here and by the macro to which the result is passed on."""
        before, start = _glued(one, at, -1)
        after, _ = _glued(one, at, 1)
        callee, index = _call(one.body, start)
        further = self._known(callee, index, depth + 1) if callee and self._all(callee) else frozenset()
        made = (Role("paste", _sum(role.before, before), _sum(after, role.after)) for role in further)
        return frozenset(made) or frozenset([Role("paste", before, after)])

    def _passed(self, one: _Definition, at: int, depth: int) -> frozenset[Role]:
        """What the macro makes of the argument to which it passes this one on."""
        callee, index = _call(one.body, at)
        if callee in _MEMBER_ARGUMENTS:
            return self.roles(callee, index)
        if not callee or one.body[at + 1 : at + 2] == (b"(",) or not self._all(callee):
            return frozenset()
        return self._known(callee, index, depth + 1)

    def _all(self, name: str) -> tuple[_Definition, ...]:
        if name not in self._definitions:
            pattern = re.compile(_DEFINITION % re.escape(name.encode()), re.MULTILINE)
            found = (match for path in self._files_of(name) for match in pattern.finditer(self._read(path)))
            self._definitions[name] = tuple(dict.fromkeys(_definition(match) for match in found))
        return self._definitions[name]


def _definition(match: re.Match[bytes]) -> _Definition:
    params = tuple(part.strip() for part in match[1].replace(b"\\\n", b" ").split(b",") if part.strip())
    tokens = _TOKEN.findall(match[2].replace(b"\\\n", b" ").replace(b"\\\r\n", b" "))
    return _Definition(params, tuple(token for token in tokens if token[:2] not in (b"/*", b"//")))


def _parameter(params: tuple[bytes, ...], index: int) -> bytes | None:
    if params and params[-1].endswith(b"...") and index >= len(params) - 1:
        return params[-1].removesuffix(b"...").strip() or b"__VA_ARGS__"
    return params[index] if 0 <= index < len(params) else None


def _glued(one: _Definition, at: int, step: int) -> tuple[bytes | None, int]:
    """What ``##`` glues to the token at ``at`` on one side, None when an argument is in it; and where that ends."""
    glued: bytes | None = b""
    body = one.body
    known = {param.removesuffix(b"...") or b"__VA_ARGS__" for param in one.params}
    while 0 <= at + step < len(body) and body[at + step] == b"##" and 0 <= at + 2 * step < len(body):
        at += 2 * step
        part = None if body[at] in known else body[at]
        glued = _sum(part, glued) if step < 0 else _sum(glued, part)
    return glued, at


def _sum(left: bytes | None, right: bytes | None) -> bytes | None:
    return None if left is None or right is None else left + right


def _declares(body: tuple[bytes, ...], at: int) -> bool:
    """``type NAME`` at the start of a statement or of all, with an end, a value or a size behind it."""
    if at + 1 < len(body) and body[at + 1] not in (b"=", b";", b"[", b")"):
        return False
    start = max((i + 1 for i in range(at) if body[i] in (b";", b"{", b"}")), default=0)
    head = body[start:at]
    if not head or b"extern" in head or b"=" in head or b"return" in head:
        return False
    if at + 1 < len(body) and body[at + 1] == b")":
        return False
    return re.match(rb"[A-Za-z_*)]", head[-1]) is not None and re.match(rb"[A-Za-z_]", head[0]) is not None


def _call(body: tuple[bytes, ...], at: int) -> tuple[str, int]:
    """The call of which the token at ``at`` begins an argument, and the argument's number."""
    depth, index = 0, 0
    if at == 0 or body[at - 1] not in (b"(", b","):
        return "", -1
    for i in range(at - 1, -1, -1):
        token = body[i]
        if token == b")":
            depth += 1
        elif token == b"(" and depth:
            depth -= 1
        elif token == b"(":
            called = body[i - 1] if i else b""
            return (called.decode(), index) if re.match(rb"[A-Za-z_]", called) else ("", -1)
        elif token == b"," and depth == 0:
            index += 1
    return "", -1
