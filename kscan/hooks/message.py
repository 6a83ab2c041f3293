"""What a commit message says about errnos, as far as it can be wrong by itself."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from typing import Final

from kscan.model.regex import regex
from kscan.source.tree import WorkingTree

_SAID: Final = regex(r"(?<![\w-])-(E[A-Z][A-Z0-9]{2,})\b")
_DEFINED: Final = regex(rb"^[ \t]*#[ \t]*define[ \t]+(E[A-Z0-9]+)\b", re.M)
_FILES: Final = (
    "include/uapi/asm-generic/errno-base.h",
    "include/uapi/asm-generic/errno.h",
    "include/linux/errno.h",
)
_CLOSE: Final = 0.8
_SCISSORS: Final = "# ------------------------ >8 ------------------------"


def unknown_errnos(tree: WorkingTree, message: str) -> Iterator[tuple[int, str, str]]:
    """The words of ``message`` that are spelt as errnos, are none in ``tree``, and look like one: the line (from 1),
    the word, and the errno. What git takes out of a message (lines with #, all below its scissors) is not looked at."""
    known = _known(tree)
    for number, line in enumerate(message.partition(_SCISSORS)[0].splitlines(), 1):
        for word in () if line.startswith("#") else _SAID.findall(line):
            if known and word not in known:
                for close in difflib.get_close_matches(word, known, n=1, cutoff=_CLOSE):
                    yield number, f"-{word}", f"-{close}"


def _known(tree: WorkingTree) -> Collection[str]:
    found: set[str] = set()
    arches = (f"arch/{arch}/include/uapi/asm/errno.h" for arch in ("alpha", "mips", "parisc", "powerpc", "sparc"))
    for path in (*_FILES, *arches):
        if tree.exists(path):
            source = tree.read(path)
            data = getattr(source, "data", b"")
            found.update(word.decode() for word in _DEFINED.findall(data))
    return sorted(found)
