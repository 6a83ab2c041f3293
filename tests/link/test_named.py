from pathlib import Path

import pytest

from kscan import api
from kscan.link import named

FIXTURE = Path(__file__).parents[2] / "fixtures" / "tree"


def test_a_tree_that_is_linked_in_parts_returns_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = api.returns(str(FIXTURE), cache=False)
    assert len(whole.returns) > 10
    monkeypatch.setattr(named, "MOST_HELD", 3)
    assert api.returns(str(FIXTURE), cache=False) == whole


def test_a_tree_that_is_linked_in_parts_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = []
    begun_anew = named.Catalog.anew

    def counted(catalog: named.Catalog) -> named.Catalog:
        parts.append(begun_anew(catalog))
        return parts[-1]

    monkeypatch.setattr(named.Catalog, "anew", counted)
    monkeypatch.setattr(named, "MOST_HELD", 3)
    api.returns(str(FIXTURE), cache=False)
    assert len(parts) > 3
    assert max(part.held for part in parts) < 60
