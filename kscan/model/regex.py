"""Regular expressions that are compiled when they are first used: a run needs few of all that its modules have, and to
compile them is a good part of a short one."""

from __future__ import annotations

import re
from typing import Any, AnyStr, Final, cast

_METHODS: Final = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn")


class _Regex:
    """Looks like the ``re.Pattern`` that it becomes: from the first use on each method is that of the pattern."""

    __slots__ = (*_METHODS, "_flags", "_text")

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        made = re.compile(self._text, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(made, method))
        return getattr(made, name)


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What ``re.compile`` gives, but for a mistake in ``text``, which shows when it is used (and in the tests, which
    compile all)."""
    return cast("re.Pattern[AnyStr]", _Regex(text, flags))
