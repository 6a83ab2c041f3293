"""An index made, or brought up to date, for a catalog."""

from __future__ import annotations

from typing import Final

from kscan.facts.store import Reset
from kscan.index.attach import use
from kscan.index.build import Opened, StoreLost, bring_up
from kscan.index.engine import Engine
from kscan.index.ground import Basis
from kscan.index.mentioned import Mentioned
from kscan.index.state import State, state_of
from kscan.link.catalog import Catalog
from kscan.model.error import InputError
from kscan.model.progress import Progress

_TRIES: Final = 3


def make(catalog: Catalog, opened: Opened, engine: Engine, progress: Progress) -> State:
    """The index of the tree that ``opened`` is and ``catalog`` is made of, made or brought up to date. Files
    that were lost to workers that died are tried again.

    Raises InputError when the store cannot keep it."""
    state = state_of(opened.store)
    if state is None or state.signature != opened.names.signature or state.lost:
        state = _made(Basis(catalog.annotations, catalog.errnos, catalog.dialect.definers), opened, engine, progress)
    use(catalog, opened.store)
    return state


def gather(catalog: Catalog) -> None:
    """Works out of the index of ``catalog`` what the first of other commands would have to gather."""
    if isinstance(catalog.indexed, Mentioned):
        catalog.indexed.gather()


def _made(basis: Basis, opened: Opened, engine: Engine, progress: Progress) -> State:
    for _ in range(_TRIES):
        if opened.store.path is None:
            break
        try:
            state = bring_up(opened, basis, engine, progress)
            if opened.store.path is not None:
                return state
        except (StoreLost, Reset):
            opened.names.refresh(opened.tree)  # it was damaged, and is empty now
    why = "; ".join(opened.store.notes) or "the cache was damaged again and again"
    raise InputError(f"{why}: no index is kept; make room, or set KSCAN_CACHE_DIR to another disk")
