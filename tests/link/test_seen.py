"""Which headers a file sees: through each other, beside the one that names them, and by a name that a -I leads to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from kscan.link import seen
from kscan.link.seen import Seen
from tests.toy import Toy

IO = "static inline int g(void) { return -EIO; }\n"
BUSY = "static inline int g(void) { return -EBUSY; }\n"
CALL = "int f(void) { return g(); }\n"
UNKNOWN = {"open", "unknown"}


def including(*names: str) -> str:
    """The include lines of ``names``."""
    return "".join(f'#include "{name}"\n' for name in names)


@pytest.mark.parametrize(
    ("files", "values"),
    [
        (
            {
                "drivers/a/one/f.c": including("one.h") + CALL,
                "drivers/a/one/one.h": including("../mid.h"),
                "drivers/a/mid.h": including("low.h"),
                "drivers/a/low.h": IO,
            },
            {"-EIO"},
        ),
        (
            {
                "drivers/a/lib/f.c": including("platform.h") + CALL,
                "drivers/a/platform.h": including("low.h"),
                "drivers/a/low.h": IO,
            },
            {"-EIO"},
        ),
        (
            {
                "drivers/a/lib/f.c": including("platform.h") + CALL,
                "drivers/a/include/platform.h": including("low.h"),
                "drivers/a/include/low.h": IO,
            },
            {"-EIO"},
        ),
        (
            {
                "drivers/a/nic/f.c": including("nic.h") + CALL,
                "drivers/a/nic/nic.h": including("mbox.h"),
                "drivers/a/af/mbox.h": including("common.h"),
                "drivers/a/af/common.h": IO,
            },
            {"-EIO"},
        ),
        (
            {
                "drivers/a/nv/f.c": including("engine/disp.h") + CALL,
                "drivers/a/inc/nv/engine/disp.h": including("core/event.h"),
                "drivers/a/inc/nv/core/event.h": IO,
            },
            {"-EIO"},
        ),
        (
            {
                "drivers/a/nic/f.c": including("nic.h") + CALL,
                "drivers/a/nic/nic.h": including("mbox.h"),
                "drivers/b/af/mbox.h": IO,
            },
            UNKNOWN,
        ),
        (
            {
                "drivers/a/f.c": including("hw.h") + CALL,
                "drivers/a/hw.h": IO,
                "drivers/b/hw.h": BUSY,
            },
            {"-EIO"},
        ),
        (
            {
                "drivers/a/f.c": including("one/one.h") + CALL,
                "drivers/a/one/one.h": including("hw.h"),
                "drivers/a/one/hw.h": IO,
                "drivers/a/two/hw.h": BUSY,
            },
            {"-EIO"},
        ),
        (
            {
                "drivers/a/f.c": including("one/one.h") + CALL,
                "drivers/a/one/one.h": including("hw.h"),
                "drivers/a/two/hw.h": IO,
                "drivers/a/three/hw.h": BUSY,
            },
            {"-EIO", "-EBUSY"},
        ),
        (
            {
                "drivers/a/f.c": including("one/one.h") + CALL,
                "drivers/a/one/one.h": "",
                "drivers/a/two/hw.h": IO,
            },
            UNKNOWN,
        ),
        (
            {
                "drivers/a/f.c": including("one/one.h") + CALL,
                "drivers/a/one/one.h": "#ifdef CONFIG_X\n" + including("../two/hw.h") + "#else\n" + BUSY + "#endif\n",
                "drivers/a/two/hw.h": IO,
            },
            {"-EIO", "-EBUSY"},
        ),
        (
            {
                "drivers/a/f.c": including("one/one.h") + CALL,
                "drivers/a/one/one.h": (
                    "#ifdef CONFIG_X\n" + including("../two/hw.h") + "#else\n#define g() (-EBUSY)\n#endif\n"
                ),
                "drivers/a/two/hw.h": IO,
            },
            {"-EIO", "-EBUSY"},
        ),
        (
            {
                "drivers/a/f.c": including("one/one.h") + CALL,
                "drivers/a/one/one.h": "#include <linux/hw.h>\n",
                "include/linux/hw.h": "int g(void);\n",
                "drivers/a/two/hw.h": IO,
                "lib/g.c": "#include <linux/err.h>\nint g(void) { return -ENOMEM; }\n",
            },
            {"-ENOMEM"},
        ),
        (
            {
                "drivers/a/f.c": including("one/one.h") + CALL,
                "drivers/a/one/one.h": "#include <media/hw.h>\n",
                "include/media/hw.h": "int g(void);\n",
                "drivers/a/media/hw.h": IO,
            },
            UNKNOWN,
        ),
        (
            {
                "drivers/a/f.c": including("one/one.h") + CALL,
                "drivers/a/one/one.h": including("../f.c", "one.h", "../two.h"),
                "drivers/a/two.h": including("one/one.h", "three/three.h"),
                "drivers/a/three/three.h": IO,
            },
            {"-EIO"},
        ),
    ],
    ids=[
        "through-headers",
        "folder-above",
        "include-folder-above",
        "folder-beside",
        "folder-above-one-beside",
        "another-neighbourhood",
        "one-of-that-name-beside",
        "one-of-that-name-beside-the-header",
        "two-that-may-be-meant",
        "not-reached",
        "conditional",
        "conditional-or-a-macro",
        "a-public-header-of-that-name",
        "a-public-header-of-another-folder",
        "circle",
    ],
)
def test_what_is_seen_through_headers(tmp_path: Path, files: dict[str, str], values: set[str]) -> None:
    toy = Toy(tmp_path)
    toy.write({path: "#include <linux/err.h>\n" * path.endswith("f.c") + text for path, text in files.items()})
    assert toy.values() == values


class Lines:
    """The include lines of files, by path."""

    def __init__(self, files: Mapping[str, tuple[str, ...]]) -> None:
        self.files = files
        self.asked: list[str] = []

    def includes(self, path: str) -> tuple[str, ...]:
        self.asked.append(path)
        return self.files[path]

    def has(self, path: str) -> bool:
        return path in self.files


def test_what_is_followed_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = {f"d/a{n}/h.h": (f"../a{n + 1}/h.h",) for n in range(9)}
    tree = Lines({"d/f.c": ("a0/h.h",), **chain, "d/a9/h.h": ()})
    assert Seen(tree).sees("d/f.c", "d/a9/h.h")
    monkeypatch.setattr(seen, "MAX_SEEN", 5)
    assert Seen(tree).sees("d/f.c", "d/a4/h.h")
    assert not Seen(tree).sees("d/f.c", "d/a5/h.h")


def test_the_lines_of_a_file_are_read_once() -> None:
    tree = Lines({"d/e/f.c": ("../a.h", "b.h"), "d/e/g.c": ("../a.h",), "d/a.h": ("b.h",), "d/b.h": ()})
    told = Seen(tree)
    for _ in range(2):
        assert told.sees("d/e/f.c", "d/b.h") and told.sees("d/e/g.c", "d/b.h")
        assert not told.sees("d/e/g.c", "d/x/c.h")
    assert sorted(tree.asked) == ["d/a.h", "d/b.h", "d/e/f.c", "d/e/g.c"]


def test_a_public_header_needs_no_look() -> None:
    tree = Lines({})
    told = Seen(tree)
    assert told.sees("d/f.c", "include/linux/a.h") and told.sees("d/f.c", "arch/x86/include/asm/a.h")
    assert told.sees("d/f.c", "d/a.h") and not told.sees("arch/arm/a.c", "arch/x86/include/asm/a.h")
    assert tree.asked == []
