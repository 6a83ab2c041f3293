"""The Return text of a kernel-doc comment, and the bytes it stands at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.facts.kerneldoc import byte_at, read_doc
from kscan.model.facts import Doc


def doc_of(*lines: str, encoding: str = "utf-8", eol: str = "\n", before: str = "int x;\n") -> tuple[bytes, Doc | None]:
    """The bytes of a file with one comment made of ``lines``, and what is read from it."""
    comment = eol.join(["/**", *(f" * {line}".rstrip() for line in lines), " */"])
    data = before.encode() + comment.encode(encoding) + b"\nint frob(void);\n"
    return data, read_doc(data, len(before), len(before) + len(comment.encode(encoding)))


def returns(*lines: str) -> str | None:
    doc = doc_of("frob() - do it", *lines)[1]
    assert doc is not None
    return doc.returns


def prose(*lines: str) -> str | None:
    doc = doc_of("frob() - do it", *lines)[1]
    assert doc is not None
    return doc.prose


@pytest.mark.parametrize(
    "first",
    [
        "DOC: how frobs work",
        "struct frob - a frob",
        "enum frob - kinds of frob",
        "union frob",
        "typedef frob_t - a frob",
        "@member: a member described in place",
        "",
        "frobs are described in another file",
    ],
)
def test_no_function_is_documented(first: str) -> None:
    assert doc_of(first, "Return: 0")[1] is None


@pytest.mark.parametrize(
    ("comment", "before"),
    [
        (b"/* frob() - plain\n */", b""),
        (b"/** frob() - on the opening line\n */", b""),
        (b"/**\n * frob() - indented\n */", b"\t"),
        (b"/**/", b""),
        (b"/**", b""),
        (b"/**\n */", b""),
        (b"/**\n", b""),
    ],
)
def test_no_kernel_doc(comment: bytes, before: bytes) -> None:
    data = before + comment
    assert read_doc(data, len(before), len(data)) is None


@pytest.mark.parametrize(
    "first",
    [
        "frob",
        "frob()",
        "frob - do",
        "frob() - do",
        "frob: do",
        "int *frob() - do",
        "define frob - a macro",
        "frob(x) - do",
    ],
)
def test_the_name(first: str) -> None:
    doc = doc_of(first)[1]
    assert doc is not None
    assert doc.name == "frob"


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["Return: 0"], "0"),
        (["Returns: 0"], "0"),
        (["RETURN: 0"], "0"),
        (["return : 0"], "0"),
        (["@return: 0"], "0"),
        (["@returns: 0"], "0"),
        (["Return: 0 when", "        it worked"], "0 when\n        it worked"),
        (["Return:", "* %0 - done", "* %-EIO - broken"], "* %0 - done\n* %-EIO - broken"),
        (["Return: 0", "", "More about it."], "0"),
        (["Return: 0", "Context: any"], "0"),
        (["Return: 0", "Note: slow"], "0"),
        (["Return: 0", "@f: a frob"], "0"),
        (["Return: 0 or", "example::"], "0 or\nexample::"),
        (["Return:: 0"], None),
        (["Return value: 0"], None),
        (["Returns 0"], None),
        (["Return:", "", "0 on success"], ""),
        (["@f: a frob", "Return: 0"], "0"),
        (["Return: 0", "", "Return: 1"], "0\n1"),
    ],
)
def test_the_section_and_its_end(lines: list[str], text: str | None) -> None:
    assert returns(*lines) == text


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["", "Returns 0 on success."], "Returns 0 on success."),
        (["@f: a frob", "Returns 0 or", "        -EIO."], "Returns 0 or\n        -EIO."),
        (["", "It frobs.", "Return 0 when done.", "", "More."], "Return 0 when done."),
        (["", "It frobs.", "returns 0 when done."], "returns 0 when done."),
        (["", "Return value: 0."], "Return value: 0."),
        (["", "Only when the callback", "returns 0 is it kept."], None),
        (["", "It frobs. Returns 0."], None),
        (["", "Returning is not its way."], None),
        (["", "Example:", "return frob();"], None),
        (["", "Example: return 0 from it"], None),
        (["", "Returns 0.", "", "Return: 0"], None),
    ],
)
def test_unmarked_prose(lines: list[str], text: str | None) -> None:
    assert prose(*lines) == text


def test_spans_cover_the_section_and_the_prose() -> None:
    data, doc = doc_of("frob() - do it", "@f: a frob", "", "Return: 0 or", "        -EIO.", "", "More.")
    assert doc is not None
    assert data[doc.returns_start : doc.returns_end] == b"Return: 0 or\n *         -EIO."
    data, doc = doc_of("frob() - do it", "", "  Returns 0 or", "  -EIO.", "")
    assert doc is not None
    assert data[doc.prose_start : doc.prose_end] == b"Returns 0 or\n *   -EIO."


def test_what_is_said_to_kscan_documents_nothing() -> None:
    allowed = ("kscan: allow(undocumented-errno) it returns -EIO only", "to those that know -EPERM.")
    said = ("Return: 0, -EBUSY", *allowed, "", "Returns -ENOMEM too.")
    doc = doc_of("frob() - do it", *said)[1]
    assert doc is not None
    assert (doc.returns, doc.remarks) == ("0, -EBUSY", "Returns -ENOMEM too.")
    assert prose("Does it.", "", *allowed, "") is None
    assert prose("kscan: allow(x) y", "", "Returns 0.") == "Returns 0."


def test_crlf_counts_but_does_not_show() -> None:
    data, doc = doc_of("frob() - do it", "Return: 0 or", "-EIO", eol="\r\n")
    assert doc is not None
    assert doc.returns == "0 or\n-EIO"
    assert data[byte_at(doc, doc.returns.index("-EIO")) :][:4] == b"-EIO"


def test_text_on_the_closing_line_is_read() -> None:
    data = b"/**\n * frob() - do it\n * Return: 0 or -EIO */"
    doc = read_doc(data, 0, len(data))
    assert doc is not None
    assert doc.returns == "0 or -EIO"
    assert doc.returns_end == data.index(b" */")


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_offsets_hold_in_any_encoding(encoding: str) -> None:
    data, doc = doc_of("frob() - do it", "Return: 0 für älteres, -EIO sonst", encoding=encoding)
    assert doc is not None and doc.returns is not None
    assert data[byte_at(doc, doc.returns.index("-EIO")) :][:4] == b"-EIO"


@pytest.mark.parametrize("filler", [b" ", b"*", b"a", b"- ", b"* ", b"Return: ", b"@", b"\xff"])
def test_a_line_of_megabytes_is_cut(filler: bytes) -> None:
    for line in (filler * 2_000_000 + b"x", b"Return:" + filler * 2_000_000 + b"x"):
        data = b"/**\n * frob() - do it\n * return\n * " + line + b"\n */"
        doc = read_doc(data, 0, len(data))
        assert doc is not None
        assert len(doc.returns or "") < 10_000


def test_remarks_are_what_else_is_said_of_returning() -> None:
    doc = doc_of(
        "frob() - do it", "@f: a frob", "", "It is fast.", "", "Gives -EIO up.", "", "Return: 0", "", "It returns late."
    )[1]
    assert doc is not None
    assert doc.remarks == "Gives -EIO up.\n\nIt returns late."


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_bytes_map_back(before: bytes, after: bytes) -> None:
    """Every character of the Return text stands at the byte that byte_at gives."""
    noise = before.replace(b"*/", b"").replace(b"\n", b"\n * ") + b"\n * Return: " + after.replace(b"*/", b"")
    data = b"/**\n * frob() - do it\n * " + noise + b"\n */"
    doc = read_doc(data, 0, len(data))
    assert doc is not None
    assert doc.returns is not None
    for offset, char in enumerate(doc.returns):
        if char not in "\n\ufffd":
            at = byte_at(doc, offset)
            assert data[at : at + len(char.encode())] == char.encode()
