"""Which sentences of a comment tell of others, and which state the function's own contract."""

from __future__ import annotations

import pytest

from kscan.facts.comments import comment_above
from kscan.facts.extract import extract
from kscan.model.source import Source
from kscan.rules.told_elsewhere import Told, told_elsewhere

FUNCTION = "static int load(struct crate *crate)\n{\n\tlift(crate);\n\treturn WEIGHT(crate);\n}\n"


def _told(sentence: str) -> Told:
    source = Source("f.c", f"/* {sentence} */\n{FUNCTION}".encode())
    (function,) = extract(source).functions
    comment = comment_above(source.data, function)
    assert comment is not None
    return told_elsewhere(comment, function, FUNCTION)


@pytest.mark.parametrize(
    ("sentence", "others"),
    [
        ("ship() calls this twice.", ("ship",)),
        ("ship() then gives up with -EIO.", ("ship",)),
        ("Called by ship() and by stow().", ("ship", "stow")),
        ("It is reached from ship() only.", ("ship",)),
        ("This lets ship() skip the queue.", ("ship",)),
        ("Without it ship() would retry stow().", ("ship", "stow")),
        ("Callers of ship() see the errno.", ("ship",)),
        ("All callers were late that day.", ()),
        ("stow() cannot help there.", ("stow",)),
        ("ship()'s loop ends here.", ("ship",)),
    ],
)
def test_of_others(sentence: str, others: tuple[str, ...]) -> None:
    found = _told(sentence)
    assert (len(found.sentences), found.others, found.share) == (1, others, 1.0)


@pytest.mark.parametrize(
    "sentence",
    [
        "Loads one crate.",
        "load() takes a crate and puts it down.",
        "lift() is called first, and lift() fails at times.",
        "WEIGHT() gives the weight.",
        "Like ship(), but for one crate.",
        "See ship() for the other way round.",
        "ship() must be called first.",
        "The caller must hold the lock.",
        "Callers free the crate.",
        "The caller wants the weight.",
        "Must not be called from ship().",
        "The counterpart of ship() and stow().",
        "Crates that ship (see below) are heavy.",
    ],
)
def test_of_the_function_itself(sentence: str) -> None:
    assert _told(sentence).sentences == ()


def test_the_share_is_that_of_the_prose() -> None:
    found = _told("ship() calls this twice. It does what it does.")
    assert (len(found.sentences), round(found.share, 2)) == (1, 0.53)
