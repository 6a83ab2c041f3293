"""What a review is to look for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kscan.model.contract import Contract
from kscan.rules.rule import Rule


class Asked(NamedTuple):
    """The rules to run and the contracts to judge."""

    rules: Sequence[Rule]
    contracts: Sequence[Contract]
