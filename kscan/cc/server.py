"""Answers calls for as long as a build makes them: the trees stay open, so that a call costs what the file costs.

Loading kscan takes longer than a compiler's checker may take for a file. So the first call starts this process, which
answers that call and those after it, and ends when there were none for a while, when nobody could ask it any more, or
when it has grown large. It belongs to one user, listens on a socket that only that user can reach, and has no part in
the build: it holds none of make's files open."""

from __future__ import annotations

import os
import resource
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from kscan.cc.client import received, sent

IDLE_S: Final = 15.0
"""Without a call for so long, a build is over."""
_CALL_S: Final = 30.0
_MAX_KB: Final = 1536 << 10


def main(place: str) -> None:
    """Listens at ``place``, where nobody else does, until there is nothing more to do."""
    path = Path(place)
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(place)
    listening.listen(256)
    listening.settimeout(IDLE_S)
    mine = path.stat().st_ino
    try:
        _serve(listening, path, mine)
    finally:
        with suppress(OSError):
            if path.stat().st_ino == mine:
                path.unlink()


def _serve(listening: socket.socket, path: Path, mine: int) -> None:
    from kscan.cc.spoken import Spoken  # noqa: PLC0415 - callers wait at the socket meanwhile

    spoken = Spoken()
    while _is_there(path, mine):
        try:
            call, _ = listening.accept()
        except TimeoutError:
            return
        with call, suppress(OSError):  # who asked may be gone
            call.settimeout(_CALL_S)
            sent(call, spoken.answer(received(call)))
        if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > _MAX_KB:
            return


def _is_there(path: Path, mine: int) -> bool:
    try:
        return path.stat().st_ino == mine
    except OSError:
        return False


if __name__ == "__main__":
    os.chdir("/")
    main(sys.argv[1])
