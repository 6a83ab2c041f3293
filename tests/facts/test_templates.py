"""What a macro writes for one name is what it writes for another, but for the name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.dialect.expand import expand
from kscan.dialect.shapes import shape
from kscan.facts import templates
from kscan.facts.templates import made_of
from kscan.model.facts import Macro

_HEADER = {
    "ends_with": ("name", "static int name ## _init(void) { return LEVEL(add(&(name))); } init_call(name ## _init)"),
    "init_call": ("fn", 'int fn ## _stub(void) { return fn(); } asm(".long " __said(fn));'),
    "__said": ("text", "#text"),
    "LEVEL": ("value", "value"),
    "only_data": ("name", "struct thing name = { .get = name ## _get };"),
    "no_end": ("name", "name no_end2(name)"),
    "no_end2": ("name", "name no_end(name)"),
}


class _Seen(dict[str, Macro]):
    """The macros of a file, and behind them those of headers."""

    def __init__(self, own: Mapping[str, Macro], header: Mapping[str, Macro]) -> None:
        super().__init__(own)
        self.header = header

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else self.header.get(name, default)


def _macros(written: Mapping[str, tuple[str, str]]) -> dict[str, Macro]:
    return {name: Macro(name, (param,), body, 0) for name, (param, body) in written.items()}


_SHARED = _macros(_HEADER)
_OWN = _macros({"drv_init": ("x", "x"), "LEVEL": ("value", "raised(value)"), "spare": ("x", "{ x }")})
_NAMES = ("drv", "drv_init", "LEVEL", "value", "name", "a", "_x9", "spare", "other")


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*_HEADER, "spare", "unknown"]), st.sampled_from(_NAMES), st.sets(st.sampled_from([*_OWN]))
        )
    )
)
def test_remembered_or_not_it_is_the_same(invoked: list[tuple[str, str, set[str]]]) -> None:
    for name, argument, own in invoked:
        macros = _Seen({one: _OWN[one] for one in own}, _SHARED)
        plain = expand(f"{name}({argument})", macros)
        made, form = made_of(f"{name}({argument})", macros)
        assert made == plain
        assert (len(form.names), form.open) == (len(shape(plain.text.encode()).names), shape(plain.text.encode()).open)


def test_a_header_that_means_something_else_counts() -> None:
    said = made_of("ends_with(drv)", _Seen({}, _SHARED))[0].text
    other = _Seen({}, {**_SHARED, **_macros({"LEVEL": ("value", "-(value)")})})
    assert "return add(&(drv));" in said
    assert "return -(add(&(drv)));" in made_of("ends_with(drv)", other)[0].text
    assert made_of("ends_with(drv)", _Seen({}, _SHARED))[0].text == said


def test_the_second_time_nothing_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    macros = _Seen({}, _SHARED)
    made_of("ends_with(first)", macros)
    monkeypatch.setattr(templates, "expand", None)
    made, form = made_of("ends_with( second )", macros)
    assert "second_init_stub(void)" in made.text
    assert len(form.names) == 2


def test_no_more_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "_MOST", 5)
    many = _macros({f"make_{number}": ("x", "int x(void) { }") for number in range(40)})
    for name in many:
        assert made_of(f"{name}(f)", _Seen({}, many))[0].text == "int f(void) { }"
    assert len(templates._templates) <= 5
