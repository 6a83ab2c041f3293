"""A guard that the rest of its function makes needless, and what of that is proved."""

from __future__ import annotations

import msgspec

from kscan.model.facts import Function
from kscan.model.span import Span


class Guard(msgspec.Struct, frozen=True):
    """An early return of ``function`` under ``condition``: ``span`` is the if statement, ``value`` what it returns.

    ``excluded`` are the parts of the rest that would return something else and that the condition is proved to
    exclude; ``assumed`` those that it is not proved to exclude, each with a witness. No assumed part: the guard changes
    nothing. ``facts`` is what the proofs rest on. ``spare`` are the parameters that nothing but the guard uses.
    """

    function: Function
    span: Span
    condition: str
    value: str
    excluded: tuple[str, ...]
    assumed: tuple[tuple[str, str], ...] = ()
    facts: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()


class TailTest(msgspec.Struct, frozen=True):
    """Tests of the type of ``page``, a variable of ``function`` that may point to a tail page.

    ``tests`` are the predicates with the bytes of each call; ``seen`` is the call that takes the page for a possible
    tail, in the function ``seen_in`` and, as written there, ``seen_as``.
    """

    function: Function
    page: str
    tests: tuple[tuple[str, Span], ...]
    seen: Span
    seen_in: str
    seen_as: str
