"""The reviewed shape, built in a copy of 7.3: three remarks with fixes, and with all of them made, what 7.3 has."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kscan import api
from kscan.model.result import CheckResult

pytestmark = pytest.mark.linux

FILE = "mm/memory-failure.c"
HEAD = b"static inline bool is_kernel_owned_page(struct page *page)\n"
NAME, REVIEWED = b"is_kernel_owned_page", b"HWPoisonKernelOwned"
GUARD = b"\tif ((flags & MF_SOFT_OFFLINE) && page_has_movable_ops(page))\n\t\treturn false;\n\n"
COMMENT = b"""/*
 * Tells the pages that nobody can give back.
 *
 * get_any_page() asks first of all, before shake_page() gets to see the
 * page at all.  get_any_page() then goes to its end with an errno that
 * memory_failure() has a branch for.  soft_offline_page() passes what
 * get_any_page() returned to its own callers.  If the caller of
 * get_any_page() brought a reference, put_page() is called there and
 * nowhere else.  shake_page() would be called three times by
 * get_any_page(), and unpoison_memory() never gets here because of what
 * get_hwpoison_page() does before, with the flags that its own callers
 * gave to it.
 */
"""


@pytest.fixture(scope="module")
def copy(linux_73: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of 7.3 made of links; a file is replaced before it is changed."""
    made = tmp_path_factory.mktemp("copy") / "linux"
    done = subprocess.run(["cp", "-al", linux_73, made], check=False, capture_output=True)
    if done.returncode:
        pytest.skip("the tree is on another disk than the temporary folder, and a copy is too large")
    yield made
    shutil.rmtree(made.parent)


@pytest.fixture(autouse=True)
def cache(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(copy.parent / "cache"))


def reviewed(data: bytes) -> bytes:
    """The file with the predicate as it was when it was reviewed."""
    at = data.index(HEAD)
    begin = data.rfind(b"/*", 0, at)
    first_blank = data.index(b"\n\n", at) + 2
    data = data[:begin] + COMMENT + data[at:first_blank] + GUARD + data[first_blank:]
    data = data.replace(HEAD, HEAD.replace(b"page *page)", b"page *page, unsigned long flags)"))
    data = data.replace(b"if (" + NAME + b"(p))", b"if (" + NAME + b"(p, flags))")
    return data.replace(NAME, REVIEWED)


def put(copy: Path, data: bytes) -> None:
    (copy / FILE).unlink()
    (copy / FILE).write_bytes(data)


def since(copy: Path, linux_73: Path) -> CheckResult:
    return api.check(str(copy), against=str(linux_73))


def without_comments(data: bytes) -> list[bytes]:
    at = data.index(b"static inline bool " + NAME)
    return data[: data.rfind(b"/*", 0, at)].split() + data[at:].split()


def test_the_three_remarks_and_their_fixes(copy: Path, linux_73: Path) -> None:
    original = (linux_73 / FILE).read_bytes()
    assert since(copy, linux_73).findings == ()
    data = reviewed(original)
    put(copy, data)
    result = since(copy, linux_73)
    told = {f.rule: data.count(b"\n", 0, f.span.start) + 1 for f in result.findings}
    line = data.count(b"\n", 0, data.index(b"bool " + REVIEWED)) + 1
    guard = data.count(b"\n", 0, data.index(GUARD)) + 1
    assert told == {"comment-about-callers": line - 10, "camelcase-name": line, "disjoint-guard": guard}
    assert {f.rule: f.fix and f.fix.grade for f in result.findings} == {
        "comment-about-callers": "show",
        "camelcase-name": "safe",
        "disjoint-guard": "review",
    }
    diff = api.fix_diff(str(copy), api.fixes(result, "show"))
    subprocess.run(["patch", "-p1", "-s", "-d", copy], input=diff, check=True)
    after = (copy / FILE).read_bytes()
    assert since(copy, linux_73).findings == ()
    assert without_comments(after) == without_comments(original)
    subprocess.run(["patch", "-p1", "-s", "-R", "-d", copy], input=diff, check=True)
    assert (copy / FILE).read_bytes() == data


def test_what_is_written_is_what_the_grade_allows(copy: Path, linux_73: Path) -> None:
    original = (linux_73 / FILE).read_bytes()
    put(copy, reviewed(original))
    choice = api.fixes(since(copy, linux_73), "review")
    written, _ = api.fix_files(str(copy), choice)
    assert written == (FILE,)
    assert [f.rule for f in since(copy, linux_73).findings] == ["comment-about-callers"]
    assert without_comments((copy / FILE).read_bytes()) == without_comments(original)
    assert (linux_73 / FILE).read_bytes() == original
