"""Text of a tree that would steer a terminal or mislead its reader."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.report import json as as_json
from kscan.report.escape import plain, plain_lines, unicode_only

HARMLESS = ["", "mm/memory-failure.c", "naïve", "日本語", "-EIO [x] 'y' \"z\" \\n"]
ODD = [
    ("\x1b[31mred", "\\x1b[31mred"),
    ("a\tb\nc\r", "a\\tb\\nc\\r"),
    ("\x07\x7f\x9b", "\\x07\\x7f\\x9b"),
    ("a\u202eb", "a\\u202eb"),
    ("\u200b\ufeff", "\\u200b\\ufeff"),
    ("lat\udce9n", "lat\\xe9n"),
    ("\U000e0041", "\\U000e0041"),
]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_left_alone(text: str) -> None:
    assert plain(text) == unicode_only(text) == text


@pytest.mark.parametrize(("text", "shown"), ODD)
def test_the_rest_is_spelt_out(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text())
def test_plain_is_printable_encodable_and_idempotent(text: str) -> None:
    shown = plain(text)
    assert shown.isprintable()
    assert plain(shown) == shown
    shown.encode()


@given(st.text(alphabet=st.characters(), max_size=50))
def test_lines_keep_their_breaks(text: str) -> None:
    assert plain_lines(text).count("\n") == text.count("\n")
    assert plain_lines(text).replace("\n", "").replace("\t", "").isprintable()


@given(st.text())
def test_json_means_the_same_and_cannot_steer_a_terminal(text: str) -> None:
    encoded = as_json.render({"text": text})
    assert json.loads(encoded) == {"text": text}
    assert not any(
        char < " " or "\x7f" <= char <= "\x9f" or "\u202a" <= char <= "\u202e" for char in encoded if char != "\n"
    )
