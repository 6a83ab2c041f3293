"""Who worked something out: a digest of all code and data of kscan that decide what is made of a file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal

from kscan.provenance import closure, digest_of, kept, queries_of

What = Literal["reading", "judging"]
READING: Final = "reading"
"""What decides what facts and summaries are made of a file."""
JUDGING: Final = "judging"
"""What decides what is found in the whole tree."""

_READERS: Final = ("index.build", "index.work")
"""What makes and keeps the rows of the index; what these do not import is no part of a row."""
_READING_ROOMS: Final = ("model", "dialect", "parse", "facts", "flow", "link", "index")
_JUDGES: Final = (*_READING_ROOMS, "predicates", "contracts", "rules", "fix", "review")
"""Rooms, since rules are not imported by name."""

_LIBRARIES: Final = ("tree_sitter", "tree_sitter_c", "msgspec")
_SUFFIXES: Final = frozenset({".py", ".toml"})


@cache
def fingerprint(what: What = JUDGING) -> str:
    """A digest of the code, data and queries that decide ``what``, and the versions of the libraries: the part of a key
    that says by whom a value was made. A compiled module counts as the source it is made of."""
    package = Path(__file__).parent.parent
    return kept(package, what, lambda: _made(package, what), list(_library_files()))


def _made(package: Path, what: What) -> str:
    from importlib import metadata  # noqa: PLC0415 - slow to load, and needed only after a change

    versions = "-".join(metadata.version(library) for library in _LIBRARIES)
    return f"{digest_of(package, [*_makers(package, what), *_queries(package)])}-{versions}"


def _makers(package: Path, what: What) -> list[Path]:
    if what == READING:
        return closure(package, (f"{package.name}.{name}" for name in _READERS))
    rooms = (package / room for room in _JUDGES)
    return sorted(path for room in rooms for path in room.rglob("*") if path.suffix in _SUFFIXES)


def _queries(package: Path) -> list[Path]:
    folder = queries_of(package)
    return [] if folder is None else sorted(folder.rglob("*.scm"))


def _library_files() -> Iterator[Path]:
    """The files whose change tells that a library was installed anew."""
    for library in _LIBRARIES:
        spec = find_spec(library)
        if spec is not None and spec.origin is not None:
            yield Path(spec.origin)
