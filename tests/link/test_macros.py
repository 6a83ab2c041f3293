"""Function-like macros as callees: names and strings made of arguments, statements handed in, labels of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan import api
from tests.toy import Toy

HELPERS = """
static int one(int a) { return a ? -EIO : 0; }
static int const_one(int a) { return -EBUSY; }
static int named(int (*what)(int), const char *name) { return name ? -ENOMEM : 0; }
static int handed(int a, int size, int *out) { return a ? -EPERM : 0; }
static int back(int a) { return a; }
static int ready(void) { return signalled ? -EINTR : 0; }
static long sleep_for(long left) { return late ? 0 : 3; }
"""
WAIT = """
#define ___wait(cond, ret, cmd) \\
({ \\
	__label__ __out; \\
	long __ret = ret; \\
	for (;;) { \\
		long __int = ready(); \\
		if (cond) \\
			break; \\
		if (__int) { \\
			__ret = __int; \\
			goto __out; \\
		} \\
		cmd; \\
	} \\
	done(); \\
__out:	__ret; \\
})
#define wait_for(cond) ({ int __ret = 0; if (!(cond)) __ret = __wait_for(cond); __ret; })
#define __wait_for(cond) ___wait(cond, 0, sleep())
#define wait_long(cond) ___wait(cond, 5, __ret = sleep_for(__ret))
"""


@pytest.mark.parametrize(
    ("macros", "call", "values"),
    [
        pytest.param("#define give(what) named(what, #what)\n", "give(one)", {"0", "-ENOMEM"}, id="string"),
        pytest.param(
            "#define give(op, a) ((a) ? const_##op(a) : op(a))\n#define give_one(a) give(one, a)\n",
            "give_one(x)",
            {"0", "-EBUSY"},
            id="pasted-by-another",
        ),
        pytest.param(
            "#define exec(op, a) ({ handed(a, SIZE(op##_in), op ## _out); })\n"
            "#define exec_in(op, a) ({ exec(op, a); })\n",
            "exec_in(one, x)",
            {"0", "-EPERM"},
            id="pasted-and-handed-on",
        ),
        pytest.param("#define pick(op) (op##_value)\n", "pick(one)", {"open", "unknown"}, id="pasted-value"),
        pytest.param("#define run(op, a) (op##_run(a))\n", "run(one, x)", {"open", "unknown"}, id="pasted-callee"),
        pytest.param(
            "#define given(op) (back(op##_value))\n", "given(one)", {"open", "unknown"}, id="pasted-and-handed-back"
        ),
        pytest.param(WAIT, "wait_for(x > 3)", {"0", "-EINTR"}, id="label-of-its-own"),
        pytest.param(WAIT, "wait_long(x > 3)", {"0", "3", "5", "-EINTR"}, id="statement-that-assigns"),
        pytest.param(WAIT, "___wait(x > 3, 0, sleep())", {"open", "unknown"}, id="statement-by-itself"),
        pytest.param(
            WAIT + "#define twice(cond) (__wait_for(cond) + ___wait(cond, 0, sleep()) + ___wait(cond, 1, sleep()))\n",
            "twice(x > 3)",
            {"open", "unknown"},
            id="the-same-label-twice",
        ),
    ],
)
def test_what_a_macro_gives(tmp_path: Path, macros: str, call: str, values: set[str]) -> None:
    toy = Toy(tmp_path)
    toy.write({"include/linux/frobs.h": HELPERS + macros})
    assert toy.c(f"#include <linux/frobs.h>\nint f(int x) {{ return {call}; }}\n").values() == values


@pytest.mark.parametrize("header", [False, True], ids=["own", "of-a-header"])
@pytest.mark.parametrize(
    ("macro", "body", "values"),
    [
        ("#define get(r) do { r = -EIO; } while (0)", "get(ret); return ret;", {"open", "unknown"}),
        ("#define get(r) ({ (r) = x; (r) != 0; })", "return get(ret) ? ret : 1;", {"1", "open", "unknown"}),
        ("#define get(r) do { r.state = -EIO; o->r = 1; } while (0)", "get(ret); return ret;", {"0"}),
        ("#define get(r) do { *(r) = 1; if (r == 2) stop(); } while (0)", "get(ret); return ret;", {"0"}),
        ("#define get(r) do { (r)++; } while (0)", "get(ret); return ret;", {"open", "unknown"}),
    ],
    ids=["assigns", "in-an-expression", "a-member", "behind-a-pointer", "counts"],
)
def test_a_macro_that_writes_to_what_it_is_handed(
    tmp_path: Path, macro: str, body: str, values: set[str], header: bool
) -> None:
    toy = Toy(tmp_path)
    toy.write({"include/linux/frobs.h": macro + "\n" if header else "\n"})
    own = "" if header else macro + "\n"
    text = f"#include <linux/frobs.h>\n{own}int f(int x) {{ int ret = 0; {body} }}\n"
    assert toy.c(text).values() == values


ELSEWHERE = "int get(int a)\n{\n\treturn a ? -EIO : 0;\n}\n"
DECLARED = "#ifdef CONFIG_GET\nint get(int a);\n#else\n"
INLINE = "#ifdef CONFIG_GET\nstatic inline int get(int a)\n{\n\treturn a ? -EIO : 0;\n}\n#else\n"


@pytest.mark.parametrize(
    ("head", "macro", "value"),
    [
        (DECLARED, "(-ENODEV)", "-ENODEV"),
        (DECLARED, "({ -ENODEV; })", "-ENODEV"),
        (DECLARED, "({ (void)(a); 3; })", "3"),
        (DECLARED, "((void)a, -ENODEV)", "-ENODEV"),
        (INLINE, "(-ENODEV)", "-ENODEV"),
    ],
)
def test_a_macro_that_stands_in_for_a_function(tmp_path: Path, head: str, macro: str, value: str) -> None:
    toy = Toy(tmp_path)
    toy.write({"include/linux/get.h": f"{head}#define get(a) {macro}\n#endif\n"})
    if head == DECLARED:
        toy.write({"get.c": "#include <linux/err.h>\n" + ELSEWHERE})
    toy.c("#include <linux/get.h>\nint f(int a) { return get(a); }\n")
    assert toy.values() == {"0", "-EIO", value}


def test_a_macro_of_the_file_that_stands_in_for_a_function(tmp_path: Path) -> None:
    toy = Toy(tmp_path).c(
        INLINE.replace("inline ", "") + "#define get(a) (-ENODEV)\n#endif\nint f(int a) { return get(a); }\n"
    )
    assert toy.values() == {"0", "-EIO", "-ENODEV"}


def test_a_configuration_chooses_between_them(tmp_path: Path) -> None:
    toy = Toy(tmp_path)
    toy.write({"include/linux/get.h": INLINE + "#define get(a) (-ENODEV)\n#endif\n"})
    toy.c("#include <linux/get.h>\nint f(int a) { return get(a); }\n")
    for line, values in (("CONFIG_GET=y\n", ("0", "-EIO")), ("# CONFIG_GET is not set\n", ("-ENODEV",))):
        config = tmp_path / "config"
        config.write_text(line)
        (found,) = api.flow(str(tmp_path), "f", kconfig=str(config), cache=False).returns
        assert (found.closed, found.values) == (True, values)


def test_a_macro_is_not_asked_where_a_function_is_always_there(tmp_path: Path) -> None:
    toy = Toy(tmp_path)
    toy.write({"include/linux/get.h": "#define get(a) (-ENODEV)\n"})
    assert toy.c(f"{ELSEWHERE}int f(int a) {{ return get(a); }}\n").values() == {"0", "-EIO"}
