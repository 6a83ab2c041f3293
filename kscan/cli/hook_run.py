"""``kscan hook run``: what the installed hooks call, each with what git or b4 hands over."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kscan.cli.output import emit
from kscan.model.error import InputError
from kscan.model.progress import SILENT, Progress
from kscan.report.escape import plain

if TYPE_CHECKING:
    from kscan.model.review import ReadVersion, ReviewResult
    from kscan.source.tree import WorkingTree

    _Result = tuple[ReviewResult, ReadVersion]
    _Shown = tuple[ReviewResult, Callable[[ReviewResult], str]]

_GO_ON = {
    "sendemail-validate": "git send-email --no-validate",
    "pre-commit": "git commit --no-verify",
    "pre-push": "git push --no-verify",
    "commit-msg": "git commit --no-verify",
}


def run(moment: str, tree: WorkingTree, given: Sequence[str]) -> int:
    """Does what is to be done at ``moment``; 1 where git is to stop. What could not be reviewed is said, and stops
    nobody: it is not known to be wrong."""
    if moment in _FOR_B4:
        return _FOR_B4[moment](tree)
    try:
        stopped = _FOR_GIT[moment](tree, given)
    except InputError as why:
        _unsaid(str(why))
        return 0
    if stopped:
        click.echo(f"kscan: stopped; to go on all the same: {_GO_ON[moment]}", err=True)
    return int(stopped)


def _sendemail(tree: WorkingTree, given: Sequence[str]) -> bool:
    from kscan.hooks.mails import mails

    if not given:
        raise InputError("git names no mail; it is the first word after the hook's")
    asked = mails(tree, os.path.abspath(given[0]), os.environ)  # noqa: PTH100 - links stay
    if asked is None or not asked.files:
        return False
    result, text = _reviewed(tree, asked.files, only=asked.only)
    if asked.only:
        result = _only(result, asked.only)
    return bool(result.findings) and _said(text(result))


def _only(result: ReviewResult, number: int) -> ReviewResult:
    """``result`` as if patch ``number`` alone had been looked at, among the others."""
    import msgspec

    others = {"findings": (), "changes": (), "dispositions": (), "contracts": (), "reach": (), "gaps": ()}
    patches = (
        one if at == number else msgspec.structs.replace(one, **others) for at, one in enumerate(result.patches, 1)
    )
    return msgspec.structs.replace(result, patches=tuple(patches), bisect=())


def _pre_commit(tree: WorkingTree, _: Sequence[str]) -> bool:
    from kscan.source.series.staged import NothingStaged

    index = os.environ.get("GIT_INDEX_FILE", "")
    try:
        result, text = _reviewed(tree, (), staged=os.path.abspath(index) if index else "")  # noqa: PTH100
    except NothingStaged:
        return False
    return bool(result.findings) and _said(text(result))


def _pre_push(tree: WorkingTree, given: Sequence[str]) -> bool:
    from kscan.hooks.pushed import Skipped, ranges
    from kscan.source.git import Repository

    # The framework at pre-commit.com has read standard input, and tells in its own way.
    ends = os.environ.get("PRE_COMMIT_FROM_REF"), os.environ.get("PRE_COMMIT_TO_REF")
    told = "" if sys.stdin is None or all(ends) else sys.stdin.read()
    asked = [f"{ends[0]}..{ends[1]}"] if all(ends) else ranges(Repository(tree.root), given[0] if given else "", told)
    stopped = False
    for one in asked:
        if isinstance(one, Skipped):
            _unsaid(one.why)
            continue
        result, text = _reviewed(tree, (one,))
        stopped |= bool(result.findings) and _said(text(result))
    return stopped


def _commit_msg(tree: WorkingTree, given: Sequence[str]) -> bool:
    from kscan.hooks.message import unknown_errnos

    if not given:
        raise InputError("git names no file with the message")
    try:
        message = Path(given[0]).read_text("utf-8", "replace")
    except OSError as why:
        raise InputError(f"{given[0]}: {why.strerror}") from None
    found = list(unknown_errnos(tree, message))
    return bool(found) and _said(
        "".join(f"commit message:{n}: there is no {word} in this tree; {close}?\n" for n, word, close in found)
    )


def _b4_lines(tree: WorkingTree) -> int:
    """An item a line; b4 takes a command that says nothing for one that passed."""
    from kscan.report import b4
    from kscan.report.remarks import of_review

    try:
        result, read = _one_mail(tree, sys.stdin.buffer.read(), "HEAD")
        emit(b4.lines(of_review(result, read)))
    except InputError as why:
        emit(f"{_unreviewed(why)}\n")
    return 0


def _b4_review(tree: WorkingTree) -> int:
    """The array for one patch, on top of what the branch of the review has before it."""
    mail = sys.stdin.buffer.read()
    return _array(lambda: _one_mail(tree, mail, _branch()[0] or "HEAD"))


def _b4_series(tree: WorkingTree) -> int:
    """The array for the series in the branch of the review; b4 hands over no more than its cover letter."""
    sys.stdin.buffer.read()

    def asked() -> _Result:
        branch, first = _branch()
        if not branch:
            raise InputError("b4 names no branch with the series; check it out with 'b4 review'")
        return _asked(tree, (f"{first}~1..{branch}~1",))

    return _array(asked)


def _one_mail(tree: WorkingTree, mail: bytes, tip: str) -> _Result:
    """The review of the patch in ``mail``. Where it is a commit below ``tip``, what those above it repair is not held
    against it."""
    import msgspec

    from kscan.source.git import Repository
    from kscan.source.series.commits import parent_of
    from kscan.source.series.read import read_series

    series = read_series(tree, ("-",), mail)
    base = parent_of(Repository(tree.root), series.patches[0], tip)
    if base is None:
        return _asked(tree, ("-",), stdin=mail)
    result, read = _asked(tree, (f"{base}..{tip}",))
    return msgspec.structs.replace(result, patches=result.patches[:1], bisect=()), read


def _array(asked: Callable[[], _Result]) -> int:
    """What ``b4 review`` reads, in any case."""
    from kscan.report import b4
    from kscan.report.json import render
    from kscan.report.remarks import of_review

    try:
        result, read = asked()
        gaps = len({gap for patch in result.patches for gap in patch.gaps})
        emit(b4.review(of_review(result, read), gaps, b4.repairs(result.bisect)))
    except InputError as why:
        emit(render([b4.Entry("kscan", "warn", _unreviewed(why))]))
    return 0


def _branch() -> tuple[str, str]:
    """The branch that b4 has the series under review in, and its first commit; "" where b4 says nothing of one."""
    try:
        told = json.loads(Path(os.environ.get("B4_TRACKING_FILE", "")).read_bytes())["series"]
        change, first = str(told["change-id"]), str(told["first-patch-commit"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", ""
    return (f"b4/review/{change}", first) if change and first.isalnum() else ("", "")


def _unreviewed(why: InputError) -> str:
    # Not "ERROR:", which b4 takes for a failure of the patch.
    return f"WARNING: kscan did not review this: {plain(str(why)).replace('ERROR:', 'ERROR')}"


def _asked(
    tree: WorkingTree,
    names: Sequence[str],
    *,
    stdin: bytes | None = None,
    staged: str | None = None,
    progress: Progress = SILENT,
) -> _Result:
    from kscan import api
    from kscan.cli.sources import version_reader

    started = time.time_ns()
    result, trees = api.review(str(tree.root), names, stdin=stdin, staged=staged, progress=progress)
    return result, version_reader(trees, started)


def _reviewed(tree: WorkingTree, names: Sequence[str], *, staged: str | None = None, only: int = 0) -> _Shown:
    """A review, and what makes text of it or of a part of it: of patch ``only``, unless that is 0. That an index is not
    used is said beforehand, since the review then takes long."""
    from kscan.cli.output import painter, screen
    from kscan.cli.reviewed import rendered
    from kscan.cli.sources import remark
    from kscan.cli.watch import watching

    early = _about_index(tree)
    remark(early, quiet=False)
    with watching(quiet=False) as progress:
        result, read = _asked(tree, names, staged=staged, progress=progress)
    notes = "".join(f"kscan: note: {plain(note)}\n" for note in result.notes if note not in early)
    paint = painter(screen("auto", None))
    return result, lambda some: rendered(some, read, "text", paint, quiet=False, only=only) + notes


def _about_index(tree: WorkingTree) -> tuple[str, ...]:
    from kscan.facts.store import open_store
    from kscan.index.status import outdated

    with open_store(tree.root) as store:
        return (*store.notes, *outdated(store, str(tree.root)))


def _unsaid(why: str) -> None:
    click.echo(f"kscan: not reviewed: {plain(why)}", err=True)


def _said(text: str) -> bool:
    """True, when ``text`` is said where people look: git keeps the standard output of some hooks for itself."""
    click.echo(text, err=True, nl=False)
    return True


_FOR_GIT: dict[str, Callable[[WorkingTree, Sequence[str]], bool]] = {
    "sendemail-validate": _sendemail,
    "pre-commit": _pre_commit,
    "pre-push": _pre_push,
    "commit-msg": _commit_msg,
}
_FOR_B4: dict[str, Callable[[WorkingTree], int]] = {
    "b4-prep": _b4_lines,
    "b4-am": _b4_lines,
    "b4-review": _b4_review,
    "b4-series": _b4_series,
}
MOMENTS = (*_FOR_GIT, *_FOR_B4)
