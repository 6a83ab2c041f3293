"""Which code can be in one kernel with which."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from kscan.link.architecture import architecture_of, meets

X86: Mapping[str, str] = {"CONFIG_X86": "y"}
PPC: Mapping[str, str] = {"CONFIG_PPC": "y"}


@pytest.mark.parametrize(
    ("path", "arch"), [("mm/a.c", ""), ("arch/Kconfig", ""), ("arch/x86/mm/a.c", "x86"), ("archive/x86/a.c", "")]
)
def test_architecture_of(path: str, arch: str) -> None:
    assert architecture_of(path) == arch


@pytest.mark.parametrize(
    ("path", "other", "kconfig", "answer"),
    [
        ("mm/a.c", "fs/b.c", X86, True),
        ("mm/a.c", "arch/x86/b.c", None, True),
        ("mm/a.c", "arch/arm64/b.c", X86, False),
        ("mm/a.c", "arch/powerpc/b.c", PPC, True),
        ("arch/x86/a.c", "arch/x86/b.c", X86, True),
        ("arch/x86/a.c", "arch/arm64/b.c", None, False),
        ("arch/x86/a.c", "mm/b.c", None, True),
    ],
)
def test_meets(path: str, other: str, kconfig: Mapping[str, str] | None, answer: bool) -> None:
    assert meets(path, other, kconfig) is answer
