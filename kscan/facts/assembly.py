"""Which functions a file in assembly defines, by the macros that begin them."""

from __future__ import annotations

import re
from typing import Final

from kscan.model.regex import regex

_STARTS: Final = (
    rb"SYM_FUNC_START\w*|SYM_TYPED_FUNC_START|SYM_FUNC_ALIAS\w*|SYM_CODE_START\w*|"  # linux/linkage.h
    rb"ENTRY|WEAK|_GLOBAL(?:_TOC|_KASAN)?|"  # linux/linkage.h of old, and powerpc
    rb"LEAF|NESTED|FEXPORT|"  # mips
    rb"ENTRY_CFI|ENTRY_LE|"  # parisc
    rb"GLOBAL_ENTRY|GEN_NEED_FUNCTION_ENTRY"
)
_FUNCTION: Final = regex(rb"^[ \t]*(?:" + _STARTS + rb")[ \t]*\([ \t]*([A-Za-z_]\w*)", re.MULTILINE)
_LOCAL: Final = regex(rb"^[ \t]*SYM_(?:FUNC|CODE|INNER)_START_LOCAL\w*[ \t]*\([ \t]*([A-Za-z_]\w*)", re.MULTILINE)


def assembled(data: bytes) -> frozenset[str]:
    """The functions that ``data``, the text of a .S file, defines for other files."""
    local = set(_LOCAL.findall(data))
    return frozenset(name.decode() for name in _FUNCTION.findall(data) if name not in local)
