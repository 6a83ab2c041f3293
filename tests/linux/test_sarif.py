"""SARIF of a real folder: valid, and every place in the file that it names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.cli.real import kscan
from tests.report.sarif_schema import run_of

pytestmark = pytest.mark.linux


def test_the_report_on_mm(linux_73: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path))
    made = run_of(kscan("check", linux_73, "mm", "--format", "sarif").out)
    found = json.loads(kscan("check", linux_73, "mm", "--format", "json").out)
    assert len(made["results"]) == found["counts"]["findings"] > 20
    assert len(made["invocations"][0]["toolExecutionNotifications"]) == found["counts"]["gaps"] > 0

    @cache
    def lines(uri: str) -> list[str]:
        return (linux_73 / unquote(uri)).read_bytes().decode("utf-8", "replace").split("\n")

    physical = [place for place in _nested(made["results"], "physicalLocation") if "region" in place]
    assert len(physical) > len(made["results"])
    for place in physical:
        region, text = place["region"], lines(place["artifactLocation"]["uri"])
        assert (region["startLine"], region["startColumn"]) <= (region["endLine"], region["endColumn"])
        for line, column in (("startLine", "startColumn"), ("endLine", "endColumn")):
            assert 1 <= region[column] <= len(text[region[line] - 1].encode("utf-16-le")) // 2 + 1


def _nested(value: Any, key: str) -> Iterator[dict[str, Any]]:
    """Every value of ``key``, however deep."""
    if isinstance(value, dict):
        if key in value:
            yield value[key]
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _nested(one, key)
