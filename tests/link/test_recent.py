"""Of what was asked for the last is held, and answers are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.link import recent
from kscan.link.recent import Recent
from tests.toy import Toy


def test_the_oldest_goes_where_there_is_no_room() -> None:
    held: Recent[str, int] = Recent(2)
    held["a"], held["b"], held["a"], held["c"] = 1, 2, 3, 4
    assert held == {"b": 2, "c": 4}
    held["a"] = 5
    assert held == {"c": 4, "a": 5}


def test_what_was_let_go_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toy = Toy(tmp_path)
    names = [f"f{number}" for number in range(5)]
    for number, name in enumerate(names):
        below = f"f{number + 1}(x)" if number < 4 else "-EBUSY"
        text = f"int {name}(int x)\n{{\n\tif (x)\n\t\treturn -EIO;\n\treturn {below};\n}}\n"
        toy.write({f"mm/{name}.c": text})
    held = [toy.values(name) for name in names]
    assert held == [{"-EIO", "-EBUSY"}] * 5
    monkeypatch.setattr(recent, "ROOM", 1)
    assert [toy.values(name) for name in names] == held
    with toy.program() as program:
        sites = [program.call_sites(one) for name in names for one in program.catalog.definitions(name, "mm/x.c")]
        read = set(program.catalog.read_files())
    assert [len(some) for some in sites] == [0, 1, 1, 1, 1]
    assert read >= {f"mm/{name}.c" for name in names[:4]}
