"""What is held of files: that of the last ones, for a large patch leads to more of them than memory has room for."""

from __future__ import annotations

from typing import Final, TypeVar

T = TypeVar("T")
MOST: Final = 1_000
"""Files whose text and facts are held."""


class Recent(dict[str, T]):
    """Values by path, ``most`` of them (0: MOST): whoever asks for an older one has to make it again. ``gone`` are the
    paths of those that were let go."""

    def __init__(self, most: int = 0) -> None:
        super().__init__()
        self._most = most or MOST
        self.gone: set[str] = set()

    def __setitem__(self, path: str, value: T) -> None:
        if len(self) >= self._most and path not in self:
            oldest = next(iter(self))
            self.gone.add(oldest)
            del self[oldest]
        super().__setitem__(path, value)
