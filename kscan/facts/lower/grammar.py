"""The grammar's names as numbers, looked up once: asking a node for a number costs a fraction of asking for a name."""

from __future__ import annotations

from typing import Final, TypeVar

from kscan.parse.parser import LANGUAGE


def kinds(*names: str) -> frozenset[int]:
    """The numbers of all kinds of node with one of these names."""
    every = range(LANGUAGE.node_kind_count)
    return frozenset([number for number in every if LANGUAGE.node_kind_for_id(number) in names])


def number_of(name: str) -> int:
    """The number that nodes of the kind with this name answer with: numbers are compared in a fraction of the time that
    it takes to look one up in a set. Raises KeyError where the grammar has no such kind."""
    number = LANGUAGE.id_for_node_kind(name, True) or LANGUAGE.id_for_node_kind(name, False)
    if not number:
        raise KeyError(name)
    return number


ERROR: Final = 0xFFFF
SPELT: Final = {
    **{number: LANGUAGE.node_kind_for_id(number) or "" for number in range(LANGUAGE.node_kind_count)},
    ERROR: "ERROR",
}
"""The names by their numbers: of an operator, what it is written as."""

T = TypeVar("T")


def by_kind(handlers: dict[str, T]) -> dict[int, T]:
    """``handlers`` by the numbers of the kinds of node they are for."""
    return {number: handler for name, handler in handlers.items() for number in kinds(name)}


def field_number(name: str) -> int:
    """The number of a field. Raises KeyError where the grammar has no such field."""
    number = LANGUAGE.field_id_for_name(name)
    if number is None:
        raise KeyError(name)
    return number


ALTERNATIVE: Final = field_number("alternative")
ARGUMENT: Final = field_number("argument")
ARGUMENTS: Final = field_number("arguments")
BODY: Final = field_number("body")
CONDITION: Final = field_number("condition")
CONSEQUENCE: Final = field_number("consequence")
DECLARATOR: Final = field_number("declarator")
FUNCTION: Final = field_number("function")
INITIALIZER: Final = field_number("initializer")
GOTO_LABELS: Final = field_number("goto_labels")
LABEL: Final = field_number("label")
LEFT: Final = field_number("left")
NAME: Final = field_number("name")
OPERATOR: Final = field_number("operator")
RIGHT: Final = field_number("right")
TYPE: Final = field_number("type")
UPDATE: Final = field_number("update")
VALUE: Final = field_number("value")

ADDRESS_OF: Final = number_of("&")
AND: Final = number_of("&&")
ARRAYS: Final = kinds("array_declarator", "function_declarator")
ASM: Final = number_of("gnu_asm_expression")
BINARY: Final = number_of("binary_expression")
CALL: Final = number_of("call_expression")
CASE: Final = number_of("case_statement")
CHOICE: Final = number_of("conditional_expression")
COMMA: Final = number_of("comma_expression")
COMMENT: Final = number_of("comment")
COMPARISONS: Final = kinds("==", "!=", "<", "<=", ">", ">=")
DECLARATION: Final = number_of("declaration")
ELSE_PART: Final = kinds("preproc_else")
FOR: Final = number_of("for_statement")
IDENTIFIER: Final = number_of("identifier")
INITIAL: Final = number_of("init_declarator")
LABEL_NAME: Final = number_of("statement_identifier")
LABELED: Final = number_of("labeled_statement")
LIST: Final = number_of("initializer_list")
LOGICAL: Final = kinds("&&", "||")
NOT: Final = number_of("!")
PAIR: Final = number_of("initializer_pair")
PARENTHESES: Final = number_of("parenthesized_expression")
POINTER: Final = number_of("pointer_expression")
POINTERS: Final = kinds("pointer_declarator")
STATEMENT: Final = kinds("expression_statement")
STORAGE: Final = number_of("storage_class_specifier")
SWITCH: Final = number_of("switch_statement")
UNARY: Final = number_of("unary_expression")
UNUSED: Final = kinds("expression_statement", "for_statement", "comma_expression")
