"""A call as bytes to its answer as bytes."""

from __future__ import annotations

import os
from pathlib import Path

from kscan.cc.answer import Desk
from kscan.model.error import InputError
from kscan.report.escape import plain


class Spoken:
    """Answers calls; see ``Desk``."""

    def __init__(self) -> None:
        self._desk = Desk()

    def answer(self, call: bytes) -> bytes:
        """What to write to standard error for ``call``: the working directory and the words, each before a NUL. Bad
        input is one line of that."""
        folder, *words = (os.fsdecode(word) for word in call.split(b"\0")[:-1])
        try:
            said = self._desk.answer(Path(folder), words)
        except InputError as mistake:
            said = f"kscan: {plain(str(mistake))}\n"
        return said.encode("utf-8", "backslashreplace")
