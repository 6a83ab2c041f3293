"""Which architecture the code of a file is for, and whether a configuration builds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_OPTIONS: Final[dict[str, str]] = {"powerpc": "CONFIG_PPC", "sh": "CONFIG_SUPERH", "um": "CONFIG_UML"}
"""The option that says a folder of arch/ is built, where it is not the folder's name (the Kconfig of each)."""


def architecture_of(path: str) -> str:
    """The folder of arch/ that ``path`` is in; "" when it is in none."""
    parts = path.split("/", maxsplit=2)
    return parts[1] if parts[0] == "arch" and len(parts) > 2 else ""


def meets(path: str, other: str, kconfig: Mapping[str, str] | None) -> bool:
    """Whether the code of ``other`` can be in one kernel with that of ``path``, and is in the one configured."""
    own, arch = architecture_of(path), architecture_of(other)
    if not arch:
        return True
    built = kconfig is None or kconfig.get(_OPTIONS.get(arch, f"CONFIG_{arch.upper()}")) == "y"
    return built and own in {"", arch}
