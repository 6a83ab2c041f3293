"""What of the facts of a header is kept for others."""

from __future__ import annotations

import msgspec
import pytest

from kscan.facts import shared
from kscan.facts.extract import extract
from kscan.facts.shared import kept_facts
from kscan.model.facts import FileFacts
from kscan.model.source import Source


def registers(path: str, many: int) -> FileFacts:
    text = "".join(f"#define REG_{n} 0x{n:x}\n" for n in range(many)) + "static inline int f(void) { return REG_1; }\n"
    return extract(Source(path, text.encode()))


def test_the_constants_of_a_header_that_numbers_registers_are_no_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "MAX_PRIVATE_BYTES", 1000)
    few, many = registers("drivers/gpu/r.h", 3), registers("drivers/gpu/r.h", 300)
    assert (len(few.constants), len(many.constants)) == (3, 0)
    assert [function.name for function in many.functions] == ["f"]
    for path in ("include/linux/r.h", "drivers/gpu/r.c"):
        assert len(registers(path, 300).constants) == 300


def test_facts_that_are_too_large_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "MAX_FACTS_BYTES", 1000)
    few = registers("include/linux/r.h", 3)
    assert decoded(few) == few
    assert decoded(registers("include/linux/r.h", 300)) is None


def decoded(facts: FileFacts) -> FileFacts | None:
    kept = kept_facts(facts)
    return None if kept is None else msgspec.msgpack.decode(kept, type=FileFacts)


def test_a_macro_that_names_one_that_returns_leaves_too() -> None:
    lines = ("FAIL(x) if (x) return -5", "BOTH(x) FAIL(x); FAIL(x)", "DEEP(x) BOTH(x)", "NOTE(x) say(x)")
    facts = extract(Source("lib/a.h", "".join(f"#define {line}\n" for line in lines).encode()))
    assert shared.shared_of(facts, 100).leaving == ("BOTH", "DEEP", "FAIL")
