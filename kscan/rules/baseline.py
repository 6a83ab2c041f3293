"""Baselines read, and findings told apart by them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from kscan.model.error import InputError
from kscan.model.finding import Finding
from kscan.model.regex import regex
from kscan.model.result import CheckResult
from kscan.model.review import PatchReview, ReviewResult
from kscan.model.standing import Allowed, Entry
from kscan.report.baseline import SCHEMA
from kscan.report.lines import Places
from kscan.report.remarks import Remark, of_check, of_review
from kscan.source.tree import NOT_KERNEL

_MAX_BYTES: Final = 256 << 20
_MERGE = regex(rb"<{7}|={7}|>{7}|\|{7}")
_LINE = msgspec.json.Decoder(dict[str, str])


def read(path: str) -> tuple[Entry, ...]:
    """
    The entries of the baseline in the file at ``path``, each once and in order. Raises InputError, with the line, for a
    file that cannot be read or is none.
    """
    try:
        with Path(path).open("rb") as file:  # a pipe will do
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; name a file that 'kscan baseline' wrote") from None
    if len(data) > _MAX_BYTES:
        raise InputError(f"{path}: too large for a baseline; name a file that 'kscan baseline' wrote")
    lines = [(number, line) for number, line in enumerate(data.splitlines(), 1) if line.strip()]
    entries = {entry for number, line in lines for entry in _entries(f"{path}:{number}", line)}
    if not lines:
        raise InputError(f"{path}: empty; a baseline without findings has one line, which names its format")
    return tuple(sorted(entries))


def sift(
    result: CheckResult, entries: Sequence[Entry], rules: Collection[str], looked_at: Callable[[str], bool]
) -> CheckResult:
    """
    ``result`` with the findings that are among ``entries`` set apart, and the entries that are found no more: those of
    ``rules`` (what was run) in files that were ``looked_at``.
    """
    marks = {entry.fingerprint for entry in entries}
    remarks = of_check(result, Places(lambda _: b""))
    known = [one.finding for one in remarks if one.counts and one.fingerprint in marks]
    allowed = tuple(_known_too(result.allowed, remarks, marks))
    found = {one.fingerprint for one in remarks}
    absent = (one for one in entries if one.fingerprint not in found and one.rule in rules and looked_at(one.file))
    return msgspec.structs.replace(
        result,
        findings=tuple(_without(result.findings, known)),
        known=tuple(known),
        absent=tuple(absent),
        allowed=allowed,
    )


def sift_review(result: ReviewResult, entries: Sequence[Entry]) -> ReviewResult:
    """``result`` with the findings that are among ``entries`` set apart."""
    marks = {entry.fingerprint for entry in entries}
    remarks = of_review(result, lambda _number, _path: b"")
    patches = tuple(_sifted(patch, remarks, marks) for patch in result.patches)
    return msgspec.structs.replace(result, patches=patches)


def below(paths: Iterable[str]) -> Callable[[str], bool]:
    """Whether a check of ``paths`` looks at a file: one of them, or in a folder among them; "" for all kernel code."""
    named = frozenset("" if path == "." else path for path in paths)

    def looked_at(file: str) -> bool:
        parts = file.split("/")
        above = {"/".join(parts[:n]) for n in range(1, len(parts) + 1)}
        return bool(named & above) or ("" in named and parts[0] not in NOT_KERNEL)

    return looked_at


def _entries(where: str, line: bytes) -> Iterator[Entry]:
    if _MERGE.match(line):
        raise InputError(f"{where}: left by a merge; keep the lines of both sides and take this one out")
    try:
        told = _LINE.decode(line)
        if "schema" not in told:
            yield msgspec.convert(told, Entry)
        elif told["schema"] != SCHEMA:
            raise InputError(f"{where}: '{told['schema']}' is another format than {SCHEMA}; make the baseline again")
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise InputError(f"{where}: no line of a baseline; make it again with 'kscan baseline'") from None


def _sifted(patch: PatchReview, remarks: Sequence[Remark], marks: Collection[str]) -> PatchReview:
    known = [one for one in remarks if one.counts and one.fingerprint in marks]
    own = [one.finding for one in known if one.patch == patch.number]
    allowed = tuple(_known_too(patch.allowed, remarks, marks))
    return msgspec.structs.replace(
        patch, findings=tuple(_without(patch.findings, own)), known=tuple(own), allowed=allowed
    )


def _known_too(some: Iterable[Allowed], remarks: Sequence[Remark], marks: Collection[str]) -> Iterator[Allowed]:
    """The findings that a comment hides, with what the baseline says of them."""
    known = {id(one.allowed) for one in remarks if one.allowed is not None and one.fingerprint in marks}
    yield from (msgspec.structs.replace(one, known=id(one) in known) for one in some)


def _without(findings: Iterable[Finding], known: Iterable[Finding]) -> Iterator[Finding]:
    gone = {id(finding) for finding in known}
    return (finding for finding in findings if id(finding) not in gone)
