"""A tree with some files replaced answers as the tree with them written would."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.facts.names import NameIndex
from kscan.facts.overlaid import Aside, OverlaidIndex
from kscan.facts.store import open_store
from kscan.model.error import InputError
from kscan.model.gap import Gap
from kscan.model.source import Source
from kscan.source.grep import grep
from kscan.source.overlay import overlay
from kscan.source.tree import WorkingTree, open_tree

FILES = {"a.c": b"int a;\n", "mm/b.c": b"int b;\n", "mm/sub/c.h": b"int c;\n", "fs/d.c": b"int d;\n"}
CHANGES: dict[str, bytes | None] = {
    "a.c": b"int changed;\n",
    "mm/b.c": None,
    "mm/new.c": b"int new(void)\n{\n}\n",
    "lib/deep/e.c": b"int e;\n",
    "notes.txt": b"no C\n",
    ".hidden/f.c": b"int f;\n",
    "tools/g.c": b"int g;\n",
}


def build(root: Path, files: dict[str, bytes]) -> WorkingTree:
    (root / "include/linux").mkdir(parents=True)
    (root / "Makefile").write_text("VERSION = 7\nPATCHLEVEL = 3\n")
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return open_tree(root)


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> tuple[WorkingTree, WorkingTree]:
    """A tree, and one with the changes written."""
    base = build(tmp_path_factory.mktemp("t") / "base", FILES)
    changed = Path(shutil.copytree(base.root, base.root.parent / "changed"))
    for name, data in CHANGES.items():
        if data is None:
            (changed / name).unlink()
        else:
            (changed / name).parent.mkdir(parents=True, exist_ok=True)
            (changed / name).write_bytes(data)
    return base, open_tree(changed)


@pytest.mark.parametrize(
    "under", [(), ("",), (".",), ("mm",), ("mm", "a.c"), ("lib",), ("mm/b.c",), ("mm/new.c",), ("fs", "lib/deep")]
)
@pytest.mark.parametrize("skip", [frozenset(), frozenset({"tools"}), frozenset({"mm"})])
def test_files_are_listed_as_if_written(
    trees: tuple[WorkingTree, WorkingTree], under: tuple[str, ...], skip: frozenset[str]
) -> None:
    base, written = trees
    listed = [stat.path for stat in overlay(base, CHANGES).files(under, skip=skip)]
    assert listed == [stat.path for stat in written.files(under, skip=skip)]


@pytest.mark.parametrize("path", [*FILES, *CHANGES, "nowhere.c", "mm"])
def test_files_are_read_as_if_written(trees: tuple[WorkingTree, WorkingTree], path: str) -> None:
    base, written = trees
    over = overlay(base, CHANGES)
    assert over.read(path) == written.read(path)
    assert over.exists(path) == written.exists(path)
    folder = path.rpartition("/")[0]
    assert over.has_folder(folder) or not written.has_folder(folder)


def test_words_are_found_as_if_written(trees: tuple[WorkingTree, WorkingTree]) -> None:
    base, written = trees
    for words in (("int",), ("changed",), ("a", "new"), ("b",)):
        assert grep(overlay(base, CHANGES), *words) == grep(written, *words)


def test_names_are_found_as_if_written(trees: tuple[WorkingTree, WorkingTree]) -> None:
    base, _ = trees
    with open_store(base.root, enabled=False) as store:
        index = NameIndex(store)
        index.refresh(base, 1)
        over = OverlaidIndex(index, overlay(base, CHANGES))
        assert over.files_defining("new") == ("mm/new.c",)
        assert index.files_defining("new") == ()
        assert over.signature != index.signature
        assert [stat.path for stat in over.files] == ["a.c", "fs/d.c", "lib/deep/e.c", "mm/new.c", "mm/sub/c.h"]


def test_the_store_is_read_and_not_written(tmp_path: Path) -> None:
    with open_store(tmp_path, folder=tmp_path / "cache") as store:
        store.put("facts", "old", b"1")
        aside = Aside(store)
        aside.put("facts", "new", b"2")
        aside.put("facts", "old", b"3")
        assert (aside.get("facts", "old"), aside.get("facts", "new")) == (b"3", b"2")
        assert (store.get("facts", "old"), store.get("facts", "new")) == (b"1", None)


def test_a_path_of_the_overlay_can_be_meant(trees: tuple[WorkingTree, WorkingTree]) -> None:
    over = overlay(trees[0], CHANGES)
    assert [over.resolve(name) for name in ("mm/new.c", "lib/deep", "lib", "mm")] == [
        "mm/new.c",
        "lib/deep",
        "lib",
        "mm",
    ]
    with pytest.raises(InputError, match="nowhere"):
        over.resolve("nowhere")


_CHANGE = st.dictionaries(st.sampled_from(["a.c", "mm/b.c", "x.c"]), st.none() | st.sampled_from([b"1", b"2"]))


@given(_CHANGE, _CHANGE)
def test_an_overlay_of_an_overlay_is_one(
    trees: tuple[WorkingTree, WorkingTree], first: dict[str, bytes | None], second: dict[str, bytes | None]
) -> None:
    twice = overlay(overlay(trees[0], first), second)
    once = overlay(trees[0], first | second)
    for path in (*FILES, "x.c"):
        assert twice.read(path) == once.read(path)
    assert (twice.present, twice.gone) == (once.present, once.gone)


@given(_CHANGE, _CHANGE)
def test_one_identity_one_content(
    trees: tuple[WorkingTree, WorkingTree], first: dict[str, bytes | None], second: dict[str, bytes | None]
) -> None:
    same = overlay(trees[0], first).identity == overlay(trees[0], second).identity
    assert same == (first == second)


def test_what_cannot_be_read_elsewhere_is_a_gap(trees: tuple[WorkingTree, WorkingTree]) -> None:
    found = overlay(trees[0], {"a.c": None}).read("a.c")
    assert isinstance(found, Gap) and found.reason == "no such file"
    assert isinstance(overlay(trees[0], {}).read("a.c"), Source)
