"""Rows are in zlib's format, whoever writes and reads them."""

from __future__ import annotations

import subprocess
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.facts import deflate

_PARTS = st.lists(st.binary(max_size=3_000), min_size=1, max_size=3)


@given(_PARTS)
def test_what_one_writes_the_other_reads(parts: list[bytes]) -> None:
    ours = [deflate.compress(part, deflate.FASTEST) for part in parts]
    assert [zlib.decompress(one) for one in ours] == parts
    assert [deflate.decompress(zlib.compress(part, 1)) for part in parts] == parts


@given(st.binary(max_size=3_000), st.binary(max_size=300))
def test_what_is_behind_the_first_part_is_left_as_it_is(first: bytes, rest: bytes) -> None:
    unpacking = deflate.decompressobj()
    assert unpacking.decompress(deflate.compress(first, deflate.FASTEST) + rest) == first
    assert unpacking.unused_data == rest


def test_nothing_else_is_taken_for_it() -> None:
    whole = deflate.compress(b"int f(void);" * 50, deflate.FASTEST)
    for broken in (b"", b"int f(void);", whole[:-3], whole[:9] + b"\xff\xff" + whole[11:]):
        with pytest.raises(Exception, match=r"."):
            deflate.decompress(broken)


def test_it_does_without_the_library() -> None:
    told = "import sys; sys.modules['isal'] = None; from kscan.facts import deflate; print(deflate.compress.__module__)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout == "zlib\n"
