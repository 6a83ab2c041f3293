"""A review that was made before, of the same patches and the same tree: hooks ask for one again and again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from kscan.index.status import outdated
from kscan.link.catalog import Catalog
from kscan.link.remember import RESULT, key_of, recalled
from kscan.model.patch import Series
from kscan.model.progress import Progress
from kscan.model.review import ReviewResult
from kscan.predicates.needs import prover
from kscan.review.asked import Asked
from kscan.source.overlay import Overlay
from kscan.source.series.apply import AppliedSeries

_ENCODER: Final = msgspec.msgpack.Encoder()


def reviewed(
    catalog: Catalog, series: Series, applied: AppliedSeries, asked: Asked, progress: Progress
) -> ReviewResult:
    """The review of ``series``, which is ``applied`` to the tree of ``catalog`` or to what that was at a revision; kept
    for as long as that tree stays as it is."""
    rules = [rule.id for rule in asked.rules]
    key = key_of(
        catalog, (), "review", series, list(_identities(applied)), applied.on, rules, prover(), asked.contracts
    )
    known: ReviewResult | None = recalled(catalog.store, key, ReviewResult)
    if known is None:
        from kscan.review.series import review_of  # noqa: PLC0415 - with all that links and judges

        known = review_of(catalog, series, applied, asked, progress)
        encoded = _encoded(known)
        if key and encoded is not None:
            catalog.store.put(RESULT, key, encoded)
    about_index = outdated(catalog.store, str(catalog.tree.root))
    return msgspec.structs.replace(known, notes=(*series.notes, *applied.notes, *catalog.notes, *about_index))


def _identities(applied: AppliedSeries) -> Iterator[str]:
    """What tells the versions of the tree from any others."""
    for tree in (applied.base, *(one.after for one in applied.patches)):
        yield tree.identity if isinstance(tree, Overlay) else ""


def _encoded(result: ReviewResult) -> bytes | None:
    """The result without what is told of this run only; None where a name in it is no UTF-8, which cannot be kept."""
    try:
        return _ENCODER.encode(msgspec.structs.replace(result, notes=()))
    except UnicodeEncodeError:
        return None
