"""One file that goes through the preprocessor to the places of some names in it, with all that tells what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from kscan.dialect.annotations import DEFINERS
from kscan.dialect.scan import close_of, depth_at
from kscan.facts.sites import Site, sites
from kscan.fix.rename.candidates import occurrences
from kscan.fix.rename.lexical import Argument, Lexed, Region, argument, directive_word, following, previous
from kscan.model.gap import Gap
from kscan.model.regex import regex
from kscan.model.source import Source
from kscan.source.tree import FileStat, WorkingTree

_CALLABLE_AFTER = frozenset([b"return", b"else", b"case", b"do"])
_ITEM = regex(rb"^(?:static[ \t]+)?([A-Z_][A-Z0-9_]*)[ \t]*\(", re.MULTILINE)
_NOT_TYPES = frozenset([b"return", b"else", b"case", b"goto", b"sizeof", b"typeof", b"do", b"in", b"if", b"while"])
_IDENT = regex(rb"[A-Za-z_]")
_BRACE = regex(rb"[{}]")
_PARSED = (".c", ".h", ".inc")


class Occurrence(msgspec.Struct, frozen=True):
    """A name at byte ``start``: what kind of text it is in, its neighbours, its role in the syntax tree ("" where the
    tree has no place for it), the argument it begins, and the innermost block (``block_end``) it is in.

    ``piece`` is the comment, literal or directive around it; ``word`` what the directive says."""

    start: int
    name: bytes
    region: Region
    before: bytes
    after: bytes
    depth: int
    role: str = ""
    static: bool = False
    body: bool = False
    argument: Argument = Argument()
    block_end: int = -1
    piece: tuple[int, int] = (-1, -1)
    word: bytes = b""

    @property
    def end(self) -> int:
        return self.start + len(self.name)


class Shadow(msgspec.Struct, frozen=True):
    """Between ``start`` and ``end`` of a file ``name`` is a local variable, a parameter or the like."""

    name: bytes
    start: int
    end: int


class Looked(msgspec.Struct, frozen=True):
    """A file, the places of the names in it in order, and where they mean something local."""

    path: str
    data: bytes
    occurrences: tuple[Occurrence, ...]
    shadows: tuple[Shadow, ...]


def look_files(root: Path, names: Sequence[bytes], extra: frozenset[bytes], files: list[FileStat]) -> list[Looked]:
    """``look`` at each file that can be read; a plain function for a pool of processes."""
    tree = WorkingTree(root, "")
    read = (tree.read(stat.path) for stat in files)
    return [look(source, names, extra) for source in read if not isinstance(source, Gap)]


def look(source: Source, names: Sequence[bytes], extra: frozenset[bytes] = frozenset()) -> Looked:
    """The places of ``names`` (whole words) in ``source``; ``extra`` are annotations of the tree."""
    lexed = Lexed(source.data)
    found = sorted((_place(lexed, at, name) for name in names for at in occurrences(source.data, name)), key=_start)
    code = [one for one in found if one.region == "code"]
    if not source.path.endswith(_PARSED) or all(map(_plain_call, code)):
        return Looked(source.path, source.data, tuple(found), tuple(_in_directives(source.data, found)))
    known = sites(source, sorted({one.name for one in code}), extra)
    shadows = [Shadow(site.name, *site.scope) for site in known.values() if site.role == "local"]
    shadows += _in_items(lexed.code, {one.name for one in code})
    shadows += _in_directives(source.data, found)
    return Looked(source.path, source.data, tuple(_told(one, known.get(one.start)) for one in found), tuple(shadows))


def _start(one: Occurrence) -> int:
    return one.start


def _place(lexed: Lexed, at: int, name: bytes) -> Occurrence:
    region, piece = lexed.at(at)
    end = at + len(name)
    if region not in ("code", "directive"):
        span = (piece.start, piece.end) if piece else (-1, -1)
        return Occurrence(at, name, region, lexed.data[max(0, at - 1) : at], lexed.data[end : end + 1], 0, piece=span)
    text = lexed.text_around(region, piece)
    before, after = previous(text, at), following(text, end)
    passed = argument(text, at, end) if after != b"(" else Argument()
    if region == "directive" and piece is not None:
        word = directive_word(lexed.data, piece)
        return Occurrence(
            at, name, region, before, after, 0, argument=passed, piece=(piece.start, piece.end), word=word
        )
    depth = lexed.depth(at)
    block_end = _block_end(text, at) if depth and passed.callee else -1
    return Occurrence(at, name, region, before, after, depth, argument=passed, block_end=block_end)


def _told(one: Occurrence, site: Site | None) -> Occurrence:
    if site is None or one.region != "code":
        return one
    return msgspec.structs.replace(one, role=site.role, static=site.static, body=site.body)


def _plain_call(one: Occurrence) -> bool:
    """A call in a function, for which no tree is needed: what declares a name is followed by something else."""
    typed = _IDENT.match(one.before) is not None or one.before == b"*"
    return one.depth > 0 and one.after == b"(" and (not typed or one.before in _CALLABLE_AFTER)


def _block_end(code: bytes, at: int) -> int:
    depth = 0
    for brace in _BRACE.finditer(code, at):
        depth += 1 if brace[0] == b"{" else -1
        if depth < 0:
            return brace.end()
    return len(code)


def _in_items(code: bytes, names: set[bytes]) -> Iterator[Shadow]:
    """Parameters in the head of a macro that defines a function, and names that an event's macro declares."""
    for head in _ITEM.finditer(code):
        close = close_of(code, head.end() - 1)
        if close < 0 or not any(name in code[head.end() : close] for name in names):
            continue
        if depth_at(code, head.start()):
            continue
        after = following(code, close)
        for name in names:
            if after == b"{" and _defines(head[1]) and _bare_after_first(code[head.end() : close - 1], name):
                yield Shadow(name, head.end(), _block_end(code, code.index(b"{", close) + 1))
            elif _declared(code[head.end() : close], name):
                yield Shadow(name, head.end(), close)


