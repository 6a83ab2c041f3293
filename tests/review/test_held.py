"""What a review holds has a bound, whatever a patch reaches; what was let go is found out again, and is the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan import api
from kscan.facts import overlaid
from kscan.link import catalog, numbers, recent
from kscan.link.catalog import Catalog
from kscan.model.review import ReviewResult
from tests.review.series import Series
from tests.review.test_series import BUSY, GRAB, SWITCH, TOLD, TWO, USER
from tests.toy import Toy

FILES = {"grab.c": GRAB, "use.c": USER, "hold.c": SWITCH}
STEPS = (
    {"grab": BUSY},
    {"grab": TOLD},
    {"grab": TWO, "use": None},
    {"use": USER, "hold": SWITCH.replace("EIO", "EBUSY")},
)
FEW = 2


@pytest.fixture
def cramped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hardly anything is held."""
    monkeypatch.setattr(recent, "ROOM", FEW)
    monkeypatch.setattr(overlaid, "MOST_ASIDE", 1)
    monkeypatch.setattr(overlaid, "_MOST_NAMES", FEW)
    for module, names in (
        (catalog, ("_MAX_NAMED", "_MAX_PATHS")),
        (numbers, ("_MAX_FILES", "_MAX_NAMES")),
    ):
        for name in names:
            monkeypatch.setattr(module, name, FEW)


def reviewed(root: Path) -> tuple[ReviewResult, ReviewResult]:
    """The review of the last step alone, and of all steps as a series."""
    series = Series(root, FILES)
    for step in STEPS:
        series.patch(**step)
    alone = Series(root / "alone", FILES)
    return alone.patch(**STEPS[0]).review(), series.review()


@pytest.fixture
def roomy(tmp_path: Path) -> tuple[ReviewResult, ReviewResult]:
    """The reviews where all is held."""
    (tmp_path / "alone").mkdir()
    return reviewed(tmp_path)


def test_a_review_is_the_same_where_nothing_is_held(
    roomy: tuple[ReviewResult, ReviewResult], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    assert all(one.changes or one.findings for one in roomy)
    request.getfixturevalue("cramped")
    for number, result in enumerate(roomy):
        assert _again(tmp_path, number) == result


def _again(root: Path, number: int) -> ReviewResult:
    """The same review of the same patches, done again."""
    place = root / "alone" if number == 0 else root
    patches = sorted(str(path) for path in place.glob("*.patch"))
    return api.review(str(place / "tree"), patches, cache=False)[0]


@pytest.mark.usefixtures("cramped")
def test_no_more_is_held_where_more_is_reached(tmp_path: Path) -> None:
    toy, most = Toy(tmp_path), 12
    for number in range(most):
        below = f"f{number + 1}(x)" if number < most - 1 else "-EBUSY"
        head = f'#include "h{number}.h"\nextern int on;\nint f{number}(int x)\n'
        text = f"{head}{{\n\tif (on)\n\t\treturn -E{number};\n\treturn {below};\n}}\n"
        toy.write({f"mm/f{number}.c": text, f"mm/h{number}.h": f"#define E{number} {number + 40}\n"})
    with toy.program() as program:
        (first,) = program.catalog.definitions("f0", "mm/f0.c")
        closed, values = program.values(first)
        assert closed and len(values) == most + 1
        assert _held(program.catalog) == {}


def _held(made: Catalog) -> dict[str, int]:
    """What is held of more than a few things, by name."""
    held = {name: one for name, one in vars(made).items() if isinstance(one, dict)}
    return {name: len(one) for name, one in held.items() if len(one) > FEW}


def test_what_is_put_aside_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlaid, "MOST_ASIDE", 10)
    aside = overlaid.Aside(overlaid.Aside(_Nothing()))
    for number in range(5):
        aside.put("a", str(number), b"1234")
    assert [aside.get("a", str(number)) for number in range(5)] == [None, None, None, b"1234", b"1234"]
    aside.put("a", "3", b"12")
    aside.put("b", "5", b"1234")
    assert [aside.get("a", "4"), aside.get("a", "3"), aside.get("b", "5")] == [b"1234", b"12", b"1234"]


class _Nothing:
    """A store that keeps nothing."""

    notes = ()

    def get(self, kind: str, key: str) -> bytes | None:
        return None

    def put(self, kind: str, key: str, value: bytes) -> None:
        """Kept nowhere."""
