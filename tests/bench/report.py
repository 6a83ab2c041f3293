"""The figures as Markdown, with the goals and the machine they were measured on."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tests.bench.indexing import Run, Timed
    from tests.bench.reviewing import Pair, Reviews

COLD_GOAL, WARM_GOAL, MEMORY_GOAL = 2.0, 0.1, 500_000_000
INDEX_GOAL, INDEX_WANTED, INDEX_MEMORY_GOAL, ANSWER_GOAL_S = 3.0, 1.5, 4_000_000_000, 0.5
SINGLE_GOAL, SINGLE_WANTED, SERIES_GOAL, ALONE_GOAL = 4.0, 2.0, 2.0, 3.0
SHARES = (0.02, 0.03, 0.15, 0.15)
"""Of a cold index: nothing changed, one .c file changed, mm.h with another comment, and with another constant."""
BEGIN, END = "<!-- bench -->\n", "<!-- /bench -->\n"
INDEX_BEGIN, INDEX_END = "<!-- bench index -->\n", "<!-- /bench index -->\n"

REVIEW_BEGIN, REVIEW_END = "<!-- bench review -->\n", "<!-- /bench review -->\n"


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


def index_markdown(timed: Timed, release: str) -> str:
    """The table of the index, how its cost grows, the goals, and a line on the machine."""
    peer, cold = timed.peer, timed.cold
    rows = [cold, *([peer] if peer else []), timed.single, *timed.changes, *timed.answers, timed.start]
    lines = ["| what | seconds | of the cold index | peak memory |", "|---|---|---|---|"]
    lines += [
        f"| {row.what} | {row.seconds:.2f} | {row.seconds / cold.seconds:.3f} | {row.peak / 1e6:.0f} MB |"
        for row in rows
    ]
    lines += [
        "",
        "| part of the tree, with include/ | files | MB | 1 worker, s | 2 workers, s |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {files} | {size:.0f} | {one.seconds:.1f} | {two.seconds:.1f} |"
        for name, files, size, one, two in timed.growth
    ]
    tools = f"Linux {release}" + (f"; {_version_of('ast-grep-cli')}" if peer else "")
    return "\n".join([*lines, "", *_index_goals(timed), "", f"{_machine()}; {tools}.", ""])


def review_markdown(timed: Reviews, release: str) -> str:
    """The table of the reviews, the goals, and a line on the machine."""
    pairs = (*timed.single, timed.series)
    runs = len(timed.series.own)
    lines = [
        f"| patch, processor time | `checkpatch.pl --strict`, s, median of {runs} | `kscan review`, s | times |",
        "|---|---|---|---|",
        *(_pair_row(pair) for pair in pairs),
        "",
        "| without an index, processor time | `kscan check` of the file, s | `kscan review`, s | times |",
        "|---|---|---|---|",
        _pair_row(timed.alone),
        "",
    ]
    most = max(map(_times, timed.single))
    series, alone = _times(timed.series), _times(timed.alone)
    lines += [
        f"- a one-file patch at most {SINGLE_GOAL:g} times checkpatch's time (wanted {SINGLE_WANTED:g}): "
        f"{min(map(_times, timed.single)):.1f} to {most:.1f} times, {_kept(most <= SINGLE_GOAL)}",
        f"- a series at most {SERIES_GOAL:g} times: {series:.1f} times, {_kept(series <= SERIES_GOAL)}",
        f"- without an index at most {ALONE_GOAL:g} times a cold check of the file: {alone:.1f} times, "
        f"{_kept(alone <= ALONE_GOAL)}",
    ]
    return "\n".join([*lines, "", f"{_machine()}; Linux {release}.", ""])


def _pair_row(pair: Pair) -> str:
    return f"| {pair.what} | {median(pair.peer):.2f} | {median(pair.own):.2f} | {_times(pair):.1f} |"


def _times(pair: Pair) -> float:
    return median(pair.own) / median(pair.peer)


def _index_goals(timed: Timed) -> Iterator[str]:
    cold = timed.cold
    if timed.peer is not None:
        times = cold.seconds / timed.peer.seconds
        yield (
            f"- cold at most {INDEX_GOAL:g} times ast-grep's time (wanted {INDEX_WANTED:g}): "
            f"{times:.2f} times, {_kept(times <= INDEX_GOAL)}"
        )
    for run, share in zip(timed.changes, SHARES, strict=True):
        part = run.seconds / cold.seconds
        yield f"- {_last(run)}: at most {share:.0%} of cold: {part:.1%}, {_kept(part <= share)}"
    for run in timed.answers:
        taken = run.seconds - timed.start.seconds
        kept = _kept(taken <= ANSWER_GOAL_S)
        yield f"- {run.what} at most {ANSWER_GOAL_S} s above Python's start: {taken:.2f} s, {kept}"
    warm = max(run.peak for run in (*timed.changes, *timed.answers))
    yield f"- memory below 4 GB cold: {cold.peak / 1e6:.0f} MB, {_kept(cold.peak < INDEX_MEMORY_GOAL)}"
    yield f"- memory below 500 MB warm: {warm / 1e6:.0f} MB, {_kept(warm < MEMORY_GOAL)}"


def _last(run: Run) -> str:
    return run.what.rpartition(", ")[2]


def _version_of(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return package


def written(page: str, block: str, begin: str = BEGIN, end: str = END) -> str:
    """``page`` with ``block`` between the two marks. Raises ValueError if it has none."""
    found = re.search(f"{re.escape(begin)}.*?{re.escape(end)}", page, re.DOTALL)
    if found is None:
        raise ValueError(f"there are no lines {begin.strip()} and {end.strip()} to write between")
    return f"{page[: found.start()]}{begin}{block}{end}{page[found.end() :]}"


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


def write(path: Path, block: str, begin: str = BEGIN, end: str = END) -> None:
    """Puts ``block`` into the file at ``path``."""
    path.write_text(written(path.read_text("utf-8"), block, begin, end), "utf-8")
