"""The dialect of a tree: read once, and again when a header is another."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from kscan.facts.errno import read_errnos
from kscan.facts.headers import Dialect, dialect_of, macros_of, read_dialect
from kscan.source.tree import FileStat, WorkingTree

MACROS = b"#define MAKE(n) int n(void) { return 0; }\n#define __frobs __attribute__((frob))\n"
ALIASES = (
    b"#define ENOATTR ENODATA /* none */\n#define EFROBBED (EIO)\n#define EPOLLFROB EPOLLIN\n#define EMAX 4095\n{}\n"
)
ERRNOS = b"#define EIO 5\n#define ENODATA 61\n#define EWOULDBLOCK EAGAIN\n"


class Kept:
    """A store that counts what is put into it."""

    notes = ()

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], bytes] = {}

    def get(self, kind: str, key: str) -> bytes | None:
        return self.values.get((kind, key))

    def put(self, kind: str, key: str, value: bytes) -> None:
        self.values[kind, key] = value

    @property
    def dialects(self) -> int:
        """How many dialects are kept."""
        return sum(kind == "dialect" for kind, _ in self.values)


class Index:
    """The files of a tree as they are on disk."""

    def __init__(self, tree: WorkingTree) -> None:
        self.files: Sequence[FileStat] = list(tree.files())
        self.signature = repr(self.files)

    def files_defining(self, name: str) -> tuple[str, ...]:
        raise AssertionError(name)


def write(root: Path, path: str, data: bytes, when: int) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    os.utime(file, (when, when))


def tree(root: Path) -> WorkingTree:
    write(root, "include/linux/make.h", MACROS, 1000)
    write(root, "fs/frob/frob.h", ALIASES, 1000)
    write(root, "fs/frob/inode.c", b"MAKE(inode)\n", 1000)
    return WorkingTree(root, "1.0")


def test_read_once_and_when_a_header_changes(tmp_path: Path) -> None:
    there, kept = tree(tmp_path), Kept()
    first = dialect_of(there, kept, Index(there))
    assert "MAKE" in first.definers.by_name
    assert first.annotations == {b"__frobs"}
    assert dialect_of(there, kept, Index(there)) == first
    write(tmp_path, "fs/frob/inode.c", b"MAKE(other)\n", 2000)
    dialect_of(there, kept, Index(there))
    assert kept.dialects == 1
    write(tmp_path, "include/linux/make.h", MACROS.replace(b"MAKE", b"CAST"), 2000)
    second = dialect_of(there, kept, Index(there))
    assert second.definers.changed_since(first.definers) == {"MAKE", "CAST"}
    assert kept.dialects == 2


def test_macros_are_seen_as_in_the_whole_dialect(tmp_path: Path) -> None:
    there, kept = tree(tmp_path), Kept()
    write(tmp_path, "fs/frob/put.h", b"#define PUT(n, v) do { n = v; } while (0)\n#define MAKE(n) int n;\n{}\n", 1000)
    assert macros_of(there, kept, Index(there)) is None
    dialect = dialect_of(there, kept, Index(there))
    found = macros_of(there, kept, Index(there))
    assert found is not None
    for path in ("fs/frob/inode.c", "mm/slub.c", "include/linux/make.h"):
        seen, expected = found.seen_from(path), dialect.definers.seen_from(path)
        assert dict(seen) == dict(expected)
        assert seen.writers({"PUT", "MAKE"}) == expected.writers({"PUT", "MAKE"})
        assert [seen.has_one(name) for name in ("MAKE", "NONE")] == [True, False]


def test_nothing_is_kept_of_headers_that_were_just_written(tmp_path: Path) -> None:
    there, kept = tree(tmp_path), Kept()
    (tmp_path / "include/linux/make.h").write_bytes(MACROS)
    assert dialect_of(there, kept, Index(there)).annotations == {b"__frobs"}
    assert not kept.dialects


def test_other_names_of_errnos() -> None:
    dialect = read_dialect([("fs/frob/frob.h", ALIASES), ("include/uapi/asm-generic/errno.h", ERRNOS)])
    assert list(dialect.aliases) == ["fs/frob/frob.h"]
    errnos = read_errnos({"include/uapi/asm-generic/errno.h": ERRNOS, **dialect.aliases})
    assert errnos.number("ENOATTR") == 61
    assert errnos.number("EFROBBED") == 5
    assert {"EPOLLIN", "EPOLLFROB", "EMAX", "EADD"}.isdisjoint(errnos.canonical)


def test_an_empty_tree() -> None:
    assert read_dialect([]) == Dialect()
