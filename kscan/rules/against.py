"""A check of what changed between two trees: the scope, the same rules over both, and the findings that are new."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from pathlib import PurePosixPath

import msgspec

from kscan.link.catalog import Catalog
from kscan.link.named import in_files
from kscan.link.program import LinkedProgram
from kscan.model.contract import Contract
from kscan.model.error import during
from kscan.model.facts import Function
from kscan.model.gap import Gap
from kscan.model.progress import SILENT, Progress
from kscan.model.regex import regex
from kscan.model.result import CheckResult
from kscan.rules.added import Added
from kscan.rules.rule import Rule
from kscan.rules.run import over
from kscan.rules.since import Names, Place, Text, names, unmatched
from kscan.rules.users import Users
from kscan.rules.vague import holds
from kscan.source.overlay import Overlay
from kscan.source.tree import C_SUFFIXES, NOT_KERNEL

_WORD = regex(r"[A-Za-z_]\w*")
_WORDS = regex(rb"[A-Za-z_]\w*")
_INVOKED = regex(rb"(?m)^(?:static[ \t]+)?\w+[ \t]*\(([^();{}]*)\)")
"""What may be a macro invocation at file scope."""
_SHORT = 3
"""Letters of which a word has so few that it is part of any name."""
MAX_REACHED = 2000
"""Functions in unchanged files that a change is followed to."""


class Comparison:
    """A tree and the one before it, linked both; ``changed`` are the files of interest that differ."""

    def __init__(self, now: LinkedProgram, then: LinkedProgram, changed: frozenset[str]) -> None:
        self.now, self.then = now, then
        self.changed = changed
        self.gaps: list[Gap] = []
        self._newly: dict[Place, frozenset[str]] = {}
        self.differing: set[Place] = set()
        """The functions whose return set is not what it was."""

    @cached_property
    def names(self) -> Names:
        """Who is who in the files that changed."""
        return names(self._texts(self.then), self._texts(self.now))

    @cached_property
    def added(self) -> Added:
        """What of the tree's text is new; a file that has a new name is compared with the old one."""
        return Added(
            lambda path: _bytes(self.then.catalog, self.names.file(path)),
            lambda path: _bytes(self.now.catalog, path),
            self.changed,
        )

    @cached_property
    def removed(self) -> Added:
        """What of the text of the tree before is gone; a file that has a new name is compared with that."""
        turned = self.names.turned()
        return Added(
            lambda path: _bytes(self.now.catalog, turned.file(path)),
            lambda path: _bytes(self.then.catalog, path),
            self.changed,
        )

    @cached_property
    def newly_handed(self) -> frozenset[bytes]:
        """The words in what the files that changed newly hand to what may be a macro at file scope: parts of the names
        that it makes."""
        files = ((_invoked(self.now.catalog, path), _invoked(self.then.catalog, path)) for path in self.changed)
        words = (word for now, then in files for invoked in now - then for word in _WORDS.findall(invoked))
        return frozenset(word for word in words if len(word) >= _SHORT)

    @cached_property
    def edited(self) -> frozenset[Place]:
        """The functions whose text is not what it was, in the files that changed."""
        then, now = _by_place(self._texts(self.then)), _by_place(self._texts(self.now))
        return frozenset(place for place in now.keys() | then.keys() if now.get(place) != then.get(place))

    @cached_property
    def touched(self) -> frozenset[Place]:
        """The functions that are edited, and those in the files that changed that use a macro or constant which is not
        what it was."""
        return self.edited | frozenset(self._through_names())

    def scope(self, progress: Progress) -> tuple[Function, ...]:
        """The functions of the files that changed, and those elsewhere that the change reaches: callers, and theirs in
        turn, as long as what arrives is not what arrived before."""
        reached = (f for f in self.reached(progress) if f.file not in self.changed)
        return (*_functions(self.now, self.changed), *reached)

    def earlier(self, scope: Sequence[Function]) -> tuple[Function, ...]:
        """What the functions in ``scope`` may have been in the tree before."""
        wanted = {Place(function.file, function.name) for function in scope}
        elsewhere = _functions(self.then, {place.file for place in wanted} - self.changed)
        same = (f for f in elsewhere if Place(f.file, f.name) in wanted)
        return (*same, *_functions(self.then, self.changed))

    def _texts(self, program: LinkedProgram, files: Collection[str] | None = None) -> Iterator[Text]:
        for path in sorted(self.changed if files is None else files):
            data = _bytes(program.catalog, path)
            for function in _functions(program, (path,)):
                yield function, data[function.start : function.end]

    def _through_names(self) -> Iterator[Place]:
        for path in sorted(self.changed):
            names = _differing(_defines(self.now, path), _defines(self.then, path))
            if names:
                word = re.compile(rb"\b(?:%b)\b" % b"|".join(sorted(re.escape(name.encode()) for name in names)))
                for program in (self.now, self.then):
                    for function, text in self._texts(program, (path,)):
                        if word.search(text):
                            yield Place(path, function.name)

    def reached(self, progress: Progress) -> list[Function]:
        """The functions that the change reaches: the callers of those in ``differing``, which is known from here on."""
        progress.stage("reach", None)
        found = self._users()
        seen = self.touched | found.keys()
        pending = set(seen)
        while pending and len(found) < MAX_REACHED:
            progress.advance(len(pending))
            changed = [place for place in sorted(pending) if self.differs(place)]
            self.differing.update(changed)
            callers = self.callers(changed)
            found |= callers
            pending = callers.keys() - seen
            seen |= pending
        if pending:
            self.gaps.append(Gap("", -1, "check", "", f"the change reaches more than {MAX_REACHED} functions"))
        return [found[place] for place in sorted(found)]

    def _users(self) -> dict[Place, Function]:
        """The functions elsewhere that use what the changed files define in another way than before."""
        users = Users(self.now, self.then, self.changed)
        found = {place: one for place in users.places() for one in self.after(place)}
        self.gaps += users.gaps
        return found

    def after(self, place: Place) -> list[Function]:
        """The functions at ``place``."""
        return _at(self.now, place)

    def before(self, place: Place) -> list[Function]:
        """What the functions at ``place`` were in the tree before."""
        return self.then_at(self.names.place(place))

    def then_at(self, place: Place) -> list[Function]:
        """The functions that were at ``place`` in the tree before."""
        return _at(self.then, place)

    def is_renamed(self, place: Place) -> bool:
        """Whether the functions that were at ``place`` have another name or file now."""
        return self.names.was(place)

    def newly(self, place: Place) -> frozenset[str]:
        """What the functions at ``place`` return now and did not before."""
        if place not in self._newly:
            self._newly[place] = frozenset(self._new_values(place))
        return self._newly[place]

    def _new_values(self, place: Place) -> Iterator[str]:
        had = {value for _, values in _values(self.then, self.before(place)) for value in values}
        wide = [function for function in self.before(place) if self.then.gave_up(function)]
        for function in self.after(place):
            for value in self.now.values(function)[1]:
                if not holds(had, value) and not any(self.then.may_return(one, value) for one in wide):
                    yield value

    def is_wide(self, place: Place) -> bool:
        """Whether the functions at ``place`` reach too much, now or before, to tell what they do not return."""
        sides = ((self.now, self.after(place)), (self.then, self.before(place)))
        return any(program.gave_up(function) for program, functions in sides for function in functions)

    def over(self, now: LinkedProgram, then: LinkedProgram) -> Comparison:
        """The same trees and files, linked in another way; nothing is followed yet."""
        other = copy(self)
        other.now, other.then = now, then
        other.gaps, other._newly, other.differing = [], {}, set()
        return other

    def differs(self, place: Place) -> bool:
        """Whether the functions at ``place`` return something else than before, as far as that can be told."""
        then = _values(self.then, self.before(place))
        if any(self.then.gave_up(function) for function in self.before(place)):
            for function in self.after(place):  # it would reach as much again
                self.now.give_up(function)
        if _values(self.now, self.after(place)) == then:
            return False
        return bool(self.newly(place)) or not self.is_wide(place)

    def callers(self, changed: Sequence[Place]) -> dict[Place, Function]:
        """Who calls one of the functions now, or called one that is gone."""
        here = [function for place in changed for function in self.after(place)]
        gone = [function for place in changed if not self.after(place) for function in _at(self.then, place)]
        callers = {*_calling(self.now, here), *_calling(self.then, gone)}
        return {caller: function for caller in callers for function in _at(self.now, caller)}


