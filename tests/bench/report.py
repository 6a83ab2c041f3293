"""The figures as Markdown, with the goals and the machine they were measured on."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

COLD_GOAL, WARM_GOAL, MEMORY_GOAL = 2.0, 0.1, 500_000_000
BEGIN, END = "<!-- bench -->\n", "<!-- /bench -->\n"


class Row(NamedTuple):
    """What was run (as a user would write it), the seconds of each run, and the peak of memory in bytes."""

    what: str
    seconds: Sequence[float]
    peak: int

    @property
    def median(self) -> float:
        return median(self.seconds)


def markdown(cold: Row, warm: Row, peer: Row | None, others: Sequence[Row], tools: str) -> str:
    """The table, the goals, and a line on the machine. ``peer`` is None where spatch is missing."""
    rows = [cold, warm, *([peer] if peer else []), *others]
    runs = len(cold.seconds)
    lines = [f"| what | seconds, median of {runs} (all) | by spatch's | peak memory |", "|---|---|---|---|"]
    lines += [_row(row, peer) for row in rows]
    lines += ["", *_goals(cold, warm, peer), "", f"{_machine()}; {tools}.", ""]
    return "\n".join(lines)


def written(page: str, block: str) -> str:
    """``page`` with ``block`` between its two marks. Raises ValueError if it has none."""
    found = re.search(f"{re.escape(BEGIN)}.*?{re.escape(END)}", page, re.DOTALL)
    if found is None:
        raise ValueError(f"there are no lines {BEGIN.strip()} and {END.strip()} to write between")
    return f"{page[: found.start()]}{BEGIN}{block}{END}{page[found.end() :]}"


def _row(row: Row, peer: Row | None) -> str:
    each = ", ".join(f"{one:.2f}" for one in row.seconds)
    ratio = f"{row.median / peer.median:.2f}" if peer else "-"
    return f"| {row.what} | {row.median:.2f} ({each}) | {ratio} | {row.peak / 1e6:.0f} MB |"


def _goals(cold: Row, warm: Row, peer: Row | None) -> list[str]:
    peak = max(cold.peak, warm.peak)
    told = [f"- peak memory below {MEMORY_GOAL / 1e6:.0f} MB: {peak / 1e6:.0f} MB, {_kept(peak < MEMORY_GOAL)}"]
    if peer is None:
        return [*told, "- spatch is not installed (Debian package coccinelle): nothing to compare the times with"]
    by_cold, by_warm = cold.median / peer.median, warm.median / peer.median
    return [
        f"- cold at most {COLD_GOAL:g} times spatch's time: {by_cold:.2f} times, {_kept(by_cold <= COLD_GOAL)}",
        f"- warm at most {WARM_GOAL:g} times spatch's time: {by_warm:.2f} times, {_kept(by_warm <= WARM_GOAL)}",
        *told,
    ]


def _kept(holds: bool) -> str:
    return "kept" if holds else "MISSED"


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    cores = len(os.sched_getaffinity(0))
    python = f"Python {platform.python_version()}"
    libraries = ", ".join(f"{name} {version(name)}" for name in ("tree-sitter", "tree-sitter-c"))
    return f"{cores} cores, {memory:.0f} GB of memory, {python}, {libraries}, kscan {version('kscan')}"


def write(path: Path, block: str) -> None:
    """Puts ``block`` into the file at ``path``."""
    path.write_text(written(path.read_text("utf-8"), block), "utf-8")
