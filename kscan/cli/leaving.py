"""The end of a process: to take what it holds apart one by one is up to a tenth of a short run, and the kernel takes
all memory back at once."""

from __future__ import annotations

import atexit
import os
import sys


def leave(code: int) -> int:
    """Ends the process with ``code`` as soon as all that is written has gone out and what was to be done at exit is
    done. Returns it, for an end as usual, where other threads are at work or an output cannot be written."""
    threading = sys.modules.get("threading")
    if threading is not None and threading.active_count() > 1:
        return code
    atexit._run_exitfuncs()
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):
        return code
    os._exit(code)
