"""The store: whatever happens to its file, a run goes on and says so."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.facts.store import Reset, Store, cache_folder, look_of, open_store, path_of, remove_file

PUT_FOR_EVER = """
import sys
from pathlib import Path
from kscan.facts.store import open_store
with open_store(Path(sys.argv[1]), Path(sys.argv[2])) as store:
    assert not store.notes, store.notes
    for number in range(int(sys.argv[3]), int(sys.argv[4])):
        store.put("k", str(number), str(number).encode() * 2000)
        store.commit()
        print(number, flush=True)
    assert not store.notes, store.notes
"""


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def _filled(cache: Path, root: Path = Path("/tree"), count: int = 50) -> Path:
    with open_store(root, cache) as store:
        for number in range(count):
            store.put("k", str(number), b"value %d " % number * 500)
        assert store.path is not None
        return store.path


def _writer(cache: Path, first: int, end: int) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", PUT_FOR_EVER, "/tree", str(cache), str(first), str(end)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def test_get_what_was_put(cache: Path) -> None:
    with open_store(Path("/tree"), cache) as store:
        assert store.get("k", "a") is None
        store.put("k", "a", b"1")
        assert store.get("k", "a") == b"1"
        store.commit()
        store.put("k", "a", b"2")
        store.put("l", "a", b"")
    with open_store(Path("/tree"), cache) as store:
        assert (store.get("k", "a"), store.get("l", "a"), store.get("l", "b")) == (b"2", b"", None)
        assert store.notes == ()


def test_forget_drops_one_kind(cache: Path) -> None:
    with open_store(Path("/tree"), cache) as store:
        store.put("k", "a", b"1")
        store.put("l", "a", b"1")
        store.commit()
        store.put("k", "b", b"1")
        store.forget("k")
        assert (store.get("k", "a"), store.get("k", "b"), store.get("l", "a")) == (None, None, b"1")


@given(st.dictionaries(st.tuples(st.text(st.characters(codec="utf-8")), st.text("ab")), st.binary()))
def test_any_values(values: dict[tuple[str, str], bytes]) -> None:
    store = Store(None)
    for (kind, key), value in values.items():
        store.put(kind, key, value)
    store.commit()
    assert {place: store.get(*place) for place in values} == values


def test_trees_do_not_share(cache: Path) -> None:
    _filled(cache, Path("/one"))
    with open_store(Path("/two"), cache) as store:
        assert store.get("k", "1") is None


def test_a_tree_is_its_real_path(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    _filled(cache, tmp_path / "real")
    with open_store(tmp_path / "link", cache) as store:
        assert store.get("k", "1") is not None


def test_what_looks_keep_goes_with_the_store(cache: Path, tmp_path: Path) -> None:
    open_store(tmp_path, cache).close()
    place = path_of(tmp_path, cache)
    look_of(place).write_bytes(b"seen")
    assert remove_file(place)
    assert not list(cache.iterdir())


def test_disabled_leaves_no_trace(cache: Path) -> None:
    with open_store(Path("/tree"), cache, enabled=False) as store:
        store.put("k", "a", b"1")
        store.commit()
        assert store.get("k", "a") == b"1"
        assert store.notes == ()
    assert not cache.exists()


def test_an_error_keeps_nothing_of_the_open_batch(cache: Path) -> None:
    with pytest.raises(KeyboardInterrupt), open_store(Path("/tree"), cache) as store:
        store.put("k", "a", b"1")
        raise KeyboardInterrupt
    with open_store(Path("/tree"), cache) as store:
        assert store.get("k", "a") is None


def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KSCAN_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    if sys.platform == "linux":
        assert cache_folder() == tmp_path / "xdg" / "kscan"
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own"


def _garbage(path: Path) -> None:
    path.write_bytes(b"this is no database\n" * 500)


def _short_garbage(path: Path) -> None:
    path.write_bytes(b"x")


def _truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _cut_header(path: Path) -> None:
    os.truncate(path, 60)


def _scribble(path: Path) -> None:
    with path.open("r+b") as file:
        for page in range(1, path.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 64)


@pytest.mark.parametrize("harm", [_garbage, _short_garbage, _truncate, _cut_header, _scribble])
def test_damaged_file_is_rebuilt_with_a_note(cache: Path, harm: object) -> None:
    path = _filled(cache)
    harm(path)  # type: ignore[operator]
    with open_store(Path("/tree"), cache) as store:
        assert store.get("k", "7") is None
        assert store.notes == (f"the cache at {path} was damaged and was rebuilt",)
        store.put("k", "7", b"new")
    with open_store(Path("/tree"), cache) as store:
        assert (store.get("k", "7"), store.notes) == (b"new", ())


def test_empty_file_is_a_new_store(cache: Path) -> None:
    _filled(cache).write_bytes(b"")
    with open_store(Path("/tree"), cache) as store:
        assert (store.get("k", "7"), store.notes) == (None, ())


def test_changed_value_is_not_believed(cache: Path) -> None:
    path = _filled(cache, count=1)
    data = path.read_bytes()
    assert b"value 0 value 0" in data
    path.write_bytes(data.replace(b"value 0 value 0", b"value 0 value 1"))
    with open_store(Path("/tree"), cache) as store:
        assert store.get("k", "0") is None


def test_tables_of_another_version_are_replaced_silently(cache: Path) -> None:
    path = _filled(cache)
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 1")
    db.close()
    with open_store(Path("/tree"), cache) as store:
        assert (store.get("k", "7"), store.notes) == (None, ())
        assert store.path == path


def test_damaged_file_in_use_is_left_alone(cache: Path) -> None:
    path = _filled(cache)
    with open_store(Path("/tree"), cache) as other:
        assert other.get("k", "7")
        (path.parent / (path.name + "-wal")).unlink(missing_ok=True)
        _garbage(path)
        with open_store(Path("/tree"), cache) as store:
            assert store.path is None
            assert "another run has it open" in store.notes[0]
            store.put("k", "a", b"1")
            store.commit()
            assert store.get("k", "a") == b"1"


def test_reader_of_rows_learns_of_the_reset(cache: Path) -> None:
    _scribble(_filled(cache))
    with open_store(Path("/tree"), cache) as store:
        with pytest.raises(Reset):
            store.rows("SELECT value FROM kept WHERE kind = 'k'")
        assert store.rows("SELECT count(*) FROM kept") == [(0,)]


@pytest.mark.parametrize("place", ["file/cache", "/proc/nowhere/cache"])
def test_folder_that_cannot_be_made(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with open_store(Path("/tree"), tmp_path / place) as store:
        assert len(store.notes) == 1
        assert "this run goes without it" in store.notes[0]
        store.put("k", "a", b"1")
        store.commit()
        assert store.get("k", "a") == b"1"


def test_unwritable_folder(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> sqlite3.Connection:
        raise why

    why = sqlite3.OperationalError("unable to open database file")
    why.sqlite_errorname = "SQLITE_CANTOPEN"
    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda name, **more: connect(name, **more) if name == ":memory:" else refuse()
    )
    with open_store(Path("/tree"), cache) as store:
        assert store.notes == (
            f"the cache at {cache / next(cache.glob('*.lock')).stem}.db cannot be used (unable to open database file); "
            "this run goes without it",
        )


def _narrow(store: Store, pages: int) -> None:
    store.rows(f"PRAGMA max_page_count = {pages}")


def test_full_disk(cache: Path) -> None:
    with open_store(Path("/tree"), cache) as store:
        store.put("k", "a", b"1")
        store.commit()
        _narrow(store, 12)
        store.put("k", "b", b"x" * 100_000)
        store.commit()
        assert (store.get("k", "b"), len(store.notes)) == (b"x" * 100_000, 1)
        assert "full" in store.notes[0]
        store.put("k", "c", b"3")
    with open_store(Path("/tree"), cache) as store:
        assert (store.get("k", "a"), store.get("k", "b"), store.notes) == (b"1", None, ())


def test_failing_write_keeps_nothing_of_it(cache: Path) -> None:
    def work(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO kept VALUES('k', 'a', x'00')")
        raise KeyboardInterrupt

    with open_store(Path("/tree"), cache) as store:
        with pytest.raises(KeyboardInterrupt):
            store.write(work)
        assert store.rows("SELECT count(*) FROM kept") == [(0,)]


def test_our_own_mistakes_are_not_swallowed(cache: Path) -> None:
    with open_store(Path("/tree"), cache) as store, pytest.raises(sqlite3.OperationalError):
        store.rows("SELECT nothing FROM nowhere")


def test_two_processes_write_at_once(cache: Path) -> None:
    writers = [_writer(cache, 0, 60), _writer(cache, 60, 120)]
    assert [writer.wait(240) for writer in writers] == [0, 0]
    for writer in writers:
        writer.communicate()
    with open_store(Path("/tree"), cache) as store:
        assert all(store.get("k", str(number)) == str(number).encode() * 2000 for number in range(120))
        assert store.notes == ()
    assert sorted(path.suffix for path in cache.iterdir()) == [".db", ".lock"]


def test_killed_while_writing(cache: Path) -> None:
    writer = _writer(cache, 0, 1_000_000)
    assert writer.stdout is not None
    done = [int(writer.stdout.readline()) for _ in range(20)]
    time.sleep(0.02)
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    with open_store(Path("/tree"), cache) as store:
        assert store.notes == ()
        assert all(store.get("k", str(number)) == str(number).encode() * 2000 for number in done)
        assert store.rows("PRAGMA integrity_check") == [("ok",)]
    assert sorted(path.suffix for path in cache.iterdir()) == [".db", ".lock"]


def test_a_text_that_is_no_utf_8_is_damage(cache: Path) -> None:
    with open_store(cache / "tree", cache) as store:
        store.put("kind", "key", b"value")
        path = store.path
    assert path is not None
    path.write_bytes(path.read_bytes().replace(b"kindkey", b"kind\xff\xfey"))
    with open_store(cache / "tree", cache) as store:
        with pytest.raises(Reset):
            store.rows("SELECT key FROM kept")
        assert store.notes == (f"the cache at {path} was damaged and was rebuilt",)
        assert store.losses == 1
