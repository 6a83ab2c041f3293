"""Whatever is edited, the index ends as one made from nothing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.index.rows import index
from tests.toy import Toy

HEADERS = {
    "include/linux/dog.h": ["DOG_WET", "DOG_SHY"],
    "drivers/dog/dog.h": ["BONE", "DOG_WET"],
    "drivers/dog/tail.h": ["TAIL", "BONE"],
}
VALUES = ["1", "2", "-EIO", "-ENOMEM", "BONE", "DOG_SHY", "(TAIL + 1)"]
USES = ["BONE", "DOG_WET", "DOG_SHY", "TAIL", "-EBUSY", "0"]
EXTRAS = [
    "",
    '#include "tail.h"\n',
    "#define GIVE_UP(x) do { if (x) return -EPERM; } while (0)\n",
    "enum { TAIL, BONE };\n",
]


def source(use: str, include: str) -> str:
    return f"""#include <linux/dog.h>
{include}
int feed(int a);
static int chew(int a) {{ if (a == {use}) return -EINVAL; GIVE_UP(a); return {use}; }}
int feed_{use.strip("-").lower()}(int a) {{ return feed(a) ? chew(a) : 0; }}
"""


edits = st.one_of(
    st.tuples(
        st.sampled_from(sorted(HEADERS)),
        st.lists(st.tuples(st.integers(0, 1), st.sampled_from(VALUES)), max_size=3),
        st.sampled_from(EXTRAS),
    ).map(lambda it: (it[0], it[2] + "".join(f"#define {HEADERS[it[0]][n]} {v}\n" for n, v in it[1]))),
    st.tuples(
        st.sampled_from(["drivers/dog/a.c", "drivers/dog/b.c", "lib/c.c"]),
        st.sampled_from(USES),
        st.sampled_from(["", '#include "dog.h"\n', '#include "tail.h"\n']),
    ).map(lambda it: (it[0], source(it[1], it[2]))),
    st.tuples(
        st.sampled_from(["drivers/dog/a.c", "lib/c.c", *sorted(HEADERS)]),
        st.none(),
    ),
)


def edit(root: Path, path: str, text: str | None, second: int) -> None:
    file = root / path
    if text is None:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    os.utime(file, ns=(second * 10**9, second * 10**9))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(edits, min_size=1, max_size=4), min_size=2, max_size=4))
def test_edits_one_after_the_other_give_what_a_fresh_start_gives(rounds: list[list[tuple[str, str | None]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "tree"
        root.mkdir()
        toy = Toy(root)
        for number, changes in enumerate(rounds):
            for path, text in changes:
                edit(toy.root, path, text, 1_000_000 + number)
            _, grown = index(root, Path(folder) / "grown")
        _, fresh = index(root, Path(folder) / "fresh")
        assert grown == fresh


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    root.mkdir()
    Toy(root)
    edit(root, "include/linux/dog.h", "#define DOG_WET -EIO\n", 1)
    edit(root, "drivers/dog/dog.h", '#include "tail.h"\n', 1)
    edit(root, "drivers/dog/tail.h", "#define BONE DOG_WET\n", 1)
    edit(root, "drivers/dog/a.c", source("BONE", '#include "dog.h"\n'), 1)
    edit(root, "lib/c.c", source("0", ""), 1)
    return root


def test_only_what_changed_and_what_depends_on_it_is_read(tree: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    all_files = index(tree, folder)[0]
    assert all_files.read == all_files.files
    assert index(tree, folder)[0] == all_files  # nothing to do, nothing written
    edit(tree, "lib/c.c", source("0", "\n"), 2)
    assert index(tree, folder)[0].read == 1
    edit(tree, "include/linux/dog.h", "\n\n#define DOG_WET -EIO\n", 3)  # positions do not count
    assert index(tree, folder)[0].read == 1
    edit(tree, "include/linux/dog.h", "#define DOG_WET -EPERM\n", 4)  # BONE is made of it
    assert index(tree, folder)[0].read == 2
    edit(tree, "drivers/dog/tail.h", "#define BONE 1\n", 5)
    assert index(tree, folder)[0].read == 2
    (tree / "lib/c.c").unlink()
    state, rows = index(tree, folder)
    assert state.read == 0
    assert "lib/c.c" not in {row[0] for row in rows["indexed"]}


def test_a_file_with_a_new_stat_and_the_old_bytes_is_not_made_again(tree: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    index(tree, folder)
    os.utime(tree / "drivers/dog/a.c", ns=(9, 9))
    state, before = index(tree, folder)
    assert state.read == 0
    assert index(tree, folder)[1] == before


def test_a_private_header_that_appears_is_seen(tree: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    edit(tree, "drivers/dog/a.c", source("BONE", '#include "new.h"\n'), 2)
    index(tree, folder)
    edit(tree, "drivers/dog/new.h", "#define BONE -ENXIO\n", 3)
    state, grown = index(tree, folder)
    assert state.read == 2
    assert grown == index(tree, tmp_path / "fresh")[1]


def test_a_build_in_the_tree_changes_nothing(tree: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    edit(tree, "lib/c.c", source("CONFIG_SLOTS", ""), 1)
    before, rows = index(tree, folder)
    edit(tree, "include/generated/autoconf.h", "#define CONFIG_SLOTS 7\n#define __odd\n#define EOLD EIO\n", 2)
    edit(tree, "arch/x86/include/generated/uapi/asm/errno.h", "#define ENEW 200\n", 2)
    edit(tree, "lib/c.mod.c", "int init_module(void) { return -EIO; }\n", 2)
    assert index(tree, folder) == (before, rows)
