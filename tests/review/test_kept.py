"""A review is kept for as long as the patches, the tree, and what is asked are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan import api
from kscan.model.review import ReviewResult
from kscan.review import series as made
from tests.review.series import Series
from tests.review.test_series import BUSY, GRAB, TOLD, USER


class Counted:
    """How often a review was really made."""

    def __init__(self, series: Series, monkeypatch: pytest.MonkeyPatch) -> None:
        self._series = series
        self.times = 0
        real = made.review_of

        def counting(*args: object) -> ReviewResult:
            self.times += 1
            return real(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(made, "review_of", counting)

    def __call__(self, **options: object) -> ReviewResult:
        root = str(self._series.tree.root)
        return api.review(root, self._series.patches, **options)[0]  # type: ignore[arg-type]


def test_only_what_is_the_same_is_recalled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    series = Series(tmp_path, {"grab.c": GRAB, "use.c": USER})
    series.patch(grab=BUSY)
    review = Counted(series, monkeypatch)
    first = review()
    assert len(first.findings) == 2
    assert (review(), review.times) == (first, 1)
    assert (review(cache=False), review.times) == (first, 2)
    assert review(ignore=["undocumented-errno"]).findings == ()
    assert review.times == 3
    series.tree.write({"use.c": "\nint other;\n"})
    assert (len(review().findings), review.times) == (1, 4)
    series.patch(grab=TOLD)
    assert (review().findings, review.times) == ((), 5)


def test_a_name_that_is_no_utf_8_is_reviewed_but_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    series = Series(tmp_path, {"grab.c": GRAB})
    series.patch(grab=BUSY)
    path = Path(series.patches[0])
    path.write_bytes(path.read_bytes().replace(b"[PATCH 1/9] step", b"[PATCH 1/9] st\xe9p"))
    review = Counted(series, monkeypatch)
    assert review() == review()
