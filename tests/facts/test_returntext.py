"""What a Return text documents: named values with their offsets, and wording that leaves it open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.facts.errno import read_errnos
from kscan.facts.kerneldoc import read_doc
from kscan.facts.returntext import read_documented, read_return_text

NAMES = ("EIO", "EAGAIN", "EINVAL", "ENOMEM", "EBUSY", "E2BIG", "EXDEV", "ENODEV", "EPROBE_DEFER", "ETIMEDOUT")
HEADER = "".join(f"#define {name} {number}\n" for number, name in enumerate(NAMES, 1)) + "#define EWOULDBLOCK EAGAIN\n"
ERRNOS = read_errnos({"include/uapi/asm-generic/errno.h": HEADER})


def named(text: str) -> list[str]:
    return [value.value for value in read_return_text(text, ERRNOS).errnos]


def placed(text: str) -> list[str]:
    found = read_return_text(text, ERRNOS)
    return [value.value for value in (*found.errnos, *found.constants) if value.placed]


CLOSED = [
    "0 on success, -EIO when the wire is cut",
    "0 on failure, 1 when the frob was taken, -EIO for frobs that hold memory errors",
    "%0 if the lock was taken, %-EBUSY otherwise",
    "-ENOMEM when out of memory and zero for success.",
    "0 on success, or one of the following negative error codes on failure:\n* %-EINVAL - bad\n* %-EIO - I/O error",
    "one of the following errnos:\n* -EIO - the wire\n* -EBUSY - in use",
    "* 0 - done\n* -EINVAL - the index is negative\n* -EIO - an error occurred",
    "* 0 - done\n* -EINVAL - must be a non-negative integer",
    "* %-EIO - I/O error (including a non-existent frob).",
    "0 on success, otherwise -EINVAL",
    "0 if it worked or -EBUSY",
    "the frob, or ERR_PTR(-ENOMEM)",
    "0, or -EINVAL on a parse error",
    "-ETIMEDOUT in state FROB_INTERRUPTIBLE, 0 otherwise",
    "1 on success, 0 on failure",
    "true when frobbed, false if not",
    "-EBUSY when frob_get() has raced, 0 otherwise",
    "On any error, return -EIO.",
    "0",
]

OPEN = [
    "0 on success, negative errno on failure",
    "0 on success, a negative error code otherwise",
    "0 or -errno",
    "0 or -ERRNO on error",
    "0, < 0 on failure",
    "0, <0 otherwise",
    "less than zero when it broke",
    "0 or error",
    "0, error otherwise",
    "0 on success, an error code if not",
    "errno",
    "error",
    "An error, or 0",
    "zero or an appropriate error",
    "0 or -ve on trouble",
    "0 if done, -EIO when cut, other negative values on failure",
    "0, -EIO or another error",
    "0, -EBUSY, or any other error of the bus",
    "0 or a negative value, e.g. -EIO",
    "-EIO, -EBUSY, etc.",
    "-EIO, -EBUSY, ...",
    "0 on success, non-zero on failure",
    "0, any other value means trouble",
    "0, or what frob_get() returns: the result of frob_get()",
    "the return value of @fn",
    "-ENODEV when off, otherwise the return value from the callback",
    "the frob or an ERR_PTR() on failure",
    "the frob, IS_ERR() otherwise",
    "an error pointer on failure",
    "same as frob_get()",
    "0, -E* on error",
    "0 or -EXXX",
    "0, -EWEIRD when odd",
    "-FROB_EBAD when odd",
    "0, FROB_ERR_BAD otherwise",
    "-EIO, or errors propagated from the bus",
    "0 on success. Various errors may be returned.",
    "Non zero on error, which includes: -EINVAL",
    "success or failure",
    "-EINVAL if @x is negative, negative errno otherwise",
]


@pytest.mark.parametrize("text", CLOSED)
def test_closed(text: str) -> None:
    assert not read_return_text(text, ERRNOS).open_negative


@pytest.mark.parametrize("text", OPEN)
def test_open(text: str) -> None:
    assert read_return_text(text, ERRNOS).open_negative


@pytest.mark.parametrize(
    ("text", "errnos"),
    [
        ("-EIO", ["-EIO"]),
        ("%-EIO", ["-EIO"]),
        ("-%EIO", ["-EIO"]),
        ("``-EIO``", ["-EIO"]),
        ("ERR_PTR(-EIO)", ["-EIO"]),
        ("frob_err(-EIO)", ["-EIO"]),
        ("EIO or ENOMEM", ["-EIO", "-ENOMEM"]),
        ("-EIO/-EBUSY|-E2BIG", ["-EIO", "-EBUSY", "-E2BIG"]),
        ("-EPROBE_DEFER", ["-EPROBE_DEFER"]),
        ("-EIOS", []),
        ("WEIO", []),
        ("@EIO", []),
        ("EIO()", []),
        ("-ENOSUCHTHING", []),
    ],
)
def test_errnos_named(text: str, errnos: list[str]) -> None:
    assert named(text) == errnos


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0 or -EIO", ["-EIO", "0"]),
        ("0 if idle or -EBUSY", ["-EBUSY", "0"]),
        ("0 if idle, -EBUSY otherwise", ["-EBUSY", "0"]),
        ("0 if idle and -EBUSY when not", ["-EBUSY", "0"]),
        ("if idle then 0. Otherwise returns -EBUSY", ["-EBUSY"]),
        ("never -EIO", []),
        ("This cannot return -EIO.", []),
        ("It does not return\n-EIO.", []),
        ("0, instead of -EIO", ["0"]),
        ("0 when the bus said -EIO", ["0"]),
        ("0 if frob_get() gave -EIO or -EBUSY", ["0"]),
        ("sets @err to -EIO", []),
        ("* %0 - idle, not in use\n* %-EBUSY - it never\n* -EIO - no", ["-EBUSY", "-EIO", "0"]),
        ("NULL does not mean ENOMEM", ["NULL"]),
        ("1 when taken", ["1"]),
        ("true, or false", ["true", "false"]),
        ("one if taken, zero otherwise", ["1", "0"]),
        ("one of the frobs", []),
        ("zero on error\none for success", ["0", "1"]),
        ("the 31-bit hash, 0x10 and 1.5 times", []),
        ("-1 when off", ["-1"]),
    ],
)
def test_values_in_the_place_of_a_result(text: str, values: list[str]) -> None:
    assert placed(text) == values


@pytest.mark.parametrize(
    ("text", "positive"),
    [
        ("0 on success, -EIO when the wire is cut", False),
        ("1 on success for frobs in a well-defined state, 0 otherwise", False),
        ("0 or a negative errno", False),
        ("0 if at the end, -EIO if the value is odd", False),
        ("number of frobs written", True),
        ("the index, or -EIO", True),
        (">= 0, or -EIO", True),
        ("positive when taken, 0 otherwise", True),
        ("non-zero when taken", True),
        ("bytes copied, 0 at the end", True),
        ("0 or the new id", True),
        ("0 or FROB_MORE", True),
        ("0 on success / other on failure", True),
        ("0 when it was found, else fail.", True),
        ("0 if ok. Any other return means that the frob is ignored", True),
        ("zero, or an error otherwise", False),
        ("zero, otherwise a negative errno", False),
        ("1..8 when taken", True),
        ("the result of frob_get()", True),
    ],
)
def test_open_positive(text: str, positive: bool) -> None:
    assert read_return_text(text, ERRNOS).open_positive is positive


@pytest.mark.parametrize(
    ("text", "zero"),
    [
        ("0 or -EIO", True),
        ("Zero, -EIO otherwise", True),
        ("false when off", True),
        ("-EIO when cut, success otherwise", True),
        ("number of frobs", True),
        ("the frob or NULL", True),
        ("1 on success, -EIO otherwise", False),
        ("-EIO when cut", False),
        ("1 when taken", False),
    ],
)
def test_covers_zero(text: str, zero: bool) -> None:
    assert read_return_text(text, ERRNOS).covers_zero is zero


@pytest.mark.parametrize(
    ("text", "listed"), [("0 - a\n-EIO - b", True), ("* %0 - a\n* %-EIO - b", True), ("0 or -EIO", False), ("", False)]
)
def test_lists(text: str, listed: bool) -> None:
    assert read_return_text(text, ERRNOS).listed is listed


def test_names_respects_aliases() -> None:
    documented = read_return_text("0 or -EWOULDBLOCK", ERRNOS)
    assert documented.names("EAGAIN", ERRNOS)
    assert documented.names("-EAGAIN", ERRNOS)
    assert not documented.names("EIO", ERRNOS)


@pytest.mark.parametrize(
    ("remark", "open_negative", "names_io"),
    [
        ("It may return -EIO early.", False, True),
        ("-EIO of the bus is kept in the frob.", False, True),
        ("It returns a negative errno when off.", True, False),
        ("The errno of the frob is negative.", False, False),
    ],
)
def test_what_other_paragraphs_say_counts(remark: str, open_negative: bool, names_io: bool) -> None:
    data = f"/**\n * frob() - do it\n *\n * {remark}\n *\n * Return: 0 or -EBUSY\n */".encode()
    doc = read_doc(data, 0, len(data))
    assert doc is not None
    documented = read_documented(doc, ERRNOS)
    assert documented is not None
    assert documented.open_negative is open_negative
    assert documented.names("EIO", ERRNOS) is names_io


@given(
    st.lists(st.sampled_from(["-EIO", "%0", "if", "not", "\n", "* ", "error", ", ", "ERR_PTR(-EBUSY)", "é", "@x", "."]))
)
def test_offsets_point_at_what_they_name(words: list[str]) -> None:
    text = " ".join(words)
    for value in read_return_text(text, ERRNOS).errnos:
        assert text[value.start : value.end].lstrip("%") == value.value
