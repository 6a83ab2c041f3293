"""Without z3: one clear line where something is to be proved, and a gap where a rule wanted to."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan import api
from kscan.model.error import InputError
from kscan.predicates import needs
from tests.toy import Toy

SELECTED = ("disjoint-guard", "page-type-on-tail")


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has no prover."""
    monkeypatch.setattr(needs, "find_spec", lambda _: None)
    needs.prover.cache_clear()


@pytest.fixture(autouse=True)
def forgotten() -> object:
    """What is known of the machine is looked up anew before and after."""
    needs.prover.cache_clear()
    yield None
    needs.prover.cache_clear()


def test_the_version_is_known() -> None:
    assert needs.prover().split(".")[0].isdigit()


@pytest.mark.usefixtures("without")
def test_one_line_that_says_how_to_get_it(tmp_path: Path) -> None:
    toy = Toy(tmp_path)
    for ask in (lambda: api.matrix(str(toy.root)), lambda: api.prove(str(toy.root), "a(p)", "implies", "b(p)")):
        with pytest.raises(InputError, match=r"needs z3, which is not installed: pip install 'kscan\[prove\]'"):
            ask()


@pytest.mark.usefixtures("without")
def test_a_rule_that_cannot_run_is_a_gap(tmp_path: Path) -> None:
    toy = Toy(tmp_path).c("static int f(void)\n{\n\treturn 0;\n}\n")
    result = api.check(str(toy.root), ["f.c"], select=SELECTED, cache=False)
    told = [gap.reason for gap in result.gaps if gap.stage == "check"]
    assert told == ["rule disjoint-guard was not run: it needs z3 (pip install 'kscan[prove]')"]


def test_a_rule_that_can_run_is_none(tmp_path: Path) -> None:
    toy = Toy(tmp_path).c("static int f(void)\n{\n\treturn 0;\n}\n")
    assert api.check(str(toy.root), ["f.c"], select=SELECTED, cache=False).gaps == ()
