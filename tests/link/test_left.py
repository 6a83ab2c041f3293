"""What `kscan flow` tells of pointers through which a function writes: outcomes of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.toy import Toy

TAKE = """
static int take(int a, int *err)
{
	*err = a ? -EBUSY : 0;
	return a;
}
"""


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("int f(int a, int *err)\n{\n\tif (a)\n\t\t*err = -EIO;\n\treturn 0;\n}\n", {"err": {"-EIO", "unchanged"}}),
        ("int f(int a, int *err)\n{\n\t*err = a ? -EIO : 0;\n\treturn 0;\n}\n", {"err": {"-EIO", "0"}}),
        ("void f(int a, int *err)\n{\n\t*err = -EIO;\n}\n", {"err": {"-EIO"}}),
        (TAKE + "int f(int a, int *p)\n{\n\treturn take(a, p);\n}\n", {"p": {"-EBUSY", "0"}}),
        ("int f(int *err)\n{\n\treturn *err;\n}\n", {}),
        ("int f(int *err)\n{\n\tkeep(err);\n\t*err = 0;\n\treturn 0;\n}\n", {"err": {"0"}}),
        ("int f(struct b **p)\n{\n\t*p = NULL;\n\treturn 0;\n}\n", {"p": {"NULL"}}),
        ("int f(int *err)\n{\n\t*err = elsewhere();\n\treturn 0;\n}\n", {"err": {"open", "unknown"}}),
    ],
    ids=["on-a-path", "on-all", "void", "handed-on", "read", "handed-before", "pointer", "open"],
)
def test_what_is_left_behind_pointers(tmp_path: Path, text: str, left: dict[str, set[str]]) -> None:
    found = Toy(tmp_path).c(text).returns().left
    told = {one.parameter: {*(o.value for o in one.outcomes), *(() if one.closed else ("open",))} for one in found}
    assert told == left


def test_each_value_has_its_path(tmp_path: Path) -> None:
    toy = Toy(tmp_path).c(TAKE)
    (left,) = toy.returns("take").left
    paths = {outcome.value: [toy.line(step.span.start) for step in outcome.path] for outcome in left.outcomes}
    assert "*err = a ? -EBUSY : 0;" in paths["-EBUSY"]
