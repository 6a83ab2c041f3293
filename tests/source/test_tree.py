"""A working tree: what counts as one, what can be read of it, and that no file brings it down."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from kscan.model.error import InputError
from kscan.model.gap import Gap
from kscan.model.source import Source
from kscan.source import tree as room
from kscan.source.tree import NOT_KERNEL, WorkingTree, open_tree

MAKEFILE = "# top\nVERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 4\nEXTRAVERSION =\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    top = tmp_path / "linux"
    for name in ("include/linux/a.h", "mm/a.c", "mm/b.h", "mm/sub/c.c", "mm.c", "tools/t.c", "mm/notes.txt"):
        _put(top / name, b"int x;\n")
    _put(top / "Makefile", MAKEFILE.encode())
    return top


@pytest.fixture
def tree(root: Path) -> WorkingTree:
    return open_tree(root)


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _reason(got: Source | Gap) -> str:
    assert isinstance(got, Gap), got
    assert (got.stage, got.start, got.function) == ("read", -1, "")
    return got.reason


@pytest.mark.parametrize(
    ("makefile", "version"),
    [
        (MAKEFILE, "7.3.4"),
        ("VERSION = 6\nPATCHLEVEL = 12\n", "6.12"),
        ("VERSION = 6\nPATCHLEVEL = 19\nSUBLEVEL = 0\nEXTRAVERSION = -rc2\n", "6.19.0-rc2"),
        ("VERSION=5\nPATCHLEVEL=1\nSUBLEVEL=0\n\nall:\n\tVERSION = 9\n", "5.1.0"),
    ],
)
def test_version(root: Path, makefile: str, version: str) -> None:
    (root / "Makefile").write_text(makefile)
    assert open_tree(root).version == version


def test_root_may_be_a_link_or_end_in_a_slash(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    assert open_tree(tmp_path / "link").root == root.resolve()
    assert open_tree(f"{root}/").root == root.resolve()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("absent", "no such folder"),
        ("linux/Makefile", "a file, not a folder"),
        ("empty", "not a Linux source tree"),
        ("linux/mm", "did you mean"),
        ("loop", "no such folder"),
        ("nul\0byte", "no such folder"),
    ],
)
def test_no_tree(root: Path, tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(InputError) as caught:
        open_tree(tmp_path / name)
    message = str(caught.value)
    assert says in message
    assert str(tmp_path / name) in message
    assert "\n" not in message


@pytest.mark.parametrize("data", [b"", b"int x;\n", "\u00e9\n".encode("latin-1"), b"no newline", b"a\r\nb\r\n"])
def test_bytes_are_kept(root: Path, tree: WorkingTree, data: bytes) -> None:
    _put(root / "mm/a.c", data)
    assert tree.read("mm/a.c") == Source("mm/a.c", data)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("mm/none.c", "no such file"),
        ("none/none.c", "no such file"),
        ("Makefile/x.c", "no such file"),
        ("mm\0.c", "no such file"),
        ("mm", "a folder, not a file"),
        ("", "a folder, not a file"),
        ("mm/pipe.c", "a named pipe, not a file"),
        ("mm/loop.c", "a symbolic link that leads to itself"),
        ("mm/dangling.c", "no such file"),
        ("mm/out.c", "leaves the tree"),
        ("away/out.c", "leaves the tree"),
        ("../out.c", "leaves the tree"),
        ("mm/nul.c", "binary: it contains a NUL byte"),
        ("mm/" + "x" * 300 + ".c", "the path is too long"),
    ],
)
def test_bad_file_is_a_gap(root: Path, tree: WorkingTree, path: str, reason: str) -> None:
    _put(root.parent / "out.c", b"int out;\n")
    os.mkfifo(root / "mm/pipe.c")
    (root / "mm/loop.c").symlink_to("loop.c")
    (root / "mm/dangling.c").symlink_to("none.c")
    (root / "mm/out.c").symlink_to("../../out.c")
    (root / "away").symlink_to("..")
    _put(root / "mm/nul.c", b"int\0x;\n")
    assert _reason(tree.read(path)) == reason
    assert not tree.exists(path) or path == "mm/nul.c"


def test_absolute_path_and_device_are_gaps(tree: WorkingTree) -> None:
    assert _reason(tree.read("/dev/null")) == "leaves the tree"


def test_socket_is_a_gap(tree: WorkingTree, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("s.c")
        assert isinstance(tree.read("s.c"), Gap)


def test_too_large_is_a_gap(root: Path, tree: WorkingTree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MAX_BYTES", 1 << 20)
    _put(root / "mm/a.c", b"x" * (1 << 20))
    assert isinstance(tree.read("mm/a.c"), Source)
    _put(root / "mm/a.c", b"x" * ((1 << 20) + 1))
    assert _reason(tree.read("mm/a.c")) == "larger than 1 MiB"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_is_a_gap(root: Path, tree: WorkingTree) -> None:
    (root / "mm/a.c").chmod(0)
    assert _reason(tree.read("mm/a.c")) == "no permission to read it"


def test_no_permission_is_a_gap(tree: WorkingTree, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert _reason(tree.read("mm/a.c")) == "no permission to read it"


def test_folders_that_are_there(root: Path, tree: WorkingTree) -> None:
    (root / "mm/again").symlink_to("../mm")
    assert tree.has_folder("mm/again")
    assert tree.has_folder("mm")
    assert tree.has_folder("")
    assert not tree.has_folder("mm/a.c")
    assert not tree.has_folder("mm/nowhere")


def test_link_inside_the_tree_is_read(root: Path, tree: WorkingTree) -> None:
    (root / "mm/again.c").symlink_to("a.c")
    assert tree.read("mm/again.c") == Source("mm/again.c", b"int x;\n")
    assert tree.exists("mm/again.c")


def _paths(tree: WorkingTree, *under: str, **more: object) -> list[str]:
    return [stat.path for stat in tree.files(under, **more)]  # type: ignore[arg-type]


ALL = ["include/linux/a.h", "mm.c", "mm/a.c", "mm/b.h", "mm/sub/c.c", "tools/t.c"]


@pytest.mark.parametrize(
    ("under", "paths"),
    [
        ((), ALL),
        ((".",), ALL),
        (("",), ALL),
        (("mm",), ["mm/a.c", "mm/b.h", "mm/sub/c.c"]),
        (("mm/",), ["mm/a.c", "mm/b.h", "mm/sub/c.c"]),
        (("mm/sub", "mm"), ["mm/a.c", "mm/b.h", "mm/sub/c.c"]),
        (("mm", "mm.c", "mm/a.c"), ["mm.c", "mm/a.c", "mm/b.h", "mm/sub/c.c"]),
        (("mm/notes.txt",), ["mm/notes.txt"]),
        ((".", "mm"), ALL),
    ],
)
def test_files_are_sorted_and_each_comes_once(tree: WorkingTree, under: tuple[str, ...], paths: list[str]) -> None:
    assert _paths(tree, *under) == paths


def test_files_give_size_and_time(root: Path, tree: WorkingTree) -> None:
    os.utime(root / "mm/a.c", ns=(5, 7_000_000_009))
    assert next(tree.files(("mm",))) == ("mm/a.c", 7, 7_000_000_009)


def test_what_is_skipped(root: Path, tree: WorkingTree) -> None:
    _put(root / ".pc/mm/a.c", b"")
    _put(root / "mm/tools/t.c", b"")
    (root / "mm/inner").symlink_to("sub")
    (root / "mm/up").symlink_to("..")
    assert _paths(tree, skip=NOT_KERNEL) == [*ALL[:-1], "mm/tools/t.c"]


@pytest.mark.parametrize(
    "path",
    [
        "include/generated/autoconf.h",
        "include/generated/uapi/linux/version.h",
        "include/config/x.h",
        "arch/x86/include/generated/asm/x.h",
        "obj/include/generated/autoconf.h",
        "mm/x.mod.c",
    ],
)
def test_what_a_build_writes_is_no_source_unless_it_is_named(root: Path, tree: WorkingTree, path: str) -> None:
    _put(root / path, b"")
    assert _paths(tree) == ALL
    assert _paths(tree, path) == [path]


@pytest.mark.parametrize("path", ["mm/generated/a.c", "include/linux/config/a.h", "include/generated.h", "mm/mod.c"])
def test_what_only_looks_built_is_source(root: Path, tree: WorkingTree, path: str) -> None:
    _put(root / path, b"")
    assert path in _paths(tree)


def test_a_folder_may_be_called_like_a_file(root: Path, tree: WorkingTree) -> None:
    _put(root / "mm/odd.c/in.c", b"")
    assert "mm/odd.c/in.c" in _paths(tree)


def test_what_cannot_be_listed_is_a_gap(root: Path, tree: WorkingTree) -> None:
    (root / "mm/loop.c").symlink_to("loop.c")
    (root / "mm/out.c").symlink_to("/etc/passwd")
    os.mkfifo(root / "mm/pipe.c")
    Path(os.fsdecode(os.fsencode(root) + b"/mm/\xff.c")).write_bytes(b"")
    gaps: list[Gap] = []
    assert _paths(tree, "mm", "none", gaps=gaps) == ["mm/a.c", "mm/b.h", "mm/sub/c.c"]
    assert {(gap.file, gap.reason) for gap in gaps} == {
        ("mm/loop.c", "a symbolic link that leads to itself"),
        ("mm/out.c", "leaves the tree"),
        ("mm/pipe.c", "a named pipe, not a file"),
        ("mm/\\udcff.c", "its name is not UTF-8"),
        ("none", "no such file"),
    }


def test_unlistable_folder_is_a_gap(tree: WorkingTree, monkeypatch: pytest.MonkeyPatch) -> None:
    opening = os.open

    def refuse(path: str, flags: int) -> int:
        if path.endswith("/sub/"):
            raise PermissionError(13, "Permission denied")
        return opening(path, flags)

    monkeypatch.setattr(os, "open", refuse)
    gaps: list[Gap] = []
    assert _paths(tree, "mm", gaps=gaps) == ["mm/a.c", "mm/b.h"]
    assert [(gap.file, gap.reason) for gap in gaps] == [("mm/sub", "no permission to read it")]


@pytest.mark.parametrize(
    ("cwd", "arg", "path"),
    [
        (".", "linux/mm/a.c", "mm/a.c"),
        (".", "mm/a.c", "mm/a.c"),
        (".", "mm/", "mm"),
        (".", "linux", "."),
        ("linux/mm", "a.c", "mm/a.c"),
        ("linux/mm", ".", "mm"),
        ("linux/mm", "..", "."),
        ("linux/mm", "mm/a.c", "mm/a.c"),
        ("linux/mm", "sub/../b.h", "mm/b.h"),
    ],
)
def test_resolve(root: Path, tree: WorkingTree, monkeypatch: pytest.MonkeyPatch, cwd: str, arg: str, path: str) -> None:
    monkeypatch.chdir(root.parent / cwd)
    assert tree.resolve(arg) == path


def test_resolve_absolute(root: Path, tree: WorkingTree) -> None:
    assert tree.resolve(str(root / "mm")) == "mm"


@pytest.mark.parametrize("arg", ["mm/none.c", "..", "/", "mm/../../x.c", "nul\0byte"])
def test_resolve_refuses(root: Path, tree: WorkingTree, monkeypatch: pytest.MonkeyPatch, arg: str) -> None:
    _put(root.parent / "x.c", b"")
    monkeypatch.chdir(root)
    with pytest.raises(InputError) as caught:
        tree.resolve(arg)
    assert str(caught.value).startswith(arg)


@pytest.mark.linux
@pytest.mark.parametrize("which", ["linux_73", "linux_612"])
def test_real_tree(request: pytest.FixtureRequest, which: str) -> None:
    tree = open_tree(request.getfixturevalue(which))
    gaps: list[Gap] = []
    paths = [stat.path for stat in tree.files(gaps=gaps)]
    assert gaps == []
    assert paths == sorted(set(paths))
    assert len(paths) > 50_000
    assert isinstance(tree.read("mm/memory-failure.c"), Source)
