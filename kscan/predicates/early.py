"""Which functions may hold an early return that is needless, or a test on a page that may be a tail, told from their
text alone: what works with formulas is loaded for these only."""

from __future__ import annotations

from kscan.model.facts import Function
from kscan.model.regex import regex
from kscan.predicates.words import FOLIO, PAGE_TYPES, RACY

_TESTED = regex(rb"\breturn\s+(?:true|false|-?\w+)\s*;")
_EARLY = regex(rb"\bif\s*\([^;{}]*\)\s*(?:\{\s*)?return\b")
_ASKED = regex(rb"\w\([^()]*\b[a-z]|->|\w\.\w")
"""A call that is handed a variable, or a member: what a guard asks of an object."""
_RETURNS = frozenset({"bool", "_Bool", "int"})
_MAX_BODY = 8_000


def may_hold_one(function: Function, text: bytes) -> bool:
    """Whether it is worth lowering ``function``, in a file with the clean ``text``: a predicate or status with an early
    return of a constant after a question about an object, in which nothing says that what it reads may change."""
    size = function.end - function.body_start
    if function.return_type not in _RETURNS or function.via or function.errors or size > _MAX_BODY:
        return False
    body = text[function.body_start : function.end]
    if not _TESTED.search(body) or body.count(b"return") < 2 or RACY.search(body):
        return False
    return any(_ASKED.search(body, found.start(), found.end()) for found in _EARLY.finditer(body))


def may_say_so(function: Function) -> bool:
    """Whether ``function`` can say yes or no of a page."""
    says = function.return_type in {"bool", "_Bool", "int"} and not function.via
    pages = (PAGE_TYPES.match(param.type) for param in function.params)
    return says and any(page and page[1] != FOLIO for page in pages)
