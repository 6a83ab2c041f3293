"""Edits made to fit the file they are for: its line ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kscan.model.edit import Edit
from kscan.model.regex import regex

_BARE = regex(r"(?<!\r)\n")


def fitted(edits: Iterable[Edit], read: Callable[[str], bytes]) -> tuple[Edit, ...]:
    """The edits with carriage returns in the files (paths to bytes) whose first line has one."""
    return tuple(
        Edit(edit.span, _BARE.sub("\r\n", edit.text)) if "\n" in edit.text and _returns(read(edit.span.file)) else edit
        for edit in edits
    )


def _returns(data: bytes) -> bool:
    return data[: data.find(b"\n")].endswith(b"\r")
