"""What a rename changes in documentation, scripts, Python and lists: names marked with << >> change, others stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan import api
from tests.fix.renaming import DECLARED, DEFINED, contents, expected, run, tree

STAYS = {
    "path in a document": ("Documentation/mm/a.rst", "See /sys/kernel/grab_page and mm/grab_page.c.\n"),
    "field in a document": ("Documentation/mm/a.rst", "The field is ``p->grab_page`` or grab_page.\n"),
    "name of a file's attribute": ("Documentation/ABI/testing/a", "What:\t\t/sys/devices/x/grab_page\n"),
    "option of the command line": (
        "Documentation/admin-guide/kernel-parameters.txt",
        "\tgrab_page=\t[KNL] on or off\n",
    ),
    "manual page": ("Documentation/mm/a.rst", "See grab_page(2).\n"),
    "tag in a document": ("Documentation/mm/a.rst", "A struct grab_page is another thing.\n"),
    "hyphenated word": ("Documentation/mm/a.rst", "The no-grab_page case.\n"),
    "option of Kconfig": ("mm/Kconfig", "config grab_page\n\tbool\n\tdepends on grab_page\n"),
    "object of a Makefile": ("mm/Makefile", "obj-y += grab_page.o\n"),
    "variable of a script": ("tools/testing/selftests/mm/a.sh", "grab_page=1\necho $grab_page kprobe_events\n"),
    "function of a script": ("tools/testing/selftests/mm/a.sh", "grab_page() {\n\ttrue\n}\ngrab_page\n"),
    "word of a script": ("tools/testing/selftests/mm/a.sh", "echo grab_page\n"),
    "Python's own function": ("scripts/gdb/linux/a.py", "def grab_page(n):\n    return n\n\n\nx = grab_page(1)\n"),
    "Python's own attribute": ("scripts/gdb/linux/a.py", "class A:\n    def f(self):\n        return self.grab_page\n"),
    "key in Python": ("tools/a.py", 'd = {"grab_page": 1}\n'),
    "field in an expression": ("scripts/gdb/linux/a.py", 'import gdb\nx = gdb.parse_and_eval("head.grab_page")\n'),
    "Rust's own name": ("rust/kernel/a.rs", "fn grab_page() {}\nlet a = self.grab_page();\n"),
    "device tree": ("arch/arm/boot/dts/a.dts", "/ { grab_page: node { grab_page = <1>; }; };\n"),
    "schema": ("Documentation/devicetree/bindings/a.yaml", "properties:\n  grab_page:\n    type: string\n"),
    "program of its own": (
        "tools/mm/a.c",
        "int grab_page(int n)\n{\n\treturn n;\n}\nint f(void) { return grab_page(1); }\n",
    ),
    "program with a library beside it": (
        "tools/testing/selftests/kvm/a.c",
        '#include "../lib/x.c"\nint f(void)\n{\n\treturn grab_page(1);\n}\n',
    ),
    "variable of a program made of the kernel's sources": (
        "tools/testing/radix-tree/a.c",
        '#include "../../../lib/x.c"\nint grab_page;\nint f(void)\n{\n\treturn grab_page++;\n}\n',
    ),
    "program with the C library": ("tools/mm/a.c", "int f(void)\n{\n\treturn grab_page(1);\n}\n"),
}

CHANGES = {
    "call in a document": ("Documentation/mm/a.rst", "Use <<grab_page>>() or :c:func:`<<grab_page>>` here.\n"),
    "literal in a document": ("Documentation/mm/a.rst", "Use ``<<grab_page>>`` here.\n"),
    "translation": (
        "Documentation/translations/zh_CN/mm/a.rst",
        "\u4f7f\u7528 <<grab_page>>() \u51fd\u6570\u3002\n".encode(),
    ),
    "directive": ("Documentation/mm/a.rst", ".. c:function:: int <<grab_page>> (struct page *page)\n"),
    "kernel-doc directive": (
        "Documentation/mm/a.rst",
        ".. kernel-doc:: mm/grab.c\n   :identifiers: <<grab_page>> other\n",
    ),
    "example": ("Documentation/mm/a.rst", "Example::\n\n\tret = <<grab_page>>(page);\n\tp->grab_page = 1;\n"),
    "plain text": ("Documentation/mm/a.txt", "The function <<grab_page>> takes a page.\n"),
    "help of Kconfig": ("mm/Kconfig", 'config GRAB\n\tbool "grab"\n\thelp\n\t  Calls <<grab_page>>() often.\n'),
    "flag of the linker": ("tools/testing/cxl/Kbuild", "ldflags-y += --wrap=<<grab_page>>\n"),
    "probe of a script": (
        "tools/testing/selftests/ftrace/test.d/a.tc",
        "echo 'p:my <<grab_page>> $arg1' > kprobe_events\necho <<grab_page>> > set_ftrace_filter\n",
    ),
    "bpftrace": ("tools/tracing/a.bt", "kprobe:<<grab_page>> { @[comm] = count(); }\n"),
    "gdb in Python": (
        "scripts/gdb/linux/a.py",
        'import gdb\n\n# as <<grab_page>>() does\nx = gdb.lookup_global_symbol( "<<grab_page>>" )\n'
        "y = gdb.parse_and_eval('&<<grab_page>>')   # odd  spacing\n",
    ),
    "probe in Python": ("tools/perf/a.py", 'b.attach_kprobe(event="<<grab_page>>", fn_name="hit")\n'),
    "probe text in Python": ("tools/a.py", "s = 'p:my <<grab_page>>'\nt = f'kprobe:<<grab_page>> {s}'\n"),
    "Rust's bindings": ("rust/kernel/a.rs", "let a = unsafe { bindings::<<grab_page>>(p) };\n"),
    "BPF program": (
        "tools/testing/selftests/bpf/progs/a.c",
        '#include "vmlinux.h"\nextern int <<grab_page>>(struct page *p) __ksym;\n'
        'SEC("fentry/<<grab_page>>")\nint BPF_PROG(grab_page, struct page *p)\n{\n\treturn <<grab_page>>(p);\n}\n',
    ),
    "program made of the kernel's sources": (
        "tools/testing/vma/a.c",
        '#include "../../../mm/grab.c"\nint f(void)\n{\n\treturn <<grab_page>>(0);\n}\n',
    ),
    "module among the samples": (
        "samples/grab/a.c",
        '#include <linux/module.h>\nint f(void) { return <<grab_page>>(0); }\nMODULE_LICENSE("GPL");\n',
    ),
    "list of names": ("tools/objtool/noreturns.h", "NORETURN(<<grab_page>>)\n"),
    "assembly": ("arch/x86/lib/a.S", "/* <<grab_page>>() */\n\tcall <<grab_page>>\n\tmov %grab_page, .Lgrab\n"),
    "linker script": ("arch/x86/kernel/a.lds.S", "PROVIDE(alias = <<grab_page>>);\n"),
    "semantic patch": ("scripts/coccinelle/a.cocci", "@@ expression e; @@\n* <<grab_page>>(e)\n"),
    "heading": ("Documentation/mm/a.rst", "=============\n<<grab_page>>()..\n=============\n"),
}


@pytest.mark.parametrize(("path", "text"), [*STAYS.values(), *CHANGES.values()], ids=[*STAYS, *CHANGES])
def test_texts(tmp_path: Path, path: str, text: str | bytes) -> None:
    files = {"include/linux/grab.h": DECLARED, "mm/grab.c": DEFINED, path: text}
    root = tree(tmp_path, files)
    before = contents(root, files)
    api.rename_files(run(root))
    assert contents(root, files) == {name: expected(one, "grab_page", "take_page") for name, one in files.items()}
    api.rename_files(run(root, "take_page", "grab_page"))
    assert contents(root, files) == before


def test_a_line_under_a_heading_stays_as_long_as_it(tmp_path: Path) -> None:
    page = "Documentation/mm/a.rst"
    files = {"mm/grab.c": DEFINED, page: "grab_page() use\n===============\n\ngrab_page()\n--------------------\n"}
    root = tree(tmp_path, files)
    before = contents(root, files)
    api.rename_files(run(root, new="grab_one_page"))
    assert (root / page).read_text() == (
        "grab_one_page() use\n===================\n\ngrab_one_page()\n--------------------\n"
    )
    api.rename_files(run(root, "grab_one_page", "grab_page"))
    assert contents(root, files) == before


HOMONYM = "#define ATTR(x) int dev_attr_##x = show_##x\nATTR(grab_page);\n"


def test_a_word_with_another_meaning_in_the_tree_needs_a_sure_sign(tmp_path: Path) -> None:
    page = "The file ``grab_page`` calls <<grab_page>>(); grab_page is said in passing.\n"
    files = {"mm/grab.c": DEFINED, "mm/attr.c": HOMONYM, "Documentation/mm/a.rst": page}
    root = tree(tmp_path, files)
    api.rename_files(run(root))
    assert contents(root, files) == {name: expected(one, "grab_page", "take_page") for name, one in files.items()}


def test_a_plain_word_needs_parentheses(tmp_path: Path) -> None:
    code = "/* we grab what is free; <<grab>>() does it */\nint <<grab>>(void)\n{\n\treturn 0;\n}\n"
    files = {"mm/grab.c": code, "Documentation/mm/a.rst": "Now grab it. <<grab>>() is called. The grab (of a page).\n"}
    root = tree(tmp_path, files)
    api.rename_files(run(root, "grab", "take"))
    assert contents(root, files) == {name: expected(one, "grab", "take") for name, one in files.items()}


def test_constants_that_gdb_scripts_take_from_headers_follow(tmp_path: Path) -> None:
    made = "#define LX_VALUE(x) LX_##x = x\nLX_VALUE(<<GRAB_MAX>>)\n"
    files = {
        "include/linux/grab.h": "#define <<GRAB_MAX>> 4\n",
        "scripts/gdb/linux/constants.py.in": made,
        "scripts/gdb/linux/a.py": "from linux import constants\n\nx = constants.LX_GRAB_MAX + 1\n",
    }
    root = tree(tmp_path, files)
    before = contents(root, files)
    api.rename_files(run(root, "GRAB_MAX", "GRAB_TOP"))
    assert "constants.LX_GRAB_TOP + 1" in (root / "scripts/gdb/linux/a.py").read_text()
    assert (root / "scripts/gdb/linux/constants.py.in").read_text().endswith("LX_VALUE(GRAB_TOP)\n")
    api.rename_files(run(root, "GRAB_TOP", "GRAB_MAX"))
    assert contents(root, files) == before


def test_a_tag_in_python(tmp_path: Path) -> None:
    text = 'import gdb\n\nt = gdb.lookup_type("struct <<grab_page>>")\nx = gdb.parse_and_eval("grab_page")\n'
    files = {"include/linux/grab.h": "struct <<grab_page>> {\n\tint n;\n};\n", "scripts/gdb/a.py": text}
    root = tree(tmp_path, files)
    api.rename_files(run(root))
    assert contents(root, files) == {name: expected(one, "grab_page", "take_page") for name, one in files.items()}
