"""The bytes of one file, with the path they came from."""

from __future__ import annotations

import hashlib

import msgspec


class Source(msgspec.Struct, frozen=True):
    """``data`` as it stands in the tree at ``path`` (relative, with forward slashes)."""

    path: str
    data: bytes

    @property
    def blob(self) -> str:
        """The git blob id of the content (sha1 of ``blob LENGTH NUL`` and the bytes, as git-hash-object)."""
        head = b"blob %d\0" % len(self.data)
        return hashlib.sha1(head + self.data, usedforsecurity=False).hexdigest()
