"""A kernel configuration file to the symbols it sets."""

from __future__ import annotations

import re

from kscan.model.error import InputError

_SET = re.compile(r'(CONFIG_\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]\S*))\s*\Z')
_IGNORED = re.compile(r"\s*(?:#.*)?\Z")


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
