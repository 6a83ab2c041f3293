"""Names in the kernel's style: which of mixed case are meant to be so, and what another one could be called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from kscan.facts.declared import Declared, is_mixed
from kscan.model.regex import regex

_IDIOMS: Final = regex(r"_*(?:(?:Test)?(?:Set|Clear)?Page[A-Z0-9]|Test(?:Set|Clear)?[A-Z]|folio_)")
"""Page flags and types (linux/page-flags.h): PageX, SetPageX, ClearPageX, TestSetPageX, and the folio mirrors."""

_PREFIXES: Final = ("", "m", "u", "n", "p", "k", "M", "G", "T")
_SYMBOLS: Final = ("V", "A", "W", "Hz", "C", "S", "F", "J", "Pa", "T", "Ohm", "Ah", "Wh", "B", "b", "N", "K", "R")
UNITS: Final[frozenset[str]] = frozenset(prefix + symbol for prefix in _PREFIXES for symbol in _SYMBOLS) | {
    *(
        "hPa",
        "dB",
        "dBm",
        "dBi",
        "dBFS",
        "degC",
        "KiB",
        "MiB",
        "GiB",
        "TiB",
        "KB",
        "Kb",
        "Kbps",
        "Mbps",
        "Gbps",
        "kbps",
    ),
    *(
        "kBps",
        "KBps",
        "MBps",
        "GBps",
        "MTps",
        "GTps",
        "mAh",
        "uAh",
        "mWh",
        "uWh",
        "ppM",
        "mOhms",
        "uOhms",
        "mOhm",
        "uOhm",
    ),
    *("VAr", "mLux", "mDeg", "mHZ", "KHz", "KHZ", "MHZ", "GHZ", "kHZ", "mSec", "uSec", "nSec", "mmHg", "cdM"),
}
"""How names spell SI and data units: ``max_uV``, ``rate_kHz``, ``size_MiB``."""

_FORMULA: Final = regex(r"[a-z]{1,2}[A-Z]\d*|[a-z]+N|[A-Z][a-z]")
"""A part as in ``yN``, ``loadN`` or ``rx_Kc``: a letter of a formula, perhaps with an index, or any N."""
_TAG: Final = regex(rb"\b(?:struct|union|enum)\s+(\w*[A-Z]\w*)")

_WORDS: Final = regex(r"[A-Z]{2,}(?:v\d+|s(?![a-z]))|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+\d*|[A-Z]+\d*|\d+")
_ASKS: Final = frozenset({"is", "has", "have", "can", "should", "may", "needs", "was", "are", "will"})
_POINTED: Final = regex(r"(?:const )?struct (\w+) ?\*\Z")
_NOUNS: Final[Mapping[str, str]] = {
    "page": "page",
    "folio": "folio",
    "slab": "slab",
    "ptdesc": "ptdesc",
    "inode": "inode",
    "dentry": "dentry",
    "super_block": "sb",
    "vm_area_struct": "vma",
    "mm_struct": "mm",
    "task_struct": "task",
    "sk_buff": "skb",
    "sock": "sk",
    "net_device": "netdev",
    "device": "device",
    "file": "file",
    "bio": "bio",
    "buffer_head": "buffer",
    "zone": "zone",
    "cred": "cred",
}
"""What the kernel calls an object of a struct, in a predicate about it."""
_COMMON: Final = 3
"""Names of a file that share a word: from here on it is what the file is about."""

_CAPITAL_UNITS: Final = sorted((one for one in UNITS if len(one) > 2 and one[0].isupper()), key=len, reverse=True)
_UNIT_AT_END: Final = regex(rf"(?<=[a-z0-9])(?:{'|'.join(_CAPITAL_UNITS)})\Z")
"""As in ``readKiB``: a unit that begins with a capital."""


def is_meant(name: str) -> bool:
    """Whether the mixed case of ``name`` is an idiom of the kernel, a unit or a formula."""
    if _IDIOMS.match(name):
        return True
    return all(part.rstrip("0123456789") in UNITS or _FORMULA.fullmatch(part) for part in mixed_parts(name))


def mixed_parts(name: str) -> frozenset[str]:
    """What stands in mixed case between the underscores of ``name``."""
    return frozenset(part for part in name.split("_") if part != part.lower() and part != part.upper())


def parts_of_tags(data: bytes) -> frozenset[str]:
    """The parts in mixed case of the structures, unions and enumerations that a file speaks of: who names a function
    after one spells it as it is spelt."""
    tags = (found[1].decode("ascii") for found in _TAG.finditer(data))
    return frozenset(part for tag in tags for part in mixed_parts(tag))


def parts_of(identifiers: Iterable[str]) -> Mapping[str, int]:
    """The words between the underscores of ``identifiers``, those of mixed case left out, with how many have each."""
    plain = (name.lower() for name in identifiers if not is_mixed(name))
    return Counter(part for name in plain for part in set(name.split("_")) if part)


def suggestions(one: Declared, spoken: Mapping[str, int]) -> tuple[str, ...]:
    """What ``one`` could be called, the best name first. ``spoken`` are the words in the names of its file, with how
    many names have each: words that the file writes as one stay together."""
    name, unit = _unit_apart(one.name)
    words = _joined([word.lower() for word in _WORDS.findall(name)], spoken)
    if not words:
        return ()
    words += [unit] * bool(unit)
    plain = "_".join(words)
    if one.kind in {"variable", "parameter"} and words[0] == "p" and len(words) > 1:
        return "_".join(words[1:]), plain
    if one.kind != "function" or one.type not in {"bool", "_Bool"} or _ASKS.intersection(words):
        return (plain,)
    return tuple(dict.fromkeys((*_predicates(one, words, spoken), f"is_{plain}")))


def _unit_apart(name: str) -> tuple[str, str]:
    """``name`` without the unit that it ends with after a lower-case letter or a digit, and that unit, if any."""
    found = _UNIT_AT_END.search(name)
    return (name[: found.start()], found[0]) if found else (name, "")


def _joined(words: list[str], spoken: Mapping[str, int]) -> list[str]:
    """``words`` with neighbours made one where the file does so."""
    made: list[str] = []
    for word in words:
        together = made[-1] + word if made else ""
        if made and spoken.get(together, 0) > max(spoken.get(made[-1], 0), spoken.get(word, 0)):
            made[-1] = together
        else:
            made.append(word)
    return made


def _predicates(one: Declared, words: list[str], spoken: Mapping[str, int]) -> list[str]:
    """Names that ask about the object handed in: ``is_WORDS_OBJECT``, without the word that the whole file is about."""
    pointed = _POINTED.match(one.params[0].type) if one.params else None
    noun = _NOUNS.get(pointed[1], "") if pointed else ""
    if not noun or noun in words:
        return []
    shorter = words[1:] if len(words) > 1 and spoken.get(words[0], 0) >= _COMMON else words
    return [f"is_{'_'.join(some)}_{noun}" for some in (shorter, words)]
