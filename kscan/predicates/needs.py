"""Whether the prover is there: z3 is an extra, and only what proves needs it."""

from __future__ import annotations

from functools import cache
from importlib import metadata
from importlib.util import find_spec
from typing import Final

from kscan.model.error import InputError

ADVICE: Final = "pip install 'kscan[prove]'"


@cache
def prover() -> str:
    """The version of the prover, "" when there is none."""
    return metadata.version("z3-solver") if find_spec("z3") is not None else ""


def want_prover(what: str) -> None:
    """Raises InputError when there is no prover; ``what`` is what needs it."""
    if not prover():
        raise InputError(f"{what} needs z3, which is not installed: {ADVICE}")
