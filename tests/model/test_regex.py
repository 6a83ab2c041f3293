"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import kscan
from kscan.model.regex import _Regex, regex


def test_it_is_compiled_by_its_first_use_and_then_is_the_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str | bytes] = []
    monkeypatch.setattr(re, "compile", lambda text, flags, real=re.compile: made.append(text) or real(text, flags))
    word = regex(r"[a-z]+(\d)", re.IGNORECASE)
    assert not made
    assert word.findall("a1 B2") == ["1", "2"]
    assert word.sub(r"\1", "a1") == "1" and word.match("-") is None
    assert made == [r"[a-z]+(\d)"]
    assert word.search.__self__ is word.match.__self__  # type: ignore[attr-defined]


def test_what_is_no_method_of_it_is_there_too() -> None:
    assert regex(rb"(?P<one>x)").groupindex == {"one": 1}
    assert regex("a|b").pattern == "a|b"
    with pytest.raises(AttributeError):
        _ = regex("a").no_such_thing  # type: ignore[attr-defined]


def test_a_mistake_shows_when_it_is_used() -> None:
    wrong = regex("(")
    with pytest.raises(re.error):
        wrong.match("x")


def test_every_pattern_of_kscan_can_be_compiled() -> None:
    modules = [
        importlib.import_module(name)
        for _, name, _ in pkgutil.walk_packages(kscan.__path__, "kscan.")
        if ".built" not in name and not name.endswith("__main__")
    ]
    found = [one for module in modules for one in vars(module).values() if isinstance(one, _Regex)]
    assert len(found) > 300
    for one in found:
        one.pattern  # noqa: B018
