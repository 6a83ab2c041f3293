"""Whether the prover is there: z3 is an extra, and only what proves needs it."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from kscan.model.error import InputError

ADVICE: Final = "pip install 'kscan[prove]'"


def has_prover() -> bool:
    """Whether the prover is there."""
    return find_spec("z3") is not None


@cache
def prover() -> str:
    """The version of the prover, "" when there is none."""
    found = find_spec("z3")
    if found is None:
        return ""
    beside = Path(found.origin or "").parents[1].glob("z3_solver-*.dist-info") if found.origin else ()
    names = [path.name for path in beside]
    if len(names) == 1:
        return names[0].split("-")[1].removesuffix(".dist")
    from importlib import metadata  # noqa: PLC0415 - slow to load, and hardly ever needed

    return metadata.version("z3-solver")


def want_prover(what: str) -> None:
    """Raises InputError when there is no prover; ``what`` is what needs it."""
    if not has_prover():
        raise InputError(f"{what} needs z3, which is not installed: {ADVICE}")
