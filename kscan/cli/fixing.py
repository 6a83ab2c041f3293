"""``kscan check`` with --fix, --diff or --patch-mail: what becomes of the fixes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from kscan.cli.options import Word
from kscan.cli.output import emit
from kscan.cli.sources import remark

if TYPE_CHECKING:
    from kscan.model.edit import Grade
    from kscan.model.result import CheckResult

F = TypeVar("F", bound=Callable[..., Any])
Way = Literal["write", "diff", "mail", ""]


def fix_options(command: F) -> F:
    """The options that say what becomes of fixes."""
    for option in reversed(
        (
            click.option("--fix", is_flag=True, help="Write the fixes to the files, all or none; then check again."),
            click.option("--diff", is_flag=True, help="Print the fixes as one diff for git apply or patch -p1."),
            click.option("--patch-mail", "mail", is_flag=True, help="Print the fixes as a mail for git am."),
            click.option(
                "--grade",
                type=Word(["safe", "review", "show"]),
                help="Fixes up to this: safe cannot change behaviour, review is proved under stated facts, show is a "
                "proposal, never written. [default: safe; show with --diff]",
            ),
            click.option("--force", is_flag=True, help="With --fix, also write files with uncommitted changes."),
        )
    ):
        command = option(command)
    return command


def way_of(fix: bool, diff: bool, mail: bool, grade: Grade | None, force: bool) -> tuple[Way, Grade]:
    """What is wanted, and the grade. Raises UsageError for options that do not go together."""
    wanted: list[Way] = [way for way, on in (("write", fix), ("diff", diff), ("mail", mail)) if on]  # type: ignore[misc]
    if len(wanted) > 1:
        raise click.UsageError("--fix, --diff and --patch-mail: name one of them.")
    way: Way = wanted[0] if wanted else ""
    if force and way != "write":
        raise click.UsageError("--force goes with --fix.")
    if grade is not None and not way:
        raise click.UsageError("--grade goes with --fix, --diff or --patch-mail.")
    if way == "write" and grade == "show":
        raise click.UsageError("--grade show: proposals are not written; print them with --diff and edit them.")
    return way, grade or ("show" if way == "diff" else "safe")


def printed(result: CheckResult, way: Way, grade: Grade, output: str | None, quiet: bool) -> None:
    """The fixes as a diff or a mail."""
    from kscan import api

    choice = api.fixes(result, grade)
    make = api.fix_diff if way == "diff" else api.fix_mail
    emit(make(result.tree, choice), output)
    _tell(result, choice.left, grade, quiet)


def written(result: CheckResult, grade: Grade, force: bool, quiet: bool) -> bool:
    """Writes the fixes; whether there were any."""
    from kscan import api

    choice = api.fixes(result, grade)
    paths, remarks = api.fix_files(result.tree, choice, force=force)
    done = f"wrote {len(paths)} file{'s' * (len(paths) != 1)}, {len(choice.findings)} findings fixed"
    remark([done, *remarks], quiet)
    _tell(result, choice.left, grade, quiet)
    return bool(paths)


def _tell(result: CheckResult, left: tuple[str, ...], grade: Grade, quiet: bool) -> None:
    from kscan import api

    above = len(api.fixes(result, "show").findings) - len(api.fixes(result, grade).findings)
    hint = "--grade review takes more, --diff shows all" if grade == "safe" else "--diff shows them"
    more = f"{above} more fixes are of a higher grade: {hint}"
    remark([*left, *([more] if above > 0 else [])], quiet)
