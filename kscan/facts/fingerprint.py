"""Who worked something out: a digest of all code and data of kscan that decide what is made of a file."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final

READING: Final = ("model", "dialect", "parse", "facts", "flow", "link", "index")
"""The rooms that decide what facts and summaries are made of a file."""
JUDGING: Final = (*READING, "predicates", "contracts", "rules", "fix")
"""The rooms that decide what is found in the whole tree."""

_LIBRARIES = ("tree_sitter", "tree_sitter_c", "msgspec")
_SUFFIXES = frozenset({".py", ".scm", ".toml"})


@cache
def fingerprint(rooms: tuple[str, ...] = JUDGING) -> str:
    """A digest of the code and data in these rooms, of the queries and of the libraries: the part of a key that says
    by whom a value was made. A compiled room counts as the source it is made of."""
    package = Path(__file__).parent.parent
    digest = hashlib.blake2b(digest_size=10)
    for library in _LIBRARIES:
        digest.update(f"{library} {metadata.version(library)}\n".encode())
    for path in _makers(package, rooms):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(package.parent)} {len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()


def _makers(package: Path, rooms: tuple[str, ...]) -> list[Path]:
    queries = [folder for folder in (package / "queries", package.parent / "queries") if folder.is_dir()][:1]
    folders = [package / room for room in rooms]
    return sorted(path for folder in folders + queries for path in folder.rglob("*") if path.suffix in _SUFFIXES)
