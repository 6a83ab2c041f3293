"""What stands around a name in C: comment, literal, directive or code, its neighbours, and the call it is passed to."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import Literal, NamedTuple

from kscan.dialect.scan import clean, depth_at, opening_of
from kscan.model.regex import regex

Region = Literal["code", "comment", "string", "directive"]

_COMMENT = rb"/\*[^*]*+\*++(?:[^/*][^*]*+\*++)*+/|/\*[\s\S]*+|//(?:[^\\\n]++|\\[\s\S])*+"
_STRING = rb'"(?:[^"\\\n]++|\\[\s\S])*+"'
_CHAR = rb"'(?:[^'\\\n]++|\\[\s\S])*+'"
_DIRECTIVE = rb"#(?:[^\n\\/\"']++|\\[\s\S]|" + _COMMENT + rb"|" + _STRING + rb"|" + _CHAR + rb"|[/\"'\\])*+"
_COMMENTED = rb"(?P<comment>" + _COMMENT + rb")|(?P<string>"
_PIECE = regex(_COMMENTED + _STRING + rb"|" + _CHAR + rb")|(?P<directive>" + _DIRECTIVE + rb")")
_IN_DIRECTIVE = regex(_COMMENTED + _STRING + rb"|'(?:[^'\\\n]|\\.){1,8}')")
_PREVIOUS = regex(rb"(\w+|->|\.\.\.|\.|##|#|&&|[^\w\s])\Z")
_NEXT = regex(rb"(?:\s|\\\n)*(\w+|->|##|[^\w\s])")
_KEYWORD = regex(rb"[ \t]*(\w*)")
_LAST_WORD = regex(rb"(\w+)[ \t]*\Z")
_REACH = 200


class Piece(NamedTuple):
    """A comment, literal or directive."""

    kind: str
    start: int
    end: int


class Argument(NamedTuple):
    """The call of ``callee`` that a name begins an argument of (``number``, from 0); ``bare`` if it is all of
    the argument. ``opening`` is the parenthesis; ``nested``: in another call. No callee: not an argument."""

    callee: str = ""
    number: int = -1
    bare: bool = False
    opening: int = -1
    nested: bool = False


class Lexed:
    """A file through the preprocessor's eyes; offsets are bytes of ``data``."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.pieces = [Piece(str(m.lastgroup), m.start(), m.end()) for m in _PIECE.finditer(data)]
        self._starts = [piece.start for piece in self.pieces]

    @cached_property
    def code(self) -> bytes:
        """The file with comments, literals and directives blank."""
        return clean(self.data).text

    def at(self, offset: int) -> tuple[Region, Piece | None]:
        """What the byte at ``offset`` is part of. A comment or literal in a directive is that."""
        piece = self._piece(offset)
        if piece is None:
            return "code", None
        if piece.kind != "directive":
            return ("comment" if piece.kind == "comment" else "string"), piece
        for inner in _IN_DIRECTIVE.finditer(self.data, piece.start + 1, piece.end):
            if inner.start() <= offset < inner.end():
                return ("comment" if inner.lastgroup == "comment" else "string"), Piece(
                    str(inner.lastgroup), inner.start(), inner.end()
                )
        return "directive", piece

    def _piece(self, offset: int) -> Piece | None:
        index = bisect_right(self._starts, offset) - 1
        if index >= 0 and offset < self.pieces[index].end:
            return self.pieces[index]
        return None

    def text_around(self, region: Region, piece: Piece | None) -> bytes:
        """Bytes of the same offsets in which only the code of this directive, or of the file, is not blank."""
        if region == "directive" and piece is not None:
            inside = self.data[piece.start : piece.end]
            hidden = _IN_DIRECTIVE.sub(lambda m: b" " * len(m[0]), inside).replace(b"\\\n", b"  ")
            return b" " * piece.start + hidden
        return self.code

    def depth(self, offset: int) -> int:
        """How many braces are open."""
        return depth_at(self.code, offset)


def previous(text: bytes, start: int) -> bytes:
    """The token before ``start``: a word, or an operator as far as it matters here."""
    head = text[max(0, start - _REACH) : start].rstrip()
    found = _PREVIOUS.search(head)
    return found[1] if found else b""


def following(text: bytes, end: int) -> bytes:
    """The token after ``end``."""
    found = _NEXT.match(text, end)
    return found[1] if found else b""


def directive_word(data: bytes, piece: Piece) -> bytes:
    """``define``, ``ifdef`` and so on."""
    found = _KEYWORD.match(data, piece.start + 1)
    return found[1] if found else b""


def argument(text: bytes, start: int, end: int) -> Argument:
    """The argument that the name from ``start`` to ``end`` begins."""
    opening = opening_of(text, start)
    if opening < 1:
        return Argument()
    callee = _LAST_WORD.search(text, max(0, opening - 80), opening)
    if callee is None:
        return Argument()
    index, begins = _position(text, opening + 1, start)
    if text[begins:start].strip():
        return Argument()
    bare = following(text, end) in (b",", b")")
    return Argument(callee[1].decode(), index, bare, opening, opening_of(text, callee.start(1)) > 0)


def _position(text: bytes, at: int, start: int) -> tuple[int, int]:
    """The number of the argument that holds ``start``, and where it begins."""
    depth, index, begins = 0, 0, at
    for offset in range(at, start):
        byte = text[offset]
        if byte in b"([{":
            depth += 1
        elif byte in b")]}":
            depth -= 1
        elif byte == 44 and depth == 0:
            index, begins = index + 1, offset + 1
    return index, begins
