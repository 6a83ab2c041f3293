"""The way in, and the one place where every exception of a run ends: as one line and an exit code."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal

import click

import kscan
from kscan.cli.interrupt import heeded
from kscan.cli.output import forsake_stdout
from kscan.cli.session import Session
from kscan.model.error import InputError
from kscan.report.escape import plain

CLEAN, FINDINGS, BAD_INPUT, OUR_BUG, INTERRUPTED, CLOSED_PIPE = 0, 1, 2, 3, 130, 141


def entry(argv: Sequence[str] | None = None) -> int:
    """Runs one command line (``sys.argv`` without it) and returns its exit code: 0 clean, 1 findings, 2 bad usage or
    input, 3 our bug, 130 interrupted, 141 nobody reads the output any more."""
    session = Session()
    with Boundary(session) as boundary, heeded(whole=argv is None):
        boundary.code = _run(sys.argv[1:] if argv is None else list(argv), session)
    if pools := sys.modules.get("kscan.source.pool"):
        pools.await_ends()
    return boundary.code


def _run(argv: list[str], session: Session) -> int:
    from kscan.cli.root import root

    if "_KSCAN_COMPLETE" in os.environ:
        root.main(argv, prog_name="kscan")
    # Not root.main(): that turns a closed pipe into exit code 1, which here means findings.
    with root.make_context("kscan", argv, obj=session) as context:
        return int(root.invoke(context))


class Boundary:
    """Turns what ends a run into ``code`` and at most one line on standard error, a traceback only when debugging."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.code = CLEAN

    def __enter__(self) -> Boundary:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | Literal[False]:
        if error is None or isinstance(error, SystemExit):
            return False
        self.code, line = _verdict(error)
        if self._session.debug and self.code == OUR_BUG:
            sys.excepthook(type(error), error, trace)
        if line:
            _say(line)
        return True


def _verdict(error: BaseException) -> tuple[int, str]:
    """The exit code for what was raised, and what to say about it."""
    code, line = OUR_BUG, ""
    match error:
        case click.exceptions.Exit():
            code = error.exit_code
        case click.exceptions.NoArgsIsHelpError():
            error.show()
            code = BAD_INPUT
        case click.ClickException():
            code, line = BAD_INPUT, _usage(error)
        case InputError():
            code, line = BAD_INPUT, str(error)
        case KeyboardInterrupt() | click.Abort():
            code, line = INTERRUPTED, "interrupted"
        case BrokenPipeError() if _nobody_reads():
            forsake_stdout()
            code = CLOSED_PIPE
        case _:
            line = f"internal error{_bug(error)}; this is a fault of kscan: please report it with the output of --debug"
    return code, line


def _usage(error: click.ClickException) -> str:
    message = error.format_message().replace("\n\t", " ").strip()  # so click lists what may be chosen
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{message} See '{context.command_path} --help'." if context else message


def _bug(error: BaseException) -> str:
    """Where it was and what, as far as it is known; notes added on the way ("mm/x.c: rule y") come last."""
    said = f"{type(error).__name__}: {error}".rstrip(": ")
    notes = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
    return f"{_inside(error)}: {said}{notes}"


def _inside(error: BaseException) -> str:
    import traceback

    home = Path(kscan.__file__).parent
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(home)]
    return f" in kscan/{Path(ours[-1].filename).relative_to(home).as_posix()}:{ours[-1].lineno}" if ours else ""


def _nobody_reads() -> bool:
    """True when the reader of standard output is gone; a broken pipe between our own processes is a bug."""
    try:
        descriptor = sys.stdout.fileno()
    except (AttributeError, OSError, ValueError):
        return False
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))


def _say(line: str) -> None:
    click.echo(f"kscan: {plain(line)}", err=True)
