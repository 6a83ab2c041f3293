"""Something that was not analysed, with its reason: silence is never a pass."""

from __future__ import annotations

from typing import Literal

import msgspec

Stage = Literal["read", "mask", "parse", "extract", "summarize", "link", "check"]


class Gap(msgspec.Struct, frozen=True, order=True):
    """A hole in the analysis. ``start`` is a byte offset in ``file``; -1 where the whole file is meant."""

    file: str
    start: int
    stage: Stage
    function: str
    reason: str
