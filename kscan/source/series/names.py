"""File names as diffs spell them: quoted or not, with the prefixes of the two sides, with a time behind a tab."""

from __future__ import annotations

import os
import re
from typing import Final

from kscan.model.error import InputError
from kscan.model.regex import regex

NOWHERE: Final = b"/dev/null"

# What git and quilt put before the two sides: a/ and b/, and with diff.mnemonicPrefix i/ w/ c/ o/, 1/ 2/ for no index.
_SIDE = regex(rb"[abciow12]/")
_ESCAPE = regex(rb'\\([abtnvfr"\\]|[0-3][0-7]{2})')
_CHARACTERS = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}
_TIME = regex(rb"(?:\t| (?=\d{4}-\d\d-\d\d[ T]|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} )).*")
_EPOCH = regex(rb"(?:1970-01-01|1969-12-31)[ T]\d\d:[03]0:00|Thu Jan +1 \d\d:[03]0:00 1970")
_MAX_LENGTH = 1024
_MAX_DEPTH = 64


def sides(words: bytes) -> tuple[bytes, bytes] | None:
    """
    The two names behind ``diff --git``, prefixes and all; None if they cannot be told apart (git then has them on
    lines of their own). Unquoted names have blanks, so two names of different files are ambiguous.
    """
    if words.startswith(b'"') or words.endswith(b'"'):
        return _quoted_sides(words)
    middle = len(words) // 2
    one, other = words[:middle], words[middle + 1 :]
    if len(words) % 2 and words[middle : middle + 1] == b" " and _bare(one) == _bare(other):
        return one, other
    parts = words.split(b" ")
    return (parts[0], parts[1]) if len(parts) == 2 else None


def _quoted_sides(words: bytes) -> tuple[bytes, bytes] | None:
    first = re.match(rb'"(?:[^"\\]|\\.)*"|[^"]*(?= ")', words)
    if first is None or words[first.end() : first.end() + 1] != b" ":
        return None
    return unquoted(first.group()), unquoted(words[first.end() + 1 :])


def unquoted(name: bytes) -> bytes:
    """A name without the quotes and escapes that git gives odd ones."""
    if len(name) < 2 or not (name.startswith(b'"') and name.endswith(b'"')):
        return name
    return _ESCAPE.sub(lambda found: _character(found[1]), name[1:-1])


def headed(rest: bytes) -> tuple[bytes, bool]:
    """The name behind ``---`` or ``+++``, and whether a time behind it says that there is no such file."""
    if rest.startswith(b'"'):
        end = re.match(rb'"(?:[^"\\]|\\.)*"', rest)
        return unquoted(end.group() if end else rest), False
    found = _TIME.search(rest)
    if found is None:
        return rest.rstrip(), False
    return rest[: found.start()].rstrip(), _EPOCH.search(found.group()) is not None


def path(old: bytes, new: bytes) -> tuple[str | None, str | None]:
    """
    The paths in the tree that the two sides name, None for /dev/null. The first folder is left out where it is a
    side's ("a/mm/x.c", "linux.orig/mm/x.c" against "linux/mm/x.c"), and kept where a diff has no prefixes.

    Raises InputError for a name that leaves the tree or could not be shown.
    """
    bare = _has_no_prefix(old, new)
    one, other = (None if name == NOWHERE else safe(name if bare else _stripped(name)) for name in (old, new))
    return one, other


def _has_no_prefix(old: bytes, new: bytes) -> bool:
    there = [name for name in (old, new) if name != NOWHERE]
    if all(_SIDE.match(name) for name in there):
        return False
    return len({name.partition(b"/")[0] for name in there}) == 1


def safe(name: bytes) -> str:
    """``name`` as a path in the tree. Raises InputError for one that is none, leaves it or could not be shown."""
    spelt = os.fsdecode(name)
    shown = spelt[:80] or "(empty)"
    if len(name) > _MAX_LENGTH:
        raise InputError(f"{shown}...: a file name of {len(name)} bytes in the patch")
    if any(char < " " or char == "\x7f" for char in spelt):
        raise InputError(f"{shown}: a file name with control characters in the patch")
    parts = spelt.split("/")
    if spelt.startswith("/") or ".." in parts:
        raise InputError(f"{shown}: the patch names a file outside the tree")
    if len(parts) > _MAX_DEPTH:
        raise InputError(f"{shown}...: a file name in {len(parts)} folders in the patch")
    if {"", "."} & set(parts) or any(part.lower() == ".git" for part in parts):
        raise InputError(f"{shown}: the patch names no file of a source tree")
    return spelt


def _stripped(name: bytes) -> bytes:
    # An absolute name is to be told as one.
    return name.partition(b"/")[2] if b"/" in name.lstrip(b"/") and not name.startswith(b"/") else name


def _bare(name: bytes) -> bytes:
    return name[2:] if _SIDE.match(name) else name


def _character(escape: bytes) -> bytes:
    if len(escape) == 3:
        return bytes([int(escape, 8)])
    return _CHARACTERS.get(escape, escape)