def run_against(
    now: Catalog,
    then: Catalog,
    paths: Sequence[str],
    everything: bool,
    rules: Sequence[Rule],
    contracts: Sequence[Contract],
    progress: Progress,
) -> CheckResult:
    """
    The check of ``now``, without the findings that ``then`` (an overlay of it) has too. Without ``paths`` and
    ``everything``, of what changed between them and of what the change reaches.
    """
    named = bool(paths) or everything
    differing = frozenset(path for path in replaced(then) if path.endswith(C_SUFFIXES))
    if named:
        scope, files = in_files(now, paths, everything, progress)
        both = Comparison(LinkedProgram(now), LinkedProgram(then), _near(differing, files, then))
    else:
        kernel = frozenset(path for path in differing if path.split("/", 1)[0] not in NOT_KERNEL)
        both = Comparison(LinkedProgram(now), LinkedProgram(then), kernel)
        scope = both.scope(progress)
        files = frozenset(function.file for function in scope) | {p for p in both.changed if now.tree.exists(p)}
    earlier = both.earlier(scope)
    after = over(both.now, scope, files, rules, contracts, progress, named=bool(paths), added=both.added)
    with during("checking the tree compared with"):
        before = over(both.then, earlier, frozenset(f.file for f in earlier), rules, contracts, SILENT)
    new = unmatched(after.findings, before.findings, both.names)
    was = [*before.findings, *(one.finding for one in before.allowed)]
    hidden = {id(one) for one in unmatched([one.finding for one in after.allowed], was, both.names)}
    allowed = tuple(one for one in after.allowed if id(one.finding) in hidden)
    gaps = tuple(sorted({*after.gaps, *both.gaps}))
    told = f"{len(differing)} C files differ; {len(after.findings) - len(new)} findings are in both and left out"
    notes = (*after.notes, told)
    return msgspec.structs.replace(after, findings=tuple(new), gaps=gaps, notes=notes, allowed=allowed)


