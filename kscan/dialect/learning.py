"""The annotation words that the headers of a tree define beyond the table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kscan.dialect.attributes import learnt
from kscan.dialect.tokens import MACRO_NAME
from kscan.model.regex import regex

_DEFINED = regex(
    rb"define[ \t]++(\w++)(?:\([^)\n]*+\))?+[ \t]++(?:\\\n[ \t]*+)?+"
    rb"(?=__|(?:no|ex|in|as|always)\w)(?:[^\\\n]|\\[\s\S])++"
)
"""A definition with a value that may begin with an annotation."""
_SPEAKING = regex(rb"__|.*inline")
_LONG = 9


def learn_all(headers: Iterable[bytes]) -> frozenset[bytes]:
    """The annotation words that the headers of a tree define and that mean nothing else in any of its files.

    Those are words that begin with two underscores, speak of inlining, or are long names in capitals; what stands for
    attributes here and for something else there is none. Those with arguments end in a parenthesis."""
    return frozenset(word for data in headers for word in _annotating(data))


def _annotating(data: bytes) -> Iterator[bytes]:
    lines = [match for match in _DEFINED.finditer(data) if _is_told_apart(match[1])]
    if lines:
        found = {name for name, value in learnt(b"\n".join(b"#" + line.group() for line in lines)) if value}
        yield from (name for name in found if _always_annotates(name.rstrip(b"("), data))


def _is_told_apart(name: bytes) -> bool:
    """Whether ``name`` is hardly anything else in the next file."""
    if MACRO_NAME.match(name) and not name.startswith(b"__"):
        return len(name) >= _LONG and b"_" in name
    return _SPEAKING.match(name) is not None and name not in _WORDS_OF_C


def _always_annotates(name: bytes, data: bytes) -> bool:
    """Whether every definition of ``name`` in its header is empty or of annotations only."""
    same = re.compile(rb"define[ \t]++" + name + rb"\b(\([^)\n]*+\))?+((?:[^\\\n]|\\[\s\S])*+)")
    values = ((match.group(), _COMMENT.sub(b"", match[2]).strip()) for match in same.finditer(data))
    return all(not value or any(learnt(b"#" + line)) for line, value in values)


_COMMENT = regex(rb"/\*.*?\*/|//.*|\\\n", re.DOTALL)
_WORDS_OF_C = frozenset([b"inline", b"__inline", b"__inline__"])
