"""Who mentions a name, told by the pieces that are kept of all rows."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from kscan.facts.indexed import Indexed
from kscan.facts.names import NameIndex
from kscan.facts.store import Store, open_store
from kscan.index import mentioned as module
from kscan.index import pieces
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


@pytest.fixture(params=[(pieces._ABOUT, pieces._NARROW), (4, pieces._NARROW), (1, 2)])
def sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few or many pieces, and numbers of files in two bytes or in four."""
    monkeypatch.setattr(pieces, "_ABOUT", request.param[0])
    monkeypatch.setattr(pieces, "_NARROW", request.param[1])


def agree(store: Store, toy: Toy) -> None:
    """The pieces tell what the rows tell."""
    asked, rows = mentioned(store, toy), Indexed(store)
    for name in (*NAMES, "nobody", "later"):
        assert asked.mentioning([name]) == rows.mentioning([name]) == asked.mentioning([name])
    assert asked.mentioning(NAMES[:3]) == rows.mentioning(NAMES[:3])
    assert asked.mentioning(NAMES) == rows.mentioning(NAMES)
    assert asked.mentioning(["call0"])


@pytest.mark.usefixtures("sizes")
def test_pieces_tell_what_the_rows_tell(tmp_path: Path) -> None:
    toy = toy_in(tmp_path / "tree")
    index(toy.root, tmp_path)
    for _ in range(2):  # made, and kept
        with open_store(toy.root, tmp_path) as store:
            agree(store, toy)


@pytest.mark.usefixtures("sizes")
@pytest.mark.parametrize("most", [500, 0])
def test_pieces_hold_but_for_the_files_that_are_others_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(module, "_MOST_SINCE", most)
    toy = toy_in(tmp_path / "tree")
    kept = []
    for change in (None, "int user0(void)\n{\n\treturn later() + call7();\n}\n", "int user0(void);\n", "new", "gone"):
        if change == "new":
            toy.write({"mm/new.c": "int more(void)\n{\n\treturn later() + call0();\n}\n"})
        elif change == "gone":
            (toy.root / "mm/f1.c").unlink()
        elif change is not None:
            toy.write({"mm/f0.c": change})
        index(toy.root, tmp_path)
        with open_store(toy.root, tmp_path) as store:
            agree(store, toy)
            kept.append(store.get("tree", "mentions in"))
    assert len(set(kept)) == (1 if most else 5)


def strange(value: bytes | None, like: bytes | None, kept: str) -> bytes:
    """The value kept of one tree as if it were that of another."""
    assert value is not None and like is not None
    if kept != "mentions":
        return value
    signature, by, _ = msgspec.msgpack.decode(like)
    return msgspec.msgpack.encode((signature, by, msgspec.msgpack.decode(value)[2]))


@pytest.mark.usefixtures("sizes")
@pytest.mark.parametrize("kept", ["mentions", "mentions in", "mentions by", "mentions 0"])
def test_pieces_of_two_makings_are_not_mixed(tmp_path: Path, kept: str) -> None:
    toy = toy_in(tmp_path / "tree")
    other = toy_in(tmp_path / "other")
    other.write({"mm/a.c": "int a(void)\n{\n\treturn call0();\n}\n"})
    with_one_more = tmp_path / "more"
    for root, folder in ((toy.root, tmp_path), (other.root, with_one_more)):
        index(root, folder)
    with open_store(other.root, with_one_more) as store:
        mentioned(store, other).mentioning(["call0"])
        value = store.get("tree", kept)
    with open_store(toy.root, tmp_path) as store:
        mentioned(store, toy).mentioning(["call0"])
        own = store.get("tree", kept)
        store.put("tree", kept, strange(value, own, kept))
        agree(store, toy)


@pytest.mark.parametrize("kept", ["mentions in", "mentions 0"])
def test_a_piece_that_is_damaged_is_made_anew(tmp_path: Path, kept: str) -> None:
    toy = toy_in(tmp_path / "tree")
    index(toy.root, tmp_path)
    with open_store(toy.root, tmp_path) as store:
        mentioned(store, toy).mentioning(["call0"])
        store.commit()
        store.write(lambda db: db.execute("UPDATE kept SET value = zeroblob(9) WHERE key = ?", (kept,)))
        assert store.get("tree", kept) is None
        agree(store, toy)
        assert store.get("tree", kept) is not None
