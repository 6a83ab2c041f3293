"""Which page a formula speaks of: the one pointed to, its head, one after it, or one that an expression names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import msgspec


class Page(msgspec.Struct, frozen=True, gc=False):
    """The page that parameter ``name`` points to; ``head``: it is no tail (a folio's first page)."""

    name: str
    head: bool = False


class Head(msgspec.Struct, frozen=True):
    """The head of the compound page that ``of`` belongs to; ``of`` itself where it is no tail."""

    of: Subject


class Nth(msgspec.Struct, frozen=True):
    """The page ``n`` after ``of``."""

    of: Subject
    n: int


class Some(msgspec.Struct, frozen=True):
    """A page that only an expression names."""

    text: Text


class Param(msgspec.Struct, frozen=True, gc=False):
    """A parameter that is no page (flags, an order)."""

    name: str


Subject: TypeAlias = Page | Head | Nth | Some
Text: TypeAlias = tuple[str | Param | Page | Head | Nth | Some, ...]
"""C text in which pages and parameters are kept apart, so that others can take their place."""
Binding: TypeAlias = Mapping[str, Subject | Text]
"""What stands for each parameter."""


def head(of: Subject) -> Subject:
    """The head of ``of``, said once."""
    if isinstance(of, Head) or (isinstance(of, Page) and of.head):
        return of
    return Head(of)


def nth(of: Subject, n: int) -> Subject:
    """The page ``n`` after ``of``."""
    if isinstance(of, Nth):
        return nth(of.of, of.n + n)
    return Nth(of, n) if n else of


def spelt(subject: Subject) -> str:
    """``page``, ``head(page)``, ``page[1]``."""
    if isinstance(subject, Page):
        return subject.name
    if isinstance(subject, Head):
        return f"head({spelt(subject.of)})"
    if isinstance(subject, Nth):
        return f"{spelt(subject.of)}[{subject.n}]"
    return written(subject.text)


def written(text: Text) -> str:
    """``text`` as people read it."""
    return "".join(_part(part) for part in text)


def _part(part: str | Param | Subject) -> str:
    if isinstance(part, str):
        return part
    return part.name if isinstance(part, Param) else spelt(part)


def joined(*parts: str | Param | Subject | Text) -> Text:
    """One text of several, neighbouring strings merged so that equal texts are equal values."""
    made: list[str | Param | Page | Head | Nth | Some] = []
    for part in (one for several in parts for one in (several if isinstance(several, tuple) else (several,))):
        if isinstance(part, str) and made and isinstance(made[-1], str):
            made[-1] += part
        elif part != "":
            made.append(part)
    return tuple(made)


def moved(subject: Subject, binding: Binding) -> Subject:
    """``subject`` of a callee as its caller names it."""
    if isinstance(subject, Page):
        bound = binding.get(subject.name, subject)
        return Some(bound) if isinstance(bound, tuple) else bound
    if isinstance(subject, Head):
        return head(moved(subject.of, binding))
    if isinstance(subject, Nth):
        return nth(moved(subject.of, binding), subject.n)
    return Some(moved_text(subject.text, binding))


def moved_text(text: Text, binding: Binding) -> Text:
    """``text`` of a callee with the caller's arguments in it."""
    return joined(*(_moved_part(part, binding) for part in text))


def _moved_part(part: str | Param | Subject, binding: Binding) -> str | Param | Subject | Text:
    if isinstance(part, str):
        return part
    if isinstance(part, Param):
        return binding.get(part.name, part)
    return moved(part, binding)
