"""Return sets as a Parquet table."""

from __future__ import annotations

import io
import sys

import pytest

from kscan.model.error import InputError
from kscan.report.located import LocatedReturns, ReturnsReport
from kscan.report.parquet import render, want_parquet

ROWS = (
    LocatedReturns("mm/a.c", "f", 3, True, ("0", "-EIO")),
    LocatedReturns("mm/b.c", "g", 14, False, ("unknown",)),
)


def test_a_row_is_a_function() -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(io.BytesIO(render(ReturnsReport(functions=ROWS, gaps=()))))
    assert table.to_pylist() == [
        {"file": "mm/a.c", "function": "f", "line": 3, "closed": True, "outcomes": ["0", "-EIO"]},
        {"file": "mm/b.c", "function": "g", "line": 14, "closed": False, "outcomes": ["unknown"]},
    ]


def test_no_function_is_an_empty_table() -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(io.BytesIO(render(ReturnsReport(functions=(), gaps=()))))
    assert table.num_rows == 0
    assert table.column_names == ["file", "function", "line", "closed", "outcomes"]


def test_two_runs_write_the_same_bytes() -> None:
    pytest.importorskip("pyarrow")
    report = ReturnsReport(functions=ROWS, gaps=())
    assert render(report) == render(report)


def test_without_the_extra_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(InputError, match=r"pip install 'kscan\[parquet\]'"):
        want_parquet()
