"""From the words of a compiler to what is to be said of the file, and the trees that are open for that."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from kscan.cc.command import Command, read_command
from kscan.cc.session import Session, path_in
from kscan.model.error import InputError
from kscan.model.regex import regex
from kscan.model.result import CheckResult
from kscan.report.escape import plain
from kscan.report.gcc import render
from kscan.report.locating import locate
from kscan.rules.registry import all_rules, select
from kscan.rules.rule import Rule
from kscan.source.tree import NOT_KERNEL, WorkingTree, open_tree

_OPEN: Final = 4
"""Trees and configurations at a time: those of the kernel and of its modules, and of files with words of their own."""
_TRUSTED_S: Final = 1.0
"""How long the files that answers are made of are not looked at again: in a build many calls come within a second, and
whoever saves a file and asks again takes longer. The file that is asked about is looked at each time."""
_CONDITIONS: Final = regex(rb"^[ \t]*#[ \t]*(?:el)?if(?:\\\n|[^\n])*", re.M)
_WORD: Final = regex(rb"\b[A-Za-z_]\w*")

_Key = tuple[object, ...]


class Desk:
    """Answers for one file after the other; trees stay open in between, and are opened anew when a file changed."""

    def __init__(self) -> None:
        self._open: dict[_Key, Session] = {}
        self._looked: dict[_Key, float] = {}
        self._told: set[Path] = set()

    def answer(self, folder: Path, words: Sequence[str]) -> str:
        """What a compiler would say with ``words`` in ``folder``: findings and remarks, a line each, maybe nothing.

        Raises InputError for an unknown rule, a tree that is none, and files that cannot be read."""
        command = read_command(folder, words)
        tree = _tree_of(command)
        path = path_in(tree, folder / command.source)
        if path is None:
            return f"{plain(command.source)}: note: not in {plain(str(tree.root))}, so nothing was checked\n"
        if path.split("/")[0] in NOT_KERNEL:
            return ""
        rules = _wanted(command)
        session = self._session(tree, path, command)
        return self._hint(session) + _text(session, session.check(path, rules), path, command)

    def close(self) -> None:
        """Lets go of all trees."""
        for session in self._open.values():
            session.close()
        self._open.clear()

    def _session(self, tree: WorkingTree, path: str, command: Command) -> Session:
        conf = command.autoconf
        defined = _asked_about(command.defined, (tree.root / path).read_bytes())
        key = (tree.root, conf, conf and conf.stat().st_mtime_ns, *sorted(defined.items()))
        known = self._open.pop(key, None)
        now = time.monotonic()
        if known is not None and not known.holds(path, all_of_it=now - self._looked[key] > _TRUSTED_S):
            known.close()
            known = None
        while known is None and len(self._open) >= _OPEN:
            self._open.pop(next(iter(self._open))).close()
        self._open[key] = known or Session(tree, command.symbols(defined))
        self._looked[key] = now
        return self._open[key]

    def _hint(self, session: Session) -> str:
        """Said once: how to be quicker."""
        root = session.tree.root
        if session.indexed or root in self._told:
            return ""
        self._told.add(root)
        said = plain(str(root))
        return f"kscan: note: {said} has no index; 'kscan index {said}' makes one, and checks are quick then\n"


def _tree_of(command: Command) -> WorkingTree:
    """The kernel tree that the compiler was told of, else the one that the file is in."""
    if command.tree is not None:
        return open_tree(command.tree)
    source = command.folder / command.source
    for parent in Path(os.path.realpath(source)).parents:
        if (parent / "include/linux").is_dir():
            return open_tree(parent)
    raise InputError(f"{command.source}: not in a kernel tree, and nothing on the command line names one")


def _asked_about(defined: Mapping[str, str], data: bytes) -> dict[str, str]:
    """Those of the words ``defined`` on the command line that a condition in the file asks for."""
    asked = {word.decode() for line in _CONDITIONS.findall(data) for word in _WORD.findall(line)}
    return {name: value for name, value in defined.items() if name in asked}


def _wanted(command: Command) -> tuple[Rule, ...]:
    """The rules to run: without ``--strict``, and unless they are named, no notes."""
    chosen = select(all_rules(), command.select, command.ignore)
    if command.strict or command.select:
        return chosen
    return tuple(rule for rule in chosen if rule.severity != "note")


def _text(session: Session, result: CheckResult, path: str, command: Command) -> str:
    report = locate(result, session.text)
    return render(report, _shown(path, command, session.tree.root))


def _shown(path: str, command: Command, root: Path) -> Callable[[str], str]:
    """Paths as they are written on the command line: the file as it is named there, others likewise."""
    before = command.source.removesuffix(path) if command.source.endswith(path) else f"{root}/"
    return lambda one: before + one
