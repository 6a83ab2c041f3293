"""What other files need to know of a header to read their own bodies: its includes, constants and leaving macros."""

from __future__ import annotations

from typing import Final

import msgspec

from kscan.facts.macros import naming, returns
from kscan.model.facts import Constant, FileFacts
from kscan.model.regex import regex

MAX_PRIVATE_BYTES: Final = 512 << 10
"""A driver's own header that is larger numbers registers: its constants are not looked up, and are no facts."""

MAX_FACTS_BYTES: Final = 4 << 20
"""Larger facts, encoded, are of generated headers."""

_ENCODER: Final = msgspec.msgpack.Encoder()
_SHARED: Final = regex(r"(?:include|arch/[^/]+/include)/.*\.h\Z")


class Shared(msgspec.Struct, frozen=True, gc=False):
    """``constants`` by name, each as often as it is defined; ``leaving`` are the macros that hold a ``return``, or
    name one that does."""

    includes: tuple[str, ...] = ()
    constants: dict[str, tuple[Constant, ...]] = {}
    leaving: tuple[str, ...] = ()


NOTHING: Final = Shared()


def is_shared(path: str) -> bool:
    """Whether ``path`` is a header that every file, or every file of its architecture, can include by its name."""
    return _SHARED.match(path) is not None


def hides_constants(path: str, size: int) -> bool:
    """Whether the file at ``path`` is a driver's own header that is too large for its constants to be looked up."""
    return size > MAX_PRIVATE_BYTES and path.endswith(".h") and not is_shared(path)


def shared_of(facts: FileFacts, size: int) -> Shared:
    """What the file with these ``facts`` and ``size`` bytes shares with those that include it."""
    constants: dict[str, tuple[Constant, ...]] = {}
    if size <= MAX_PRIVATE_BYTES or is_shared(facts.path):  # in a file that is no header they are facts all the same
        for one in facts.constants:
            constants[one.name] = (*constants.get(one.name, ()), one)
    own = {macro.name: macro for macro in facts.macros}
    leaving = naming(own, {macro.name for macro in facts.macros if returns(macro)})
    return Shared(facts.includes, constants, tuple(sorted(leaving)))


def kept_facts(facts: FileFacts) -> bytes | None:
    """``facts`` encoded as they are kept; None where they are too large."""
    encoded = _ENCODER.encode(facts)
    return encoded if len(encoded) <= MAX_FACTS_BYTES else None
