"""The line form of checkpatch."""

from __future__ import annotations

import re

from kscan.report.locating import locate
from kscan.report.terse import render
from tests.report.samples import finding, reader, result

# What reads checkpatch: the path is all up to the first ":LINE: ".
LINE = re.compile(r"(?P<path>.+?):(?P<line>\d+): (?P<level>ERROR|WARNING|CHECK):(?P<type>[A-Z0-9_]+): (?P<text>.+)")


def test_lines_and_totals() -> None:
    some = (finding(), finding(severity="note", rule="folded-errno"), finding(severity="error"))
    report = locate(result(*some), reader())
    assert render(report.findings, report.counts) == (
        "mm/a.c:6: CHECK:FOLDED_ERRNO: -EIO becomes -EBUSY\n"
        "mm/a.c:6: WARNING:REMAPPED_ERRNO: -EIO becomes -EBUSY\n"
        "mm/a.c:6: ERROR:REMAPPED_ERRNO: -EIO becomes -EBUSY\n"
        "total: 1 errors, 1 warnings, 1 checks, 2 functions checked, 2 gaps\n"
    )
    assert render(report.findings, None).count("\n") == 3


def test_a_finding_is_one_line_whatever_it_says() -> None:
    files = {"mm/a b:\x1b[2J\né.c": b"int a;\n"}
    (path,) = files
    odd = finding(path, b"int", files, message="one\x1b[1m\r\u2028\ntwo\nthree")
    (line,) = render(locate(result(odd, contracts=(), gaps=()), reader(files)).findings, None).splitlines()
    found = LINE.fullmatch(line)
    assert found is not None
    assert found["path"] == "mm/a b:\\x1b[2J\\né.c"
    assert found["text"] == "one\\x1b[1m\\r\\u2028"
