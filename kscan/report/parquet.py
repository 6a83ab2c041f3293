"""The return sets of many functions as an Apache Parquet file, for whoever asks in SQL (extra ``kscan[parquet]``)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from kscan.model.error import InputError

if TYPE_CHECKING:
    from kscan.report.located import ReturnsReport


def want_parquet() -> None:
    """Raises InputError without the extra."""
    try:
        import pyarrow.parquet  # noqa: F401 - an extra, and slow to load
    except ImportError:
        raise InputError("--format parquet: pyarrow is not installed; pip install 'kscan[parquet]'") from None


def render(report: ReturnsReport) -> bytes:
    """One row a function: file, function, line (1-based), closed, outcomes (a list of text). Identical from run to
    run."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types: dict[str, Any] = {
        "file": pa.string(),
        "function": pa.string(),
        "line": pa.int32(),
        "closed": pa.bool_(),
        "outcomes": pa.list_(pa.string()),
    }
    columns = {name: [getattr(row, name) for row in report.functions] for name in types}
    out = io.BytesIO()
    pq.write_table(pa.table(columns, schema=pa.schema(list(types.items()))), out, compression="zstd")
    return out.getvalue()
