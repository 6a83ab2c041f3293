"""Functions in assembly are found by the macros that begin them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.facts.assembly import assembled


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", set()),
        ("SYM_FUNC_START(lamp_on)\n\tret\nSYM_FUNC_END(lamp_on)\n", {"lamp_on"}),
        ("SYM_FUNC_START_WEAK_NOALIGN(lamp_on)\nSYM_FUNC_ALIAS(lamp_off, lamp_on)\n", {"lamp_on", "lamp_off"}),
        ("SYM_FUNC_START_LOCAL(lamp_low)\n", set()),
        ("ENTRY(lamp_on)\nEND(lamp_on)\n", {"lamp_on"}),
        ("_GLOBAL(lamp_on)\n", {"lamp_on"}),
        ("LEAF( lamp_on )\n", {"lamp_on"}),
        ("/* the ENTRY(lamp_on) is elsewhere */\n#define ENTRY(name) name:\n", set()),
    ],
)
def test_what_a_file_in_assembly_defines(text: str, names: set[str]) -> None:
    assert assembled(text.encode()) == names


@pytest.mark.linux
def test_a_copy_routine_of_x86(linux_73: Path) -> None:
    assert "clear_page_erms" in assembled((linux_73 / "arch/x86/lib/clear_page_64.S").read_bytes()) or "memcpy" in {
        name for path in (linux_73 / "arch/x86/lib").glob("*.S") for name in assembled(path.read_bytes())
    }
