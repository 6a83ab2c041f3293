"""What stores take on disk, while other runs make and remove them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kscan.index.status import LIMIT_VARIABLE, evict


@pytest.mark.parametrize("gone", ["a.db-wal", "a.db-shm", "a.db", "a.lock"])
def test_what_another_run_removes_meanwhile_takes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    for name in ("a.db", "a.db-wal", "a.db-shm", "a.lock", "mine.db"):
        (tmp_path / name).write_bytes(bytes(1000))
    looking = Path.stat

    def look(self: Path, **more: Any) -> Any:
        about = looking(self, **more)
        if self.name == gone:
            self.unlink()
        return about

    monkeypatch.setattr(Path, "stat", look)
    monkeypatch.setenv(LIMIT_VARIABLE, "1")
    assert evict(tmp_path / "mine.db") == ()
