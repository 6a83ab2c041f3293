"""What a set of values that is known by signs holds."""

from __future__ import annotations

import pytest

from kscan.rules.vague import holds


@pytest.mark.parametrize(
    ("values", "value", "there"),
    [
        ({"0"}, "0", True),
        ({"0"}, "1", False),
        ({"unknown"}, "0", True),
        ({"unknown"}, "pointer", True),
        ({"unknown"}, "NULL", True),
        ({"unknown"}, "negative", True),
        ({"unknown"}, "-EIO", False),
        ({"unknown"}, "ERR_PTR(-EIO)", False),
        ({"negative"}, "-EIO", False),
        ({"negative"}, "-1", True),
        ({"negative"}, "1", False),
        ({"positive"}, "12", True),
        ({"positive"}, "0", False),
        ({"positive"}, "unknown", False),
        ({"positive", "negative"}, "unknown", True),
    ],
)
def test_a_value_is_held(values: set[str], value: str, there: bool) -> None:
    assert holds(values, value) is there
