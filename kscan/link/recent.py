"""What is held of a tree: of the last things asked for, since a large patch leads to more than memory has room for."""

from __future__ import annotations

import sys
from typing import Final, TypeVar

K = TypeVar("K")
V = TypeVar("V")
MOST: Final = 1_000
"""Files whose text and facts are held."""
ROOM = sys.maxsize
"""Of nothing more than this is held."""


class Recent(dict[K, V]):
    """The last ``most`` values, by what they are of (0: MOST): whoever asks for an older one has to make it again."""

    def __init__(self, most: int = 0) -> None:
        super().__init__()
        self._most = min(most or MOST, ROOM)

    def __setitem__(self, key: K, value: V) -> None:
        if len(self) >= self._most and key not in self:
            del self[next(iter(self))]
        super().__setitem__(key, value)
