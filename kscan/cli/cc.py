"""``kscan cc``: the checker that ``make C=1`` calls. The call itself never gets here, see ``kscan.cli.start``."""

from __future__ import annotations

import click


@click.command(
    context_settings={"ignore_unknown_options": True},
    epilog="Example: kscan cc --strict -include include/linux/kconfig.h mm/memory-failure.c",
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[--strict] [--select RULE] [--ignore RULE] WORD...")
def cc(*, words: tuple[str, ...]) -> int:
    """Check one file of a build, for make C=1 CHECK="kscan cc".

    The file is the last of WORD; the configuration is what the others say. Findings go to standard error as a
    compiler writes them. Notes are left out unless --strict is given or RULE names them. The exit code is always 0.

    The first call of a build starts a process that answers all of them and ends by itself a quarter of a minute after
    the last one. With KSCAN_CC_ALONE set, each call does its work itself.
    """
    named = f"'{words[-1]}'" if words else "nothing"
    raise click.UsageError(f"{named} is no file to check; make names one: make C=1 CHECK='kscan cc'")
