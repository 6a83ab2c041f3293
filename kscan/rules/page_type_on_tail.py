"""A page's type is tested on a page that may be a tail, where the type is on the head."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kscan.model.edit import Edit, Fix
from kscan.model.finding import Finding, Step
from kscan.model.guard import TailTest
from kscan.model.span import Span
from kscan.rules.rule import Program, rule

WHY = (
    "The type of a compound page is set in its head. A test that looks at the given page only answers no for every "
    "tail of such a page, so that slab memory, page tables and the like are taken for something else."
)
BAD = """\
/**
 * page_is_owned() - whether the page belongs to the kernel itself
 * @page: the page, possibly in the middle of a folio
 */
static bool page_is_owned(struct page *page)
{
        return PageHuge(page) || PageSlab(page);
}
"""
GOOD = """\
/**
 * page_is_owned() - whether the page belongs to the kernel itself
 * @page: the page, possibly in the middle of a folio
 */
static bool page_is_owned(struct page *page)
{
        return PageHuge(page) || folio_test_slab(page_folio(page));
}
"""


def check(program: Program) -> Iterator[Finding]:
    """One finding per page variable, at the first test."""
    for found in program.tail_tests():
        span, function = found.tests[0][1], found.function
        names = list(dict.fromkeys(f"{name}({found.page})" for name, _ in found.tests))
        listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
        look = "look" if len(names) > 1 else "looks"
        message = (
            f"{listed} {look} at {found.page} itself, which may be a tail page: {found.seen_in}() asks "
            f"{found.seen_as}; the type is set on the head only"
        )
        steps = (Step(found.seen, found.seen_in, f"{found.seen_as}: the page may be a tail here", "context"),)
        yield RULE.finding(span, function.name, message, " ".join(names), steps, _fix(program, found))


def _fix(program: Program, found: TailTest) -> Fix | None:
    """The head tested instead: a proposal, since the answer changes for tail pages."""
    source = program.source(found.function.file)
    edits = [edit for _, span in found.tests for edit in _on_head(source, span, found.page)]
    return Fix(f"test compound_head({found.page})", "show", tuple(edits)) if edits else None


def _on_head(source: bytes, call: Span, page: str) -> Iterator[Edit]:
    inside = re.compile(rb"\(\s*(%s)\s*\)" % re.escape(page.encode())).search(source, call.start, call.end)
    if inside:
        yield Edit(Span(call.file, inside.start(1), inside.end(1)), f"compound_head({page})")


RULE = rule(__name__, severity="warning", audience="author", check=check)
