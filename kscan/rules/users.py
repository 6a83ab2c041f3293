"""Who uses, in files that did not change, a macro, a constant or a member that means something else than before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import Final

from kscan.facts.fields import fields_of
from kscan.link.program import LinkedProgram
from kscan.model.error import during
from kscan.model.facts import FileFacts
from kscan.model.gap import Gap
from kscan.model.regex import regex
from kscan.model.source import Source
from kscan.rules.since import Place
from kscan.source.grep import grep

MAX_FILES: Final = 300
"""Files that use one name; of a name with more, a gap tells."""
MAX_USERS: Final = 1500
"""Functions in all."""
MAX_NAMES: Final = 500
"""Names that are looked for; where more mean something else, the trees are of different releases."""
MANY: Final = 50
"""Files beyond which what is read of them is not held: there may be thousands."""
MAX_ROUNDS: Final = 4
"""How often the macros that use a changed one are looked for in turn."""
_NOT_FOLLOWED: Final = "who uses them in files that did not change is not compared"
_WORD: Final = regex(rb"[A-Za-z_]\w*")
_IDENTIFIER: Final = regex(r"[A-Za-z_]\w*")

Meanings = Mapping[str, frozenset[object]]
"""What each name that some files define stands for, wherever in them it does."""


class Users:
    """The functions that use a name which means something else in the tree of ``now`` than in that of ``then``, outside
    of the ``changed`` files. ``gaps`` are the names that too many use."""

    def __init__(self, now: LinkedProgram, then: LinkedProgram, changed: Collection[str]) -> None:
        self._now = now
        self._changed = frozenset(changed)
        shared = [path for path in changed if path.endswith(".h")]  # what a source file defines is its own
        self.names = _differing(_meanings(then, shared), _meanings(now, shared))
        self.gaps: list[Gap] = []

    def places(self) -> set[Place]:
        """The functions, those of macros that use such a macro in turn included."""
        found: set[Place] = set()
        if len(self.names) > MAX_NAMES:
            self.gaps.append(Gap("", -1, "check", "", f"{len(self.names)} names mean something else: {_NOT_FOLLOWED}"))
            return found
        known, pending = set(self.names), set(self.names)
        for _ in range(MAX_ROUNDS):
            if not pending:
                break
            files = self._files(pending)
            through: set[str] = set()
            for path, words in files.items():
                with during("reading", path):
                    facts = self._facts(path, passing=len(files) > MANY)
                    found |= self._functions(facts, words)
                    through |= _through(facts, words)
            pending = set(sorted(through - known)[:MAX_NAMES])
            known |= pending
        if len(found) > MAX_USERS:
            self.gaps.append(Gap("", -1, "check", "", f"more than {MAX_USERS} functions use what means something else"))
        return set(sorted(found)[:MAX_USERS])

    def _files(self, names: Collection[str]) -> Mapping[str, set[bytes]]:
        """The other files that use the ``names``, with those that each uses; without the names that too many use."""
        wanted = {name.encode(errors="surrogateescape") for name in names}
        uses: dict[str, set[bytes]] = {}
        for path in grep(self._now.catalog.tree, *sorted(names)):
            got = self._now.catalog.tree.read(path)
            if path not in self._changed and isinstance(got, Source):
                uses[path] = wanted.intersection(_WORD.findall(got.data))
        tally = Counter(word for words in uses.values() for word in words)
        common = {word for word, files in tally.items() if files > MAX_FILES}
        for word in sorted(common):
            told = f"{word.decode()} means something else; what the {tally[word]} files that use it return"
            self.gaps.append(Gap("", -1, "check", "", f"{told} is not compared"))
        return {path: words - common for path, words in sorted(uses.items()) if words - common}

    def _facts(self, path: str, *, passing: bool) -> FileFacts:
        catalog = self._now.catalog
        return catalog.passing_facts(path) if passing else catalog.facts(path)

    def _functions(self, facts: FileFacts, words: set[bytes]) -> set[Place]:
        got = self._now.catalog.tree.read(facts.path)
        data = got.data if isinstance(got, Source) else b""
        return {
            Place(facts.path, one.name)
            for one in facts.functions
            if not words.isdisjoint(_WORD.findall(data, one.start, one.end))
        }


def _through(facts: FileFacts, words: set[bytes]) -> set[str]:
    """The macros and constants of a file that are made of ``words``."""
    texts = [(one.name, one.value) for one in facts.constants] + [(one.name, one.body) for one in facts.macros]
    spelt = {word.decode() for word in words}
    return {name for name, text in texts if not spelt.isdisjoint(_IDENTIFIER.findall(text))}


def _meanings(program: LinkedProgram, files: Collection[str]) -> Meanings:
    found: dict[str, set[object]] = defaultdict(set)
    for path in files:
        if not program.catalog.has(path):
            continue
        facts = program.catalog.facts(path)
        for one in facts.constants:
            found[one.name].add((one.kind, " ".join(one.value.split()), one.after))
        for macro in facts.macros:
            found[macro.name].add((macro.params, " ".join(macro.body.split())))
        got = program.catalog.source(path)
        for name, declared in fields_of(b"" if got is None else got.data).items():
            found[name] |= declared
    return {name: frozenset(meant) for name, meant in found.items()}


def _differing(then: Meanings, now: Meanings) -> frozenset[str]:
    return frozenset(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))
