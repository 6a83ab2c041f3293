"""Whoever works something out is named by a digest of code and data."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.facts import fingerprint as module
from kscan.facts.fingerprint import READING, fingerprint


def test_fingerprint_follows_code_and_queries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("kscan/facts/store.py", "kscan/rules/r.py", "kscan/report/text.py", "queries/facts/c.scm"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one")
    monkeypatch.setattr(module, "__file__", str(tmp_path / "kscan/facts/store.py"))

    def now() -> str:
        fingerprint.cache_clear()
        return fingerprint()

    seen = [now()]
    assert now() == seen[0]
    (tmp_path / "kscan/report/text.py").write_text("two")
    assert now() == seen[0]
    for name in ("kscan/facts/store.py", "queries/facts/c.scm", "kscan/flow/new.py", "kscan/contracts/c.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("two")
        seen.append(now())
    (tmp_path / "kscan/rules/r.py").rename(tmp_path / "kscan/rules/s.py")
    seen.append(now())
    assert len(set(seen)) == len(seen)
    monkeypatch.undo()
    fingerprint.cache_clear()


def test_what_only_judges_does_not_count_for_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {
        "facts/store": "one",
        "flow/f": "one",
        "flow/apart": "one",
        "model/noun": "one",
        "index/work": "from kscan.flow import f",
        "rules/r": "from kscan.flow import f",
    }
    for name, text in texts.items():
        (tmp_path / f"kscan/{name}.py").parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"kscan/{name}.py").write_text(text)
    (tmp_path / "queries").mkdir()
    monkeypatch.setattr(module, "__file__", str(tmp_path / "kscan/facts/store.py"))

    def now() -> str:
        fingerprint.cache_clear()
        return fingerprint(READING)

    seen = [now()]
    for name in ("rules/r.py", "model/noun.py", "flow/apart.py", "flow/f.cpython-311.so"):
        (tmp_path / "kscan" / name).write_text("two")
        assert now() == seen[0]
    for name in ("kscan/flow/f.py", "kscan/index/work.py", "kscan/index/build.py", "queries/c.scm"):
        (tmp_path / name).write_text("two")
        seen.append(now())
    assert len(set(seen)) == len(seen)
    monkeypatch.undo()
    fingerprint.cache_clear()
