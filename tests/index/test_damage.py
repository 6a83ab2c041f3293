"""Damage that the database does not notice is noticed: an answer is the one with an index, or the one without."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from kscan import api
from kscan.facts.store import path_of
from tests.toy import Toy

PAGE = 4096
CODE = """\
#include <linux/ops.h>
int work{n}(int a)
{{
	if (a == LIMIT)
		return work{m}(a);
	return -EIO;
}}
static int open{n}(int a)
{{
	return a ? -EPERM : work{n}(a);
}}
static const struct ops ops{n} = {{ .open = open{n} }};
int call{n}(const struct ops *ops)
{{
	return ops->open(1);
}}
"""
FILES = 6
Answers = tuple[object, ...]


class Kept:
    """A tree with an index, the bytes of its store (``gathered``: with what all mentions were gathered into), and what
    is answered with and without it."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self.folder = folder
        self.without = self.asked(folder / "without")
        self._choose(folder / "with")
        api.index(str(root), jobs=1)
        self.answers = self.asked(folder / "with")
        with sqlite3.connect(path_of(root)) as db:
            db.execute("DELETE FROM kept WHERE kind = 'result'")
        db.close()
        self.gathered = path_of(root).read_bytes()
        with sqlite3.connect(path_of(root)) as db:
            db.execute("DELETE FROM kept WHERE key = 'mentions'")  # so that the rows themselves are read
        db.close()
        self.bytes = path_of(root).read_bytes()

    def asked(self, folder: Path) -> Answers:
        """Every kind of answer, in ``folder``."""
        self._choose(folder)
        tree = str(self.root)
        called = api.callers(tree, "work3")
        returned = api.returns(tree)
        return called.callers, called.gaps, api.flow(tree, "call3").returns, returned.returns, returned.gaps

    def notes(self, folder: Path) -> tuple[str, ...]:
        """What is remarked on the first answer."""
        self._choose(folder)
        return api.callers(str(self.root), "work3").notes

    def damaged(self, name: str, content: bytes) -> Path:
        """A folder with a store of this content."""
        folder = self.folder / name
        self._choose(folder)
        folder.mkdir(exist_ok=True)
        path = path_of(self.root)
        for one in folder.iterdir():
            one.unlink()
        path.write_bytes(content)
        return folder

    def fits(self, found: Answers) -> bool:
        """Whether each answer is one of the two that there are."""
        return all(one in two for one, *two in zip(found, self.answers, self.without, strict=True))

    def _choose(self, folder: Path) -> None:
        os.environ["KSCAN_CACHE_DIR"] = str(folder)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("damage")
    root = folder / "tree"
    root.mkdir()
    toy = Toy(root)
    toy.write({"include/linux/ops.h": "#define LIMIT 7\nstruct ops { int (*close)(int); int (*open)(int); };\n"})
    for n in range(FILES):
        toy.write({f"drivers/d{n}/a.c": CODE.format(n=n, m=(n + 1) % FILES)})
    for path in root.rglob("*"):
        os.utime(path, (1, 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KSCAN_CACHE_DIR", str(folder))
        return Kept(root, folder)


@pytest.fixture(autouse=True)
def restored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KSCAN_CACHE_DIR", "")


def test_an_index_tells_more(kept: Kept) -> None:
    assert kept.answers != kept.without
    assert kept.asked(kept.damaged("sound", kept.bytes)) == kept.answers


def _filled(page: bytearray, other: bytes) -> None:
    page[:] = b"\xa5" * PAGE


def _emptied(page: bytearray, other: bytes) -> None:
    page[:] = bytes(PAGE)


def _flipped(page: bytearray, other: bytes) -> None:
    chance = random.Random(bytes(page))
    for _ in range(8):
        page[chance.randrange(PAGE)] ^= 1 << chance.randrange(8)


def _replaced(page: bytearray, other: bytes) -> None:
    page[:] = other


@pytest.mark.parametrize("harm", [_filled, _emptied, _flipped, _replaced])
def test_no_damaged_page_changes_an_answer(kept: Kept, harm: Callable[[bytearray, bytes], None]) -> None:
    pages = len(kept.bytes) // PAGE
    assert pages > 20
    for number in range(1, pages):
        data = bytearray(kept.bytes)
        place = slice(number * PAGE, (number + 1) * PAGE)
        page = data[place]
        harm(page, kept.bytes[-(number * PAGE + PAGE) :][:PAGE])
        data[place] = page
        assert kept.fits(kept.asked(kept.damaged("page", bytes(data)))), f"page {number} of {pages}"


ROWS = {
    "a name that is gone": "DELETE FROM name WHERE at & 16777215 = (SELECT id FROM file WHERE path = 'drivers/d3/a.c')",
    "a name that is another": "UPDATE name SET at = at + (1 << 41) WHERE at & 16777215 = 3",
    "names without their sums": "DELETE FROM name_sum",
    "sums without their names": "DELETE FROM name",
    "a file that is gone": "DELETE FROM file WHERE path = 'drivers/d3/a.c'",
    "files under other names": "UPDATE file SET path = path || 'x'",
    "tables that are gone": "DELETE FROM filling WHERE at & 16777215 < 4",
    "a table of another file": "UPDATE filled SET path = 'drivers/d9/a.c' WHERE path = 'drivers/d3/a.c'",
    "mentions that are gone": "DELETE FROM mention WHERE path = 'drivers/d2/a.c'",
    "mentions of another file": "UPDATE mention SET path = 'drivers/d9/a.c' WHERE path = 'drivers/d2/a.c'",
}


@pytest.mark.parametrize("harm", ROWS)
def test_no_row_that_is_wrong_changes_an_answer(kept: Kept, harm: str) -> None:
    folder = kept.damaged("rows", kept.bytes)
    with sqlite3.connect(path_of(kept.root)) as db:
        assert db.execute(ROWS[harm]).rowcount
    db.close()
    assert kept.fits(kept.asked(folder))


def test_what_was_damaged_is_said(kept: Kept) -> None:
    folder = kept.damaged("said", kept.bytes)
    with sqlite3.connect(path_of(kept.root)) as db:
        db.execute(ROWS["mentions that are gone"])
    db.close()
    (note,) = kept.notes(folder)
    assert note.endswith("was damaged and was rebuilt")
    assert kept.notes(folder) == ()


@pytest.mark.parametrize("column", ["head", "facts", "flow"])
def test_a_value_of_another_file_counts_as_absent(kept: Kept, column: str) -> None:
    folder = kept.damaged("values", kept.bytes)
    with sqlite3.connect(path_of(kept.root)) as db:
        other = f"(SELECT {column} FROM indexed WHERE path = 'drivers/d1/a.c')"
        db.execute(f"UPDATE indexed SET {column} = {other} WHERE path = 'drivers/d3/a.c'")
    db.close()
    assert kept.asked(folder) == kept.answers


def test_what_was_answered_without_an_index_is_asked_again_with_one(kept: Kept) -> None:
    folder = kept.folder / "later"
    assert kept.asked(folder) == kept.without
    api.index(str(kept.root), jobs=1)
    assert kept.asked(folder) == kept.answers


def test_what_mentions_were_gathered_into_answers_without_them(kept: Kept) -> None:
    folder = kept.damaged("gathered", kept.gathered)
    with sqlite3.connect(path_of(kept.root)) as db:
        assert db.execute("DELETE FROM mention").rowcount
    db.close()
    assert kept.fits(kept.asked(folder))
    assert kept.notes(folder) == ()
