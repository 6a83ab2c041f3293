"""The mask: what it must not touch, what it makes of each shape, and its laws."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.dialect.mask import learn, mask
from kscan.dialect.scan import Depths, depth_at
from kscan.parse.parser import parse

UNTOUCHED = {
    "plain function": b"static int grab(struct page *p)\n{\n\treturn p ? 0 : -EIO;\n}\n",
    "comment": b"/* __init list_for_each_entry(a, b, c) { container_of(p, struct s, m) */\n",
    "unclosed comment": b"int a; /* __init\n",
    "string": b'const char *s = "__user min_t(unsigned int, a, b)";\n',
    "character": b"char c = '\\'', d = '\"';\n",
    "macro body": b"#define TAKE(p) \\\n\tcontainer_of(p, struct s, m) __init\n",
    "prototype": b"int take(struct page *, unsigned int);\n",
    "typedef": b"typedef int take_fn(struct page *, int);\n",
    "member prototype": b"struct ops {\n\tint (*take)(struct page *, unsigned int);\n};\n",
    "cast": b"int f(void)\n{\n\treturn take((struct page *)x, (unsigned long)y);\n}\n",
    "sizeof": b"int f(void)\n{\n\treturn sizeof(struct page *) + sizeof(unsigned int);\n}\n",
    "member named like an annotation": b"int f(void)\n{\n\treturn p->__unused + q.__force;\n}\n",
    "word that holds an annotation": b"int __initial, my__init, noinline_me;\n",
    "call of a walker": b"int f(void)\n{\n\tint ret = bus_for_each_dev(bus, fn);\n\n\treturn ret;\n}\n",
    "definition of a walker": b"int bus_for_each_thing(struct bus *b)\n{\n\treturn 0;\n}\n",
    "annotation as argument": b"int f(void)\n{\n\treturn hook(fn, __initdata);\n}\n",
    "designated range": b"int t[] = { [0 ... 3] = 1 };\n",
    "return type on its own line": b"static int\ngrab(a, b)\n{\n\treturn 0;\n}\n",
    "variable arguments": b"int f(const char *fmt, ...)\n{\n\treturn 0;\n}\n",
    "export": b"EXPORT_SYMBOL_GPL(grab);\n",
}

MASKED = {
    "annotation": (b"static int __init f(void);", b"static int        f(void);"),
    "annotation with arguments": (b"void f(void) __must_hold(&l->lock);", b"void f(void)                      ;"),
    "attribute": (b"int __attribute__((aligned(8))) x;", b"int                             x;"),
    "word without underscores": (b"static noinline int f(void);", b"static          int f(void);"),
    "type in a call": (
        b"\nint f(void)\n{\n\treturn container_of(p, struct s, m);\n}",
        b"\nint f(void)\n{\n\treturn container_of(p, struct_s, m);\n}",
    ),
    "two words of a type": (
        b"int f(void)\n{\n\treturn min_t(unsigned int, a, b);\n}",
        b"int f(void)\n{\n\treturn min_t(unsigned_int, a, b);\n}",
    ),
    "type over two lines": (
        b"int f(void)\n{\n\treturn entry(p, const struct\n\t\ts, m);\n}",
        b"int f(void)\n{\n\treturn entry(p, const_struct\n   , m);\n}",
    ),
    "pointer type": (
        b"int f(void)\n{\n\treturn va_arg(ap, u64 *);\n}",
        b"int f(void)\n{\n\treturn va_arg(ap, u64__);\n}",
    ),
    "loop": (
        b"void f(void)\n{\n\tlist_for_each_entry(a, b, c) {\n\t}\n}",
        b"void f(void)\n{\n\twhile              (a, b, c) {\n\t}\n}",
    ),
    "loop without a block": (
        b"void f(void)\n{\n\tfor_each_node(n)\n\t\tuse(n);\n}",
        b"void f(void)\n{\n\twhile        (n)\n\t\tuse(n);\n}",
    ),
    "loop that ends a do": (
        b"void f(void)\n{\n\tdo {\n\t} for_each_range(v, e);\n}",
        b"void f(void)\n{\n\tdo {\n\t} while         (v, e);\n}",
    ),
    "loop without arguments": (
        b"void f(void)\n{\n\tdo_each_set(a, b) {\n\t} while_each_set();\n}",
        b"void f(void)\n{\n\tdo                {\n\t} while        (1);\n}",
    ),
    "guard": (
        b"void f(void)\n{\n\tscoped_guard(mutex, &m) {\n\t}\n}",
        b"void f(void)\n{\n\tif          (mutex, &m) {\n\t}\n}",
    ),
    "jump in a guard": (
        b"void f(void)\n{\n\tscoped_cond_guard(try, return -EINTR, &m) {\n\t}\n}",
        b"void f(void)\n{\n\tif               (try, return__EINTR, &m) {\n\t}\n}",
    ),
    "case range": (
        b"int f(int a)\n{\n\tswitch (a) {\n\tcase 1 ... 3:\n\t\treturn 1;\n\t}\n}",
        b"int f(int a)\n{\n\tswitch (a) {\n\tcase 1 |   3:\n\t\treturn 1;\n\t}\n}",
    ),
    "typeof": (b"void f(void)\n{\n\ttypeof(*p) q = 1;\n}", b"void f(void)\n{\n\ttypeof__p_ q = 1;\n}"),
    "static macro": (
        b"void f(void)\n{\n\tstatic LIMIT(rs, 5 * HZ);\n}",
        b"void f(void)\n{\n\t       LIMIT(rs, 5 * HZ);\n}",
    ),
    "macro before a function": (b"DEFINE_THING(x)\nint f(void);", b"              ;\nint f(void);"),
    "macro that heads a function": (
        b"SYSCALL_DEFINE1(nap, int, n)\n{\n\treturn n;\n}",
        b"int _LL_DEFINE1(nap, int, n)\n{\n\treturn n;\n}",
    ),
    "nothing but zero": (b"#if 0\nint a;\n#else\nint b;\n#endif", b"     \n      \n     \nint b;\n      "),
}

KCONFIG = {"CONFIG_ONE": "y", "CONFIG_MOD": "m", "CONFIG_NUM": "12"}


@pytest.mark.parametrize("text", UNTOUCHED.values(), ids=UNTOUCHED)
def test_is_left_alone(text: bytes) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(("before", "after"), MASKED.values(), ids=MASKED)
def test_becomes(before: bytes, after: bytes) -> None:
    assert mask(before) == after
    assert mask(after) == after


@pytest.mark.parametrize("name", list(MASKED))
def test_parses_afterwards(name: str) -> None:
    tree = parse(mask(MASKED[name][0]))
    assert tree is not None
    assert not tree.root_node.has_error


@pytest.mark.parametrize(
    ("condition", "keeps"),
    [
        (b"ifdef CONFIG_ONE", b"yes"),
        (b"ifdef CONFIG_NONE", b"no"),
        (b"ifndef CONFIG_ONE", b"no"),
        (b"ifdef CONFIG_MOD", b"no"),
        (b"if IS_ENABLED(CONFIG_MOD)", b"yes"),
        (b"if IS_BUILTIN(CONFIG_MOD)", b"no"),
        (b"if defined(CONFIG_MOD_MODULE)", b"yes"),
        (b"if defined(CONFIG_ONE) && !defined(CONFIG_NONE)", b"yes"),
        (b"if CONFIG_NUM > 11", b"yes"),
        (b"if (CONFIG_NUM) == 0x0c && 1", b"yes"),
        (b"if 0 && defined(__arch__)", b"no"),
        (b"if defined(__arch__) || CONFIG_ONE", b"yes"),
        (b"if defined(__arch__)", b"yes no"),
        (b"if SOMETHING(", b"yes no"),
    ],
)
def test_configuration_chooses_the_branch(condition: bytes, keeps: bytes) -> None:
    text = b"#" + condition + b"\nyes\n#else\nno\n#endif\n"
    words = [word for word in mask(text, kconfig=KCONFIG).split() if word in (b"yes", b"no")]
    assert b" ".join(words) == keeps


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (b"IS_ENABLED(CONFIG_ONE)", b"1"),
        (b"IS_ENABLED(CONFIG_MOD)", b"1"),
        (b"IS_ENABLED( CONFIG_NONE )", b"0"),
        (b"IS_BUILTIN(CONFIG_MOD)", b"0"),
        (b"IS_MODULE (CONFIG_MOD)", b"1"),
        (b"IS_REACHABLE(CONFIG_ONE)", b"1"),
        (b"IS_REACHABLE(CONFIG_NONE)", b"0"),
        (b"IS_REACHABLE(CONFIG_MOD)", b""),
        (b"IS_ENABLED(option)", b""),
        (b"MY_IS_ENABLED(CONFIG_ONE)", b""),
        (b"LL_IS_ENABLED(CONFIG_ONE)", b""),
    ],
)
def test_what_code_asks_of_an_option_is_answered(asked: bytes, answer: bytes) -> None:
    text = b"int f(void)\n{\n\treturn !%b ? 0 : -EIO; /* %b */\n}\n" % (asked, asked)
    masked = mask(text, kconfig=KCONFIG)
    assert masked == (text.replace(asked, answer.ljust(len(asked)), 1) if answer else text)
    assert mask(masked, kconfig=KCONFIG) == masked
    assert mask(text) == text


def test_include_guard_is_no_branch() -> None:
    text = b"#ifndef _A_H\n#define _A_H\nint a;\n#endif\n"
    assert mask(text, kconfig=KCONFIG) == text


def test_extra_words_are_blanked() -> None:
    extra = frozenset({b"__mine", b"__held("})
    assert mask(b"int __mine f(void) __held(x);", extra) == b"int        f(void)          ;"


def test_extra_words_in_capitals_are_blanked_and_parts_of_others_are_not() -> None:
    extra = frozenset({b"MINE_ALIGNED", b"MINE_HELD("})
    text = b"int a MINE_ALIGNED; int NOT_MINE_ALIGNED; int fMINE_ALIGNED; void g(void) MINE_HELD(x);"
    left = b"int a             ; int NOT_MINE_ALIGNED; int fMINE_ALIGNED; void g(void)             ;"
    assert mask(text, extra) == left


@given(st.text(alphabet="{}\n a", max_size=60), st.lists(st.integers(0, 60)))
def test_depths_are_those_of_single_looks(text: str, offsets: list[int]) -> None:
    data = text.encode()
    depths = Depths(data)
    for offset in sorted(min(offset, len(data)) for offset in offsets):
        assert depths.at(offset) == depth_at(data, offset)


def test_words_of_the_file_itself_are_blanked_too() -> None:
    text = (
        b"#define nosched __attribute__((x))\n#define __held(l) __attribute__((x))\nint nosched f(int __held(l) p);\n"
    )
    lines = mask(text, frozenset({b"__held"})).splitlines()
    assert lines[2] == b"int         f(int           p);"


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (b"#define __mine __attribute__((unused))\n", {b"__mine"}),
        (b"#define __mine \\\n\t__attribute__((unused))\n", {b"__mine"}),
        (b"#define __my_init\n", {b"__my_init"}),
        (b"#define __held(x) __attribute__((context(x)))\n", {b"__held("}),
        (b"#define quick_inline __always_inline\n", {b"quick_inline"}),
        (b"#define __read(x) \\\n\t(x)\n", set()),
        (b"#define __MY_H\n", set()),
        (b"#define __value 3\n", set()),
        (b"#define __alias_of __other_function\n", set()),
        (b"#define __aligned_thing __u64 __attribute__((aligned(8)))\n", set()),
    ],
)
def test_learns_annotations(header: bytes, words: set[bytes]) -> None:
    assert learn(header) == frozenset(words)


def _newlines(text: bytes) -> list[int]:
    return [at for at, byte in enumerate(text) if byte == 10]


PIECES = st.sampled_from(
    list(UNTOUCHED.values())
    + [before for before, _ in MASKED.values()]
    + [
        b"/*",
        b"*/",
        b'"',
        b"'",
        b"#if 0",
        b"#endif",
        b"\\\n",
        b"(",
        b")",
        b"{",
        b"}",
        b"__init",
        b"typeof(",
        b"\n",
        b" ",
    ]
)


@given(st.lists(PIECES | st.binary(max_size=6), max_size=12).map(b"".join))
def test_laws(text: bytes) -> None:
    once = mask(text)
    assert len(once) == len(text)
    assert _newlines(once) == _newlines(text)
    assert mask(once) == once


@pytest.mark.linux
@pytest.mark.parametrize("folder", ["mm", "fs/ext4", "include/linux"])
def test_laws_on_a_real_tree(linux_73: Path, folder: str) -> None:
    for path in sorted((linux_73 / folder).glob("*.[ch]")):
        text = path.read_bytes()
        once = mask(text)
        assert len(once) == len(text), path
        assert _newlines(once) == _newlines(text), path
        assert mask(once) == once, path
