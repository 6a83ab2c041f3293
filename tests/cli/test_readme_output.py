"""The README shows what kscan prints on the real trees."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT
from tests.cli.real import kscan

SHOWN = re.findall(
    r"^```\n\$ kscan ((?:check|flow|callers|predicates) [^\n]*)\n(.*?)^```$",
    (ROOT / "README.md").read_text("utf-8"),
    re.MULTILINE | re.DOTALL,
)


def _plain(line: str) -> str:
    return " ".join(line.split())


@pytest.mark.linux
def test_each_line_shown_is_printed_in_this_order(
    linux_73: Path, linux_612: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path))
    trees = {"linux": linux_73, "linux-6.12": linux_612}
    assert len(SHOWN) >= 5
    for command, shown in SHOWN:
        ran = kscan(*(trees.get(word, word) for word in command.split()))
        printed = iter([_plain(line) for line in ran.out.splitlines()])
        for line in shown.splitlines():
            if line.strip() != "...":
                wanted = re.compile(re.escape(_plain(line)).replace(r"\.\.\.", ".*") + "(?: |$)")
                assert any(wanted.match(one) for one in printed), f"kscan {command}: {line}"
