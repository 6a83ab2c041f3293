"""Values that all files of a tree decide together, kept for as long as none of them is touched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from kscan.facts.fingerprint import fingerprint
from kscan.facts.overlaid import Index, Kept

KIND: Final = "tree"
"""The kind of such values in the store."""
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(tuple[str, str, bytes])


def of_tree(store: Kept, index: Index, name: str, make: Callable[[], bytes]) -> bytes:
    """What ``make`` gives of the tree with this ``index``, or what it gave when the tree was last the same; ``name``
    tells such values apart. Of each name one value is kept."""
    now = (index.signature, fingerprint())
    kept = store.get(KIND, name)
    if kept is not None:
        *then, value = _DECODER.decode(kept)
        if tuple(then) == now:
            return value
    made = make()
    if index.signature:
        store.put(KIND, name, _ENCODER.encode((*now, made)))
    return made
