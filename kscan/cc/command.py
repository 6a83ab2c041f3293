"""What the words of a compiler say: the file, the configuration, and the kernel tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kscan.dialect.kconfig import read_autoconf
from kscan.model.error import InputError

KCONFIG_H: Final = "include/linux/kconfig.h"
AUTOCONF: Final = "generated/autoconf.h"
# Words that may be apart from their values, and what they are kept as.
_TAKING: Final = {"-D": "-D", "-U": "-U", "-I": "-I", "-isystem": "-I", "-include": "-include"}
_OURS: Final = ("--select", "--ignore")
_OFF: Final = "n"


@dataclass(frozen=True, slots=True)
class Command:
    """``source`` as it was named, in ``folder``; ``tree`` it is said to be of, None where nothing says so. ``symbols``
    are the configuration: those of Kconfig, and the words that were defined for the compiler as numbers; "n" for one
    that is known to be undefined. ``strict``: notes are wanted too. ``select`` and ``ignore`` name rules."""

    source: str
    folder: Path
    tree: Path | None
    autoconf: Path | None
    defined: Mapping[str, str]
    strict: bool
    select: tuple[str, ...]
    ignore: tuple[str, ...]

    def symbols(self, defined: Mapping[str, str]) -> dict[str, str] | None:
        """The configuration, with the words that are ``defined``; None where there is none, and all variants of the
        code count. Raises InputError when it cannot be read."""
        if self.autoconf is None:
            return None
        try:
            text = self.autoconf.read_text("utf-8", "replace")
        except OSError as why:
            raise InputError(f"{self.autoconf}: {why.strerror}; 'make prepare' writes it") from None
        return {**read_autoconf(text), **defined}


def read_command(folder: Path, words: Sequence[str]) -> Command:
    """What ``words`` say when ``folder`` is the working directory. Raises InputError for one of our own options that
    lacks its value."""
    own, rest = _own(words)
    said = list(_pairs(rest[:-1]))
    folders = [folder / value for word, value in said if word == "-I"]
    headers = [folder / value for word, value in said if word == "-include"]
    kconfig = next((one for one in headers if one.as_posix().endswith(KCONFIG_H)), None)
    found = (one / AUTOCONF for one in folders if (one / AUTOCONF).is_file())
    return Command(
        source=rest[-1] if rest else "",
        folder=folder,
        tree=None if kconfig is None else kconfig.parents[2],
        autoconf=next(found, None),
        defined=_defined(said),
        strict=any(word == "--strict" for word, _ in own),
        select=_listed(own, "--select"),
        ignore=_listed(own, "--ignore"),
    )


def _own(words: Sequence[str]) -> tuple[list[tuple[str, str]], Sequence[str]]:
    """Our own options, which come before those of the compiler, and the rest."""
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(words):
        name, equals, value = words[at].partition("=")
        if name == "--strict":
            found.append((name, ""))
        elif name in _OURS and equals:
            found.append((name, value))
        elif name in _OURS:
            at += 1
            if at >= len(words) - 1:
                raise InputError(f"{name}: name a rule after it; 'kscan rules' lists them")
            found.append((name, words[at]))
        else:
            break
        at += 1
    return found, words[at:]


def _listed(own: list[tuple[str, str]], name: str) -> tuple[str, ...]:
    return tuple(rule for word, value in own if word == name for rule in value.split(",") if rule)


def _pairs(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The words that matter here, each with its value."""
    waiting = iter(words)
    for word in waiting:
        kept = _TAKING.get(word)
        if kept is not None:
            yield kept, next(waiting, "")
        elif word[:2] in ("-D", "-U", "-I"):
            yield word[:2], word[2:]


def _defined(said: Sequence[tuple[str, str]]) -> dict[str, str]:
    # Only the compiler's words define MODULE.
    found = {"MODULE": _OFF}
    for word, value in said:
        name, equals, number = value.partition("=")
        if word == "-U":
            found[name] = _OFF
        elif word == "-D" and (not equals or number.isdecimal()):
            found[name] = number or "1"
    return found
