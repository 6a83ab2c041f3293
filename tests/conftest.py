"""Where the real trees are: tests marked ``linux`` skip when a tree is not named. And no property is a race."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# An example that takes long says something of the machine, not of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# Where a shell runs the tests in the background, Ctrl-C is ignored, and would be by all processes that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache that is neither the user's nor that of tests which run beside these; real trees are kept in that."""
    with pytest.MonkeyPatch.context() as patch:
        if not any(os.environ.get(name) for name in ("KSCAN_CACHE_DIR", "KSCAN_LINUX_612", "KSCAN_LINUX_73")):
            patch.setenv("KSCAN_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


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
