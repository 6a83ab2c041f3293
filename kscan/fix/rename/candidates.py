"""Which files of a tree a rename has to look at: one pass over the bytes of all of them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path

import msgspec

from kscan.model.gap import Gap
from kscan.model.progress import Progress
from kscan.model.regex import regex
from kscan.source.pool import chunks, map_chunks
from kscan.source.tree import FileStat, Tree, WorkingTree

C_SUFFIXES = (".c", ".h", ".S", ".inc", ".lds", ".cc", ".cpp", ".py.in")
"""Files that go through the preprocessor."""

_WORD = regex(rb"\w+")
_LEFT_OF_PASTE = regex(rb"(\w+)[ \t\\\n]*\Z")
_RIGHT_OF_PASTE = regex(rb"[ \t\\\n]*(\w+)")
_DEFINE = regex(rb"^[ \t]*#[ \t]*define[ \t]+(\w+)\(", re.MULTILINE)
_KERNEL_SOURCE = regex(rb"(?:\.\./)+(?:mm|lib|kernel|fs|drivers|net|block|ipc|security|crypto)/[\w/.-]+\.[co]\b")
_PROGRAMS = ("tools/", "samples/", "scripts/", "usr/")
_REACH = 60
_FIXED = 2


class Found(msgspec.Struct, frozen=True):
    """What one pass found: ``words`` are the files with each of the words asked for; ``larger`` the identifiers that
    hold the old name, each with one file; ``pasting`` the macros that may write the old name from ``rest``, the part
    that an argument supplies; ``kernel_sources`` the programs' files that compile sources of the kernel."""

    words: dict[bytes, tuple[str, ...]]
    larger: dict[bytes, str]
    pasting: frozenset[tuple[bytes, bytes]]
    kernel_sources: tuple[str, ...]
    files: int
    gaps: tuple[Gap, ...]


class _Seen(msgspec.Struct, frozen=True):
    path: str
    words: tuple[bytes, ...] = ()
    larger: tuple[bytes, ...] = ()
    pasting: tuple[tuple[bytes, bytes], ...] = ()
    kernel_source: bool = False
    gap: Gap | None = None


def search(tree: Tree, old: bytes | None, words: Collection[bytes], jobs: int, progress: Progress) -> Found:
    """
    Looks for whole ``words`` in every text file of the tree, and unless ``old`` is None for the names that hold it
    and the macros that may write it.
    """
    gaps: list[Gap] = []
    files = [stat for stat in tree.files(suffixes=("",), gaps=gaps) if not stat.path.endswith("~")]
    progress.stage("search", len(files))
    seen: list[_Seen] = []
    runs = chunks(files)
    for run, found in zip(runs, map_chunks(partial(_search, tree.root, old, tuple(words)), runs, jobs), strict=True):
        progress.advance(len(run))
        seen += found
    gaps = [gap for gap in gaps if "folder" not in gap.reason]  # links to folders of the tree
    gaps += [one.gap for one in seen if one.gap is not None]
    return Found(
        {word: tuple(one.path for one in seen if word in one.words) for word in words},
        {name: one.path for one in seen for name in one.larger},
        frozenset(pair for one in seen for pair in one.pasting),
        tuple(one.path for one in seen if one.kernel_source),
        len(files),
        tuple(gaps),
    )


def occurrences(data: bytes, word: bytes) -> Iterator[int]:
    """Where ``word`` stands in ``data`` as a whole word."""
    at = data.find(word)
    while at >= 0:
        end = at + len(word)
        if not _is_word(data[at - 1 : at]) and not _is_word(data[end : end + 1]):
            yield at
        at = data.find(word, end)


def _is_word(byte: bytes) -> bool:
    return _WORD.match(byte) is not None


def _search(root: Path, old: bytes | None, words: tuple[bytes, ...], files: list[FileStat]) -> list[_Seen]:
    tree = WorkingTree(root, "")
    found = (_one(tree, stat.path, old, words) for stat in files)
    return [one for one in found if one is not None]


def _one(tree: WorkingTree, path: str, old: bytes | None, words: tuple[bytes, ...]) -> _Seen | None:
    got = tree.read(path)
    if isinstance(got, Gap):
        # A picture or a program is no text; anything else that cannot be read may hold the name.
        return None if "binary" in got.reason else _Seen(path, gap=got)
    data = got.data
    present = tuple(word for word in words if next(occurrences(data, word), -1) >= 0)
    larger = tuple(_larger(data, old)) if old is not None and old in data else ()
    pasting = tuple(set(_pasting(data, old))) if old is not None and path.endswith((".c", ".h")) else ()
    kernel_source = path.startswith(_PROGRAMS) and _compiles_kernel(path, data)
    if (present or larger) and (tree.root / path).is_symlink():
        return None  # the file itself is in the tree too
    if present or larger or pasting or kernel_source:
        return _Seen(path, present, larger, pasting, kernel_source)
    return None


def _compiles_kernel(path: str, data: bytes) -> bool:
    """Whether a program's file makes it of sources of the kernel, or makes a module of it."""
    if path.endswith("/Kbuild") and b"obj-" in data:
        return True
    named = (posixpath.normpath(f"{posixpath.dirname(path)}/{one.decode()}") for one in _KERNEL_SOURCE.findall(data))
    return any(not one.startswith((*_PROGRAMS, "..")) for one in named)


def _larger(data: bytes, old: bytes) -> set[bytes]:
    """The identifiers of which ``old`` is a part."""
    found, at = set(), data.find(old)
    while at >= 0:
        start, end = at, at + len(old)
        while start and _is_word(data[start - 1 : start]):
            start -= 1
        after = _WORD.match(data, at)
        end = after.end() if after else end
        found.add(data[start:end])
        at = data.find(old, end)
    return found - {old}


def _pasting(data: bytes, old: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The macros in which ``##`` glues something to a part of ``old``, each with the part that is missing."""
    at = data.find(b"##")
    while at >= 0:
        for rest in _missing(data, at, old):
            macro = _macro_of(data, at)
            if macro:
                yield macro, rest
        at = data.find(b"##", at + 2)


def _missing(data: bytes, at: int, old: bytes) -> Iterator[bytes]:
    before = _LEFT_OF_PASTE.search(data, max(0, at - _REACH), at)
    after = _RIGHT_OF_PASTE.match(data, at + 2)
    if before and len(before[1]) >= _FIXED and before[1] != old and old.startswith(before[1]):
        yield old[len(before[1]) :]
    if after and len(after[1]) >= _FIXED and after[1] != old and old.endswith(after[1]):
        yield old[: -len(after[1])]


def _macro_of(data: bytes, at: int) -> bytes:
    """The function-like macro in whose definition byte ``at`` stands, b"" if in none."""
    start = data.rfind(b"\n", 0, at) + 1
    while start > 1 and data[start - 2 : start - 1] == b"\\":
        start = data.rfind(b"\n", 0, start - 1) + 1
    head = _DEFINE.match(data, start, at)
    return head[1] if head else b""
