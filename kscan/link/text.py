"""Short renderings of source text for the notes of a path."""

from __future__ import annotations

import re

from kscan.model.regex import regex

_BLANKS = regex(r"\s+")
_COMMENTS = regex(r"/\*.*?\*/|//[^\n]*", re.S)
MAX_NOTE = 72
"""Characters of source text quoted in one note."""


def quoted(data: bytes, start: int, end: int) -> str:
    """The text at ``start``..``end`` on one line, without comments, cut where it is long."""
    text = data[start:end].decode("utf-8", "replace")
    text = _BLANKS.sub(" ", _COMMENTS.sub(" ", text)).strip()
    return text if len(text) <= MAX_NOTE else text[: MAX_NOTE - 3] + "..."
