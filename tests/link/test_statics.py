"""A static number holds what its file puts into it; anything that may write it otherwise leaves it open."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.toy import Toy

F = "int f(void) { return level; }\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("static int level;\n" + F, {"0"}, id="never set"),
        pytest.param("static int level = -ENODEV;\n" + F, {"-ENODEV"}, id="set at its declaration"),
        pytest.param("static int level;\nvoid s(void) { level = -EIO; }\n" + F, {"0", "-EIO"}, id="set once"),
        pytest.param("static bool level;\nvoid s(void)\n{\n\tlevel = true;\n}\n" + F, {"0", "1"}, id="a flag"),
        pytest.param(
            "static int level;\nint g(void) { if (level == 3) return 1; return !level; }\n" + F, {"0"}, id="read"
        ),
        pytest.param("static int level;\nvoid s(struct a *x) { x->level = 3; }\n" + F, {"0"}, id="a member so called"),
        pytest.param("static int level; /* level = 3 */\n" + F, {"0"}, id="in a comment"),
        pytest.param("static char level = 'A';\n" + F, {"65"}, id="a character"),
        pytest.param("static char level;\nvoid s(void) { level = 'A'; }\n" + F, {"0", "65"}, id="set to a character"),
        pytest.param("int level;\n" + F, {"open"}, id="not static"),
        pytest.param("static int level;\nvoid s(int a) { level = a; }\n" + F, {"open"}, id="set to a parameter"),
        pytest.param("static int level;\nvoid s(int a) { level = a ? 1 : 2; }\n" + F, {"open"}, id="set to a choice"),
        pytest.param("static int level;\nvoid s(void) { level = g(); }\n" + F, {"open"}, id="set to a result"),
        pytest.param("static int level;\nvoid s(void) { level++; }\n" + F, {"open"}, id="counted"),
        pytest.param("static int level;\nvoid s(void) { --level; }\n" + F, {"open"}, id="counted down"),
        pytest.param("static int level;\nvoid s(void) { level |= 4; }\n" + F, {"open"}, id="with an operator"),
        pytest.param("static int level;\nvoid s(void) { g(&level); }\n" + F, {"open"}, id="its address taken"),
        pytest.param("static int level;\nvoid s(void) { WRITE_ONCE(level, 3); }\n" + F, {"open"}, id="by a macro"),
        pytest.param("static int level;\nvoid s(void) { get_user(level, 0); }\n" + F, {"open"}, id="by another macro"),
        pytest.param("static int level;\nmodule_param(level, int, 0644);\n" + F, {"open"}, id="by whoever loads it"),
        pytest.param("static int level;\n#define SET(x) level = x\n" + F, {"open"}, id="in a macro"),
        pytest.param('static int level;\nvoid s(void) { int *p; asm("" : "=r" (level)); }\n' + F, {"open"}, id="asm"),
        pytest.param("static int level;\nvoid s(void) { int n = level = 3; }\n" + F, {"open"}, id="in an expression"),
        pytest.param("static int level[3];\nint f(void) { return level[1]; }\n", {"open"}, id="an array"),
        pytest.param(
            "static int level;\nint f(int a) { int level; g(&level); return level; }\n", {"open"}, id="a local"
        ),
    ],
)
def test_statics(tmp_path: Path, text: str, told: set[str]) -> None:
    assert Toy(tmp_path).c(text).values() - {"unknown"} == told
