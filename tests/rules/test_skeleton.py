"""A branch for an errno before the one that catches it: where it is put, and where none is proposed."""

from __future__ import annotations

import pytest

from kscan.model.span import Span
from kscan.report.diff import apply
from kscan.rules.skeleton import branch


def put(code: str, mark: str, reason: str = "It is lost.") -> str | None:
    data = code.encode()
    at = data.index(mark.encode())
    fix = branch(data, Span("x.c", at, at + len(mark)), "-ESTALE", reason)
    assert fix is None or fix.grade == "show"
    return None if fix is None else apply(data, fix.edits).decode()


@pytest.mark.parametrize(
    ("code", "mark", "after"),
    [
        (
            "\tif (ret < 0)\n\t\treturn ret;\n",
            "ret < 0",
            "\tif (ret == -ESTALE) {\n\t\t/* It is lost. */\n\t} else if (ret < 0)\n\t\treturn ret;\n",
        ),
        (
            "\t} else if (unlikely(ret)) {\n\t}\n",
            "unlikely(ret)",
            "\t} else if (ret == -ESTALE) {\n\t\t/* It is lost. */\n\t} else if (unlikely(ret)) {\n\t}\n",
        ),
        (
            "\tif (!ret)\n\t\tgo();\n",
            "(!ret)",
            None,
        ),
        (
            "\tif (ret != 1) {\n",
            "if (ret != 1)",
            "\tif (ret == -ESTALE) {\n\t\t/* It is lost. */\n\t} else if (ret != 1) {\n",
        ),
        (
            "\tcase 1:\n\t\tbreak;\n\tdefault:\n\t\tgo();\n",
            "default:",
            "\tcase 1:\n\t\tbreak;\n\tcase -ESTALE:\n\t\t/* It is lost. */\n\t\tbreak;\n\tdefault:\n\t\tgo();\n",
        ),
        (
            "\tcase 1:\n\t\treturn go(1);\n\tcase -EIO:\n\t/* and all others */\n\tdefault:\n\t\tgo();\n",
            "default:",
            "\tcase 1:\n\t\treturn go(1);\n\tcase -ESTALE:\n\t\t/* It is lost. */\n\t\tbreak;\n\tcase -EIO:\n"
            "\t/* and all others */\n\tdefault:\n\t\tgo();\n",
        ),
        ("\tcase 1:\n\t\tgo();\n\tdefault:\n", "default:", None),
        ("\tcase 1: go(); default:\n", "default:", None),
        (
            "\tswitch (ret) {\n\tcase 0:\n",
            "switch (ret)",
            "\tswitch (ret) {\n\tcase -ESTALE:\n\t\t/* It is lost. */\n\t\tbreak;\n\tcase 0:\n",
        ),
        ("\tswitch (ret)\n\t{\n", "switch (ret)", None),
        ("\tif (grab(x) < 0)\n", "grab(x) < 0", None),
        ("\tif (ret < 0 && x)\n", "ret < 0 && x", None),
        ("\twhile (ret < 0)\n", "ret < 0", None),
        ("\treturn ret < 0 ? 1 : 0;\n", "ret < 0", None),
    ],
)
def test_where_a_branch_is_put(code: str, mark: str, after: str | None) -> None:
    assert put(code, mark) == after


def test_a_long_reason_is_wrapped_and_cannot_end_the_comment() -> None:
    made = put("\tif (ret < 0)\n", "ret < 0", "word */ " * 20)
    assert made is not None and made.count("*/") == 1
    assert max(len(line.expandtabs()) for line in made.splitlines()) <= 80
