"""Annotation words that a tree's headers define."""

from __future__ import annotations

import pytest

from kscan.dialect.learning import learn_all


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (b"#define __frobs __attribute__((frob))\n", {b"__frobs"}),
        (b"#define __frobs(x) \\\n\t__attribute__((frob(x)))\n", {b"__frobs("}),
        (b'#define __in_frob __section(".frob") __used\n', {b"__in_frob"}),
        (b"#define frob_noinline noinline\n", {b"frob_noinline"}),
        (b"#define FROB_INIT_FUNCTION __init\n", {b"FROB_INIT_FUNCTION"}),
        (b"#ifdef X\n#define __frob __packed\n#else\n#define __frob\n#endif\n", {b"__frob"}),
        (b"#ifdef X\n#define __frob __packed\n#else\n#define __frob static\n#endif\n", set()),
        (b"#define POS __packed\n", set()),
        (b"#define handler __packed\n", set()),
        (b"#define inline inline notrace\n", set()),
        (b"#define __frob_type __u32\n", set()),
        (b"#define __frob(x) __frob_of(x)\n", set()),
        (b"#define __FROB_H\n", set()),
    ],
)
def test_learns(header: bytes, words: set[bytes]) -> None:
    assert learn_all([header]) == words


def test_all_headers_count() -> None:
    assert learn_all([b"#define __one __packed\n", b"#define __two __used\n"]) == {b"__one", b"__two"}
