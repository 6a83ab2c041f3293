"""Configuration files."""

from __future__ import annotations

import pytest

from kscan.dialect.kconfig import read_kconfig
from kscan.model.error import InputError


def test_reads_what_is_set() -> None:
    text = "#\n# Comment\n\nCONFIG_A=y\nCONFIG_B=m\n# CONFIG_C is not set\n"
    text += 'CONFIG_D="a \\"b\\""\nCONFIG_E=0x10\nCONFIG_F=n\n'
    assert read_kconfig(text) == {"CONFIG_A": "y", "CONFIG_B": "m", "CONFIG_D": 'a \\"b\\"', "CONFIG_E": "0x10"}


@pytest.mark.parametrize("line", ["CONFIG_A", "A=y", "CONFIG_A=", 'CONFIG_A="open', "CONFIG_A=y z", "\x00"])
def test_a_malformed_line_is_named(line: str) -> None:
    with pytest.raises(InputError, match="line 2"):
        read_kconfig("CONFIG_X=y\n" + line + "\n")
