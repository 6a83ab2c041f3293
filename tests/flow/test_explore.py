"""What functions return, shape by shape: the cases are the C files in returns/, each with its values above it.

A case begins with a comment, ``/* NAME: VALUES */``, and ``f`` is the function in question. ``open`` stands among the
values where the set is not closed. What kscan gets wrong has the right values too, with ``; pinned: REASON`` behind.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from pytest import TempPathFactory

from tests.toy import Toy

FOLDER = Path(__file__).parent / "returns"
_CASE = re.compile(r"^/\* (?P<name>[a-z0-9-]+):(?P<values>[^;*]*)(?:; pinned: (?P<why>[^*]+))? \*/\n", re.M)


def _cases(path: Path) -> list[ParameterSet]:
    text = path.read_text("utf-8")
    heads = list(_CASE.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    assert len({head["name"] for head in heads}) == len(heads) == text.count("\n/* ")
    return [
        pytest.param(
            set(head["values"].split()),
            text[head.end() : end],
            id=f"{path.stem}/{head['name']}",
            marks=[pytest.mark.xfail(strict=True, reason=head["why"])] if head["why"] else [],
        )
        for head, end in zip(heads, ends, strict=True)
    ]


CASES = [case for path in sorted(FOLDER.glob("*.c")) for case in _cases(path)]


@pytest.fixture(scope="module")
def toy(tmp_path_factory: TempPathFactory) -> Toy:
    return Toy(tmp_path_factory.mktemp("toy"))


@pytest.mark.parametrize(("values", "text"), CASES)
def test_what_is_returned(toy: Toy, values: set[str], text: str) -> None:
    assert toy.c(text).values() == values


@pytest.mark.parametrize(("values", "text"), [case for case in CASES if not case.marks])
def test_every_value_has_a_path(toy: Toy, values: set[str], text: str) -> None:
    found = toy.c(text).returns()
    for outcome in found.outcomes:
        assert outcome.path
        assert outcome.path[0].function == "f"
        assert all(0 <= step.span.start <= step.span.end for step in outcome.path)
    assert found.closed == (not found.open_because)
