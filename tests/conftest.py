"""Where the real trees are: tests marked ``linux`` skip when a tree is not named. And no property is a race."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# An example that takes long says something of the machine, not of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def _tree(variable: str) -> Path:
    named = os.environ.get(variable)
    if not named:
        pytest.skip(f"{variable} does not name a kernel tree")
    return Path(named)


@pytest.fixture(scope="session")
def linux_73() -> Path:
    """The unpacked 7.3 tree."""
    return _tree("KSCAN_LINUX_73")


@pytest.fixture(scope="session")
def linux_612() -> Path:
    """The unpacked 6.12 tree."""
    return _tree("KSCAN_LINUX_612")


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """The folder of small trees and files written for kscan."""
    return Path(__file__).parent.parent / "fixtures"
