"""The names in the folders of a tree, kept from one look to the next: a folder that nobody changed holds the same ones,
and only the stats of its files have to be asked for. (Who writes to a file in place changes the file, not the folder.)
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from kscan.source.tree import Mark

_DIGEST: Final = 16
"""Bytes in front of what is kept that show whether all of it is there."""


class Listing(msgspec.Struct, frozen=True, array_like=True):
    """What a folder holds while it has this ``mark``: the ``names`` of the files looked for, sorted, and the folders
    ``below``, whose paths end in ``/``."""

    mark: Mark
    names: list[str]
    below: list[str]


Listings = dict[str, Listing]
"""By folder."""
_LISTINGS: Final = msgspec.msgpack.Decoder(Listings)
_PARTS: Final = msgspec.msgpack.Decoder(dict[str, msgspec.Raw])


class Listed:
    """What is kept at ``place`` (None: nothing) of looks ``at`` the same: the listings of each part of a tree."""

    def __init__(self, place: Path | None, at: str) -> None:
        self._place = place
        self._at = at.encode()
        self._parts = self._read()

    def part(self, name: str) -> Listings:
        """The listings of the folders of a part, as they were; they may be out of date."""
        kept = self._parts.get(name)
        return {} if kept is None else _LISTINGS.decode(kept)

    def keep(self, changed: Iterable[tuple[str, Listings]]) -> None:
        """Keep the listings of these parts in place of what is known of them. Failing costs only time."""
        fresh = {name: msgspec.Raw(msgspec.msgpack.encode(listings)) for name, listings in changed}
        if self._place is None or not fresh:
            return
        self._parts = {**self._parts, **fresh}
        data = msgspec.msgpack.encode(self._parts)
        draft = self._place.with_name(f"{self._place.name}.{os.getpid()}")
        try:
            draft.write_bytes(self._digest(data) + data)
            draft.replace(self._place)
        except OSError:
            with suppress(OSError):
                draft.unlink()

    def _read(self) -> dict[str, msgspec.Raw]:
        try:
            data = b"" if self._place is None else self._place.read_bytes()
        except OSError:
            return {}
        kept = data[_DIGEST:]
        return _PARTS.decode(kept) if kept and self._digest(kept) == data[:_DIGEST] else {}

    def _digest(self, data: bytes) -> bytes:
        return hashlib.blake2b(data, digest_size=_DIGEST, key=self._at[:64]).digest()
