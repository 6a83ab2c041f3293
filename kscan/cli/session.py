"""What one run of the command line carries along."""

from __future__ import annotations

from dataclasses import dataclass

import click


@dataclass
class Session:
    """``debug``: tracebacks are wanted."""

    debug: bool = False


def note_debug(context: click.Context, parameter: click.Parameter, value: bool) -> None:  # noqa: ARG001
    """The callback of ``--debug``, which every command takes."""
    session = context.find_object(Session)
    if value and session is not None:
        session.debug = True
