"""The README tells the truth about the command line."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cli.conftest import ROOT, Run
from tests.cli.test_commands import COMMANDS

README = (ROOT / "README.md").read_text()


def test_the_help_block_is_what_kscan_prints(run: Run) -> None:
    (shown,) = re.findall(r"^```\n\$ kscan --help\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert shown == run("--help").out


def test_every_command_is_named() -> None:
    assert [command for command in COMMANDS if f"`{command}`" not in README and f"`kscan {command}" not in README] == []


def test_every_room_has_its_row() -> None:
    rooms = {path.parent.name for path in (ROOT / "kscan").glob("*/__init__.py")}
    assert set(re.findall(r"^\| `kscan/(\w+)/` \|", README, re.MULTILINE)) == rooms


def test_every_make_target_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", Path(ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", README)) <= targets
