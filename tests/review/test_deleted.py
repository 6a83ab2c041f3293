"""A function that a patch takes away and that others still call."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.cli.main import entry
from tests.review.series import Series

GRAB = "\nint grab(int n)\n{\n\tif (n < 0)\n\t\treturn -EINVAL;\n\treturn 0;\n}\n"
USE = "\nint grab(int n);\n\nint use(int n)\n{\n\treturn grab(n);\n}\n"
OTHER = "\nint other(int n)\n{\n\treturn n;\n}\n"


def calls(series: Series) -> list[tuple[str, str]]:
    """File and function of each call that is told."""
    (change,) = [one for one in series.review().changes if one.gone and one.function == "grab"]
    return [(step.span.file, step.function) for step in change.still_called]


def test_a_file_that_the_patch_does_not_touch_calls_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    series = Series(tmp_path, {"grab.c": GRAB + OTHER, "use.c": USE}).patch(grab=OTHER)
    assert calls(series) == [("use.c", "use")]
    entry(["review", "--tree", str(series.tree.root), *series.patches])
    assert "grab.c:3: grab() is gone, but still called by use() at use.c:7" in capsys.readouterr().out.splitlines()


def test_a_header_declares_it_over_several_lines(tmp_path: Path) -> None:
    declared = "\nextern int grab(int n,\n\t\tint why);\n"
    use = f'#include "grab.h"\n{USE.replace("int grab(int n);", "")}'
    series = Series(tmp_path, {"grab.c": GRAB + OTHER, "grab.h": declared, "use.c": use}).patch(grab=OTHER)
    assert calls(series) == [("use.c", "use")]


def test_its_own_file_calls_it(tmp_path: Path) -> None:
    static = GRAB.replace("int grab", "static int grab")
    use = USE.replace("int grab(int n);\n", "")
    series = Series(tmp_path, {"grab.c": static + use}).patch(grab=use)
    assert calls(series) == [("grab.c", "use")]


@pytest.mark.parametrize(
    "use",
    [
        "\n/* grab(n) is what it was. */\nint use(int n)\n{\n\treturn n;\n}\n",
        '\nint use(int n)\n{\n\tpr_info("grab(n)");\n\treturn n;\n}\n',
        f"\n#ifdef CONFIG_GRAB{USE}#endif\n",
        USE.replace("\treturn grab(n);", "#ifdef CONFIG_GRAB\n\treturn grab(n);\n#else\n\treturn n;\n#endif"),
        "\nint use(int (*grab)(int), int n)\n{\n\treturn grab(n);\n}\n",
        USE.replace("int grab(int n);", "static int grab(int n)\n{\n\treturn n;\n}"),
        USE.replace("int grab(int n);", "#define grab(n) other(n)"),
    ],
    ids=["comment", "string", "configuration", "branch", "pointer", "own", "macro"],
)
def test_no_call_of_it(tmp_path: Path, use: str) -> None:
    assert calls(Series(tmp_path, {"grab.c": GRAB + OTHER, "use.c": use}).patch(grab=OTHER)) == []


def test_another_definition_is_left(tmp_path: Path) -> None:
    stub = f"\n#ifdef CONFIG_GRAB{GRAB}#else\nint grab(int n)\n{{\n\treturn 0;\n}}\n#endif\n"
    less = "\n#ifndef CONFIG_GRAB\nint grab(int n)\n{\n\treturn 0;\n}\n#endif\n"
    series = Series(tmp_path, {"grab.c": stub, "use.c": USE}).patch(grab=less)
    assert not [one for one in series.review().changes if one.still_called]


def test_a_macro_may_write_it_now(tmp_path: Path) -> None:
    series = Series(tmp_path, {"grab.c": GRAB + OTHER, "use.c": USE}).patch(grab=f"{OTHER}\nDEFINE_SOMETHING(grab);\n")
    assert calls(series) == []


def test_a_macro_that_was_there_before_does_not_write_it(tmp_path: Path) -> None:
    left = f"{OTHER}\nEXPORT_SYMBOL(grab);\n"
    series = Series(tmp_path, {"grab.c": GRAB + left, "use.c": USE}).patch(grab=left)
    assert calls(series) == [("use.c", "use")]


def test_the_patch_takes_the_call_with_it(tmp_path: Path) -> None:
    series = Series(tmp_path, {"grab.c": GRAB + OTHER, "use.c": USE}).patch(
        grab=OTHER, use=OTHER.replace("other", "use")
    )
    assert calls(series) == []


@pytest.mark.parametrize(
    "now",
    [
        f"\nenum lamp {{\n\tLAMP_ON,\n{GRAB}",
        "\n#define grab(n) other(n)\n",
    ],
    ids=["broken", "macro"],
)
def test_it_is_not_gone_where_its_file_still_has_its_name(tmp_path: Path, now: str) -> None:
    series = Series(tmp_path, {"grab.c": f"\nenum lamp {{\n\tLAMP_ON,\n}};\n{GRAB}", "use.c": USE}).patch(grab=now)
    assert not [one for one in series.review().changes if one.gone]
