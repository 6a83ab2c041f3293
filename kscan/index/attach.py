"""The index of a tree for those who ask: brought up to date wherever there is one."""

from __future__ import annotations

from contextlib import suppress

from kscan.facts.names import NameIndex
from kscan.facts.store import Store
from kscan.index.fillings import StoredFillings
from kscan.index.mentioned import Mentioned
from kscan.index.state import assembly_of, state_of
from kscan.link.catalog import Catalog
from kscan.model.error import InputError
from kscan.model.progress import Progress
from kscan.source.tree import WorkingTree


def attach(catalog: Catalog, tree: WorkingTree, store: Store, names: NameIndex, jobs: int, progress: Progress) -> None:
    """Let ``catalog`` use the index of its tree, if it has one; what changed since is read first, by ``jobs``
    processes."""
    state = state_of(store)
    if state is not None and state.signature == names.signature:
        use(catalog, store)
    elif state is not None:
        _bring_up(catalog, tree, store, names, jobs, progress)


def use(catalog: Catalog, store: Store) -> None:
    """Let ``catalog`` use the index in ``store``, which is up to date."""
    indexed = Mentioned(store, catalog.index)
    catalog.indexed = indexed
    catalog.fillings = StoredFillings(indexed, assembly_of(store))


def _bring_up(
    catalog: Catalog, tree: WorkingTree, store: Store, names: NameIndex, jobs: int, progress: Progress
) -> None:
    # Slow to load, and not needed for a tree that is as it was.
    from kscan.index.build import Opened  # noqa: PLC0415
    from kscan.index.engine import Pool  # noqa: PLC0415
    from kscan.index.make import make  # noqa: PLC0415

    with suppress(InputError):  # the store's notes say why; all is read on demand
        make(catalog, Opened(tree, store, names), Pool(jobs), progress)
