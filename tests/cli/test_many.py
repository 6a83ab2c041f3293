"""The commands that list many functions: ``returns`` and ``dump functions``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from kscan.cli.main import entry
from kscan.report.schema import schema

TREE = Path(__file__).parents[2] / "fixtures" / "tree"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    return Path(shutil.copytree(TREE, tmp_path / "linux"))


def printed(capfd: pytest.CaptureFixture[str], *words: object) -> str:
    assert entry([str(word) for word in words]) == 0
    return capfd.readouterr().out


def test_returns_as_json(small: Path, capfd: pytest.CaptureFixture[str]) -> None:
    report = json.loads(printed(capfd, "returns", small, "mm/frob.c", "--format", "json"))
    jsonschema.validate(report, schema("returns"))
    rows = {row["function"]: row for row in report["functions"]}
    assert rows["frob_set_level"]["closed"]
    assert {"0", "1", "-EAGAIN"} <= set(rows["frob_set_level"]["outcomes"])
    assert [row["line"] for row in report["functions"]] == sorted(row["line"] for row in report["functions"])


def test_returns_agrees_with_flow(small: Path, capfd: pytest.CaptureFixture[str]) -> None:
    report = json.loads(printed(capfd, "returns", small, "mm/memory-failure.c", "--format", "json"))
    for row in report["functions"]:
        told = json.loads(printed(capfd, "flow", small, f"{row['file']}:{row['function']}", "--format", "json"))
        assert [one["value"] for one in told["outcomes"]] == row["outcomes"]
        assert told["closed"] == row["closed"]


def test_returns_as_a_table_ends_with_the_total(small: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shown = printed(capfd, "returns", small, "mm/frob.c").splitlines()
    assert shown[0].split() == ["defined", "at", "function", "set", "values"]
    assert shown[-1].endswith("closed")


def test_a_folder_lists_all_of_its_files(small: Path, capfd: pytest.CaptureFixture[str]) -> None:
    report = json.loads(printed(capfd, "dump", "functions", small, "mm", "--format", "json"))
    assert {row["file"] for row in report["functions"]} == {"mm/frob.c", "mm/memory-failure.c"}
    assert all(set(row) == {"file", "name", "line", "errors"} and row["errors"] == 0 for row in report["functions"])


@pytest.mark.parametrize(
    "words",
    [
        ("returns", "LINUX", "mm/none.c"),
        ("dump", "functions", "LINUX", "../x"),
        ("dump", "mask", "LINUX/Makefile", "mm"),
    ],
)
def test_what_cannot_be_listed_is_told_in_a_line(
    small: Path, capfd: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert entry([word.replace("LINUX", str(small)) for word in words]) == 2
    told = capfd.readouterr().err.splitlines()
    assert len(told) == 1
    assert told[0].startswith("kscan: ")
