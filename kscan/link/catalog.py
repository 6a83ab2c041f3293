"""Where names are defined: functions and constants as seen from a file, with facts and summaries read on demand."""

from __future__ import annotations

import hashlib
import posixpath
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from copy import copy
from functools import cached_property, lru_cache, partial
from typing import NamedTuple

import msgspec

from kscan.facts.errno import Errnos
from kscan.facts.extract import Parsed, facts_of, tree_of
from kscan.facts.fingerprint import fingerprint
from kscan.facts.glance import FactsGlance, Head, TablesGlance
from kscan.facts.headers import Dialect
from kscan.facts.indexed import key_of
from kscan.facts.macros import as_function, is_constant, is_expression
from kscan.facts.overlaid import Index, Kept, Ready
from kscan.facts.shared import NOTHING, Shared, is_shared, kept_facts, shared_of
from kscan.flow.evaluate import Given
from kscan.flow.explore import Exploration, Layout
from kscan.flow.summary import Summary
from kscan.flow.union import united
from kscan.flow.values import IntSet
from kscan.link.bodies import Bodies, behind_of, returns_bool, summary_of
from kscan.link.carried import Carried, Carrier
from kscan.link.fillings import Fillings, NoFillings
from kscan.link.lore import Lore
from kscan.link.numbers import Numbers
from kscan.link.numbersover import NumbersOver
from kscan.link.piece import MAX_PIECES, Opened
from kscan.link.recent import Recent
from kscan.link.seen import Seen
from kscan.model.code import Code
from kscan.model.facts import FileFacts, Function, Macro
from kscan.model.gap import Gap
from kscan.model.source import Source
from kscan.source.grep import grep
from kscan.source.overlay import Overlay
from kscan.source.tree import Tree, image_of

_FACTS = msgspec.msgpack.Decoder(FileFacts)
_SUMMARY = msgspec.msgpack.Decoder(Summary)
_ENCODER = msgspec.msgpack.Encoder()
_MAX_PARSED = 24
_MAX_CODES = 256
"""Functions whose code is kept."""
_MAX_SUMMARIES = 10_000
"""Functions whose summaries are kept."""
_MAX_SHARED = 2_000
"""Files of which is kept what they share."""
_MAX_TABLES = 4_096
"""Files whose tables are kept."""
_MAX_HEADS = 4_096
"""Files of which is kept what they include, and what is no more than that."""
_MAX_OPENED = 48
"""Files that stay open for the bodies of their functions: each holds a syntax tree, and its text several times."""
_MAX_NAMED = 20_000
"""Names looked up in a file that are kept."""
_MAX_PATHS = 100_000
"""Paths of which is kept whether they are there."""


class SameAsBelow(NamedTuple):
    """What of an overlay is as in the tree below: the ``file`` at a path, with all that is read from it; what is
    defined under a ``name``; and, if ``constants``, the numbers that files which are the same see."""

    file: Callable[[str], bool]
    name: Callable[[str], bool]
    constants: bool = False


