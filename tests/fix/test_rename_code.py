"""What a rename changes in C and what it must not: names marked with << >> change, all others stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan import api
from tests.fix.renaming import DECLARED, DEFINED, contents, expected, run, tree

HEADER = "include/linux/grab.h"

STAYS = {
    "field": "struct s { int grab_page; };\nint f(struct s *p)\n{\n\treturn p->grab_page;\n}\n",
    "field of a value": "struct s { int grab_page; } v;\nint f(void)\n{\n\treturn v.grab_page;\n}\n",
    "pointer field": "struct o { int (*grab_page)(int n); };\nint f(struct o *o)\n{\n\treturn o->grab_page(1);\n}\n",
    "designator": "struct ops o = { .grab_page = <<grab_page>>, };\n",
    "designator alone": "struct ops o = { .grab_page = other, };\n",
    "old designator": "int f(void)\n{\n\tstruct s v = { .grab_page = 1, .b = 2 };\n\treturn v.b;\n}\n",
    "tag": "struct grab_page { int n; };\nstruct grab_page *f(struct grab_page *p)\n{\n\treturn p;\n}\n",
    "enum tag": "enum grab_page { A, B };\nint f(enum grab_page e)\n{\n\treturn e;\n}\n",
    "label": "int f(int n)\n{\n\tif (n)\n\t\tgoto grab_page;\n\tn = 1;\ngrab_page:\n\treturn n;\n}\n",
    "local": "int f(void)\n{\n\tint grab_page = 1;\n\n\treturn grab_page + 1;\n}\n",
    "local pointer": "int f(int *q)\n{\n\tint *grab_page = q;\n\n\treturn *grab_page;\n}\n",
    "local of a block": (
        "int f(struct page *p)\n{\n\tif (p) {\n\t\tint grab_page = 2;\n\n\t\tuse(grab_page);\n\t}\n"
        "\treturn <<grab_page>>(p);\n}\n"
    ),
    "local of a loop": "void f(void)\n{\n\tfor (int grab_page = 0; grab_page; grab_page++)\n\t\tx(grab_page);\n}\n",
    "function pointer as local": "int f(void)\n{\n\tint (*grab_page)(int) = g;\n\n\treturn grab_page(1);\n}\n",
    "parameter": "int f(int grab_page)\n{\n\treturn grab_page;\n}\n",
    "parameter of a prototype": "int f(int a, int grab_page);\n",
    "parameter of a system call": "SYSCALL_DEFINE2(odd, int, grab_page, int, b)\n{\n\treturn grab_page + b;\n}\n",
    "macro parameter": "#define TWICE(grab_page) ((grab_page) + (grab_page))\n",
    "local of a macro": "#define MAX3(a) ({ int grab_page = (a); grab_page; })\n",
    "field in a macro": "#define N(p) ((p)->grab_page)\n",
    "file name": '#include "grab_page.h"\n#include <linux/grab_page.h>\n',
    "part of a pasted name": "#define F(x) grab_page##x\n",
    "argument of offsetof": "int f(void)\n{\n\treturn offsetof(struct s, grab_page);\n}\n",
    "argument that macros take as a field": (
        "#define first_of(p, m) (&(p)->m)\n#define outer(p, m) first_of(p, m)\n"
        "int *f(struct s *p)\n{\n\treturn outer(p, grab_page);\n}\n"
    ),
    "argument that is only part of names": "#define ATTR(x) int dev_attr_##x = show_##x\nATTR(grab_page);\n",
    "argument that is only quoted": "#define NAME(x) #x\nchar *f(void)\n{\n\treturn NAME(grab_page);\n}\n",
    "variable that a macro declares": (
        "#define LIST(x) struct list x = { 0 }\nvoid f(void)\n{\n\tLIST(grab_page);\n\n\tadd(&grab_page);\n}\n"
    ),
    "field of an event": (
        "#define __field(t, n) t n;\n#define FIELDS(f) struct entry { f };\n#define EVENT(name, f) f\n"
        "EVENT(some,\n\tFIELDS(__field(int, grab_page))\n);\n"
    ),
    "argument of an event": (
        "TRACE_EVENT(some,\n\tTP_PROTO(struct page *page, int grab_page),\n\tTP_ARGS(page, grab_page)\n);\n"
    ),
    "operand of the assembler": (
        'void f(int n)\n{\n\tasm volatile("mov %[grab_page], r1" :: [grab_page] "r" (n));\n}\n'
    ),
    "larger names": "int my_grab_page(void);\nint grab_page_all(void);\nint grab_pages(void);\n",
    "field in a comment": "/* p->grab_page, .grab_page and struct grab_page are others */\n",
    "file name in a comment": "/* see mm/grab_page.c and Documentation/mm/grab_page.rst */\n",
    "comment where a field has the name": "struct s {\n\tint grab_page;\t/* grab_page counts them */\n};\n",
    "member of kernel-doc": "/**\n * struct s - a thing\n * @grab_page: its\n */\nstruct s {\n\tint grab_page;\n};\n",
    "string": 'char *f(void)\n{\n\treturn "grab_page";\n}\n',
    "user-visible entry": 'void f(void)\n{\n\tdebugfs_create_file("grab_page", 0444, NULL, NULL, &ops);\n}\n',
    "path in a string": 'char *s = "/sys/kernel/mm/grab_page/on";\n',
}

CHANGES = {
    "call": "int f(struct page *p)\n{\n\treturn <<grab_page>>(p);\n}\n",
    "address": "int (*fn)(struct page *) = <<grab_page>>;\nint (*g)(struct page *) = &<<grab_page>>;\n",
    "argument": "int f(struct page *p)\n{\n\treturn apply(<<grab_page>>, p);\n}\n",
    "case of a field and the function": "int f(struct s *o)\n{\n\treturn o->grab_page == <<grab_page>>;\n}\n",
    "export": "#define EXPORT_SYMBOL(s) extern typeof(s) s; char __x_##s[] = #s\nEXPORT_SYMBOL(<<grab_page>>);\n",
    "export not known": "EXPORT_SYMBOL_GPL(<<grab_page>>);\n",
    "BTF list": "BTF_ID_FLAGS(func, <<grab_page>>, KF_RET_NULL)\n",
    "macro body": "#define grab_head(p) <<grab_page>>(p)\n",
    "condition": "#ifndef <<grab_page>>\n#define <<grab_page>> <<grab_page>>\n#endif\n",
    "local prototype": "void f(void)\n{\n\textern int <<grab_page>>(struct page *page);\n}\n",
    "inside a statement expression": "int f(struct page *p)\n{\n\treturn ({ int r = <<grab_page>>(p); r; });\n}\n",
    "after a label": "int f(struct page *p)\n{\nout:\n\treturn <<grab_page>>(p);\n}\n",
    "conditional expression": "int f(struct page *p)\n{\n\treturn p ? <<grab_page>>(p) : 0;\n}\n",
    "case label and ternary": "int f(int n)\n{\n\treturn n ? A : <<grab_page>>(0);\n}\n",
    "comment": "/* <<grab_page>>() takes a page, as <<grab_page>> does. */\n",
    "comment of slashes": "// see <<grab_page>>() or hold/<<grab_page>>\n",
    "kernel-doc": "/**\n * <<grab_page>>() - take a page\n * @page: of it\n */\nint x;\n",
    "kernel-doc without parentheses": "/**\n * <<grab_page>> - take a page\n */\nint x;\n",
    "lookup": 'struct kprobe kp = { .symbol_name = "<<grab_page>>" };\n',
    "lookup by call": 'void *f(void)\n{\n\treturn (void *)kallsyms_lookup_name("<<grab_page>>");\n}\n',
    "assembler template": 'void f(void)\n{\n\tasm volatile("call <<grab_page>>\\n\\tnop");\n}\n',
    "alias": 'int other(void) __attribute__((alias("<<grab_page>>")));\n',
    "message": 'void f(struct page *p)\n{\n\tif (<<grab_page>>(p))\n\t\tpr_err("<<grab_page>>() failed\\n");\n}\n',
    "message without parentheses": (
        'void f(struct page *p)\n{\n\tif (<<grab_page>>(p))\n\t\tpr_err("%s: <<grab_page>> failed\\n", s);\n}\n'
    ),
    "windows line ends": "int f(struct page *p)\r\n{\r\n\treturn <<grab_page>>(p);\r\n}\r\n",
    "latin-1": b"/* M\xfcller: <<grab_page>>() */\nint f(void)\n{\n\treturn <<grab_page>>(0); /* \xe9 */\n}\n",
    "no newline at the end": "int f(void) { return <<grab_page>>(0); }",
}


@pytest.mark.parametrize("text", [*STAYS.values(), *CHANGES.values()], ids=[*STAYS, *CHANGES])
def test_code(tmp_path: Path, text: str | bytes) -> None:
    files = {HEADER: DECLARED, "mm/grab.c": DEFINED, "mm/user.c": text}
    root = tree(tmp_path, files)
    before = contents(root, files)
    result = run(root)
    api.rename_files(result)
    assert contents(root, files) == {path: expected(one, "grab_page", "take_page") for path, one in files.items()}
    assert {place.span.file for place in result.left if "user.c" in place.span.file} <= {"mm/user.c"}
    api.rename_files(run(root, "take_page", "grab_page"))
    assert contents(root, files) == before


@pytest.mark.parametrize("name", STAYS)
def test_what_stays_is_listed_with_a_reason(tmp_path: Path, name: str) -> None:
    files = {HEADER: DECLARED, "mm/grab.c": DEFINED, "mm/user.c": STAYS[name]}
    listed = [one for one in run(tree(tmp_path, files)).left if one.span.file == "mm/user.c"]
    stays = STAYS[name].replace("<<grab_page>>", "")
    words = stays.replace("my_grab_page", "").replace("grab_page_all", "").replace("grab_pages", "").count("grab_page")
    assert len(listed) == words
    assert all(one.why for one in listed)


KINDS = {
    "macro": ("#define <<grab_page>>(p) ((p) + 1)\n", "int f(int a)\n{\n\treturn <<grab_page>>(a);\n}\n"),
    "constant macro": ("#define <<grab_page>> 3\n", "int a[<<grab_page>>];\n#if <<grab_page>> > 2\n#endif\n"),
    "enumerator": (
        "enum e { FIRST, <<grab_page>>, };\n",
        "int f(int n)\n{\n\tswitch (n) {\n\tcase <<grab_page>>:\n\t\treturn 1;\n\t}\n\treturn 0;\n}\n",
    ),
    "variable": (
        "extern int <<grab_page>>;\n",
        "int <<grab_page>> = 2;\nint f(void)\n{\n\treturn <<grab_page>>++;\n}\n",
    ),
    "variable of a macro": (
        "#define DEFINE_LOCK(x) struct lock x = { 0 }\n",
        "static DEFINE_LOCK(<<grab_page>>);\nvoid f(void)\n{\n\thold(&<<grab_page>>);\n}\n",
    ),
    "type": ("typedef int <<grab_page>>;\n", "<<grab_page>> f(<<grab_page>> a)\n{\n\treturn (<<grab_page>>)a;\n}\n"),
    "tag": (
        "struct <<grab_page>> {\n\tint grab_page;\n};\n",
        '/* struct <<grab_page>> is not grab_page() */\nchar *s = "struct <<grab_page>>, grab_page";\n'
        "int f(struct <<grab_page>> *grab_page)\n{\n\treturn grab_page->grab_page;\n}\n",
    ),
    "stub beside the function": (
        "#ifdef CONFIG_MMU\nint <<grab_page>>(int a);\n#else\n"
        "static inline int <<grab_page>>(int a)\n{\n\treturn 0;\n}\n#endif\n",
        "int <<grab_page>>(int a)\n{\n\treturn a;\n}\n",
    ),
    "macro for a field": (
        "struct s {\n\tint a;\n};\nstruct t {\n\tstruct s inner;\n#define <<grab_page>> inner.a\n};\n",
        "int f(struct t *t)\n{\n\treturn t-><<grab_page>>;\n}\n",
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_kinds_of_symbols(tmp_path: Path, name: str) -> None:
    header, user = KINDS[name]
    files = {HEADER: header, "mm/user.c": f"#include <linux/grab.h>\n{user}"}
    root = tree(tmp_path, files)
    before = contents(root, files)
    api.rename_files(run(root))
    assert contents(root, files) == {path: expected(one, "grab_page", "take_page") for path, one in files.items()}
    api.rename_files(run(root, "take_page", "grab_page"))
    assert contents(root, files) == before


def test_each_static_of_several_files_is_its_own(tmp_path: Path) -> None:
    static = (
        "static int %s(void)\n{\n\treturn 0;\n}\n/* grab_page() is here */\nint %s(void)\n{\n\treturn grab_page();\n}\n"
    )
    ours = static.replace("grab_page", "<<grab_page>>") % ("<<grab_page>>", "a")
    files = {"mm/a.c": ours, "mm/b.c": static % ("grab_page", "b"), "Documentation/x.rst": "``grab_page()`` is one.\n"}
    root = tree(tmp_path, files)
    api.rename_files(run(root, "mm/a.c:grab_page"))
    assert contents(root, files) == {path: expected(one, "grab_page", "take_page") for path, one in files.items()}


def test_a_name_glued_from_an_argument_changes_there(tmp_path: Path) -> None:
    files = {
        HEADER: "#define GETTER(x) static inline int get_##x(void) { return 0; }\n",
        "mm/user.c": "GETTER(<<one>>)\nint f(void)\n{\n\treturn <<get_one>>();\n}\n",
    }
    root = tree(tmp_path, files)
    api.rename_files(run(root, "get_one", "get_two"))
    assert (root / "mm/user.c").read_text() == "GETTER(two)\nint f(void)\n{\n\treturn get_two();\n}\n"
