"""Which definition a call means: the file's own static one, headers it can see, globals, and variants side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.link import catalog
from tests.toy import Toy

CALL = "#include <linux/err.h>\n#include <linux/frobs.h>\nint f(void) { return g(); }\n"
DECLARED = "int g(void);\n"
OTHER = "#include <linux/err.h>\nint g(void) { return -EBUSY; }\n"
INLINE = "static inline int g(void) { return -ENODEV; }\n"
AROUND = "static inline int f(void) { return g(); }\n"
MACRO = "int __g(int a);\n#define g() __g(1)\n"
REAL = OTHER.replace("g(void)", "__g(int a)")
STUBBED = f"#ifdef CONFIG_FROBS\n{DECLARED}#else\n{INLINE}#endif\n"


@pytest.mark.parametrize(
    ("files", "values"),
    [
        ({"mm/f.c": CALL, "include/linux/frobs.h": DECLARED, "lib/g.c": OTHER}, {"-EBUSY"}),
        ({"mm/f.c": CALL, "include/linux/frobs.h": INLINE}, {"-ENODEV"}),
        ({"mm/f.c": CALL, "include/linux/frobs.h": STUBBED, "lib/g.c": OTHER}, {"-EBUSY", "-ENODEV"}),
        ({"mm/f.c": "static int g(void) { return -EIO; }\n" + CALL, "lib/g.c": OTHER}, {"-EIO"}),
        ({"mm/f.c": "static int g(void) { return -EIO; }\n" + CALL, "include/linux/frobs.h": INLINE}, {"-EIO"}),
        ({"mm/f.c": CALL, "lib/g.c": OTHER.replace("int g", "static int g")}, {"open", "unknown"}),
        ({"mm/f.c": CALL, "include/linux/frobs.h": DECLARED}, {"open", "unknown"}),
        ({"mm/f.c": CALL + "int g(void) { return -EIO; }\n"}, {"-EIO"}),
        ({"mm/f.c": '#include "part.c"\n' + CALL, "mm/part.c": "static int g(void) { return -EIO; }\n"}, {"-EIO"}),
        ({"mm/f.c": "int g(void) { return -EIO; }\n" + CALL, "include/linux/frobs.h": STUBBED}, {"-EIO"}),
        (
            {
                "mm/f.c": "#ifdef CONFIG_X\nint g(void) { return -EIO; }\n#endif\n" + CALL,
                "include/linux/frobs.h": STUBBED,
            },
            {"-EIO", "-ENODEV"},
        ),
        ({"mm/f.c": CALL, "mm/frobs.h": INLINE}, {"-ENODEV"}),
        (
            {
                "mm/f.c": CALL.replace("linux/", ""),
                "drivers/frob/frobs.h": INLINE.replace("ENODEV", "EIO"),
                "lib/g.c": OTHER,
            },
            {"-EBUSY", "-EIO"},
        ),
        (
            {"mm/f.c": CALL, "drivers/frob/frobs.h": INLINE, "lib/g.c": OTHER},
            {"-EBUSY"},
        ),
        ({"mm/f.c": CALL, "drivers/frob/strange.h": INLINE, "lib/g.c": OTHER}, {"-EBUSY"}),
        (
            {"mm/f.c": CALL, "arch/arm64/mm/g.c": OTHER, "arch/x86/mm/g.c": OTHER.replace("EBUSY", "EIO")},
            {"-EBUSY", "-EIO"},
        ),
        ({"include/linux/frobs.h": STUBBED + AROUND, "lib/g.c": OTHER}, {"-EBUSY", "-ENODEV"}),
        (
            {"mm/f.c": CALL, "include/linux/frobs.h": STUBBED.replace(DECLARED, MACRO), "lib/g.c": REAL},
            {"-EBUSY", "-ENODEV"},
        ),
        ({"include/linux/frobs.h": INLINE + AROUND, "lib/g.c": OTHER}, {"-ENODEV"}),
        ({"mm/f.c": f"#ifdef CONFIG_X\n{INLINE}#endif\n{CALL}", "lib/g.c": OTHER}, {"-ENODEV"}),
        (
            {
                "mm/f.c": f"#ifndef CONFIG_FROBS\n{INLINE.replace('ENODEV', 'EIO')}#endif\n" + CALL,
                "include/linux/frobs.h": f"#ifdef CONFIG_FROBS\n{INLINE}#endif\n",
            },
            {"-EIO", "-ENODEV"},
        ),
    ],
    ids=[
        "global",
        "inline",
        "stub-and-global",
        "static-before-global",
        "static-before-inline",
        "static-elsewhere",
        "declared-only",
        "own-global",
        "static-of-an-included-source",
        "own-global-before-stub",
        "own-global-of-a-configuration",
        "header-next-to-it",
        "included-by-name",
        "public-one-included-by-this-name",
        "header-not-included",
        "one-per-architecture",
        "stub-and-global-in-the-header-of-the-stub",
        "stub-of-a-macro",
        "inline-in-its-header",
        "static-of-a-configuration",
        "static-for-lack-of-an-inline",
    ],
)
def test_what_a_call_means(tmp_path: Path, files: dict[str, str], values: set[str]) -> None:
    toy = Toy(tmp_path)
    toy.write(files)
    assert toy.values() == values


@pytest.mark.parametrize(
    ("files", "values"),
    [
        ({"include/linux/frobs.h": "#define LEVEL 3\n"}, {"3"}),
        ({"include/linux/frobs.h": "#define BASE 2\n#define LEVEL (BASE + 1)\n"}, {"3"}),
        ({"include/linux/frobs.h": "enum { NONE, SOME, LEVEL };\n"}, {"2"}),
        ({"include/linux/frobs.h": "#ifdef X\n#define LEVEL 3\n#else\n#define LEVEL 4\n#endif\n"}, {"open", "unknown"}),
        ({"include/linux/frobs.h": "#ifdef X\n#define LEVEL 3\n#else\n#define LEVEL 3\n#endif\n"}, {"3"}),
        ({"mm/internal.h": "#define LEVEL 5\n"}, {"5"}),
        ({"include/linux/frobs.h": "#define LEVEL LEVEL\n"}, {"open", "unknown"}),
        ({"include/linux/frobs.h": "#define LEVEL OTHER\n#define OTHER LEVEL\n"}, {"open", "unknown"}),
        ({"lib/g.c": "#define LEVEL 3\n"}, {"open", "unknown"}),
    ],
    ids=[
        "macro",
        "of-another",
        "enumerator",
        "two-values",
        "twice-the-same",
        "private-header",
        "itself",
        "each-other",
        "in-a-c-file",
    ],
)
def test_what_a_constant_means(tmp_path: Path, files: dict[str, str], values: set[str]) -> None:
    toy = Toy(tmp_path)
    text = '#include <linux/frobs.h>\n#include "internal.h"\nint f(void) { return LEVEL; }\n'
    toy.write({"mm/f.c": text, **files})
    assert toy.values() == values


def test_the_own_files_constant_comes_first(tmp_path: Path) -> None:
    toy = Toy(tmp_path)
    toy.write(
        {"include/linux/frobs.h": "#define LEVEL 3\n", "mm/f.c": "#define LEVEL 7\nint f(void) { return LEVEL; }\n"}
    )
    assert toy.values() == {"7"}


def test_a_function_that_a_macro_writes(tmp_path: Path) -> None:
    toy = Toy(tmp_path)
    made = "#define FROB(name, err) static int name(void) { return err; }\nFROB(g, -EIO)\nint f(void) { return g(); }\n"
    assert toy.c(made).values() == {"-EIO"}
    assert toy.values("g") == {"-EIO"}


@pytest.mark.parametrize(
    ("macro", "values"),
    [
        ("#define say(sb, fmt, ...) tell(sb, fmt, ##__VA_ARGS__)", {"-EIO"}),
        ("#define say(sb, fmt, args...) tell(sb, fmt, ## args)", {"-EIO"}),
        ("#define say(sb, ...) tell(sb, __VA_ARGS__)", {"-EIO"}),
        ("#define say(...) tell(__VA_ARGS__)", {"-EIO"}),
        ("#define say(sb, ...) (__VA_ARGS__)", {"open", "unknown"}),
        ("#define say(sb, fmt, ...) tell(sb, fmt __VA_OPT__(,) __VA_ARGS__)", {"-EIO"}),
        ("#define say(sb, fmt, ...) tell(sb, fmt __VA_OPT__(+ 1))", {"open", "unknown"}),
        ("#define say(sb, fmt, ...) te##ll(sb, fmt, ##__VA_ARGS__)", {"open", "unknown"}),
        ("#define say(sb, fmt, ...) tell(sb, #fmt, ##__VA_ARGS__)", {"-EIO"}),
    ],
    ids=["comma", "named", "rest", "all", "the-rest-itself", "optional", "optional-text", "pasted", "quoted"],
)
def test_a_macro_of_any_number_of_arguments(tmp_path: Path, macro: str, values: set[str]) -> None:
    toy = Toy(tmp_path)
    tell = "static int tell(int level, const char *text, ...) { return -EIO; }\n"
    assert toy.c(f'{tell}{macro}\nint f(void) {{ return say(3, "%d", 4); }}\n').values() == values


def test_a_fixed_argument_before_further_ones_is_known(tmp_path: Path) -> None:
    toy = Toy(tmp_path)
    tell = "static int tell(int level, int more) { return level ? -EIO : more ? -EBUSY : 0; }\n"
    macro = "#define say(level, ...) tell(level, ##__VA_ARGS__)\n"
    assert toy.c(f"{tell}{macro}int f(void) {{ return say(1, 0); }}\n").values() == {"-EIO"}
    assert toy.c(f"{tell}{macro}int f(void) {{ return say(0, 0); }}\n").values() == {"0", "-EBUSY"}


def test_a_file_that_was_let_go_is_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toy = Toy(tmp_path)
    toy.write({f"mm/{name}.c": f"int {name}(int x)\n{{\n\treturn x ? -EIO : 0;\n}}\n" for name in "abc"})
    with toy.program() as program:
        functions = [one for name in "abc" for one in program.catalog.definitions(name, "mm/x.c")]
        held = [program.catalog.codes(one) for one in functions]
    assert len(held) == 3 and all(held)
    monkeypatch.setattr(catalog, "_MAX_OPENED", 1)
    monkeypatch.setattr(catalog, "_MAX_CODES", 1)
    with toy.program() as program:
        assert [program.catalog.codes(one) for one in (*functions, *functions)] == [*held, *held]
