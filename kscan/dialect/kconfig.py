"""A kernel configuration, as Kconfig writes it for make or for the compiler, to the symbols it sets."""

from __future__ import annotations

from kscan.model.error import InputError
from kscan.model.regex import regex

_SET = regex(r'(CONFIG_\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]\S*))\s*\Z')
_DEFINED = regex(r'#[ \t]*define[ \t]+(CONFIG_\w+)[ \t]+(?:"((?:[^"\\]|\\.)*)"|(\S+))[ \t\r]*')
_IGNORED = regex(r"\s*(?:#.*)?\Z")


def read_kconfig(text: str) -> dict[str, str]:
    """The symbols a ``.config`` sets: "y", "m", or a value (strings without their quotes). Symbols not set are absent.

    InputError names the first line that is neither ``CONFIG_X=value`` nor a comment. A symbol set twice keeps its last
    value, as in Kconfig's conf_read()."""
    symbols: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        match = _SET.match(line)
        if match:
            symbols[match.group(1)] = match.group(2) if match.group(2) is not None else match.group(3)
        elif not _IGNORED.match(line):
            raise InputError(f"kconfig line {number}: expected CONFIG_NAME=value, found {line[:60]!r}")
    return {name: value for name, value in symbols.items() if value != "n"}


def read_autoconf(text: str) -> dict[str, str]:
    """The symbols that an ``include/generated/autoconf.h`` defines, as ``read_kconfig`` gives them: CONFIG_X_MODULE
    says that CONFIG_X is "m". A number 1 may be a "y": conditions make no difference between them."""
    symbols: dict[str, str] = {}
    for line in text.splitlines():
        found = _DEFINED.fullmatch(line)
        if found is None:
            continue
        name, value = found[1], found[3] if found[2] is None else found[2]
        symbols[name] = value
        if name.endswith("_MODULE") and value == "1":
            symbols.setdefault(name.removesuffix("_MODULE"), "m")
    return symbols
