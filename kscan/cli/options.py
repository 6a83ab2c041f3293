"""Options that several commands share, and parameter types that suggest what may have been meant."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

import click

from kscan.cli.session import note_debug

F = TypeVar("F", bound=Callable[..., Any])


def meant(word: str, known: Iterable[str]) -> str:
    """ "; did you mean X?" for the closest of ``known``, or "" when nothing is close."""
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean '{close[0]}'?" if close else ""


class Word(click.Choice[str]):
    """One of a few words; a slip is answered with the closest one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """``value`` itself, if it is one of the words."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as slip:
            text = f"'{value}' is none of {', '.join(self.choices)}{meant(str(value), self.choices)}"
            raise click.BadParameter(text, ctx, param) from slip


def assignments(
    context: click.Context,
    parameter: click.Parameter,
    values: Collection[str],
) -> dict[str, str]:
    """The callback of an option that takes NAME=VALUE and may repeat: values by name."""
    pairs = {}
    for given in values:
        name, _, value = (part.strip() for part in given.partition("="))
        if not (name and value):
            raise click.BadParameter(f"'{given}' is not of the form NAME=VALUE", context, parameter)
        pairs[name] = value
    return pairs


class Place(click.ParamType[str]):
    """The path of a file or a folder. An empty one is a slip, such as a variable without a value, and never means the
    working directory."""

    name = "place"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """``value`` itself, if there is any."""
        if not value:
            self.fail("an empty name; name a file or a folder", param, ctx)
        return str(value)


def split_commas(context: click.Context, parameter: click.Parameter, values: Collection[str]) -> tuple[str, ...]:  # noqa: ARG001
    """The callback of options that may repeat and hold several words: one flat tuple without repeats."""
    words = (word.strip() for value in values for word in value.split(","))
    return tuple(dict.fromkeys(word for word in words if word))


def _stack(*options: Callable[[F], F]) -> Callable[[F], F]:
    def wrapped(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return wrapped


rule_options = _stack(
    click.option(
        "--select",
        multiple=True,
        callback=split_commas,
        metavar="RULE",
        help="Only these rules. May repeat; commas separate.",
    ),
    click.option(
        "--ignore",
        multiple=True,
        callback=split_commas,
        metavar="RULE",
        help="Not these rules. May repeat; commas separate.",
    ),
    click.option(
        "--contract",
        "contracts",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False),
        metavar="FILE",
        help="A contract file to check beside the shipped ones. May repeat.",
    ),
    click.option(
        "--jobs",
        "-j",
        type=click.IntRange(min=1),
        metavar="N",
        help="Processes to use. [default: one a processor; at most 8]",
    ),
)

baseline_option = click.option(
    "--baseline",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="Only what is not in FILE, which 'kscan baseline' wrote.",
)

debug_option = click.option(
    "--debug",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    envvar="KSCAN_DEBUG",
    callback=note_debug,
    help="Show a traceback when something fails. [env: KSCAN_DEBUG]",
)


def reporting(*formats: str) -> Callable[[F], F]:
    """The options that say how and where a report is written."""
    return _stack(
        click.option(
            "--format", "form", type=Word(list(formats)), default="text", help="How to write it. [default: text]"
        ),
        click.option("--output", metavar="FILE", help="Write to FILE, whole or not at all, not to standard output."),
        click.option(
            "--color",
            "colour",
            type=Word(["auto", "always", "never"]),
            default="auto",
            help="Colour: auto means on a terminal, unless NO_COLOR is set. [default: auto]",
        ),
        click.option("--quiet", "-q", is_flag=True, help="Only the result: no progress, no notes, no totals."),
    )


report_options = reporting("text", "json")

tree_options = _stack(
    click.option(
        "--kconfig",
        type=click.Path(exists=True, dir_okay=False),
        metavar="FILE",
        help="A .config: only the code it chooses counts. Without it, all variants do.",
    ),
    click.option("--no-cache", "cache", is_flag=True, flag_value=False, default=True, help="Read everything anew."),
    debug_option,
)
