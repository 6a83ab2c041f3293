"""Return sets of 7.3 held against reference facts that another analysis made, under the configuration it was run with.

KSCAN_TRUTH names a folder with ``returns.json`` and ``config``; its README tells how they were made.
"""

from __future__ import annotations

import errno
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest import TempPathFactory

from kscan import api
from kscan.model.result import FunctionReturns

pytestmark = pytest.mark.linux

FOLDERS = ("mm", "fs/ext4")
AT_LEAST = 0.98

WRONG_THERE = {
    # What the reference has and the source does not: this call says fixed=false, and only if (fixed) is it returned.
    ("mm/cma.c:cma_declare_contiguous_multi", "-EBUSY"),
}


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: TempPathFactory) -> Iterator[None]:
    """A cache of this module's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KSCAN_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def truth() -> Path:
    """The folder of the reference facts."""
    named = os.environ.get("KSCAN_TRUTH")
    if not named:
        pytest.skip("KSCAN_TRUTH does not name a folder of reference facts")
    return Path(named)


@pytest.fixture(scope="module")
def found(linux_73: Path, truth: Path) -> dict[str, list[FunctionReturns]]:
    """The return sets, by file and name."""
    rows = defaultdict(list)
    for row in api.returns(str(linux_73), FOLDERS, kconfig=str(truth / "config")).returns:
        rows[f"{row.span.file}:{row.function}"].append(row)
    return rows


def _negative(rows: list[FunctionReturns]) -> set[str]:
    """The negative values, as errnos: the reference does not tell -1 from -EPERM."""
    values = {value for row in rows for value in row.values if value.startswith("-") or value == "negative"}
    return {f"-{errno.errorcode[int(value[1:])]}" if value[1:].isdigit() else value for value in values}


def test_errnos_of_closed_sets(found: dict[str, list[FunctionReturns]], truth: Path) -> None:
    reference = json.loads((truth / "returns.json").read_text("ascii"))["functions"]
    closed = {name for name, rows in found.items() if all(row.closed for row in rows)} & reference.keys()
    wanted = {(name, errno) for name in closed for errno in reference[name]["errnos"]} - WRONG_THERE
    said = {(name, errno) for name in closed for errno in _negative(found[name])}
    assert len(closed) / len(reference) > 0.9
    assert len(wanted & said) / len(wanted) >= AT_LEAST, sorted(wanted - said)
    assert len(wanted & said) / len(said) >= AT_LEAST, sorted(said - wanted)
