"""What the index says of itself."""

from __future__ import annotations

from typing import Final

import msgspec

from kscan.facts.definers import Definers
from kscan.facts.fingerprint import READING, fingerprint
from kscan.facts.store import Store

_KIND: Final = "index"
_KEY: Final = "state"
_DEFINERS: Final = "definers"
_ASSEMBLY: Final = "assembly"


class State(msgspec.Struct, frozen=True):
    """The index of one tree. ``by``: the code that made it; ``ground``: a digest of what all files were read with;
    ``signature``: of the tree it holds for, "" while it is not up to date.

    ``files`` and ``functions`` are in it, ``lost`` files of them as gaps alone, since a worker died over each; the last
    change read ``read`` files in ``seconds`` and was done at ``finished_ns`` since the epoch."""

    by: str
    ground: str
    signature: str = ""
    files: int = 0
    functions: int = 0
    read: int = 0
    seconds: float = 0.0
    finished_ns: int = 0
    lost: int = 0


_STATE: Final = msgspec.msgpack.Decoder(State)


def state_of(store: Store) -> State | None:
    """What the index in ``store`` says of itself; None when there is none that this code made."""
    kept = store.get(_KIND, _KEY)
    state = None if kept is None else _STATE.decode(kept)
    return state if state is not None and state.by == fingerprint(READING) else None


def keep_state(store: Store, state: State) -> None:
    """Let the index say ``state`` of itself."""
    store.put(_KIND, _KEY, msgspec.msgpack.encode(state))
    store.commit()


def definers_of(store: Store) -> Definers:
    """The macros that the index was made with, none when there is no index."""
    kept = store.get(_KIND, _DEFINERS)
    return Definers() if kept is None else msgspec.msgpack.decode(kept, type=Definers)


def keep_definers(store: Store, definers: Definers) -> None:
    """Note the macros that the index is made with from now on."""
    store.put(_KIND, _DEFINERS, msgspec.msgpack.encode(definers))


def assembly_of(store: Store) -> dict[str, tuple[str, ...]]:
    """The files in assembly by the names they define."""
    kept = store.get(_KIND, _ASSEMBLY)
    return {} if kept is None else msgspec.msgpack.decode(kept, type=dict[str, tuple[str, ...]])


def keep_assembly(store: Store, files: dict[str, tuple[str, ...]]) -> None:
    """Note the files in assembly by the names they define."""
    store.put(_KIND, _ASSEMBLY, msgspec.msgpack.encode(files))
