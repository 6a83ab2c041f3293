"""The grammar's names as numbers."""

from __future__ import annotations

import pytest

from kscan.facts.lower.grammar import CALL, IDENTIFIER, SPELT, number_of
from kscan.parse.parser import parse


def test_a_call_is_one_kind_of_node_wherever_it_stands() -> None:
    text = b"#if A(1)\n#endif\nint f(void) { return g(1); }\n"
    tree = parse(text)
    assert tree is not None
    condition = tree.root_node.children[0].child_by_field_name("condition")
    call = tree.root_node.descendant_for_byte_range(text.index(b"g(1)"), text.index(b"; }"))
    assert condition is not None and condition.type == "call_expression"
    assert call is not None and call.type == "call_expression"
    assert call.kind_id == condition.kind_id == CALL


def test_a_number_is_that_of_the_name() -> None:
    assert SPELT[IDENTIFIER] == "identifier"
    with pytest.raises(KeyError):
        number_of("no such kind")
