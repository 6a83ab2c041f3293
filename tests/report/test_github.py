"""Workflow commands: what the runner reads back is what was meant."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from kscan.report.github import escape_data, escape_property, render
from kscan.report.lines import Places
from kscan.report.remarks import of_check
from tests.report.samples import FILES, finding, reader, result

COMMAND = re.compile(r"::(?P<name>[a-z]+) (?P<properties>.*?)::(?P<message>.*)")


def read_back(command: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner takes it apart."""
    found = COMMAND.fullmatch(command)
    assert found is not None, command
    pairs = (pair.split("=", 1) for pair in found["properties"].split(","))
    properties = {key: _unescaped(value, ":,") for key, value in pairs}
    return found["name"], properties, _unescaped(found["message"], "")


def _unescaped(text: str, more: str) -> str:
    for char in f"\r\n{more}%":
        text = text.replace(f"%{ord(char):02X}", char)
    return text


def of(*findings: object, files: dict[str, bytes] = FILES, gaps: int = 0) -> str:
    made = result(*findings, contracts=(), gaps=())  # type: ignore[arg-type]
    return render(of_check(made, Places(reader(files))), gaps)


def test_a_finding_with_its_path() -> None:
    assert of(finding(), finding(severity="note", steps=(), text=b"if (ret < 0)\n\t\treturn -EBUSY"), gaps=2) == (
        "::notice file=mm/a.c,line=5,endLine=6,title=remapped-errno::-EIO becomes -EBUSY\n"
        "::warning file=mm/a.c,line=6,endLine=6,col=3,endColumn=15,title=remapped-errno::"
        "-EIO becomes -EBUSY%0Amm/a.c:6: in a(): returns -EBUSY\n"
        "::notice title=kscan::2 gaps, about which nothing is said (--format json lists them)\n"
    )


def test_a_span_that_ends_with_its_line_ends_on_it() -> None:
    (line,) = of(finding(text=b"int ret = b();\n", steps=())).splitlines()
    assert read_back(line)[1] | {"endColumn": ""} == {
        "file": "mm/a.c",
        "line": "3",
        "endLine": "3",
        "col": "2",
        "endColumn": "",
        "title": "remapped-errno",
    }


def test_odd_names_and_texts_come_through() -> None:
    files = {"mm/a, b:100%é::x=1.c": "/* 😀 */ int a;\r\n".encode()}
    (path,) = files
    (line,) = of(finding(path, b"int", files, message="50%: a::b,\r\nx\x1b[1m", steps=()), files=files).splitlines()
    name, properties, message = read_back(line)
    assert (name, properties["file"], properties["col"]) == ("warning", path, "10")
    assert message == "50%: a::b,\\r\nx\\x1b[1m"


@given(st.text())
def test_nothing_that_is_escaped_ends_a_property_or_a_command(text: str) -> None:
    assert not set(escape_property(text)) & set(":,\r\n")
    assert not set(escape_data(text)) & set("\r\n")
    assert _unescaped(escape_property(text), ":,") == text
    assert _unescaped(escape_data(text), "") == text