def _defines(macro: bytes) -> bool:
    return any(macro.decode().startswith(definer.macro) for definer in DEFINERS)


def _bare_after_first(arguments: bytes, name: bytes) -> bool:
    return name in [part.strip() for part in arguments.split(b",")][1:]


def _declared(text: bytes, name: bytes) -> bool:
    """Whether ``text`` declares ``name`` as C does: behind a type, before what ends a declarator."""
    for at in occurrences(text, name):
        before = previous(text, at)
        if before == b"*":
            head = text[:at].rstrip(b"* \t\n")
            before = previous(head, len(head)) if _IDENT.match(previous(head, len(head))) else b""
        if _IDENT.match(before) and before not in _NOT_TYPES and following(text, at + len(name)) in _ENDS:
            return True
    return False


_ENDS = frozenset([b",", b")", b"[", b";", b"="])
_TAGS = frozenset([b"struct", b"union", b"enum"])
_PARAMETERS = regex(rb"#[ \t]*define[ \t]+\w+\(([^)]*)\)")


def _in_directives(data: bytes, found: list[Occurrence]) -> Iterator[Shadow]:
    """Macro definitions of which a name is a parameter, or which declare a variable of that name."""
    for name, start, end in sorted({(one.name, *one.piece) for one in found if one.word == b"define"}):
        head = _PARAMETERS.match(data, start, end)
        params = {part.strip(b" \t.\\\n") for part in head[1].split(b",")} if head else set()
        body = data[head.end() if head else start : end].replace(b"\\\n", b"  ")
        if name in params or _declares_local(body, name):
            yield Shadow(name, start, end)


def _declares_local(body: bytes, name: bytes) -> bool:
    """Whether a macro body declares ``name`` for itself: inside braces or a loop's head, not extern, no prototype."""
    for at in occurrences(body, name):
        head = body[:at].rstrip(b"* \t")
        before = previous(head, len(head))
        typed = (
            _IDENT.match(before) is not None
            and before not in _NOT_TYPES
            and before not in _TAGS
            and before != b"define"
        )
        opened = body.rfind(b"{", 0, at) >= 0 or body.rfind(b"(", 0, at) >= 0
        statement = re.split(rb"[;{}(]", head)[-1]
        if typed and opened and b"extern" not in statement and following(body, at + len(name)) in (b"=", b";", b"["):
            return True
    return False
