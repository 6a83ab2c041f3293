"""Steps that are kept as bytes are what they were, and paths that part later have their beginning in common."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kscan.flow.state import Trace
from kscan.flow.steps import Steps, encoded_steps, path_to, steps_of
from kscan.flow.summary import Mark, Summary

KINDS = st.sampled_from(["test", "warn", "unwarn", "case", "default", "set", "call", "return"])
MARKS = st.builds(
    Mark, KINDS, st.integers(0, 1 << 22), st.integers(0, 1 << 22), st.booleans(), st.sampled_from(["", "#3", "@flags"])
)


@given(st.lists(MARKS, max_size=9), st.data())
def test_steps_are_what_they_were(marks: list[Mark], data: st.DataObject) -> None:
    befores = [data.draw(st.integers(-1, number - 1)) for number in range(len(marks))]
    steps = tuple(
        Mark(one.kind, one.at, one.end, one.taken, one.target, before)
        for one, before in zip(marks, befores, strict=True)
    )
    assert steps_of(Summary((), (), steps=encoded_steps(steps))) == steps


def test_each_step_is_kept_once() -> None:
    first = Trace(None, "test", 1, 5, True, "")
    ways = [
        Trace(first, "return", 7, 9, True, ""),
        Trace(Trace(first, "set", 6, 8, True, "r"), "return", 10, 12, True, ""),
    ]
    steps = Steps()
    assert steps.add(None) == -1
    numbers = [steps.add(way) for way in (*ways, ways[0])]
    assert numbers == [1, 3, 1]
    paths = [[mark.kind for mark in path_to(number, steps.marks)] for number in numbers]
    assert paths == [["test", "return"], ["test", "set", "return"], ["test", "return"]]
