"""What is decoded on demand is what decoding everything gives."""

from __future__ import annotations

import pytest

from kscan.facts.glance import FactsGlance, TablesGlance, encoded, parts_of
from kscan.facts.tables import key_of
from kscan.model.facts import (
    CallSite,
    Constant,
    FileFacts,
    FileTables,
    Function,
    Macro,
    Param,
    Place,
    Slot,
    Struct,
    Through,
)
from kscan.model.gap import Gap


def function(name: str, start: int, *callees: str) -> Function:
    params = (Param("name", "struct name *"), Param("f", "int"))
    calls = tuple(CallSite(one, start, start) for one in callees)
    return Function(name, "mm/a.c", start, start + 9, start, start + 2, "int", params, "global", calls=calls)


FACTS = FileFacts(
    "mm/a.c",
    (
        function("f", 1, "g", "name"),
        function("g", 20, "f"),
        function("f", 40),
        function("name", 60),
        function("ff", 80),
    ),
    (Constant("C", "1", 5, "macro"),),
    macros=(Macro("m", ("a",), "f(a)", 7),),
    includes=("linux/mm.h", "a.h"),
    gaps=(Gap("mm/a.c", 3, "parse", "f", "cut"),),
    asked=("g", "m"),
)


def glance_at(facts: FileFacts) -> FactsGlance:
    near, rest = parts_of(facts)
    return FactsGlance(near, lambda: rest)


@pytest.mark.parametrize("name", ["f", "g", "ff", "name", "h", "", "struct name *"])
def test_the_functions_of_a_name(name: str) -> None:
    glance = glance_at(FACTS)
    assert glance.functions(name) == [one for one in FACTS.functions if one.name == name]


def test_the_rest_of_the_facts() -> None:
    glance = glance_at(FACTS)
    assert glance.whole() == FACTS
    assert glance_at(FileFacts("mm/a.c")).whole() == FileFacts("mm/a.c")
    assert (glance.macros, glance.includes, glance.gaps) == (FACTS.macros, FACTS.includes, FACTS.gaps)


TABLES = FileTables(
    (
        Struct("struct ops", (Param("open", "ops_fn"), Param("read", "struct ops"))),
        Struct("ops", (Param("open", "int"),)),
        Struct("struct ops", (Param("close", "int"),), ordered=False),
    ),
    (
        Slot("struct ops", ("open",), "f_open", 10, "f_ops"),
        Slot("struct ops[]", ("#0", "open"), "g_open", 20, "g_ops"),
        Slot("", ("open",), "h_open", 30, "", ("open", "read")),
        Slot("struct ops", ("#1",), "open", 40),
        Slot("struct ops", ("ops", "open", "[]"), "i_open", 50),
        Slot("ops", ("read",), "f_read", 60),
        Slot("struct ops[]", ("#1",), "f_read", 70),
    ),
    (Through(5, (Place("p", "struct ops", ("open",)),), True), Through(90, (), False)),
    ("f_open", "f_read"),
)


@pytest.mark.parametrize("kind", ["struct ops", "ops", "struct", "open", ""])
def test_the_structs_of_a_type(kind: str) -> None:
    glance = TablesGlance(encoded(TABLES))
    assert glance.structs(kind) == [one for one in TABLES.structs if one.type == kind]


@pytest.mark.parametrize("key", sorted({*map(key_of, TABLES.slots), "struct ops.f_open", ".nothing", "nothing", "ops"}))
def test_the_slots_of_a_key(key: str) -> None:
    glance = TablesGlance(encoded(TABLES))
    assert glance.slots_of(key) == [one for one in TABLES.slots if key_of(one) == key]


def test_the_rest_of_the_tables() -> None:
    glance = TablesGlance(encoded(TABLES))
    assert glance.slots == TABLES.slots
    assert glance.calls == {one.start: one for one in TABLES.calls}
    assert glance.own == frozenset(TABLES.own)
    assert glance.gaps is None
    assert TablesGlance(encoded(TABLES, gaps=FACTS.gaps)).gaps == FACTS.gaps
