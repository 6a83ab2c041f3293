"""The dialect of a tree that nothing is known of, read by another process while this one gathers the names."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import msgspec

from kscan.facts.headers import Reading, keep_reading, reading_of
from kscan.facts.names import NameIndex
from kscan.facts.store import Store
from kscan.source.pool import settle, undisturbed
from kscan.source.tree import WorkingTree

_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(Reading)


class Ahead:
    """A process that reads the dialect of ``tree``."""

    def __init__(self, tree: WorkingTree) -> None:
        self._tree = tree
        context = multiprocessing.get_context("fork" if sys.platform == "linux" else None)
        self._told, telling = context.Pipe(duplex=False)
        self._process = context.Process(target=_tell, args=(tree.root, telling), daemon=True)
        with undisturbed(signal.SIGINT):
            self._process.start()
        telling.close()  # so that nobody waits for a process that died

    @property
    def process(self) -> int:
        """Its number."""
        return self._process.pid or 0

    def keep(self, store: Store, names: NameIndex) -> None:
        """Wait for what it read, and keep that where ``names``, which are of the tree as it is now, know of the same
        headers; else, and where the process died, the dialect is read when it is asked for."""
        try:
            told = self._told.recv_bytes()
        except (EOFError, OSError):
            return
        keep_reading(self._tree, store, names, _DECODER.decode(told))

    def end(self) -> None:
        """Nobody asks any more."""
        self._process.kill()
        self._process.join()
        self._told.close()


@contextmanager
def reading_ahead(tree: WorkingTree, wanted: bool) -> Iterator[Ahead | None]:
    """The dialect of ``tree`` is read meanwhile, if that is ``wanted``."""
    ahead = Ahead(tree) if wanted else None
    try:
        yield ahead
    finally:
        if ahead is not None:
            ahead.end()


def _tell(root: Path, telling: Connection) -> None:
    settle()
    telling.send_bytes(_ENCODER.encode(reading_of(WorkingTree(root, ""))))
