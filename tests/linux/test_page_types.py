"""The reviewed shape of a type predicate, built in a copy of a few files of 7.3: what is said of it, and where."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from kscan import api
from kscan.model.finding import Finding
from kscan.report.diff import apply

pytestmark = pytest.mark.linux

FILE = "mm/memory-failure.c"
NEEDED = (
    "Makefile",
    "Kconfig",
    "include/linux/page-flags.h",
    "include/linux/mm.h",
    "include/linux/mm_types.h",
    "include/linux/err.h",
    "include/linux/errno.h",
    "include/uapi/asm-generic/errno-base.h",
    "include/uapi/asm-generic/errno.h",
    FILE,
)
RULES = ("disjoint-guard", "page-type-on-tail")
OLD = "is_kernel_owned_page"
GUARD = "if ((flags & MF_SOFT_OFFLINE) && page_has_movable_ops(page))\n\t\treturn false;\n"
ON_THE_HEAD = f"""\
static inline bool HWPoisonKernelOwned(struct page *page, unsigned long flags)
{{
	struct page *head;

	/* these can be moved away */
	{GUARD}
	head = compound_head(page);
	return PageReserved(page) || PageSlab(head) || PageTable(head) || PageLargeKmalloc(head);
}}
"""
ON_THE_PAGE = f"""\
static inline bool HWPoisonKernelOwned(struct page *page, unsigned long flags)
{{
	{GUARD}
	return PageReserved(page) || PageSlab(page) || PageTable(page) || PageLargeKmalloc(page);
}}
"""
RECHECKED = f"""\
static inline bool HWPoisonKernelOwned(struct page *page, unsigned long flags)
{{
	struct page *head;
	bool owned;

	{GUARD}
	if (PageReserved(page))
		return true;
retry:
	head = compound_head(page);
	owned = PageSlab(head) || PageTable(head) || PageLargeKmalloc(head);
	if (head != compound_head(page))
		goto retry;
	return owned;
}}
"""


def copied(linux: Path, root: Path, shape: str = "") -> Path:
    """The few files of the tree at ``linux``, the predicate replaced by ``shape`` where there is one."""
    for name in NEEDED:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(linux / name, root / name)
    if shape:
        text = (root / FILE).read_text()
        start = text.index(f"static inline bool {OLD}(")
        end = text.index("\n}\n", start) + 3
        text = text[:start] + shape + re.sub(rf"\b{OLD}\(p\)", "HWPoisonKernelOwned(p, flags)", text[end:])
        (root / FILE).write_text(text)
    return root


def said(root: Path) -> list[Finding]:
    """The findings of the two rules in the file."""
    return list(api.check(str(root), [FILE], select=RULES, cache=False).findings)


def line(root: Path, finding: Finding) -> str:
    data = (root / FILE).read_bytes()
    start = data.rfind(b"\n", 0, finding.span.start) + 1
    return data[start : data.index(b"\n", start)].decode()


def fixed(root: Path, findings: Iterable[Finding]) -> str:
    """The text with all fixes made."""
    edits = {edit for finding in findings if finding.fix is not None for edit in finding.fix.edits}
    assert {edit.span.file for edit in edits} == {FILE}
    return apply((root / FILE).read_bytes(), sorted(edits)).decode()


def test_the_tree_as_it_is_gives_nothing(linux_73: Path, tmp_path: Path) -> None:
    assert said(copied(linux_73, tmp_path)) == []


@pytest.mark.parametrize("shape", [ON_THE_HEAD, RECHECKED], ids=["on the head", "looked at again"])
def test_the_guard_is_asked_about(linux_73: Path, tmp_path: Path, shape: str) -> None:
    root = copied(linux_73, tmp_path, shape)
    (finding,) = said(root)
    assert (finding.rule, finding.function) == ("disjoint-guard", "HWPoisonKernelOwned")
    assert line(root, finding) == "\tif ((flags & MF_SOFT_OFFLINE) && page_has_movable_ops(page))"
    proved, _, assumed = finding.message.partition("; ")
    assert proved == (
        "is this guard needed? (flags & MF_SOFT_OFFLINE) && page_has_movable_ops(page) excludes PageSlab(head(page)), "
        "PageTable(head(page)) and PageLargeKmalloc(head(page))"
    )
    assert assumed == "only PageReserved(page) is not proved to be excluded, which would be an assumption"
    notes = [step.note for step in finding.steps]
    assert "PG_reserved set" in notes[0]
    assert "proved from: a page that has a type is no tail page (assumed)" in notes


def test_its_fix_drops_the_guard_and_the_parameter(linux_73: Path, tmp_path: Path) -> None:
    root = copied(linux_73, tmp_path, ON_THE_HEAD)
    findings = said(root)
    fix = findings[0].fix
    assert fix is not None
    assert fix.grade == "review"
    assert fix.title == (
        "drop the guard and the parameter flags that it alone used (assumes that it excludes PageReserved(page))"
    )
    text = fixed(root, findings)
    assert "HWPoisonKernelOwned(struct page *page)\n{\n\tstruct page *head;\n\n\thead = compound_head(page);\n" in text
    assert "if (HWPoisonKernelOwned(p)) {" in text
    (root / FILE).write_text(text)
    assert said(root) == []


def test_types_tested_on_the_page_itself(linux_73: Path, tmp_path: Path) -> None:
    root = copied(linux_73, tmp_path, ON_THE_PAGE)
    findings = said(root)
    assert [finding.rule for finding in findings] == ["disjoint-guard", "page-type-on-tail"]
    tail = findings[1]
    assert line(root, tail).startswith("\treturn PageReserved(page) || PageSlab(page)")
    assert tail.message == (
        "PageSlab(page), PageTable(page) and PageLargeKmalloc(page) look at page itself, which may be a tail page: "
        "get_any_page() asks PageHuge(p); the type is set on the head only"
    )
    (root / FILE).write_text(fixed(root, findings))
    assert said(root) == []
