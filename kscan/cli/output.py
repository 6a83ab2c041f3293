"""Where a report goes: standard output, or a file that is there whole or not at all."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from kscan.model.error import InputError
from kscan.report.paint import Painter, painted, unpainted

if TYPE_CHECKING:
    from msgspec import Struct

    from kscan.report.tables import Screen


def emit(content: str | bytes, output: str | None = None) -> None:
    """Writes ``content`` to the file named ``output``, or to standard output. Raises InputError when that fails, and
    BrokenPipeError when the reader of standard output is gone."""
    if output is None:
        _to_stdout(content)
    else:
        _to_file(content.encode() if isinstance(content, str) else content, Path(output))


def check_output(output: str | None) -> None:
    """Raises InputError if ``output`` cannot be written, before a long run finds out."""
    if output is None:
        return
    target = _target(Path(output))
    if target.is_dir():
        raise InputError(f"{output}: a folder; name a file for --output")
    if not target.parent.is_dir():
        raise InputError(f"{output}: no such folder; make it, or name another file for --output")
    if not os.access(target if target.exists() else target.parent, os.W_OK):
        raise InputError(f"{output}: no permission to write; name another file for --output")


def screen(colour: str, output: str | None) -> Screen:
    """Where tables go: ``colour`` is auto, always or never."""
    from kscan.report.tables import Screen

    terminal = output is None and sys.stdout is not None and sys.stdout.isatty()
    wanted = colour == "always" or (colour == "auto" and terminal and _colourful())
    return Screen(shutil.get_terminal_size().columns if terminal else None, wanted)


def answer(report: Struct, as_text: Callable[[Screen], str], form: str, output: str | None, colour: str) -> None:
    """Writes ``report`` as JSON, or as the text that ``as_text`` makes of it for a screen."""
    if form == "json":
        from kscan.report.json import render

        emit(render(report), output)
    else:
        emit(as_text(screen(colour, output)), output)


def painter(shown_on: Screen) -> Painter:
    """The painter for a screen."""
    return painted if shown_on.colour else unpainted


def forsake_stdout() -> None:
    """Sends what is still buffered for standard output nowhere, so that the interpreter does not fail on it at exit."""
    try:
        descriptor = sys.stdout.fileno()
    except (AttributeError, OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _colourful() -> bool:
    # no-color.org: set and not empty means no colour.
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _to_stdout(content: str | bytes) -> None:
    out = sys.stdout
    if out is None:
        raise InputError("standard output is closed; nowhere to write to")
    data = content.encode(out.encoding or "utf-8", "backslashreplace") if isinstance(content, str) else content
    try:
        out.flush()
        _write_all(out.buffer, data)
        out.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as why:
        forsake_stdout()
        raise InputError(f"standard output: {why.strerror}; nothing more was written") from why


def _write_all(out: BinaryIO, data: bytes) -> None:
    left = memoryview(data)
    while left:
        # With PYTHONUNBUFFERED set this is a bare file, which may write less than all of it.
        left = left[out.write(left) or 0 :]


def _to_file(data: bytes, path: Path) -> None:
    target = _target(path)
    try:
        if _special(target):
            target.write_bytes(data)
        else:
            _replace(target, data)
    except OSError as why:
        raise InputError(f"{path}: {why.strerror}; name another file for --output") from why


def _replace(target: Path, data: bytes) -> None:
    """Writes beside ``target`` and renames: who reads it sees the old content or the new, whatever interrupts us."""
    fresh = target.with_name(f".kscan-{os.getpid()}-{os.urandom(4).hex()}.tmp")
    try:
        with fresh.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            fresh.chmod(stat.S_IMODE(target.stat().st_mode))
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def _target(path: Path) -> Path:
    # A link is followed: the file it names is replaced, not the link.
    return Path(os.path.realpath(path))


def _special(target: Path) -> bool:
    """True for a device or a pipe, which cannot be replaced by a file."""
    return target.exists() and not target.is_file()
