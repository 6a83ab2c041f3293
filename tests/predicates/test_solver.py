"""What is asked of z3 can be interrupted."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
import z3

from kscan.predicates.solver import new_solver


def test_ctrl_c_is_not_lost_while_z3_thinks() -> None:
    solver = new_solver()
    solver.set("timeout", 2000)
    a, b, c = z3.Ints("a b c")
    solver.add(a**3 + b**3 + c**3 == 33, a > 1000, b > 1000, c < -10)  # for years, if it may
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        solver.check()
        time.sleep(60)
