"""The way in that the command ``kscan`` takes: ``kscan cc`` is called once for each file of a build, and is answered
before anything else is loaded."""

from __future__ import annotations

import gc
import sys

from kscan.cli.deadly import deadly


def entry() -> int:
    """Runs the command line; ends the process with its exit code, or returns that where all has to be tidied up."""
    # Hardly anything of a run is cyclic garbage, imports included, and a look for some goes through millions of facts.
    gc.set_threshold(200_000, 20, 20)
    deadly()
    words = sys.argv[1:]
    if len(words) > 1 and words[0] == "cc" and words[-1] not in ("-h", "--help"):
        from kscan.cc.client import main

        return main(words[1:], _alone)
    from kscan.cli.leaving import leave
    from kscan.cli.main import entry as whole

    return leave(whole())


def _alone(call: bytes) -> bytes:
    from kscan.cc.spoken import Spoken
    from kscan.cli.main import Boundary
    from kscan.cli.session import Session

    with Boundary(Session()):
        return Spoken().answer(call)
    return b""