def replaced(then: Catalog) -> frozenset[str]:
    """The paths at which the tree before differs from the tree."""
    assert isinstance(then.tree, Overlay)
    return then.tree.replaced


def _near(differing: frozenset[str], files: frozenset[str], then: Catalog) -> frozenset[str]:
    """Of the files that differ, those among ``files``, and those gone that a new one among them may have been."""
    own = differing & files
    new = [PurePosixPath(path) for path in own if not then.tree.exists(path)]
    alike = {path.name for path in new} | {str(path.parent) for path in new}
    gone = (PurePosixPath(path) for path in differing - files if then.tree.exists(path))
    return own | {str(path) for path in gone if alike & {path.name, str(path.parent)}}


def _by_place(texts: Iterable[Text]) -> dict[Place, list[bytes]]:
    """The texts of all definitions of each function."""
    found: dict[Place, list[bytes]] = defaultdict(list)
    for function, text in texts:
        found[Place(function.file, function.name)].append(text)
    return found


def _calling(program: LinkedProgram, callees: Sequence[Function]) -> Iterator[Place]:
    """The functions that call one of ``callees``, which are looked for all at once."""
    catalog = program.catalog
    shared = sorted({function.name for function in callees if function.linkage != "static"})
    files = {function.file for function in callees}.union(catalog.mentioning(*shared) if shared else ())
    by_name: dict[str, list[Function]] = defaultdict(list)
    for callee in callees:
        by_name[callee.name].append(callee)
    for path in sorted(files):
        for function in catalog.facts(path).functions:
            for name in {site.callee for site in function.calls if site.callee in by_name}:
                if any(callee in by_name[name] for callee in catalog.definitions(name, path)):
                    yield Place(path, function.name)


def _invoked(catalog: Catalog, path: str) -> set[bytes]:
    """What is handed to what may be a macro at file scope."""
    source = catalog.source(path) if catalog.tree.exists(path) else None
    return set() if source is None else set(_INVOKED.findall(source.data))


def _defines(program: LinkedProgram, path: str) -> dict[str, set[object]]:
    """The constants and macros of the file at ``path``, by name, wherever in it they stand; and the names that each is
    written with."""
    found: dict[str, set[object]] = defaultdict(set)
    if program.catalog.has(path):
        facts = program.catalog.facts(path)
        for one in facts.constants:
            found[one.name].add((one.value, one.kind, one.after))
        for macro in facts.macros:
            found[macro.name].add((macro.params, macro.body))
    return found


def _differing(now: Mapping[str, set[object]], then: Mapping[str, set[object]]) -> set[str]:
    """The names that mean something else, by themselves or through others of these."""
    names = {name for name in now.keys() | then.keys() if now.get(name) != then.get(name)}
    pending = set(names)
    while pending:
        used = {name for name, meant in now.items() if name not in names and pending & _words(meant)}
        names |= used
        pending = used
    return names


def _words(meant: Collection[object]) -> set[str]:
    return set(_WORD.findall(repr(meant)))


def _values(program: LinkedProgram, functions: Sequence[Function]) -> list[tuple[bool, tuple[str, ...]]]:
    """What the functions can return."""
    return [program.values(function) for function in functions]


def _at(program: LinkedProgram, place: Place) -> list[Function]:
    exists = program.catalog.has(place.file)
    return program.catalog.functions_in(place.file, place.name) if exists else []


def _functions(program: LinkedProgram, files: Collection[str]) -> list[Function]:
    present = (path for path in sorted(files) if program.catalog.has(path))
    return [function for path in present for function in program.catalog.facts(path).functions]


def _bytes(catalog: Catalog, path: str) -> bytes:
    source = catalog.source(path) if catalog.has(path) else None
    return b"" if source is None else source.data
