"""Who mentions a name, told by the pieces that are kept of all rows."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from kscan.facts.indexed import Indexed
from kscan.facts.names import NameIndex
from kscan.facts.store import Store, open_store
from kscan.index.mentioned import Mentioned
from kscan.source.tree import open_tree
from tests.index.rows import index
from tests.toy import Toy

NAMES = [f"call{number}" for number in range(40)]
FILES = {
    f"mm/f{number}.c": f"int user{number}(void)\n{{\n\treturn "
    + " + ".join(f"{name}()" for at, name in enumerate(NAMES) if (at * 7 + number) % 5 == 0)
    + ";\n}\n"
    for number in range(6)
}


def toy_in(root: Path) -> Toy:
    root.mkdir()
    toy = Toy(root)
    toy.write(FILES)
    return toy


def mentioned(store: Store, toy: Toy) -> Mentioned:
    names = NameIndex(store)
    names.refresh(open_tree(str(toy.root)), 1)
    return Mentioned(store, names)


def test_pieces_tell_what_the_rows_tell(tmp_path: Path) -> None:
    toy = toy_in(tmp_path / "tree")
    index(toy.root, tmp_path)
    for _ in range(2):  # made, and kept
        with open_store(toy.root, tmp_path) as store:
            asked, rows = mentioned(store, toy), Indexed(store)
            for name in (*NAMES, "nobody"):
                assert asked.mentioning([name]) == rows.mentioning([name]) == asked.mentioning([name])
            assert asked.mentioning(NAMES[:3]) == rows.mentioning(NAMES[:3])
            assert asked.mentioning(NAMES) == rows.mentioning(NAMES)
            assert asked.mentioning(["call0"])


@pytest.mark.parametrize("kept", ["mentions", "mentions 0", "mentions 1", "mentions 2", "mentions 3"])
def test_pieces_of_two_makings_are_not_mixed(tmp_path: Path, kept: str) -> None:
    toy = toy_in(tmp_path / "tree")
    other = toy_in(tmp_path / "other")
    other.write({"mm/a.c": "int a(void)\n{\n\treturn call0();\n}\n"})
    with_one_more = tmp_path / "more"
    for root, folder in ((toy.root, tmp_path), (other.root, with_one_more)):
        index(root, folder)
    with open_store(other.root, with_one_more) as store:
        mentioned(store, other).mentioning(["call0"])
        strange = store.get("tree", kept)
    with open_store(toy.root, tmp_path) as store:
        asked = mentioned(store, toy)
        asked.mentioning(["call0"])
        own = store.get("tree", kept)
        assert strange is not None and own is not None
        store.put("tree", kept, _signed(strange, own))
        again, rows = mentioned(store, toy), Indexed(store)
        assert [again.mentioning([name]) for name in NAMES] == [rows.mentioning([name]) for name in NAMES]


def _signed(value: bytes, like: bytes) -> bytes:
    """The value kept of one tree as if it were that of another."""
    signature, by, _ = msgspec.msgpack.decode(like)
    return msgspec.msgpack.encode((signature, by, msgspec.msgpack.decode(value)[2]))
