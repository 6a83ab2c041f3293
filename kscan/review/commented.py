"""The functions above which a patch changes something: their comment, as a rule."""

from __future__ import annotations

from collections.abc import Iterator

from kscan.link.program import LinkedProgram
from kscan.rules.against import Comparison
from kscan.rules.since import Place


def commented(both: Comparison) -> Iterator[Place]:
    """The functions in the files that changed whose comment is not what it was."""
    then = _above(both, both.then)
    for place, texts in _above(both, both.now).items():
        before = then.get(both.names.place(place))
        if before is None or (before != texts and list(map(_words, before)) != list(map(_words, texts))):
            yield place


def _above(both: Comparison, program: LinkedProgram) -> dict[Place, list[bytes]]:
    """What stands between each function and the one before it."""
    found: dict[Place, list[bytes]] = {}
    for path in sorted(both.changed):
        source = program.catalog.source(path) if program.catalog.has(path) else None
        end = 0
        for function in program.catalog.facts(path).functions if source is not None else ():
            assert source is not None
            texts = found.setdefault(Place(path, function.name), [])
            texts.append(source.data[end : max(end, function.start)])
            end = max(end, function.end)
    return found


def _words(text: bytes) -> bytes:
    """``text`` without the lines' indentation."""
    return b" ".join(text.split())
