"""Answers that hold for as long as the tree stays as it is, kept between runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import msgspec

from kscan.facts.fingerprint import fingerprint
from kscan.link.catalog import Catalog
from kscan.source.tree import NOT_KERNEL

T = TypeVar("T")

RESULT: Final = "result"
"""The kind of such values in the store."""
_ENCODER: Final = msgspec.msgpack.Encoder()


def key_of(catalog: Catalog, paths: Sequence[str], *parts: object) -> str:
    """Under what to keep an answer that ``parts`` decide; "" when ``paths`` (relative to the tree) have files that the
    tree's signature says nothing of."""
    if any(path.split("/")[0] in NOT_KERNEL for path in paths):
        return ""
    known = (catalog.index.signature, fingerprint(), catalog.made_by, sorted(paths), *parts)
    return hashlib.sha256(repr(known).encode("utf-8", "surrogateescape")).hexdigest()


def remembered(catalog: Catalog, key: str, shape: Any, make: Callable[[], T]) -> T:
    """What is kept under ``key`` (see ``key_of``), a value of type ``shape``; else what ``make`` gives, kept from now
    on."""
    kept = catalog.store.get(RESULT, key) if key else None
    if kept is not None:
        known: T = msgspec.msgpack.decode(kept, type=shape)
        return known
    made = make()
    if key:
        catalog.store.put(RESULT, key, _ENCODER.encode(made))
    return made
