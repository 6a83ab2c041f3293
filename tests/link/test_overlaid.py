"""What is worked out anew of a tree with some headers replaced, and what is as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from kscan import api
from kscan.begun import catalog_in
from kscan.facts.names import NameIndex
from kscan.facts.overlaid import Remembering
from kscan.facts.store import open_store
from kscan.link.catalog import Catalog
from kscan.link.overlaid import overlaid
from kscan.link.tables import tables_in
from kscan.model.progress import SILENT
from kscan.source.overlay import overlay
from kscan.source.tree import open_tree
from tests.toy import Toy

FILES = {
    "mm/frob.c": "int frob(void)\n{\n\treturn -EIO;\n}\n\nint thaw(void)\n{\n\treturn 0;\n}\n",
    "mm/user.c": "#define LIMIT 3\n\nint use(void)\n{\n\treturn frob() + melt() + LIMIT;\n}\n",
    "fs/melt.c": "int melt(void)\n{\n\treturn 0;\n}\n",
    "include/linux/frob.h": "#define FROB_MAX 4\nint frob(void);\n",
}
HEADER = "include/linux/frob.h"
TEXT = (
    "#define FROB_MAX 4\nstatic inline int frob(void) { return 0; }\n#define FROB(n) int frob_##n(void) { return n; }\n"
)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("FROB_MAX 4", "FROB_MAX 5", True),
        ("#define FROB_MAX 4\n", "#define FROB_MAX 4\n#define FROB_MIN 1\n", True),
        ("{ return 0; }", "{ return 1; }", True),
        ("int frob_##n", "long frob_##n", False),
        ("#define FROB_MAX 4", "#define EFROB EINVAL", False),
        ("#define FROB_MAX 4", "#define __frob __attribute__((unused))", False),
    ],
)
def test_the_dialect_is_read_again_only_where_it_is_another(tmp_path: Path, old: str, new: str, same: bool) -> None:
    toy = Toy(tmp_path)
    toy.write({HEADER: TEXT})
    tree = open_tree(str(toy.root))
    with open_store(tree.root, enabled=False) as store:
        names = NameIndex(store)
        names.refresh(tree)
        base = Catalog(tree, store, names)
        text = TEXT.replace(old, new)
        assert text != TEXT
        made = overlaid(base, overlay(tree, {HEADER: text.encode()}))
        assert (made.dialect is base.dialect) is same


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Catalog]:
    """A tree with functions that call each other across files, read on demand."""
    toy = Toy(tmp_path)
    toy.write(FILES)
    tree = open_tree(str(toy.root))
    with open_store(tree.root, enabled=False) as store:
        names = NameIndex(store)
        names.refresh(tree)
        yield Catalog(tree, store, names)


def over(base: Catalog, **replaced: str | None) -> Catalog:
    """The tree of ``base`` with some of FILES, by their last name, replaced or added; None takes one away."""
    paths = {PurePosixPath(path).name.replace(".", "_"): path for path in (*FILES, "mm/new.c")}
    files = {paths[name]: None if text is None else text.encode() for name, text in replaced.items()}
    return overlaid(base, overlay(base.tree, files))


LONGER = "/* longer */\n" + FILES["mm/frob.c"]


def test_what_is_read_of_a_file_that_is_the_same_is_that_of_the_tree_below(base: Catalog) -> None:
    made = over(base, frob_c=LONGER)
    assert made.facts("mm/user.c") is base.facts("mm/user.c")
    assert made.source("mm/user.c") is base.source("mm/user.c")
    (use,) = base.functions_in("mm/user.c", "use")
    assert made.codes(use) is base.codes(use)
    assert made.facts("mm/frob.c") != base.facts("mm/frob.c")
    (frob,) = made.functions_in("mm/frob.c", "frob")
    assert made.codes(frob) != base.codes(*base.functions_in("mm/frob.c", "frob"))


def test_only_what_is_defined_elsewhere_is_looked_up_below(base: Catalog) -> None:
    made = over(base, frob_c=LONGER)
    assert made.definitions("melt", "mm/user.c") is base.definitions("melt", "mm/user.c")
    (now,), (then,) = made.definitions("frob", "mm/user.c"), base.definitions("frob", "mm/user.c")
    assert now.start == then.start + len("/* longer */\n")


@pytest.mark.parametrize(
    ("replaced", "defined"),
    [
        ({"frob_c": FILES["mm/frob.c"].replace("thaw", "melt")}, ["fs/melt.c", "mm/frob.c"]),
        ({"melt_c": "/* no more */\n"}, []),
        ({"melt_c": None}, []),
        ({"new_c": "int melt(void)\n{\n\treturn 1;\n}\n"}, ["fs/melt.c", "mm/new.c"]),
        ({"frob_h": "static inline int melt(void) { return 2; }\n"}, ["fs/melt.c", "include/linux/frob.h"]),
        ({"melt_c": "int melt(void)\n{\n\treturn 9;\n}\n"}, ["fs/melt.c"]),
    ],
    ids=["one more", "one less", "its file gone", "a new file", "a header", "another body"],
)
def test_who_defines_a_name_is_told_by_the_overlay(base: Catalog, replaced: dict[str, str], defined: list[str]) -> None:
    base.definitions("melt", "mm/user.c")
    made = over(base, **replaced)
    found = made.definitions("melt", "mm/user.c")
    assert [one.file for one in found] == defined
    assert found == made.definitions("melt", "mm/user.c")
    assert [one.file for one in base.definitions("melt", "mm/user.c")] == ["fs/melt.c"]


def test_the_tables_of_a_file_are_those_below_while_it_is_the_same(base: Catalog) -> None:
    made = over(base, frob_c=LONGER)
    assert tables_in(made, "mm/user.c") is tables_in(base, "mm/user.c")
    assert tables_in(made, "mm/frob.c") is not tables_in(base, "mm/frob.c")


def test_a_file_that_could_not_be_read_below_is_met(base: Catalog) -> None:
    (base.tree.root / "mm/odd.c").write_bytes(b"int odd(void)\0")
    made = over(base, frob_c=LONGER)
    assert base.source("mm/odd.c") is None
    assert not made.gaps and [gap.file for gap in made.met] == ["mm/odd.c"]


@pytest.mark.parametrize("number", [3, 4])
def test_the_numbers_of_an_indexed_overlay(tmp_path: Path, number: int) -> None:
    toy = Toy(tmp_path)
    toy.write(FILES)
    api.index(str(toy.root))
    with catalog_in(str(toy.root), None, None, True, SILENT) as base:
        made = over(base, user_c=FILES["mm/user.c"].replace("LIMIT 3", f"LIMIT {number}"))
        assert made.as_below.constants
        assert made.numbers.number("LIMIT", "mm/user.c") == number
        assert made.numbers.number("FROB_MAX", "fs/melt.c") == 4
        header = over(base, frob_h=FILES["include/linux/frob.h"].replace("4", "5"))
        assert not header.as_below.constants
        assert header.numbers.number("FROB_MAX", "fs/melt.c") == 5
        (melt,) = base.definitions("melt", "mm/user.c")
        assert made.summary(melt) is base.summary(melt)


def test_who_defines_a_name_is_looked_up_once(base: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = NameIndex.files_defining

    def counted(self: NameIndex, name: str) -> tuple[str, ...]:
        asked.append(name)
        return real(self, name)

    monkeypatch.setattr(NameIndex, "files_defining", counted)
    known = base.index
    base.index = Remembering(known)
    assert base.index.signature == known.signature and base.index.files == known.files
    for made in (base, over(base, frob_c=LONGER), over(base, melt_c=None)):
        made.definitions("melt", "mm/user.c")
        made.definitions("nobody", "mm/user.c")
    assert sorted(asked) == ["melt", "nobody"]


def test_what_a_header_shares_is_that_of_the_tree_below(tmp_path: Path) -> None:
    toy = Toy(tmp_path)
    toy.write({**FILES, "include/linux/thaw.h": "#include <linux/frob.h>\n#define THAW_MAX 7\n"})
    api.index(str(toy.root))
    with catalog_in(str(toy.root), None, None, True, SILENT) as base:
        made = over(base, frob_h="#include <linux/err.h>\n" + FILES[HEADER])
        assert made.shared("include/linux/thaw.h") is base.shared("include/linux/thaw.h")
        assert made.includes("include/linux/thaw.h") is base.includes("include/linux/thaw.h")
        assert made.includes(HEADER) == ("linux/err.h",) != base.includes(HEADER)
        assert made.shared(HEADER).includes == ("linux/err.h",)
