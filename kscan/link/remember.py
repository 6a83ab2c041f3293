"""Answers that hold for as long as the tree stays as it is, kept between runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from kscan.facts.fingerprint import fingerprint
from kscan.facts.overlaid import Kept
from kscan.source.tree import NOT_KERNEL

if TYPE_CHECKING:
    from kscan.link.catalog import Catalog

T = TypeVar("T")

RESULT: Final = "result"
"""The kind of such values in the store."""
_ENCODER: Final = msgspec.msgpack.Encoder()


def key_of(catalog: Catalog, paths: Sequence[str], *parts: object) -> str:
    """Under what to keep an answer that ``parts`` decide; "" when ``paths`` (relative to the tree) have files that the
    tree's signature says nothing of."""
    return key_in(catalog.index.signature, catalog.made_by, catalog.indexed is not None, paths, *parts)


def key_in(signature: str, made_by: str, indexed: bool, paths: Sequence[str], *parts: object) -> str:
    """The same for a catalog of a tree with this ``signature`` that was ``made_by`` this code and is ``indexed``, so
    that it knows the tables of all files; "" where there is no signature."""
    if not signature or any(path.split("/")[0] in NOT_KERNEL for path in paths):
        return ""
    known = (signature, fingerprint(), made_by, indexed, sorted(paths), *parts)
    return hashlib.sha256(repr(known).encode("utf-8", "surrogateescape")).hexdigest()


def recalled(store: Kept, key: str, shape: Any) -> Any:
    """What is kept under ``key``, a value of type ``shape``; None when there is nothing."""
    kept = store.get(RESULT, key) if key else None
    return None if kept is None else msgspec.msgpack.decode(kept, type=shape)


def remembered(catalog: Catalog, key: str, shape: Any, make: Callable[[], T]) -> T:
    """What is kept under ``key`` (see ``key_of``), a value of type ``shape``; else what ``make`` gives, kept from now
    on."""
    known: T | None = recalled(catalog.store, key, shape)
    if known is not None:
        return known
    made = make()
    if key:
        catalog.store.put(RESULT, key, _ENCODER.encode(made))
    return made
