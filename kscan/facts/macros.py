"""Function-like macros that are expressions, read as the functions they could be."""

from __future__ import annotations

import re
from typing import Final

from kscan.model.facts import Function, Macro, Param

MAX_BODY: Final = 4000
"""Characters; a longer macro is not read as a function."""
_DEFINE: Final = "#define "
_OPTIONAL_COMMA: Final = re.compile(r",\s*##|__VA_OPT__\s*\(\s*,\s*\)")
"""The comma that goes away where no further arguments are given; it pastes no names."""
_RETURN: Final = re.compile(r"\breturn\b")
_STATEMENT: Final = re.compile(
    r"\s*(?:do\b|\{|if\b|for\b|while\b|return\b|static\b|struct\b|extern\b|__asm|asm\b|;|,|$)"
)


def is_expression(macro: Macro) -> bool:
    """Whether the replacement has a value, pastes no names and does not speak of itself."""
    body = _OPTIONAL_COMMA.sub(",", macro.body)
    if len(body) > MAX_BODY or "#" in body or "__VA_OPT__" in body or _STATEMENT.match(body):
        return False
    return re.search(rf"\b{re.escape(macro.name)}\b", body) is None


def returns(macro: Macro) -> bool:
    """Whether the replacement holds a ``return`` that leaves the function it is used in."""
    return _RETURN.search(macro.body) is not None


def as_function(macro: Macro, path: str) -> Function:
    """``macro`` as a function of the file at ``path``; its body is that of ``as_text``."""
    return Function(
        name=macro.name,
        file=path,
        start=macro.start,
        end=macro.start + len(_DEFINE) + len(macro.name),
        name_start=macro.start,
        body_start=macro.start,
        return_type="",
        params=tuple(Param(name, "") for name in _fixed(macro)),
        linkage="inline",
        via=f"{_DEFINE}{macro.name}",
    )


def is_macro(function: Function) -> bool:
    """Whether ``function`` is a macro read as one."""
    return function.via.startswith(_DEFINE)


def as_text(macro: Macro) -> str:
    """A function definition that returns the macro's value; all further arguments are one name of unknown value."""
    params = ", ".join(f"long {name}" for name in _fixed(macro)) or "void"
    body = _OPTIONAL_COMMA.sub(", ", macro.body)
    return f"long {macro.name}({params})\n{{\n\treturn {body};\n}}\n"


def _fixed(macro: Macro) -> tuple[str, ...]:
    """The parameters that stand for one argument each."""
    return tuple(name for name in macro.params if not name.endswith("..."))
