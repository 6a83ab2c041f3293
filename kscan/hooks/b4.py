"""The lines in a repository's settings that make b4 ask kscan, beside whatever else it asks."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kscan.hooks.places import Places, settings
from kscan.hooks.steps import Remove, Step, Write
from kscan.model.error import InputError
from kscan.model.regex import regex

FILE: Final = "kscan-b4.config"
"""Beside the repository's settings, which include it: what git or the user writes there later stays apart."""
INCLUDE: Final = f"""\
# Written by 'kscan hook install b4', taken away by 'kscan hook uninstall b4'.
[include]
	path = {FILE}
""".encode()
_HEAD: Final = "# Written by 'kscan hook install b4', taken away by 'kscan hook uninstall b4': not for editing.\n[b4]\n"

# What b4 asks where a key is not set; the key, once set, takes its place. b4 reads "./" as the top of the work tree
# only in .b4-config, but runs its commands there.
_CHECKPATCH: Final = "./scripts/checkpatch.pl -q --terse --no-summary --mailback"
_USUAL: Final = {
    "prep-perpatch-check-cmd": f"{_CHECKPATCH} --showfile",
    "am-perpatch-check-cmd": _CHECKPATCH,
    "review-perpatch-check-cmd": "_builtin_checkpatch",
    "review-series-check-cmd": "",
}
_GOES_ON: Final = regex(rb"(?:\s|[#;][^\n]*\n)*[^\s#;\[]")
_ASK: Final = {
    "prep-perpatch-check-cmd": "b4-prep",
    "am-perpatch-check-cmd": "b4-am",
    "review-perpatch-check-cmd": "b4-review",
    "review-series-check-cmd": "b4-series",
}


def installed(places: Places, command: Sequence[str]) -> list[Step]:
    """What makes b4 ask ``command`` (words of a shell), followed by the name of the moment."""
    ours = _settings(places, command)
    steps: list[Step] = []
    if _bytes(places.common / FILE) != ours:
        steps.append(Write(places.common / FILE, ours))
    before = _bytes(places.config) or b""
    if INCLUDE not in before:
        steps.append(Write(places.config, before + _joint(before) + INCLUDE))
    return steps


def uninstalled(places: Places) -> list[Step]:
    """What undoes that; the settings have their bytes of before, or those that were written since.

    Raises InputError where our lines were changed by hand."""
    steps: list[Step] = []
    before = _bytes(places.config) or b""
    if INCLUDE in before:
        head, _, tail = before.partition(INCLUDE)
        # Lines that git has put into our section since go on being in one of that name.
        kept = b"[include]\n" if _GOES_ON.match(tail) else b""
        steps.append(Write(places.config, head.removesuffix(_JOINT) + kept + tail))
    elif FILE.encode() in before:
        raise InputError(f"{places.config}: the lines about {FILE} were changed by hand; take them out by hand")
    if (places.common / FILE).exists():
        steps.append(Remove(places.common / FILE))
    return steps


def state(places: Places) -> str:
    """Whether b4 asks kscan, for people."""
    told = INCLUDE in (_bytes(places.config) or b""), (places.common / FILE).exists()
    return {(True, True): "installed", (False, False): "not installed"}.get(told, "changed by hand")


_JOINT: Final = b"\n# (kscan: the line above had no end)\n"


def _joint(before: bytes) -> bytes:
    """What goes between settings whose last line has no end and ours; it is known again when ours go."""
    return b"" if not before or before.endswith(b"\n") else _JOINT


def _settings(places: Places, command: Sequence[str]) -> bytes:
    lines = [_HEAD]
    for key, moment in _ASK.items():
        usual = "" if _is_set(places, key) else _there(places, _USUAL[key])
        words = shlex.join([*command, moment])
        lines += [f"\t{key} = {_quoted(value)}\n" for value in (usual, words) if value]
    return "".join(lines).encode()


def _there(places: Places, usual: str) -> str:
    """b4's own default, where the tree has what it takes."""
    checkpatch = os.access(places.top / "scripts/checkpatch.pl", os.X_OK)
    return usual if checkpatch else ""


def _is_set(places: Places, key: str) -> bool:
    """Whether the user or the project has given b4 a command for ``key``, wherever such things are set."""
    # Of the project's file, b4 takes the commands for "b4 prep" only.
    project = places.top / ".b4-config"
    if key.startswith("prep-") and project.is_file() and settings(places.top, f"b4.{key}", project):
        return True
    return bool(settings(places.top, f"b4.{key}", without=places.common / FILE))


def _quoted(value: str) -> str:
    """As a value in a file of settings: git takes backslashes and quotes in it away."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as why:
        raise InputError(f"{path}: {why.strerror}; make it readable") from None
