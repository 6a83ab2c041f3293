"""The name index: nothing that defines a name is left out, and what is kept is what a clean run would find."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kscan.facts.names import NameIndex, scan
from kscan.facts.store import Store, open_store
from kscan.source.tree import WorkingTree, open_tree

OLD_NS = 1_000_000_000_000_000_000


@pytest.mark.parametrize(
    "text",
    [
        "int grab(int a)\n{\n}\n",
        "\nstatic int grab(int a)\n{\n}\n",
        "\nint grab (int a)\n{\n}\n",
        "\nint grab(void) { return 0; }\n",
        "\nstatic int\ngrab(int a)\n{\n}\n",
        "static int\ngrab(int a)\n{\n}\n",
        "\nstatic struct page\n*grab(int a)\n{\n}\n",
        "\nstatic struct page *\n\tgrab(int a)\n{\n}\n",
        "\nstatic enum kind grab\n\t(int a)\n{\n}\n",
        "\nstatic enum kind grab\n(int a)\n{\n}\n",
        "\n static inline void grab(void) { }\n",
        "\n/* note */ static inline void grab(void)\n{\n}\n",
        "\nstatic __printf(1, 2) int grab(const char *s, ...)\n{\n}\n",
        "\n__attribute__((cold)) int grab(void)\n{\n}\n",
        "\nint (grab)(int a)\n{\n}\nint grab(int);x(\nint grab(int a) {",
        "\nstatic int grab(int (*fn)(int),\n\t\tint b)\n{\n}\n",
        "\r\nstatic int grab(int a)\r\n{\r\n}\r\n",
        "\nDEFINE_CALL_2(grab, int, a)\n{\n}\n",
        "\nint x;\nint grab(int a /* first; then */)\n{\n}\n",
        "\nint grab(\n\tint a)\n{\n}\n",
        "#define grab(x) (x)",
        "\n  #  define\tgrab(x) \\\n\t(x)\n",
    ],
)
@pytest.mark.parametrize("header", [False, True])
def test_what_may_define(text: str, header: bool) -> None:
    names = scan(text.encode(), header)
    assert b"grab" in names.functions | names.macros


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "int grab;\n",
        "\nint grab(int a);\n",
        "\nextern int grab(void) __must_check;\n",
        "\nint f(void)\n{\n\treturn grab(1);\n}\n",
        "\n * grab(x) does it\n",
        "#define grab 1\n",
        "enum { grab };\n",
    ],
)
def test_what_does_not_define(text: str) -> None:
    names = scan(text.encode(), header=False)
    assert b"grab" not in names.functions | names.macros | names.constants


@pytest.mark.parametrize(
    "text",
    [
        "#define HELD 1\n",
        "#define\tHELD\t(1 << 2)\n",
        "# define HELD \\\n\t3\n",
        "enum { HELD };\n",
        "enum kind { A, HELD = 4 };\n",
        "enum kind {\n\tA = 1, /* the first } */\n\tHELD,\n};\n",
        "enum kind\n{\n\tA,\n#ifdef X\n\tHELD,\n#endif\n};\n",
        "enum {\n\tA,\n#define B \\\n\tA\n\tHELD,\n};\n",
        "enum {\n\tA,\t// a, b\n\tHELD\n",
        "enum {\n\tA = B / 2,\n\tHELD\n};",
        "typedef enum __packed {HELD} kind_t;\n",
    ],
)
def test_constants_of_shared_headers(text: str) -> None:
    assert b"HELD" in scan(text.encode(), header=True).constants
    assert scan(text.encode(), header=False).constants == frozenset()


@pytest.mark.parametrize("text", ["struct penum { HELD };\n", "struct enum_kind { HELD };\n", "enum kind f(HELD) {}\n"])
def test_what_is_no_enumerator(text: str) -> None:
    assert scan(text.encode(), header=True).constants == frozenset()


def test_a_name_ends_with_the_line_that_it_was_found_in() -> None:
    names = scan(b"\nint grab(int a)\n{\n}\n static int (*f)(int);\nGET(held)\nint put(void)\n{\n}\n", header=False)
    assert names.functions == {b"grab", b"GET", b"held", b"put"}


@given(st.binary(max_size=300) | st.text("a (){};,\n\t*#/enumdfi static", max_size=200).map(str.encode))
def test_any_bytes_are_scanned(data: bytes) -> None:
    names = scan(data, header=True)
    assert all(name in data for name in names.functions | names.macros | names.constants)


TREE = {
    "Makefile": "VERSION = 7\nPATCHLEVEL = 3\n",
    "include/linux/a.h": "#define HELD 1\nint grab(int a);\nstatic inline int easy(void) { return 0; }\n",
    "arch/x/include/asm/b.h": "enum { ARCHED };\n",
    "mm/internal.h": "#define PRIVATE 1\n#define grab_it(x) grab(x)\n",
    "mm/a.c": "int grab(int a)\n{\n\treturn 0;\n}\n",
    "mm/b.c": "static int put(int a)\n{\n\treturn 0;\n}\n",
    "fs/c.c": "static int put(int a)\n{\n\treturn 1;\n}\n",
    "tools/t.c": "int grab(int a)\n{\n}\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in TREE.items():
        _put(tmp_path / "linux" / name, text)
    return tmp_path / "linux"


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(None) as one:
        yield one


def _put(path: Path, text: str, mtime_ns: int = OLD_NS) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, ns=(mtime_ns, mtime_ns))


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("grab", ("mm/a.c",)),
        ("put", ("fs/c.c", "mm/b.c")),
        ("easy", ("include/linux/a.h",)),
        ("grab_it", ("mm/internal.h",)),
        ("HELD", ("include/linux/a.h",)),
        ("ARCHED", ("arch/x/include/asm/b.h",)),
        ("PRIVATE", ()),
        ("nothing", ()),
        ("", ()),
        ("\udcff", ()),
    ],
)
def test_files_defining(root: Path, store: Store, name: str, files: tuple[str, ...]) -> None:
    index = NameIndex(store)
    index.refresh(open_tree(root))
    assert index.files_defining(name) == files


def test_nothing_changed_nothing_read(root: Path, store: Store) -> None:
    index = NameIndex(store)
    calls: list[tuple[int, int]] = []
    first = index.refresh(open_tree(root), progress=lambda done, of: calls.append((done, of)))
    again = index.refresh(open_tree(root))
    assert calls == [(6, 6)]
    assert (first.files, first.scanned, first.removed, first.gaps) == (6, 6, 0, ())
    assert (again.files, again.scanned, again.removed, again.gaps) == (6, 0, 0, ())
    assert first.signature == again.signature == index.signature != ""


def test_new_changed_and_vanished(root: Path, store: Store) -> None:
    index = NameIndex(store)
    before = index.refresh(open_tree(root)).signature
    _put(root / "mm/new.c", "int fresh(int a)\n{\n}\n")
    _put(root / "mm/a.c", "int grasp(int a)\n{\n}\n")
    (root / "fs/c.c").unlink()
    stats = index.refresh(open_tree(root))
    assert (stats.files, stats.scanned, stats.removed) == (6, 2, 1)
    assert stats.signature != before
    found = [index.files_defining(name) for name in ("fresh", "grasp", "grab", "put")]
    assert found == [("mm/new.c",), ("mm/a.c",), (), ("mm/b.c",)]


def test_an_edit_within_one_tick_of_the_clock(root: Path, store: Store) -> None:
    index = NameIndex(store)
    now = time.time_ns() + 60_000_000_000  # whatever this machine does in between
    _put(root / "mm/a.c", "int grab(int a)\n{\n}\n", now)
    before = index.refresh(open_tree(root)).signature
    _put(root / "mm/a.c", "int drop(int a)\n{\n}\n", now)
    stats = index.refresh(open_tree(root))
    assert (stats.scanned, stats.signature != before) == (1, True)
    assert (index.files_defining("drop"), index.files_defining("grab")) == (("mm/a.c",), ())


def test_a_fresh_file_keeps_its_signature(root: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    index = NameIndex(store)
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now)
    _put(root / "mm/a.c", "int grab(int a)\n{\n}\n", now)
    stats = [index.refresh(open_tree(root))]
    monkeypatch.setattr(time, "time_ns", lambda: now + 10_000_000_000)
    stats += [index.refresh(open_tree(root)) for _ in range(2)]
    assert [one.scanned for one in stats] == [6, 1, 0]
    assert len({one.signature for one in stats}) == 1


def test_what_cannot_be_read_stays_a_gap(root: Path, store: Store) -> None:
    index = NameIndex(store)
    _put(root / "mm/b.c", "int put(int a)\n{\0}\n")
    for _ in range(3):
        stats = index.refresh(open_tree(root))
        assert [(gap.file, gap.stage) for gap in stats.gaps] == [("mm/b.c", "read")]
    bad = stats.signature
    assert index.files_defining("put") == ("fs/c.c",)
    _put(root / "mm/b.c", "int put(int a)\n{ }\n")
    assert index.refresh(open_tree(root)).gaps == ()
    assert index.signature != bad
    assert index.files_defining("put") == ("fs/c.c", "mm/b.c")


def test_kept_between_runs(root: Path, tmp_path: Path) -> None:
    tree = open_tree(root)
    with open_store(tree.root, tmp_path / "cache") as store:
        signature = NameIndex(store).refresh(tree).signature
    with open_store(tree.root, tmp_path / "cache") as store:
        index = NameIndex(store)
        assert index.files_defining("grab") == ("mm/a.c",)
        stats = index.refresh(tree)
        assert (stats.scanned, stats.signature) == (0, signature)


def test_another_scanner_reads_all_again(root: Path, store: Store) -> None:
    index = NameIndex(store)
    index.refresh(open_tree(root))
    store.write(lambda db: db.execute("UPDATE about SET value = 'other' WHERE key = 'by'"))
    assert index.refresh(open_tree(root)).scanned == 6
    assert index.files_defining("grab") == ("mm/a.c",)


def test_another_run_refreshes_meanwhile(root: Path, tmp_path: Path) -> None:
    tree = open_tree(root)
    with open_store(tree.root, tmp_path / "cache") as mine, open_store(tree.root, tmp_path / "cache") as other:
        rounds: list[int] = []

        def meddle(done: int, of: int) -> None:
            if not rounds:
                NameIndex(other).refresh(tree)
            rounds.append(done)

        stats = NameIndex(mine).refresh(tree, progress=meddle)
        assert (rounds, stats.scanned) == ([6], 0)
        assert mine.rows("SELECT count(*) FROM file") == [(6,)]


def test_a_full_disk_moves_the_index_into_memory(root: Path, tmp_path: Path) -> None:
    tree = open_tree(root)
    for number in range(40):
        _put(root / f"mm/m{number}.c", "".join(f"int f{number}_{line}(void)\n{{ }}\n" for line in range(200)))
    with open_store(tree.root, tmp_path / "cache") as store:
        store.rows("PRAGMA max_page_count = 12")
        index = NameIndex(store)
        assert index.refresh(tree).scanned == 46
        assert index.files_defining("f7_199") == ("mm/m7.c",)
        assert len(store.notes) == 1


def test_a_file_damaged_while_it_is_used(root: Path, tmp_path: Path) -> None:
    tree = open_tree(root)
    with open_store(tree.root, tmp_path / "cache") as store:
        index = NameIndex(store)
        index.refresh(tree)
        path = store.path
    assert path is not None
    with path.open("r+b") as file:
        for page in range(1, path.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 64)
    with open_store(tree.root, tmp_path / "cache") as store:
        index = NameIndex(store)
        index.refresh(tree)
        assert index.files_defining("grab") == ("mm/a.c",)
        assert len(store.notes) == 1


def test_a_loss_that_another_reader_of_the_store_finds(root: Path, tmp_path: Path) -> None:
    tree = open_tree(root)
    with open_store(tree.root, tmp_path / "cache") as store:
        store.put("k", "1", b"value" * 8000)
        NameIndex(store).refresh(tree)
        path = store.path
        store.commit()
        (page,) = store.rows("SELECT rootpage FROM sqlite_master WHERE name = 'kept'")[0]
    assert path is not None
    with open_store(tree.root, tmp_path / "cache") as store:
        index = NameIndex(store)
        assert index.refresh(tree).scanned == 0
        with path.open("r+b") as file:
            file.seek((int(str(page)) - 1) * 4096)
            file.write(b"\xff" * 64)
        assert store.get("k", "1") is None
        assert index.files_defining("grab") == ("mm/a.c",)
        assert len(store.notes) == 1


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["mm/a.c", "mm/b.c", "mm/new.c", "include/linux/a.h", "fs/sub/d.c"]),
        st.sampled_from(["", "int one(void)\n{\n}\n", "int two(void)\n{\n}\n", "#define one(x) x\n", "bad\0", None]),
    ),
    max_size=5,
)


@settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(st.lists(EDITS, max_size=3))
def test_incremental_is_as_from_scratch(root: Path, rounds: list[list[tuple[str, str | None]]]) -> None:
    shutil.rmtree(root)
    for name, text in TREE.items():
        _put(root / name, text)
    tree, kept = open_tree(root), Store(None)
    NameIndex(kept).refresh(tree, jobs=1)
    for edits in rounds:
        for name, text in edits:
            if text is not None:
                _put(root / name, text, time.time_ns())
            else:
                (root / name).unlink(missing_ok=True)
        NameIndex(kept).refresh(tree, jobs=1)
    fresh = Store(None)
    stats = NameIndex(fresh).refresh(tree, jobs=1)
    assert _content(kept) == _content(fresh)
    assert NameIndex(kept).refresh(tree, jobs=1).gaps == stats.gaps


def _content(store: Store) -> list[object]:
    joined = "file LEFT JOIN name ON at & 0xffffff = id ORDER BY path, at >> 24"
    return list(store.rows(f"SELECT path, size, mtime_ns, at >> 24 FROM {joined}"))


@pytest.mark.linux
@pytest.mark.parametrize("which", ["linux_73", "linux_612"])
def test_real_tree(request: pytest.FixtureRequest, store: Store, which: str) -> None:
    tree: WorkingTree = open_tree(request.getfixturevalue(which))
    index = NameIndex(store)
    stats = index.refresh(tree)
    assert stats.gaps == ()
    assert index.files_defining("get_hwpoison_page") == ("mm/memory-failure.c",)
    assert "include/uapi/asm-generic/errno-base.h" in index.files_defining("EBUSY")
    assert "include/linux/mm.h" in index.files_defining("MF_UNPOISON")
    assert index.refresh(tree).scanned == 0
