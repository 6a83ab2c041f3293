"""Finds the rules: each module of this package that states one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache

from kscan import rules
from kscan.model.error import InputError
from kscan.rules.rule import Rule

__all__ = ["Rule", "all_rules", "select"]


def all_rules() -> tuple[Rule, ...]:
    """Every rule, by id; the order does not depend on what was imported before."""
    names = sorted(module.name for module in pkgutil.iter_modules(rules.__path__))
    modules = (importlib.import_module(f"{rules.__name__}.{name}") for name in names)
    return tuple(module.RULE for module in modules if hasattr(module, "RULE"))


def select(
    known: Iterable[Rule], chosen: Iterable[str] = (), ignored: Iterable[str] = (), *, added: bool = False
) -> tuple[Rule, ...]:
    """The rules of ``known`` that ``chosen`` names, without the ``ignored``; when it names none, all but those that
    want to be named, and those for what is ``added`` where there is no tree to compare with.

    Raises InputError for a name that is no rule, with the closest one that is.
    """
    by_id = {rule.id: rule for rule in known}
    whens = {"always", "added"} if added else {"always"}
    usual = [rule.id for rule in by_id.values() if rule.when in whens]
    wanted = [_known(name, by_id) for name in chosen] or usual
    unwanted = {_known(name, by_id) for name in ignored}
    return tuple(by_id[name] for name in sorted(set(wanted) - unwanted))


def _known(name: str, by_id: dict[str, Rule]) -> str:
    if name in by_id:
        return name
    from difflib import get_close_matches  # noqa: PLC0415 - for a mistake only

    close = get_close_matches(name, by_id, n=1, cutoff=0.4)
    hint = f"did you mean '{close[0]}'?" if close else "'kscan rules' lists them"
    raise InputError(f"unknown rule '{name}': {hint}")


def advice(name: str) -> str:
    """What to say of ``name`` where it is no rule; "" where it is one."""
    try:
        _known(name, _by_id())
    except InputError as unknown:
        return str(unknown)
    return ""


@cache
def _by_id() -> dict[str, Rule]:
    return {rule.id: rule for rule in all_rules()}
