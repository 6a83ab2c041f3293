"""The steps of all paths of a summary, each once, and as bytes: hardly any of them are ever shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from kscan.flow.state import Trace
from kscan.flow.summary import Mark, MarkKind, StepColumns, Summary

_KINDS: Final[tuple[MarkKind, ...]] = ("test", "warn", "unwarn", "case", "default", "set", "call", "return")
_NUMBERS: Final = {kind: number for number, kind in enumerate(_KINDS)}


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(StepColumns)


class Steps:
    """The steps of several paths: ways that part later have their beginning in common."""

    __slots__ = ("_numbers", "marks")

    def __init__(self) -> None:
        self.marks: list[Mark] = []
        self._numbers: dict[Trace, int] = {}

    def add(self, trace: Trace | None) -> int:
        """The number of the last step of a path, which is among ``marks`` from now on; -1 where it has none."""
        new: list[Trace] = []
        while trace is not None and trace not in self._numbers:
            new.append(trace)
            trace = trace.before
        number = -1 if trace is None else self._numbers[trace]
        for one in reversed(new):
            self.marks.append(Mark(one.kind, one.at, one.end, one.taken, one.target, number))
            number = self._numbers[one] = len(self.marks) - 1
        return number


def encoded_steps(steps: Sequence[Mark]) -> bytes:
    """``steps`` as a summary has them."""
    if not steps:
        return b""
    columns = StepColumns([], [], [], [], [])
    at = 0
    for number, step in enumerate(steps):
        columns.kinds.append(2 * _NUMBERS[step.kind] + step.taken)
        columns.places.append(step.at - at)
        columns.lengths.append(step.end - step.at)
        columns.back.append(number - step.before)
        columns.targets.append(step.target)
        at = step.at
    return _ENCODER.encode(columns)


def steps_of(summary: Summary) -> tuple[Mark, ...]:
    """The steps of all paths of ``summary``."""
    if not summary.steps:
        return ()
    columns = _DECODER.decode(summary.steps)
    steps: list[Mark] = []
    at = 0
    for number, kind in enumerate(columns.kinds):
        at += columns.places[number]
        end = at + columns.lengths[number]
        before = number - columns.back[number]
        steps.append(Mark(_KINDS[kind >> 1], at, end, bool(kind & 1), columns.targets[number], before))
    return tuple(steps)


def path_to(last: int, steps: Sequence[Mark]) -> tuple[Mark, ...]:
    """The path whose last step has this number among ``steps``."""
    path: list[Mark] = []
    while last >= 0:
        path.append(steps[last])
        last = steps[last].before
    path.reverse()
    return tuple(path)
