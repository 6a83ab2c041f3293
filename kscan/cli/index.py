"""``kscan index``: every file worked out ahead, so that other commands answer at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kscan.cli.options import Place, Word, debug_option
from kscan.cli.sources import remark
from kscan.cli.watch import watching
from kscan.model.error import InputError

if TYPE_CHECKING:
    from kscan.model.result import IndexResult


@click.command(epilog="Example: kscan index linux")
@click.argument("tree", type=Place())
@click.option("--status", is_flag=True, help="Say what there is, and do nothing.")
@click.option("--clear", is_flag=True, help="Forget all that is kept of TREE.")
@click.option(
    "--jobs", "-j", type=click.IntRange(min=1), metavar="N", help="Processes. [default: one a core, 8 at most]"
)
@click.option("--engine", metavar="dask=ADDRESS", help="Let the workers of a dask cluster read the files.")
@click.option("--format", "form", type=Word(["text", "json"]), default="text", help="How to write it. [default: text]")
@click.option("--quiet", "-q", is_flag=True, help="No progress and no notes.")
@debug_option
def index(*, tree: str, status: bool, clear: bool, jobs: int | None, engine: str | None, form: str, quiet: bool) -> int:
    """Work out every file of TREE ahead of time.

    The facts and summaries of all functions, the tables of operations, and who mentions what are kept. Other commands
    use what is there, and keep it up to date: they read the files that changed, and those that depend on them.
    Interrupted, it goes on where it was.
    """
    from kscan import api

    if status and clear:
        raise InputError("--status and --clear: name one of them")
    if status:
        result = api.index_status(tree)
    elif clear:
        result = api.index_clear(tree)
    else:
        with watching(quiet) as progress:
            result = api.index(tree, jobs=jobs, engine=engine, progress=progress)
    click.echo(_as_json(result) if form == "json" else _told(result, status, clear))
    remark(result.notes, quiet)
    return 0


def _told(result: IndexResult, status: bool, clear: bool) -> str:
    size = f"{result.bytes / 1e6:.0f} MB at {result.store}" if result.store else "nothing on disk"
    if clear:
        return f"forgot what was kept of {result.tree}: {size}"
    if not result.made:
        return f"{result.tree} has no index; 'kscan index {result.tree}' makes one ({size})"
    holds = f"{result.functions} functions of {result.files} files, {size}"
    if status:
        return f"{result.tree}: {holds}; last brought up to date {_when(result)}"
    gone = "".join(f"\nremoved {path} of another tree to make room" for path in result.evicted)
    return f"{result.tree}: {holds}; {result.read} files read in {result.seconds:.1f} s{gone}"


def _when(result: IndexResult) -> str:
    import datetime

    ended = datetime.datetime.fromtimestamp(result.finished_ns / 1e9).astimezone()
    return f"{ended:%Y-%m-%d %H:%M:%S %z} ({result.read} files in {result.seconds:.1f} s)"


def _as_json(result: IndexResult) -> str:
    import msgspec

    return msgspec.json.format(msgspec.json.encode(result), indent=2).decode()
