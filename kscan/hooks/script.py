"""The shell scripts that git runs as hooks: what stood there before runs first, then kscan."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kscan.model.regex import regex

HOOKS: Final = {
    "sendemail": "sendemail-validate",
    "pre-commit": "pre-commit",
    "pre-push": "pre-push",
    "commit-msg": "commit-msg",
}
"""Our names of git's hooks, and git's own."""
KEPT: Final = ".before-kscan"
"""What the name of a hook that was there ends in from then on."""

_OURS: Final = b"# Written by 'kscan hook install"
_SUM: Final = regex(rb"^# sum ([0-9a-f]{16}), folder (made|kept)\n", re.M)

_HEAD: Final = """\
#!/bin/sh
# Written by 'kscan hook install {name}', taken away by 'kscan hook uninstall {name}': not for editing.
"""
_TAIL: Final = """\
before=$0{kept}
{given}if [ -x "$before" ]; then
	{feed}"$before" "$@" || exit
fi
if [ ! -x {program} ]; then
	echo "kscan: there is no {said} any more, so nothing was checked: 'kscan hook install {name}' again" >&2
	exit 0
fi
{feed}{command} "$@"
code=$?
case $code in 2|3) exit 0 ;; esac
exit $code
"""
# Exit codes 2 and 3 mean that kscan could not tell (it said why): that stops nobody.
# git tells pre-push what is pushed on standard input; both hear it, byte for byte.
_GIVEN: Final = "given=$(cat; echo .)\n"
_FEED: Final = 'printf %s "${given%.}" | '


@dataclass(frozen=True, slots=True)
class Written:
    """A hook that kscan wrote: as it wrote it, or changed since (not ``intact``). ``folder_made``: the folder of the
    hooks came with it."""

    intact: bool
    folder_made: bool


def script(name: str, command: Sequence[str], *, folder_made: bool) -> bytes:
    """The hook ``name`` (ours): runs ``command``, whose first word is a path, with what git gives."""
    reads = name == "pre-push"
    tail = _TAIL.format(
        name=name,
        kept=KEPT,
        program=shlex.quote(command[0]),
        said=re.sub(r'["$`\\]', "?", command[0]),
        command=shlex.join(command),
        given=_GIVEN if reads else "",
        feed=_FEED if reads else "",
    )
    body = _HEAD.format(name=name).encode(), f"folder {'made' if folder_made else 'kept'}\n".encode(), tail.encode()
    return body[0] + f"# sum {_sum(*body)}, ".encode() + body[1] + body[2]


def written(data: bytes) -> Written | None:
    """What kscan says of a hook with the bytes ``data``; None when kscan did not write it."""
    if _OURS not in data:
        return None
    found = _SUM.search(data)
    if found is None:
        return Written(False, False)
    told = b"folder " + found[2] + b"\n"
    intact = _sum(data[: found.start()], told, data[found.end() :]).encode() == found[1]
    return Written(intact, found[2] == b"made")


def _sum(*parts: bytes) -> str:
    return hashlib.blake2b(b"".join(parts), digest_size=8).hexdigest()
