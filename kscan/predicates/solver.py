"""The solvers of z3 that are asked here."""

from __future__ import annotations

import z3


def new_solver() -> z3.Solver:
    """One that leaves Ctrl-C to Python: z3 would take it for itself, and say that it does not know the answer."""
    made = z3.Solver()
    made.set("ctrl_c", False)
    return made
