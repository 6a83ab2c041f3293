"""The lines that checkpatch prints, read by what reads ours."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.report.test_terse import LINE

pytestmark = pytest.mark.linux

PATCH = """\
From: A B <ab@example.org>
Subject: [PATCH] odd: names

Why.

Signed-off-by: A B <ab@example.org>
---
--- a/mm/odd.c
+++ b/mm/odd.c
@@ -1,2 +1,3 @@
 int a;
+int oddName ;
 int c;
"""


@pytest.mark.skipif(shutil.which("perl") is None, reason="perl is not installed")
def test_its_terse_lines_have_the_form_of_ours(linux_73: Path, tmp_path: Path) -> None:
    (tmp_path / "odd.patch").write_text(PATCH)
    words = ["--root", str(linux_73), "--no-tree", "--terse", "--show-types", "--showfile", "--strict", "odd.patch"]
    script = str(linux_73 / "scripts/checkpatch.pl")
    ran = subprocess.run(["perl", script, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
    *lines, total = ran.stdout.splitlines()
    assert [LINE.fullmatch(line)["type"] for line in lines] == ["SPACING", "CAMELCASE"]  # type: ignore[index]
    assert total.startswith("total: 0 errors, 1 warnings, 1 checks, ")
    assert ran.returncode == 1
