"""Without a configuration a function returns what it returns under some configuration: the cases of variants.c again,
under every setting of their options."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from pytest import TempPathFactory

from kscan import api
from tests.flow.test_explore import CASES
from tests.toy import Toy

_OPTION = re.compile(r"\bCONFIG_\w+")
_OTHER = re.compile(r"^#\s*(?:if|elif)n?(?!def CONFIG_| *!?defined\(CONFIG_)", re.M)

DECIDED = [
    pytest.param(*case.values, id=case.id)
    for case in CASES
    if str(case.id).startswith("variants/")
    and not case.marks
    and not _OTHER.search(str(case.values[1]))
    and "open" not in case.values[0]  # type: ignore[operator]
]


@pytest.fixture(scope="module")
def toy(tmp_path_factory: TempPathFactory) -> Toy:
    return Toy(tmp_path_factory.mktemp("toy"))


def under(toy: Toy, config: Path, setting: dict[str, str]) -> set[str]:
    config.write_text("".join(f"{name}={value}\n" for name, value in setting.items()), "utf-8")
    (found,) = api.flow(str(toy.root), "f", kconfig=str(config), cache=False).returns
    return {*found.values, *(() if found.closed else ("open",))}


@pytest.mark.parametrize(("values", "text"), DECIDED)
def test_some_configuration_gives_each_value(toy: Toy, tmp_path: Path, values: set[str], text: str) -> None:
    toy.c(text)
    options = sorted(set(_OPTION.findall(text)))
    settings = (dict(zip(options, setting, strict=True)) for setting in product("ymn", repeat=len(options)))
    found = [under(toy, tmp_path / "config", setting) for setting in settings]
    assert set().union(*found) == values


def test_there_are_such_cases() -> None:
    assert len(DECIDED) > 10
