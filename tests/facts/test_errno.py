"""The errno vocabulary is what the headers handed in say, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.facts.errno import Errnos, errno_of, read_errnos

BASE = "#define\tEPERM\t\t 1\t/* not allowed */\n#define EIO 5\n#define EAGAIN 11 // again\n#define E2BIG (7)\n"
MORE = "#define EDEADLK 35\n#define EWOULDBLOCK EAGAIN\n#define EDEADLOCK EDEADLK\n#define ENODATA 61\n"
INNER = "#define EPROBE_DEFER 517\n#define ERESTARTSYS 512\r\n#define ENOTHING 0x10\n#define EMANY(x) 3\n"
ODD = "#undef EDEADLOCK\n#define EDEADLOCK 58\n#define EDEADLK 45\n#define EPROCLIM 67\n#define EREFUSED EIO\n"
PRIVATE = (
    b"#define ENOATTR\tENODATA /* \xe9 */\n#define EFROB_MAX 4096\n#define EUNHEARD ENOSUCH\n#define ESECOND ENOATTR\n"
)
LEAVES = "#define EADD 1\n#define EPOLLIN 0x1\n#define ELEAF EADD\n#define EMCA_MAX 0x15\nenum leaf { EEXTEND = 6 };\n"

TEXTS: dict[str, str | bytes] = {
    "arch/odd/include/uapi/asm/errno.h": ODD,
    "include/linux/errno.h": INNER,
    "include/uapi/asm-generic/errno-base.h": BASE,
    "include/uapi/asm-generic/errno.h": MORE,
    "fs/frobfs/frob.h": PRIVATE,
    "arch/odd/include/asm/leaves.h": LEAVES,
}


@pytest.fixture(scope="module")
def errnos() -> Errnos:
    return read_errnos(TEXTS)


def test_nothing_is_built_in() -> None:
    empty = read_errnos({})
    assert "EIO" not in empty
    assert empty.number("EIO") is None


@pytest.mark.parametrize(
    "name",
    [
        *("EFROB_MAX", "EUNHEARD", "ENOTHING", "EMANY", "ENOSUCH", "-EIO", ""),
        *("EADD", "EPOLLIN", "ELEAF", "EMCA_MAX", "EEXTEND"),
    ],
)
def test_not_in_the_vocabulary(errnos: Errnos, name: str) -> None:
    assert name not in errnos
    assert errnos.number(name) is None


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("EPERM", 1),
        ("E2BIG", 7),
        ("EWOULDBLOCK", 11),
        ("EDEADLK", 35),
        ("EDEADLOCK", 35),
        ("ENOATTR", 61),
        ("ESECOND", 61),
        ("EPROBE_DEFER", 517),
        ("EREFUSED", 5),
        ("EPROCLIM", None),
    ],
)
def test_generic_numbers(errnos: Errnos, name: str, number: int | None) -> None:
    assert name in errnos
    assert errnos.number(name) == number


@pytest.mark.parametrize(
    ("number", "name"), [(11, "EAGAIN"), (35, "EDEADLK"), (45, None), (58, None), (512, "ERESTARTSYS")]
)
def test_canonical_names(errnos: Errnos, number: int, name: str | None) -> None:
    assert errnos.name(number) == name


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("EAGAIN", "EWOULDBLOCK", True),
        ("EDEADLOCK", "EDEADLK", True),
        ("ESECOND", "ENODATA", True),
        ("EAGAIN", "EDEADLK", False),
        ("EIO", "EPERM", False),
        ("EUNKNOWN", "EUNKNOWN", True),
        ("EUNKNOWN", "EOTHER", False),
    ],
)
def test_alias_classes(errnos: Errnos, a: str, b: str, same: bool) -> None:
    assert errnos.same(a, b) is same
    assert errnos.same(b, a) is same


def test_architectures_are_kept_apart(errnos: Errnos) -> None:
    assert errnos.archs == {"EDEADLK": ("odd",), "EDEADLOCK": ("odd",), "EPROCLIM": ("odd",)}


def test_internal_numbers(errnos: Errnos) -> None:
    assert [name for name in errnos.canonical if errnos.internal(name)] == ["EPROBE_DEFER", "ERESTARTSYS"]


@pytest.mark.parametrize(
    ("value", "name"),
    [("-EIO", "EIO"), ("ERR_PTR(-E2BIG)", "E2BIG"), ("-1", None), ("negative", None), ("EIO", None), ("NULL", None)],
)
def test_errno_of_an_outcome(value: str, name: str | None) -> None:
    assert errno_of(value) == name


def _of_tree(tree: Path) -> Errnos:
    paths = [*tree.glob("include/uapi/asm-generic/errno*.h"), *tree.glob("arch/*/include/uapi/asm/errno.h")]
    paths.append(tree / "include/linux/errno.h")
    return read_errnos({path.relative_to(tree).as_posix(): path.read_bytes() for path in paths})


@pytest.mark.linux
def test_real_headers(linux_73: Path, linux_612: Path) -> None:
    for tree in (linux_73, linux_612):
        errnos = _of_tree(tree)
        assert len(errnos.numbers) >= 149
        assert (errnos.number("E2BIG"), errnos.name(11), errnos.number("ENOTRECOVERABLE")) == (7, "EAGAIN", 131)
        assert errnos.same("EWOULDBLOCK", "EAGAIN") and errnos.same("EDEADLOCK", "EDEADLK")
        assert errnos.internal("EPROBE_DEFER") and not errnos.internal("EHWPOISON")
        assert "powerpc" in errnos.archs["EDEADLOCK"]
