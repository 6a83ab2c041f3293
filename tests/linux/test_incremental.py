"""Random edits to a sample of a real tree, one after the other, end as an index made from nothing."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from tests.index.rows import Rows, index

pytestmark = pytest.mark.linux

SAMPLE = 8
ROUNDS = 3
HEADERS = ("include/linux/mm.h", "include/linux/page-flags.h", "mm/internal.h", "mm/slab.h")
_NUMBER = re.compile(rb"^([ \t]*#[ \t]*define[ \t]+[A-Z]\w+[ \t]+)(0x[0-9a-fA-F]+|\d+)[ \t]*$", re.M)
_ERRNO = re.compile(rb"\breturn -E[A-Z]+;")
_MACRO = re.compile(rb"^#[ \t]*define[ \t]+(\w+)\(", re.M)
_ENUMERATOR = re.compile(rb"^\t([A-Z][A-Z0-9_]+),$", re.M)
_INCLUDED = re.compile(rb"^#[ \t]*include[ \t]*<(linux/[\w/-]+\.h)>", re.M)
_BODY = re.compile(rb"^\{\n(?:[^}\n][^\n]*\n|\n)*\}\n", re.M)

Edit = Callable[[bytes, Random], bytes]


def _one(pattern: re.Pattern[bytes], with_: Callable[[re.Match[bytes], Random], bytes]) -> Edit:
    def edit(text: bytes, chance: Random) -> bytes:
        found = list(pattern.finditer(text))
        if not found:
            return text
        match = chance.choice(found)
        return text[: match.start()] + with_(match, chance) + text[match.end() :]

    return edit


EDITS: tuple[Edit, ...] = (
    _one(_NUMBER, lambda match, chance: match[1] + str(chance.randrange(1, 9)).encode()),
    _one(_ERRNO, lambda match, chance: chance.choice((b"return -EIO;", b"return 1;", b"return NR_PAGEFLAGS;"))),
    _one(_MACRO, lambda match, chance: b"#define kscan_" + match[1] + b"("),
    _one(_ENUMERATOR, lambda match, chance: b"\tKSCAN_NEW,\n" + match[0]),
    _one(_BODY, lambda match, chance: b"{\n\treturn 0;\n}\n"),
    lambda text, chance: text + b"#define GIVE_UP(x) do { if (x) return -EPERM; } while (0)\n",
    lambda text, chance: b'#include "internal.h"\n' + text,
    lambda text, chance: text[: chance.randrange(len(text))],
    lambda text, chance: b"\n/* moved */\n" + text,
)


@pytest.fixture
def sample(linux_73: Path, tmp_path: Path) -> Path:
    """A copy of some of the files of mm/, and of the headers that they include."""
    root = tmp_path / "linux"
    files = Random(3).sample(sorted((linux_73 / "mm").glob("*.c")), SAMPLE)
    files += [linux_73 / "mm/memory-failure.c", *(linux_73 / "mm").glob("*.h")]
    headers = {name.decode() for file in files for name in _INCLUDED.findall(file.read_bytes())}
    files += [linux_73 / "include" / name for name in headers]
    files += [linux_73 / "Makefile", *(linux_73 / "include/uapi/asm-generic").glob("errno*.h")]
    for file in filter(Path.is_file, files):
        place = root / file.relative_to(linux_73)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, place)
    return root


def _edited(root: Path, chance: Random) -> Iterator[str]:
    sources = sorted(path.relative_to(root).as_posix() for path in (root / "mm").glob("*.c"))
    for path in (*chance.sample(sources, 2), chance.choice(HEADERS)):
        file = root / path
        if not file.exists():
            continue
        if chance.random() < 0.1:
            file.unlink()
        else:
            text = file.read_bytes()
            file.write_bytes(chance.choice(EDITS)(text, chance))
            now = time.time_ns() - 10_000_000_000 + chance.randrange(10**6)
            os.utime(file, ns=(now, now))
        yield path


def _differing(grown: Rows, fresh: Rows) -> list[tuple[str, object]]:
    return [(table, row[0]) for table, rows in fresh.items() for row in {*rows} ^ {*grown[table]}]


@pytest.mark.parametrize("seed", [1, 2])
def test_edits_of_real_files_give_what_a_fresh_start_gives(sample: Path, tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    index(sample, tmp_path / "grown")
    for number in range(ROUNDS):
        edited = list(_edited(sample, chance))
        state, grown = index(sample, tmp_path / "grown")
        _, fresh = index(sample, tmp_path / f"fresh{number}")
        assert not _differing(grown, fresh), edited
        assert state.read < state.files
        shutil.rmtree(tmp_path / f"fresh{number}")
