"""Names for findings that outlive edits elsewhere in the file."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from kscan.model.finding import Finding


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """
    One fingerprint (32 hex digits) for each finding, in their order: sha256 of rule, file, function and subject, and
    of an ordinal from the second finding with the same four on. No position goes in: lines added above change nothing.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    made = []
    for finding in findings:
        key = (finding.rule, finding.span.file, finding.function, finding.subject)
        made.append(_digest((*key, str(seen[key])) if seen[key] else key))
        seen[key] += 1
    return made


def _digest(parts: tuple[str, ...]) -> str:
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:32]
