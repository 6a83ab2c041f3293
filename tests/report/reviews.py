"""Reviews made by hand of patches that are read and applied as those of people are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from kscan.model.finding import Finding, Step
from kscan.model.gap import Gap
from kscan.model.review import Bisect, PatchReview, ReadVersion, ReviewResult
from kscan.model.span import Span
from tests.source.series.making import apply, diff, read
from tests.source.test_overlay import build

LAMP = b"""\
#include "lamp.h"

/**
 * lamp_grab() - take a lamp
 * @lamp: the lamp
 *
 * Return: 0 on success, -EBUSY when somebody has it.
 */
int lamp_grab(struct lamp *lamp)
{
	if (lamp->holder)
		return -EBUSY;
	lamp->holder = current;
	return 0;
}

int lamp_show(struct lamp *lamp)
{
	int ret = lamp_grab(lamp);

	if (ret < 0)
		return ret;
	lamp_drop(lamp);
	return 0;
}
"""
BROKEN = LAMP.replace(b"\tlamp->holder = c", b"\tif (lamp->isBroken)\n\t\treturn -EIO;\n\tlamp->holder = c")
HEADERS = """\
From: =?utf-8?q?=C3=85sa?= Ek <asa@example.org>
To: lamps@example.org
Cc: "Last, First" <first@example.org>, =?utf-8?q?=C3=85sa?= Ek <asa@example.org>
Date: Mon, 5 Jan 2026 10:00:00 +0100
Subject: [PATCH v2 {number}/{total}] {subject}
Message-ID: <lamp-v2-{number}@example.org>
"""
ANSWER = "In-Reply-To: <lamp-v2-0@example.org>\nReferences: <lamp-v2-0@example.org>\n"


class Reviewed(NamedTuple):
    """A review, and the bytes of each version."""

    result: ReviewResult
    read: ReadVersion

    def span(self, version: int, file: str, text: bytes) -> Span:
        start = self.read(version, file).index(text)
        return Span(file, start, start + len(text))


def mail(number: int, total: int, subject: str, body: bytes = b"") -> bytes:
    """A mail of the series; without a body the cover letter."""
    head = HEADERS.format(number=number, total=total, subject=subject) + (ANSWER if number else "")
    return b"From x Mon Sep 17 00:00:00 2001\n" + head.encode() + b"\nWhy.\n---\n" + body + b"-- \n2.39\n\n"


def reviewed(
    folder: Path, versions: Sequence[Mapping[str, bytes]], subject: str = "lamp: it can be broken", cover: bool = False
) -> Reviewed:
    """The review, without anything to say yet, of the patches that lead from each of ``versions`` to the next."""
    tree = build(folder / "tree", dict(versions[0]))
    letters = [mail(0, len(versions) - 1, "lamps")] if cover else []
    for number, (old, new) in enumerate(pairwise(versions), 1):
        (folder / str(number)).mkdir()
        body = b"".join(
            diff(folder / str(number), old.get(name, b""), new[name], 3, name)
            for name in sorted(new)
            if new[name] != old.get(name)
        )
        letters.append(mail(number, len(versions) - 1, subject, body))
    series = read(tree, b"".join(letters))
    applied = apply(tree, b"".join(letters))
    patches = tuple(PatchReview(number, one.patch, one.applied.placed) for number, one in enumerate(applied.patches, 1))
    result = ReviewResult(str(tree.root), "the tree as it is", patches, series.cover, functions=3, files=1)
    return Reviewed(result, lambda version, path: versions[version].get(path, b""))


def finding(span: Span, rule: str = "remapped-errno", **changes: Any) -> Finding:
    values: dict[str, Any] = {
        "rule": rule,
        "severity": "note",
        "audience": "author",
        "span": span,
        "function": "lamp_show",
        "message": "something is odd",
        "subject": "-EIO",
    }
    return Finding(**(values | changes))


__all__ = ["BROKEN", "LAMP", "Bisect", "Gap", "Reviewed", "Step", "finding", "reviewed"]
