"""Words cut out of a text."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from kscan.dialect.attributes import blanked
from kscan.dialect.tokens import Words, last_word, words_of


@given(st.binary(max_size=60))
def test_words_are_what_a_pattern_finds(text: bytes) -> None:
    assert words_of(text) == re.findall(rb"\w+", text)


def test_an_annotation_is_a_whole_word() -> None:
    text = b"int __init a; int __initial b; int x__init; s.__init; p->__init; noinline_x; noinline c;"
    edits = sorted(blanked(text, Words(text), frozenset()))
    assert [(at, len(new)) for at, new in edits] == [(text.index(b"__init a"), 6), (text.index(b"noinline c"), 8)]


@given(st.binary(max_size=60))
def test_words_hold_whatever_part_of_a_word_the_text_has(text: bytes) -> None:
    there = Words(text)
    assert there.all == set(words_of(text))
    for word in there.all:
        assert there.may_hold(word[1:])
    assert there.may_hold(b"for_each") == any(b"for_each" in word for word in there.all)


@given(st.text("ab_ (", max_size=60))
def test_a_part_of_a_word_is_found_wherever_it_stands(text: str) -> None:
    data = text.encode()
    assert Words(data).places(data, b"a_") == [found.start() for found in re.finditer(rb"a_", data)]


@given(st.binary(max_size=60))
def test_the_last_word_is_what_a_pattern_finds(text: bytes) -> None:
    found = re.search(rb"(\w+)\s*\Z", text)
    assert last_word(text) == (found[1] if found else b"")
