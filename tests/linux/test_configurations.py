"""A set that is closed whatever is configured holds what the same function returns under any one configuration.

The tree is a part of the real one: all headers, drivers and what they call."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest import TempPathFactory

from kscan import api
from tests.linux.parts import indexed

pytestmark = pytest.mark.linux

PARTS = (
    *("Makefile", "Kconfig", "include", "arch/x86/include", "kernel/power", "lib/percpu_counter.c"),
    *("drivers/base/power", "drivers/i2c", "drivers/pci/pci-driver.c"),
)
FOLDERS = ("drivers/i2c", "kernel/power", "include/linux/pm_runtime.h")
SIGNS = {"positive", "negative", "unknown", "pointer"}


@pytest.fixture(scope="module")
def part(linux_73: Path, tmp_path_factory: TempPathFactory) -> Path:
    return indexed(linux_73, tmp_path_factory.mktemp("part"), PARTS)


Sets = dict[tuple[str, str, int], tuple[bool, frozenset[str]]]


def sets(tree: Path, kconfig: Path | None) -> Sets:
    """What each function returns, and whether that is all."""
    rows = api.returns(str(tree), FOLDERS, kconfig=None if kconfig is None else str(kconfig)).returns
    return {(one.span.file, one.function, one.span.start): (one.closed, frozenset(one.values)) for one in rows}


@pytest.mark.parametrize(
    "options", ["", "PM PM_SLEEP PCI SMP I2C HIBERNATION ARCH_HIBERNATION_HEADER"], ids=["none", "some"]
)
def test_a_closed_set_holds_for_each_configuration(part: Path, tmp_path: Path, options: str) -> None:
    kconfig = tmp_path / ".config"
    kconfig.write_text("".join(f"CONFIG_{option}=y\n" for option in options.split()))
    always, configured = sets(part, None), sets(part, kconfig)
    assert len(configured.keys() & always.keys()) > 1_500
    missing = {
        place: sorted(values - always[place][1] - SIGNS)
        for place, (_, values) in configured.items()
        if place in always and always[place][0] and not SIGNS & always[place][1]
    }
    assert {place: values for place, values in missing.items() if values} == {}
