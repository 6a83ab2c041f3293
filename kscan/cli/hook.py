"""``kscan hook``: kscan where a patch passes anyway, in git's hooks and in b4."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from kscan.cli.options import Place, Word, debug_option
from kscan.model.error import InputError

if TYPE_CHECKING:
    from kscan.hooks.steps import Step

_NAMES = ["sendemail", "b4", "pre-commit", "pre-push", "commit-msg"]
_PLACE = click.option(
    "--repository", default=".", type=Place(), metavar="DIR", help="The work tree. [default: where you are]"
)
_DRY = click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")


@click.group(epilog="Example: kscan hook install sendemail pre-commit --dry-run")
def hook() -> None:
    """Let git and b4 ask kscan before a patch leaves.

    What stands in a hook already goes on being run, first; b4's other commands stay, its default ones too."""


@hook.command(epilog="Example: kscan hook install sendemail b4")
@click.argument("names", nargs=-1, required=True, type=Word(_NAMES), metavar="HOOK...")
@click.option("--tree", type=Place(), metavar="TREE", help="The kernel tree to ask about. [default: the work tree]")
@_PLACE
@_DRY
@debug_option
def install(*, names: tuple[str, ...], tree: str | None, repository: str, dry_run: bool) -> int:
    """Install each HOOK: sendemail, b4, pre-commit, pre-push or commit-msg."""
    from pathlib import Path

    from kscan.hooks.install import install as planned
    from kscan.hooks.places import places

    if tree is not None:
        from kscan.source.tree import open_tree

        tree = str(open_tree(Path(tree)).root)
    steps = planned(places(repository), dict.fromkeys(names), tree)
    return _done(steps, dry_run, "installed already, nothing to do")


@hook.command(epilog="Example: kscan hook uninstall pre-commit")
@click.argument("names", nargs=-1, required=True, type=Word(_NAMES), metavar="HOOK...")
@_PLACE
@_DRY
@debug_option
def uninstall(*, names: tuple[str, ...], repository: str, dry_run: bool) -> int:
    """Take each HOOK away, and put back what was there before, byte for byte."""
    from kscan.hooks.install import uninstall as planned
    from kscan.hooks.places import places

    return _done(planned(places(repository), dict.fromkeys(names)), dry_run, "not installed, nothing to do")


@hook.command(epilog="Example: kscan hook status")
@_PLACE
@debug_option
def status(*, repository: str) -> int:
    """Say which hooks are installed, and where."""
    from kscan.cli.output import emit
    from kscan.hooks.install import NAMES, state, where
    from kscan.hooks.places import places
    from kscan.report.escape import plain

    at = places(repository)
    emit("".join(f"{name:<11} {state(at, name)} ({plain(str(where(at, name)))})\n" for name in NAMES))
    return 0


@hook.command(
    "run",
    context_settings={"ignore_unknown_options": True},
    epilog="Example: kscan hook run sendemail-validate 0001-mm-say-so.patch",
)
@click.option("--tree", type=Place(), metavar="TREE", help="The kernel tree. [default: the one around where you are]")
@click.argument("moment")
@click.argument("given", nargs=-1, type=click.UNPROCESSED)
@debug_option
def run_(*, tree: str | None, moment: str, given: tuple[str, ...]) -> int:
    """Do what an installed hook does, at the MOMENT that git or b4 calls it, with what it is GIVEN.

    Outside a kernel tree nothing is done: hooks may be shared by many repositories."""
    from pathlib import Path

    from kscan.cli.hook_run import MOMENTS, run
    from kscan.cli.options import meant
    from kscan.source.tree import around, open_tree

    if moment not in MOMENTS:
        raise click.UsageError(f"'{moment}' is none of {', '.join(MOMENTS)}{meant(moment, MOMENTS)}")
    try:
        working = around(Path.cwd()) if tree is None else open_tree(tree)
    except InputError:
        if tree is not None:
            raise
        return 0
    return run(moment, working, given)


def _done(steps: Sequence[Step], dry_run: bool, nothing: str) -> int:
    from kscan.cli.output import emit
    from kscan.hooks.steps import make

    if not steps:
        emit(f"{nothing}\n")
        return 0
    text = "".join(f"{said}\n" for step in steps for said in _shown(step, dry_run))
    if not dry_run:
        make(steps)
    emit(text)
    return 0


def _shown(step: Step, whole: bool) -> Iterator[str]:
    """What ``step`` does; with ``whole``, what is written too, of a file that is there what is new at its end or, with
    a "-" in front, what goes."""
    from kscan.hooks.steps import Folder, Move, NoFolder, Write
    from kscan.report.escape import plain

    match step:
        case Folder(path):
            yield f"make {plain(str(path))}/"
        case NoFolder(path):
            yield f"remove {plain(str(path))}/ if it is empty"
        case Move(old, new):
            yield f"move {plain(str(old))} to {plain(new.name)}"
        case Write(path, data):
            yield f"write {plain(str(path))}"
            if whole:
                yield from _written(path.read_bytes() if path.exists() else b"", data)
        case _:
            yield f"remove {plain(str(step.path))}"


def _written(before: bytes, after: bytes) -> Iterator[str]:
    """The lines of ``after`` that ``before`` has not, and those that go."""
    from difflib import SequenceMatcher

    from kscan.report.escape import plain_lines

    old, new = (data.decode(errors="backslashreplace").splitlines() for data in (before, after))
    for kind, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from (f"    - {plain_lines(line)}" for line in old[first:last])
            yield from (f"    {plain_lines(line)}" for line in new[start:end])
