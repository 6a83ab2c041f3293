"""The fixes that were chosen, as a diff, as a mail, or written to their files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from email.utils import formatdate

from kscan.fix.apply import changes, write
from kscan.fix.choose import Choice
from kscan.fix.mail import mail
from kscan.model.error import InputError
from kscan.model.source import Source
from kscan.report.diff import diff
from kscan.rules.rule import Rule
from kscan.source.git import Repository
from kscan.source.tree import WorkingTree

_SUBJECTS = 30
_SOME_FILES = 50
"""Files that are named to git when it is asked for earlier commits."""


def diff_of(tree: WorkingTree, choice: Choice) -> bytes:
    """One unified diff. Raises InputError for a file that is not what it was when the fixes were checked."""
    return _diff(tree, choice).encode("utf-8", "surrogateescape")


def mail_of(tree: WorkingTree, choice: Choice, rules: Sequence[Rule]) -> bytes:
    """A mail for ``git am``, nothing when there is no fix. Raises InputError as ``diff_of`` does, and when git does not
    know the author."""
    text = _diff(tree, choice)
    if not text:
        return b""
    repository = Repository(tree.root)
    paths = sorted({edit.span.file for edit in choice.edits})[:_SOME_FILES]
    subjects = repository.subjects(paths, _SUBJECTS)
    made = mail(choice.findings, rules, text, repository.author(), formatdate(localtime=True), subjects)
    return made.encode("utf-8", "surrogateescape")


def write_all(tree: WorkingTree, choice: Choice, force: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """
    Writes the files, all or none; gives their paths, and remarks on other work that is not committed.

    Raises InputError for a file that is not what it was, cannot be written or, unless ``force``, holds work that is
    not committed; where there is no git repository, none does.
    """
    todo = changes(choice.edits, _reader(tree), choice.made_for)
    dirty = uncommitted(tree)
    for change in todo:
        if change.path in dirty and not force:
            raise InputError(
                f"{change.path}: has changes that are not committed; commit them first, or use --force to write anyway"
            )
    write(tree.root, todo)
    paths = tuple(change.path for change in todo)
    others = len(dirty - set(paths))
    told = f"{others} other files of the tree have changes that are not committed"
    return paths, (told,) if others and paths and not force else ()


def uncommitted(tree: WorkingTree) -> frozenset[str]:
    """The files that differ from the last commit; none where there is no git or no repository."""
    try:
        return Repository(tree.root).unstaged()
    except InputError:
        return frozenset()


def _diff(tree: WorkingTree, choice: Choice) -> str:
    read = _reader(tree)
    changes(choice.edits, read, choice.made_for)
    return diff(choice.edits, read)


def _reader(tree: WorkingTree) -> Callable[[str], bytes]:
    def read(path: str) -> bytes:
        found = tree.read(path)
        if isinstance(found, Source):
            return found.data
        raise InputError(f"{path}: {found.reason}; nothing was written")

    return read