class Catalog:
    """Facts of a tree by demand. ``kconfig`` narrows every file to one configuration. Where the tree is ``indexed``,
    they are there already. ``like`` is the catalog of a tree whose headers define the same."""

    def __init__(
        self,
        tree: Tree,
        store: Kept,
        index: Index,
        kconfig: Mapping[str, str] | None = None,
        like: Catalog | None = None,
    ) -> None:
        self.tree = tree
        self.store = store
        self.index = index
        self.kconfig = kconfig
        self.indexed: Ready | None = None
        self.fillings: Fillings = NoFillings()
        self.below: Catalog | None = None
        """The catalog of the tree that this one is an overlay of."""
        self.as_below = SameAsBelow(lambda _: False, lambda _: False)
        self.carrier: Carrier | None = None
        """Carries over from the catalog below what is known of files that it replaces."""
        self.piecewise = False
        """Whether files are opened for the bodies of a few functions, and not for all."""
        self.told_about: frozenset[tuple[str, int, str]] = frozenset()
        """The functions of which is told what they return."""
        self.gaps: set[Gap] = set()
        self.unread: set[Gap] = set()
        """Those among them that are about files which were asked for."""
        self.made_by = fingerprint() + _digest(kconfig)
        self._definers: dict[str, tuple[str, ...]] = {}
        self._there: dict[str, bool] = {}
        self._folders: dict[str, bool] = {}
        self._sources: Recent[str, Source | None] = Recent()
        self._read: set[str] = set()
        self._carried: Recent[str, Carried | None] = Recent()
        self._keys: Recent[str, str] = Recent(_MAX_HEADS)
        self._facts: Recent[str, FileFacts] = Recent()
        self._glances: Recent[str, FactsGlance | None] = Recent()
        self._heads: Recent[str, Head | None] = Recent(_MAX_HEADS)
        self._summaries: Recent[tuple[str, int, str], Summary] = Recent(_MAX_SUMMARIES)
        self._told: dict[tuple[str, int, str], Summary] = {}
        self._named: dict[tuple[str, str], list[Function]] = {}
        self._definitions: dict[tuple[str, str], tuple[Function, ...]] = {}
        self._shared: Recent[str, Shared] = Recent(_MAX_SHARED)
        self._includes: Recent[str, tuple[str, ...]] = Recent(_MAX_HEADS)
        self._mentioning: Recent[tuple[str, ...], tuple[str, ...]] = Recent()
        self._files: Recent[str, tuple[Bodies, Opened] | None] = Recent(_MAX_OPENED)
        self._codes: Recent[tuple[str, int, str], tuple[Code, ...]] = Recent(_MAX_CODES)
        self.tables: Recent[str, TablesGlance | None] = Recent(_MAX_TABLES)
        """The tables of the files that were asked for last."""
        self.parsed: Callable[[Source], Parsed] = lru_cache(maxsize=_MAX_PARSED)(self._parse)
        """The syntax tree of a file of this tree; the last ones are kept."""
        self.lore = Lore(tree, store, index)
        if like is not None:
            self.parsed, self.lore = like.parsed, like.lore

    def anew(self) -> Catalog:
        """A catalog of the same tree that holds none of its facts yet, and lets go of no summary: who uses it looks at
        how many are ``held``."""
        made = Catalog(self.tree, self.store, self.index, self.kconfig, self)
        made._summaries = Recent(sys.maxsize)
        made.indexed, made.fillings, made.piecewise = self.indexed, self.fillings, self.piecewise
        return made

    @property
    def held(self) -> int:
        """How many summaries are held: most of what a catalog takes grows with them."""
        return len(self._summaries)

    @property
    def met(self) -> frozenset[Gap]:
        """The gaps, and those that were met below, which any answer may depend on."""
        return frozenset(self.gaps if self.below is None else self.below.unread | self.gaps)

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks for people: what the store had to repair."""
        return self.store.notes

    # -- bytes and facts

    def source(self, path: str) -> Source | None:
        """The file at ``path``; None, and a gap, when it cannot be read."""
        if path not in self._sources:
            self._read.add(path)
            below = self._below(path)
            found = (None if below is None else below.source(path)) or self.tree.read(path)
            if isinstance(found, Gap):
                self.gaps.add(found)
                self.unread.add(found)
                self._sources[path] = None
            else:
                self._sources[path] = found
        return self._sources[path]

    def _below(self, path: str) -> Catalog | None:
        """The catalog of the tree below, where the file at ``path`` is the same and is read alike."""
        return self.below if self.as_below.file(path) else None

    def carried(self, path: str) -> Carried | None:
        """What is carried over from the catalog below of the file at ``path``, which differs from that in bodies."""
        if self.carrier is None:
            return None
        if path not in self._carried:
            source = None if self.as_below.file(path) else self.source(path)
            self._carried[path] = None if source is None else self.carrier.carried(source)
        return self._carried[path]

    def read_files(self) -> Collection[str]:
        """The files that were read so far."""
        return self._read

    def facts(self, path: str) -> FileFacts:
        """The facts of the file at ``path``, from the store when its content is known there."""
        known = self._facts.get(path)
        if known is None:
            below = self._below(path)
            known = self._facts[path] = self._read_facts(path) if below is None else below.facts(path)
            self.gaps.update(known.gaps)
        return known

    def _read_facts(self, path: str) -> FileFacts:
        glance = self._glance(path)
        return self._load_facts(path) if glance is None else glance.whole()

    def passing_facts(self, path: str) -> FileFacts:
        """The facts of the file at ``path`` for whoever goes through a whole tree: what was read for them is let go."""
        below = self._below(path)
        if below is not None:
            passing = below.passing_facts(path)
            self.gaps.update(passing.gaps)
            return passing
        held = (self._facts, self._glances, self._sources)
        before = [path in one for one in held]
        found = self.facts(path)
        for one, there in zip(held, before, strict=True):
            if not there:
                one.pop(path, None)  # type: ignore[attr-defined]
        return found

    def _glance(self, path: str) -> FactsGlance | None:
        """The facts that the index has of the file at ``path``, not decoded."""
        if path not in self._glances and self.indexed is not None:
            below = self._below(path)
            found = self._glances[path] = self.indexed.facts(path) if below is None else below._glance(path)
            if found is not None:
                self.gaps.update(found.gaps)
        return self._glances.get(path)

    def _glanced(self, path: str) -> FactsGlance | FileFacts:
        """What is at hand of the facts of the file at ``path``."""
        return self._facts.get(path) or self._glance(path) or self.facts(path)

    def content_key(self, source: Source) -> str:
        """Under what to keep a value made of the bytes of ``source`` alone; the digest is taken once a file."""
        if source.path not in self._keys:
            self._keys[source.path] = f"{source.blob}:{source.path}:{self.made_by}"
        return self._keys[source.path]

    def _load_facts(self, path: str) -> FileFacts:
        source = self.source(path)
        if source is None:
            return FileFacts(path)
        carried = self.carried(path)
        if carried is not None:
            return carried.facts
        key = self.content_key(source)
        stored = self.store.get("facts", key)
        if stored is not None:
            return _FACTS.decode(stored)
        macros = self.lore.macros.seen_from(path, source.data)
        # Of the few files that an overlay replaces, the bodies and tables are asked for, too.
        parsed = self._parse(source) if self.below is None else self.parsed(source)
        facts = facts_of(source, parsed, macros=macros, extra=self.annotations)
        encoded = kept_facts(facts)
        if encoded is not None:
            self.store.put("facts", key, encoded)
        return facts

    # -- what Numbers asks

    def shared(self, path: str) -> Shared:
        """What the file at ``path`` shares with those that include it."""
        if path not in self._shared:
            self._shared[path] = self._load_shared(path)
        return self._shared[path]

    def _load_shared(self, path: str) -> Shared:
        below = self._header_below(path)
        if below is not None:
            return below.shared(path)
        ready = self.indexed.shared(path) if self.indexed is not None and path.endswith(".h") else None
        if ready is not None:
            return ready
        source = self.source(path)
        return NOTHING if source is None else shared_of(self.facts(path), len(source.data))

    def includes(self, path: str) -> tuple[str, ...]:
        """What the file at ``path`` includes."""
        found = self._includes.get(path)
        below = self._header_below(path) if found is None else None
        if below is not None:
            found = self._includes[path] = below.includes(path)
        if found is None:
            found = self._includes[path] = self._read_includes(path)
        return found

    def _read_includes(self, path: str) -> tuple[str, ...]:
        if self.indexed is None or path in self._facts or self._glances.get(path) is not None:
            return self._glanced(path).includes
        head = self.indexed.head(path) if path.endswith(".h") else self._head(path)
        return self._glanced(path).includes if head is None else head.includes

    def _head(self, path: str) -> Head | None:
        """The head of the facts that the index has of the file at ``path``."""
        if path not in self._heads and self.indexed is not None:
            below = self._below(path)
            found = self._heads[path] = self.indexed.head(path) if below is None else below._head(path)
            if found is not None:
                self.gaps.update(found.gaps)
        return self._heads.get(path)

    def counts_own(self, name: str, path: str) -> bool:
        """Whether no more has to be read to use ``name``, a function that the file at ``path`` is known to define for
        itself; the gaps of the file count from then on."""
        below = self._below_for_names(path) if self.as_below.name(name) else None
        if below is not None:
            return below.counts_own(name, path)
        if self.kconfig is not None or path in self._facts:
            return self.kconfig is None
        tables = self.tables.get(path)
        if tables is not None and tables.gaps is not None:
            self.gaps.update(tables.gaps)
            return True
        return self._head(path) is not None

    def _header_below(self, path: str) -> Catalog | None:
        """The catalog of the tree below, where that is indexed and the header at ``path`` is the same."""
        return self._below(path) if self.indexed is not None and path.endswith(".h") else None

    def mentioning(self, *names: str) -> tuple[str, ...]:
        """The files that may call one of ``names``, sorted."""
        found = () if self.indexed is None else self.indexed.mentioning(names)
        return self._searched(names) if self.indexed is None or self.indexed.lost else found

    def _searched(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The files that have one of ``names`` in their text. To read them all takes seconds, and is done once."""
        if names not in self._mentioning:
            files, there = self.index.files, tuple[str, ...]()
            if self.below is not None and isinstance(self.tree, Overlay):
                replaced, present = self.tree.replaced, self.tree.present
                there = tuple(path for path in self.below.mentioning(*names) if path not in replaced)
                files = [stat for stat in files if stat.path in present]
            self._mentioning[names] = tuple(sorted([*there, *grep(self.tree, *names, files=files)]))
        return self._mentioning[names]

    def sharing(self, name: str) -> Iterator[str]:
        """The shared headers that may define ``name``, sorted."""
        return filter(is_shared, self._defining(name))

    def _defining(self, name: str) -> tuple[str, ...]:
        """The files that may define ``name``, sorted; some are called in many files."""
        found = self._definers.get(name)
        if found is None:
            if len(self._definers) >= _MAX_NAMED:
                self._definers.clear()
            found = self._definers[name] = self.index.files_defining(name)
        return found

    def has(self, path: str) -> bool:
        """Whether ``path`` is a file of the tree."""
        if path not in self._there:
            if len(self._there) >= _MAX_PATHS:
                self._there.clear()
            below = self._below(path)
            self._there[path] = self._is_there(path) if below is None else below.has(path)
        return self._there[path]

    def _is_there(self, path: str) -> bool:
        folder = path.rpartition("/")[0]  # of what is asked for, most would stand in a folder that is not there
        if folder not in self._folders:
            if len(self._folders) >= _MAX_PATHS:
                self._folders.clear()
            self._folders[folder] = self.tree.has_folder(folder)
        return self._folders[folder] and self.tree.exists(path)

    @property
    def annotations(self) -> frozenset[bytes]:
        """The annotations that the tree's own headers define."""
        return self.lore.annotations

    @property
    def dialect(self) -> Dialect:
        """What the headers of the tree say of its dialect."""
        return self.lore.dialect

    @property
    def errnos(self) -> Errnos:
        """The errno vocabulary of the tree."""
        return self.lore.errnos

    def _parse(self, source: Source) -> Parsed:
        return tree_of(source, extra=self.annotations, kconfig=self.kconfig)

    @cached_property
    def numbers(self) -> Numbers:
        """The numbers that names of the tree stand for."""
        return Numbers(self.errnos, self) if self.below is None else NumbersOver(self, self.below)

    # -- functions

    def definitions(self, name: str, seen_from: str) -> tuple[Function, ...]:
        """Every definition a call of ``name`` in file ``seen_from`` can mean: its own static one, else the globals and
        the inlines of headers it can see; configuration variants side by side."""
        key = (name, seen_from)
        if key not in self._definitions:
            below = self._below_for_names(seen_from) if self.as_below.name(name) else None
            found = tuple(self._find(name, seen_from)) if below is None else below.definitions(name, seen_from)
            if len(self._definitions) >= _MAX_NAMED:
                self._definitions.clear()
            self._definitions[key] = found
        return self._definitions[key]

    def _below_for_names(self, path: str) -> Catalog | None:
        """The catalog of the tree below, where the file at ``path`` sees the same definitions of what is no function of
        a file that is replaced."""
        return self.below if self.as_below.file(path) or self.carried(path) is not None else None

    def _find(self, name: str, seen_from: str) -> list[Function]:
        own = self.functions_in(seen_from, name) or self._in_parts(seen_from, name)
        settled = any(not f.config for f in own)  # no header can define the name too, whatever is configured
        macros = [] if settled else self._stand_ins(name, seen_from)
        static = any(f.linkage != "global" for f in own)
        if static and settled:
            return own
        # Not in a header: it has an inline one for where no global one is built.
        hides = static and not seen_from.endswith(".h")
        found = list(own)
        for path in self._defining(name):
            header = path.endswith(".h")
            hidden = (settled or not self.sees(seen_from, path)) if header else hides
            if hidden or path == seen_from or image_of(path) != image_of(seen_from):
                continue
            named = self.functions_in(path, name)
            if not header:
                found.extend(one for one in named if one.linkage == "global")
                continue
            found.extend(one for one in named if one.config or not hides)
            if all(one.config for one in named):
                macros += self._stand_ins(name, path)
        if self.kconfig is not None and any(_is_stub(function) for function in found):
            found = [function for function in found if function.linkage != "global"]
        found = [*found, *macros] if found else self._macros(name, seen_from)
        return sorted(found, key=lambda f: (f.file, f.start))

    def _in_parts(self, path: str, name: str) -> list[Function]:
        """The definitions of ``name`` in the source files that the file at ``path`` includes."""
        included = [one for one in self.includes(path) if one.endswith(".c")]
        folder = posixpath.dirname(path) if included else ""
        named = (posixpath.normpath(posixpath.join(folder, one)) for one in included)
        parts = [one for one in named if one != path and self.has(one)]
        return [function for one in parts for function in self.functions_in(one, name)]

    def _macros(self, name: str, seen_from: str) -> list[Function]:
        """Function-like macros that are expressions, read as functions; looked for where no function has the name."""
        near = (seen_from, *self.numbers.private_headers(seen_from))
        for paths in (
            near,
            [p for p in self._defining(name) if p.endswith(".h") and self.sees(seen_from, p)],
        ):
            found = [
                as_function(macro, path)
                for path in paths
                for macro in self._macros_in(path, name)
                if is_expression(macro)
            ]
            if found:
                return found
        return []

    def _stand_ins(self, name: str, path: str) -> list[Function]:
        """Function-like macros in the file at ``path`` that stand in for the function ``name`` in some configurations,
        or for which it is a stub."""
        macros = self._macros_in(path, name)
        return [as_function(macro, path) for macro in macros if is_constant(macro) or is_expression(macro)]

    def _macros_in(self, path: str, name: str) -> list[Macro]:
        """The function-like macros ``name`` in the file at ``path``, of which the gaps count from then on. To read all
        its facts takes longer than to ask who may define a name."""
        if path not in self._defining(name) and self._head(path) is not None:
            return []
        return [macro for macro in self._glanced(path).macros if macro.name == name]

    def functions_in(self, path: str, name: str) -> list[Function]:
        """The definitions of ``name`` that stand in the file at ``path``."""
        key = (path, name)
        found = self._named.get(key)
        if found is None:
            glance = self._glance(path)
            if glance is not None:
                below = self._below(path)
                found = glance.functions(name) if below is None else below.functions_in(path, name)
            else:
                found = [f for f in self.facts(path).functions if f.name == name]
            if len(self._named) >= _MAX_NAMED:
                self._named.clear()
            self._named[key] = found
        return list(found)

    def sees(self, path: str, header: str) -> bool:
        """Whether ``path`` can include ``header``; ``kscan.link.seen`` tells how that is found out."""
        below = self._below_for_names(path) if self.as_below.constants else None
        return self.seen.sees(path, header) if below is None else below.sees(path, header)

    @cached_property
    def seen(self) -> Seen:
        """Which headers the files of the tree see."""
        return Seen(self)

    def anywhere(self, name: str) -> tuple[Function, ...]:
        """All definitions of ``name`` in the tree, statics included."""
        found = [f for path in self.index.files_defining(name) for f in self.functions_in(path, name)]
        return tuple(sorted(found, key=lambda f: (f.file, f.start)))

    # -- code and summaries

    def code(self, function: Function) -> Code | None:
        """The compact code of ``function``, of its first variant when it has several; None, and a gap, when its body
        cannot be found."""
        return next(iter(self.codes(function)), None)

    def codes(self, function: Function) -> tuple[Code, ...]:
        """The compact code of each variant of ``function``; none, and a gap, when its body cannot be found."""
        key = (function.file, function.start, function.name)
        made = self._codes.get(key)
        if made is None:
            made = self._codes[key] = self._made_codes(function)
        if not made:
            self.gaps.add(Gap(function.file, function.start, "parse", function.name, "no body found"))
        return made

    def _made_codes(self, function: Function) -> tuple[Code, ...]:
        below = self._below(function.file)
        if below is not None:
            return below.codes(function)
        carried = self.carried(function.file)
        if carried is None:
            return self._lowered(function)
        key = (carried.number, function.start, function.name)
        if key not in carried.codes:
            carried.codes[key] = self._lowered(function)
        return carried.codes[key]

    def _lowered(self, function: Function) -> tuple[Code, ...]:
        found = self._bodies(function.file)
        if found is None:
            return ()
        bodies, opened = found
        opened.wanted = function
        return bodies.codes(function)

    def _bodies(self, path: str) -> tuple[Bodies, Opened] | None:
        if path not in self._files:
            source = self.source(path)
            made = None
            if source is not None:
                macros, facts = self.lore.macros.seen_from(path, source.data), self.facts(path)
                most = MAX_PIECES if self.piecewise or self.carried(path) is not None else 0
                opened = Opened(source, facts, self.annotations, self.kconfig, partial(self.parsed, source), most)
                made = Bodies(source, facts, opened, self.annotations, macros), opened
            self._files[path] = made
        return self._files[path]

    def told(self, summaries: Iterable[tuple[Function, Summary]]) -> Catalog:
        """The same catalog, for which some functions return what ``summaries`` say."""
        other = copy(self)
        other._told = {**self._told, **{_key(function): summary for function, summary in summaries}}
        other.told_about = frozenset(other._told)
        return other

    def summary(self, function: Function) -> Summary | None:
        """The summary of ``function``, from the store when nothing it is made of has changed."""
        key = _key(function)
        found = self._told.get(key) or self._summaries.get(key)
        if found is None:
            found = self._load_summary(function)
            if found is not None:
                self._summaries[key] = found
        return found

    def summary_with(
        self, function: Function, fixed: dict[int, IntSet], given: dict[int, Given], behind: int = -1
    ) -> Summary | None:
        """The summary when calls (by offset) and parameters (by number) are known to be as told, or that of what is
        left ``behind`` the parameter with this number; not kept."""

        def constant(word: str) -> tuple[int, bool] | None:
            return self.numbers.constant(word, function.file)

        if behind >= 0:
            codes = self.codes(function)
            return behind_of(function, codes, behind, constant, fixed, given) if codes else None
        found, truth = [], returns_bool(function)
        for code in self.codes(function):
            walk = Exploration(Layout(code, returns_bool=truth), constant, fixed=fixed, given=given)
            walk.run()
            found.append(walk.summary())
        return united(found) if found else None

    def _load_summary(self, function: Function) -> Summary | None:
        below = self._below(function.file) if self.as_below.constants else None
        known = None if below is None else below.summary(function)
        carried = self.carried(function.file) if known is None and self.as_below.constants else None
        known = carried.summary(function) if carried is not None else known
        if known is not None:
            return known
        if self.indexed is not None:
            ready = self.indexed.summary(function.file, key_of(function.name, function.body_start))
            if ready is not None:
                return _SUMMARY.decode(ready)
        source = self.source(function.file)
        if source is None:
            return None
        name = f"{self.content_key(source)}:{function.name}:{function.body_start}"
        stored = self.store.get("summary", name)
        if stored is not None:
            used, encoded = msgspec.msgpack.decode(stored)
            if all(self._same_constant(function.file, word, tuple(was) if was else None) for word, was in used):
                return _SUMMARY.decode(encoded)
        codes = self.codes(function)
        if not codes:
            return None
        asked: dict[str, tuple[int, bool] | None] = {}

        def constant(word: str) -> tuple[int, bool] | None:
            if word not in asked:
                asked[word] = self.numbers.constant(word, function.file)
            return asked[word]

        facts = self.facts(function.file)
        summary = summary_of(function, codes, constant, facts, self._leaving(function.file))
        self.store.put("summary", name, _ENCODER.encode((sorted(asked.items()), _ENCODER.encode(summary))))
        return summary

    def _leaving(self, path: str) -> frozenset[str]:
        """The macros of the file at ``path`` and of its private headers that return by themselves."""
        near = (path, *self.numbers.private_headers(path))
        return frozenset().union(*(self.shared(one).leaving for one in near))

    def _same_constant(self, path: str, word: str, was: tuple[int, bool] | None) -> bool:
        return self.numbers.constant(word, path) == was


def _key(function: Function) -> tuple[str, int, str]:
    return function.file, function.body_start, function.name


def _is_stub(function: Function) -> bool:
    """Whether a header defines ``function`` for some configurations: where it does, what a source file defines under
    this name is not built, or not called by it."""
    return function.linkage == "inline" and bool(function.config)


def _digest(kconfig: Mapping[str, str] | None) -> str:
    return "" if kconfig is None else hashlib.sha256(repr(sorted(kconfig.items())).encode()).hexdigest()[:16]
