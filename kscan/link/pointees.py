"""What the pointers of a function point to where the text tells: functions and tables by name, one of a few, and
structs of a caller's own that hold some of these (``struct walk w = { .ops = ops }; step(&w)``).

What a struct holds is believed only where everybody who gets its address was looked at, and nobody can change it. That
is asked under the assumption that it holds: whoever changes it first would be found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from kscan.dialect.scan import clean
from kscan.facts.macros import is_macro
from kscan.facts.places import base_type
from kscan.facts.words import POINTER_READS
from kscan.flow.primitives import TESTS
from kscan.flow.summary import Summary, Symbol
from kscan.flow.values import ALL
from kscan.link.arguments import Arguments
from kscan.link.catalog import Catalog
from kscan.link.context import Carrier, Choice, Context, Handed, Pointer
from kscan.link.tables import Held, Tables, Targets
from kscan.link.uses import (
    Call,
    Path,
    Uses,
    Values,
    declared,
    is_stored,
    is_struct,
    sides,
    uses_behind,
    uses_of_struct,
    values_of,
)
from kscan.model.facts import Function, Place
from kscan.model.regex import regex

MAX_CHOICES: Final = 8
"""Pointers that one place can hold."""
MAX_FOLLOWED: Final = 200
"""Functions, in contexts, that are looked at before a struct's fields are believed."""
MAX_DEPTH: Final = 6
"""Variables behind each other that are looked through."""
_BODIES: Final = 512
"""Functions whose bodies are held."""
_NAME: Final = regex(r"[A-Za-z_]\w*")
_WORTH: Final = regex(r"\?|\A\w+\Z")
"""In the text of an argument that may be one of a few tables."""
_ADDRESS: Final = regex(r"&\s*([A-Za-z_]\w*)")
_MEMBER: Final = regex(r"([A-Za-z_]\w*)\s*(?:->|\.)\s*([A-Za-z_][\w.\s]*)")
_TABLE: Final = regex(r"(?:const\s+)?struct\s+\w+\s+(?:const\s*)?\*(?:const)?")
_WORDS: Final = regex(r"[A-Za-z_]\w*")
_LOOKS: Final = frozenset({"if", "while", "switch", "sizeof", *TESTS})
"""What looks at a value, and hands it to nobody."""
_READS: Final = _LOOKS | POINTER_READS
"""What changes nothing that it is handed, but may give it back."""

Key = tuple[str, int, int, str]
"""File, what tells its content from others of it, start and name of a function."""


class _Receiver(NamedTuple):
    """A function that gets the address of a struct as its argument ``number``."""

    function: Function
    number: int
    context: Context


class Said:
    """What the bodies of functions say, whatever else there is in the tree."""

    def __init__(self) -> None:
        self.texts: dict[Key, str] = {}
        self.bodies: dict[Key, str] = {}
        self.kinds: dict[tuple[Key, str], str] = {}
        self.uses: dict[tuple[Key, str, bool], Uses | None] = {}
        self.values: dict[tuple[Key, str], Values | None] = {}


class Pointees:
    """Answers by function and context, kept; ``asked`` tells that other functions were looked at for one. ``said`` is
    what others know already of functions whose ``key`` is the same."""

    def __init__(
        self,
        catalog: Catalog,
        tables: Tables,
        said: Said | None = None,
        key: Callable[[Function], Key] | None = None,
    ) -> None:
        self.asked = False
        self._catalog = catalog
        self._tables = tables
        self._arguments = Arguments(catalog)
        self._said = Said() if said is None else said
        self._key = _place if key is None else key
        self._carriers: dict[tuple[Key, str, Context], tuple[Carrier | None, bool]] = {}
        self._looking = False
        self._next: dict[tuple[Key, int, Context], tuple[_Receiver, ...] | None] = {}

    # -- what a call can reach, and what it hands on

    def targets(self, function: Function, symbol: Symbol, context: Context) -> Targets:
        """What the indirect call ``symbol`` of ``function`` can reach when its parameters are as ``context`` says."""
        through = self._tables.through(function, symbol)
        places = () if through is None else through.places
        return self._tables.targets(function, symbol, [self._held(function, place, context) for place in places])

    def handed(self, function: Function, symbol: Symbol, index: int, context: Context, kind: str = "") -> Handed | None:
        """What argument ``index`` of a call, for a parameter of type ``kind``, points to where it is no parameter; None
        when that is not told."""
        if index >= len(symbol.args) or symbol.args[index].param >= 0 or function.via:
            return None
        named = symbol.args[index].function
        if named:
            return Pointer(named, function.file)
        text = self._arguments.text(function, symbol, index)
        address = _ADDRESS.fullmatch(text)
        if address is not None and self._kind(function, address[1]) == "struct":
            return self._carrier(function, address[1], context, 0)
        if address is None and not (_is_table(kind) and symbol.args[index].values == ALL and _WORTH.search(text)):
            return None
        return _one_of(self._pointers(function, text, context, 0))

    def through(self, function: Function, summary: Summary) -> frozenset[int]:
        """The parameters through which ``function`` calls, or that it puts into a struct of its own, where its result
        depends on it."""
        found: set[int] = set()
        for symbol in summary.symbols:
            called = symbol.kind == "call" or symbol.kind == "out"
            if called and (not symbol.text or any(p.name == symbol.text for p in function.params)):
                through = self._tables.through(function, symbol)
                for place in through.places if through is not None else ():
                    is_own = place.local and place.param < 0 and place.root
                    found |= self._behind(function, place.root) if is_own else {place.param}
        return frozenset(found - {-1}) | self._carried(function, summary)

    def _carried(self, function: Function, summary: Summary) -> frozenset[int]:
        """The parameters that ``function`` may put into a struct which it hands to a call."""
        tables = [number for number, param in enumerate(function.params) if _is_table(param.type) and param.name]
        if not tables or function.via or not any(symbol.args for symbol in summary.symbols if symbol.kind == "call"):
            return frozenset()
        text = self._text(function)
        return frozenset([number for number in tables if is_stored(text, function.params[number].name)])

    def _behind(self, function: Function, name: str) -> set[int]:
        """The parameters that what the variable ``name`` points to, or holds, comes from."""
        found: set[int] = set()
        pending, seen = [name], {name}
        params = [param.name for param in function.params]
        while pending and len(seen) <= MAX_DEPTH and not function.via:
            for value in self._put_into(function, pending.pop()):
                words = _WORDS.findall(value)
                found |= {params.index(word) for word in words if word in params}
                fresh = [word for word in dict.fromkeys(words) if word not in seen and self._is_local(function, word)]
                pending += fresh
                seen.update(fresh)
        return found

    def _put_into(self, function: Function, name: str) -> Sequence[str]:
        """What ``function`` puts into its variable, or the fields of its struct, ``name``."""
        if self._kind(function, name) != "struct":
            found = self._assigned(function, name)
            return () if found is None else found.values
        uses = self._used(function, name, behind=False)
        return () if uses is None else [store.value for store in uses.stores]

    # -- values

    def _held(self, function: Function, place: Place, context: Context) -> Held | None:
        """What is known of a place that a call of ``function`` goes through."""
        if place.param >= 0:
            given = context[place.param] if place.param < len(context) else None
            return None if isinstance(given, Carrier) and not place.path else _at(given, place.path)
        if not place.local or not place.path or not place.root or function.via:
            return None
        carrier = self._carried_by(function, place.root, context, 0)
        if carrier is not None:
            return _at(carrier, place.path)
        pointers = self._variable(function, place.root, context, 0)
        return None if pointers is None else Held(pointers, place.path)

    def _pointers(self, function: Function, text: str, context: Context, depth: int) -> tuple[Pointer, ...] | None:
        """All that ``text``, an expression of ``function``, can point to."""
        text = _bare(text)
        if depth > MAX_DEPTH:
            return None
        if text == "NULL":
            return ()
        either = sides(text)
        if either is not None:
            return _joined([self._pointers(function, side, context, depth + 1) for side in either])
        if _NAME.fullmatch(text):
            return self._variable(function, text, context, depth + 1)
        address = _ADDRESS.fullmatch(text)
        if address is not None:
            name = address[1]
            return (Pointer(name, function.file, object=True),) if self._kind(function, name) == "file" else None
        member = _MEMBER.fullmatch(text)
        carrier = None if member is None else self._carried_by(function, member[1], context, depth + 1)
        if member is None or carrier is None:
            return None
        return dict(carrier.fields).get(tuple(_WORDS.findall(member[2])))

    def _variable(self, function: Function, name: str, context: Context, depth: int) -> tuple[Pointer, ...] | None:
        """All that the variable or function ``name`` can point to, as ``function`` sees it."""
        number = _number_of(function, name)
        if number >= 0:
            given = context[number] if number < len(context) else None
            known = _at(given, ()) if isinstance(given, Pointer | Choice) else None
            found = self._assigned(function, name) if known is not None else None
            fixed = found is not None and not found.values and self._are_all(function, found)
            return known.pointers if known is not None and fixed else None
        if self._kind(function, name) == "file":
            named = () if name.isupper() else self._catalog.definitions(name, function.file)
            return (Pointer(name, function.file),) if named and not any(map(is_macro, named)) else None
        found = self._assigned(function, name) if depth <= MAX_DEPTH else None
        if found is None or not found.values:
            return None
        pointers = _joined([self._pointers(function, value, context, depth + 1) for value in found.values])
        return pointers if pointers and self._are_all(function, found) else None

    def _carried_by(self, function: Function, name: str, context: Context, depth: int) -> Carrier | None:
        """What is known of the struct that ``name`` is, or points to."""
        number = _number_of(function, name)
        if number >= 0:
            given = context[number] if number < len(context) else None
            return given if isinstance(given, Carrier) else None
        if depth > MAX_DEPTH or self._kind(function, name) == "file":
            return None
        if self._kind(function, name) == "struct":
            return self._carrier(function, name, context, depth)
        found = self._assigned(function, name)
        value = _bare(found.values[0]) if found is not None and len(found.values) == 1 else ""
        address = _ADDRESS.fullmatch(value)
        source = address[1] if address is not None else value
        if not _NAME.fullmatch(source) or (address is not None and self._kind(function, source) != "struct"):
            return None
        carrier = self._carried_by(function, source, context, depth + 1)
        return carrier if carrier is not None and found is not None and self._are_all(function, found) else None

    def _carrier(self, function: Function, name: str, context: Context, depth: int) -> Carrier | None:
        """What the struct ``name`` of ``function`` holds, wherever its address goes."""
        if self._looking:  # a struct is not believed because of another one
            return None
        key = (self._key(function), name, tuple([one if _is_handed(one) else None for one in context]))
        if key not in self._carriers:
            self._looking = True
            self._carriers[key] = self._looked_at(function, name, context, depth)
            self._looking = False
        found, asked = self._carriers[key]
        self.asked = self.asked or asked
        return found

    def _looked_at(self, function: Function, name: str, context: Context, depth: int) -> tuple[Carrier | None, bool]:
        """What the struct ``name`` holds, and whether that took a look at other functions."""
        uses = self._used(function, name, behind=False)
        fields = () if uses is None else tuple(sorted(self._fields(function, uses, context, depth)))
        if uses is None or not fields:
            return None, False
        made = Carrier(fields)
        return (made if self._is_kept(function, uses, context, made) else None), True

    def _fields(
        self, function: Function, uses: Uses, context: Context, depth: int
    ) -> Iterator[tuple[Path, tuple[Pointer, ...]]]:
        """The fields of a struct that only pointers which are told are put into, with these."""
        for path in dict.fromkeys(store.path for store in uses.stores if store.value):
            near = [store for store in uses.stores if _overlap(store.path, path)]
            if all([store.path == path and store.value for store in near]):
                told = [self._pointers(function, store.value, context, depth + 1) for store in near]
                pointers = _joined(told)
                if pointers and not self._may_change(function, uses, path):
                    yield path, pointers

    # -- who gets a struct

    def _is_kept(self, function: Function, uses: Uses, context: Context, carrier: Carrier) -> bool:
        """Whether nobody changes what ``carrier`` says of a struct with these uses in ``function``."""
        first = self._receivers(function, uses, context, carrier)
        if first is None or len(uses.kinds) != 1:
            return False
        (kind,) = uses.kinds
        pending, seen = list(first), set(first)
        while pending and len(seen) <= MAX_FOLLOWED:
            receiver = pending.pop()
            found = self._followed(receiver, carrier)
            if found is None or not self._sees(receiver, kind):
                return False
            fresh = [one for one in dict.fromkeys(found) if one not in seen]
            pending += fresh
            seen.update(fresh)
        return not pending

    def _sees(self, receiver: _Receiver, kind: str) -> bool:
        """Whether ``receiver`` takes the struct for a ``kind``, or for nothing: in another type, which it may be the
        first member of, its fields have other names."""
        param = receiver.function.params[receiver.number]
        uses = self._used(receiver.function, param.name, behind=True)
        return uses is not None and {base_type(param.type), *uses.kinds} <= {kind, "void"}

    def _followed(self, receiver: _Receiver, carrier: Carrier) -> tuple[_Receiver, ...] | None:
        """Who gets the struct from ``receiver`` in turn; None where it may be changed, or that is not told."""
        function, index, context = receiver
        key = (self._key(function), index, context)
        if key not in self._next:
            self._next[key] = None
            uses = None if function.via else self._used(function, function.params[index].name, behind=True)
            if uses is not None and not self._changes(function, uses, carrier):
                self._next[key] = self._receivers(function, uses, context, carrier)
        return self._next[key]

    def _changes(self, function: Function, uses: Uses, carrier: Carrier) -> bool:
        stored = any(_overlap(store.path, path) for store in uses.stores for path, _ in carrier.fields)
        return stored or any(self._may_change(function, uses, path) for path, _ in carrier.fields)

    def _may_change(self, function: Function, uses: Uses, path: Path) -> bool:
        """Whether what gets the value of the field at ``path`` may be a macro that puts something there."""
        callees = {callee for field, callee in uses.fields if _overlap(field, path)} - _READS
        return any(not self._takes_values(function, callee) for callee in callees)

    def _takes_values(self, function: Function, callee: str) -> bool:
        """Whether ``callee`` is a function, which only gets the values of its arguments."""
        if "." in callee or ">" in callee or callee in {param.name for param in function.params}:
            return True
        found = self._catalog.definitions(callee, function.file) if _NAME.fullmatch(callee) else ()
        return bool(found) and not any(map(is_macro, found))

    def _receivers(
        self, function: Function, uses: Uses, context: Context, carrier: Carrier
    ) -> tuple[_Receiver, ...] | None:
        """The functions that get the address of a struct with these uses; None when they are not told."""
        found: list[_Receiver] = []
        for call in uses.calls:
            if call.callee in _LOOKS:
                continue
            callees = self._callees(function, call, context)
            if callees is None or any(is_macro(one) or call.number >= len(one.params) for one in callees):
                return None
            given = [self._value(function, arg, context) for arg in call.args]
            for one in callees:
                if one.params[call.number].name:
                    handed = tuple([*given[: call.number], carrier, *given[call.number + 1 :]][: len(one.params)])
                    found.append(_Receiver(one, call.number, handed))
        return tuple(found)

    def _callees(self, function: Function, call: Call, context: Context) -> Sequence[Function] | None:
        """The functions that ``call`` can mean; None when these are not all."""
        name = call.callee if _NAME.fullmatch(call.callee) else ""
        symbol = Symbol("call", name, function.body_start + call.at, via=call.callee)
        if self._tables.through(function, symbol) is None:
            if not name or self._is_local(function, name) or self._tables.fillings.assembled(name):
                return None
            return self._catalog.definitions(name, function.file) or None
        found = self.targets(function, symbol, context)
        return None if found.reason else found.functions

    def _value(self, function: Function, text: str, context: Context) -> Handed | None:
        """What an argument points to, but for structs of the function's own."""
        if not (_NAME.fullmatch(text) or _ADDRESS.fullmatch(text)):
            return None
        return _one_of(self._pointers(function, text, context, 0))

    # -- text

    def _text(self, function: Function) -> str:
        return self._kept(self._said.texts, function, self._read_text)

    def _body(self, function: Function) -> str:
        """The text without comments and strings."""
        return self._kept(self._said.bodies, function, self._clean_body)

    def _kept(self, kept: dict[Key, str], function: Function, read: Callable[[Function], str]) -> str:
        key = self._key(function)
        found = kept.get(key)
        if found is None:
            if len(kept) >= _BODIES:
                kept.clear()
            found = kept[key] = read(function)
        return found

    def _read_text(self, function: Function) -> str:
        source = self._catalog.source(function.file)
        return "" if source is None else source.data[function.body_start : function.end].decode("latin-1")

    def _clean_body(self, function: Function) -> str:
        return clean(self._text(function).encode("latin-1")).text.decode("latin-1")

    def _kind(self, function: Function, name: str) -> str:
        """Whether ``name`` is a "struct" of the function, any other "local" name, or one of the "file"."""
        kinds, key = self._said.kinds, (self._key(function), name)
        found = kinds.get(key)
        if found is None:
            found = kinds[key] = self._kind_of(function, name)
        return found

    def _kind_of(self, function: Function, name: str) -> str:
        if _number_of(function, name) >= 0:
            return "local"
        if not declared(self._text(function), name) or not declared(self._body(function), name):
            return "file"
        return "struct" if is_struct(self._body(function), name) else "local"

    def _is_local(self, function: Function, name: str) -> bool:
        return self._kind(function, name) != "file"

    def _used(self, function: Function, name: str, *, behind: bool) -> Uses | None:
        uses, key = self._said.uses, (self._key(function), name, behind)
        if key not in uses:
            uses[key] = (uses_behind if behind else uses_of_struct)(self._body(function), name)
        return uses[key]

    def _assigned(self, function: Function, name: str) -> Values | None:
        """What ``function`` puts into its pointer ``name``; None when that is not told."""
        values, key = self._said.values, (self._key(function), name)
        if key not in values:
            is_param = _number_of(function, name) >= 0
            values[key] = values_of(self._body(function), name, parameter=is_param)
        return values[key]

    def _are_all(self, function: Function, found: Values) -> bool:
        """Whether nothing but these values is put into a pointer: no macro that is handed it does."""
        return all([self._takes_values(function, callee) for callee in found.callees if callee not in _READS])


def _place(function: Function) -> Key:
    return function.file, 0, function.start, function.name


def _number_of(function: Function, name: str) -> int:
    return next((number for number, param in enumerate(function.params) if param.name == name), -1)


def _is_handed(known: object) -> bool:
    return isinstance(known, Pointer | Choice | Carrier)


def _is_table(kind: str) -> bool:
    """Whether a parameter of this type may be a function, or a table of functions that nobody changes."""
    if "*" in kind:
        return "(" in kind or (kind.startswith("const") and _TABLE.fullmatch(kind) is not None)
    return kind.endswith("_t") or "(" in kind


def _at(given: object, path: Path) -> Held | None:
    """What is known of what stands at ``path`` of a parameter that is ``given``."""
    if isinstance(given, Pointer):
        return Held((given,), path)
    if isinstance(given, Choice):
        return Held(given.pointers, path)
    if isinstance(given, Carrier):
        for field, pointers in given.fields:
            if path[: len(field)] == field:
                return Held(pointers, path[len(field) :])
    return None


def _one_of(pointers: tuple[Pointer, ...] | None) -> Handed | None:
    if not pointers:
        return None
    return pointers[0] if len(pointers) == 1 else Choice(pointers)


def _joined(found: Sequence[tuple[Pointer, ...] | None]) -> tuple[Pointer, ...] | None:
    """All of these in order; None where one is not told, or there are too many."""
    together: dict[Pointer, None] = {}
    for one in found:
        if one is None:
            return None
        together.update(dict.fromkeys(one))
    return tuple(sorted(together)) if len(together) <= MAX_CHOICES else None


def _overlap(one: Path, other: Path) -> bool:
    least = min(len(one), len(other))
    return one[:least] == other[:least]


def _bare(text: str) -> str:
    """``text`` without parentheses around all of it."""
    text = text.strip()
    while text[:1] == "(" and text[-1:] == ")" and text[1:-1].count("(") == text[1:-1].count(")"):
        depth = 0
        for char in text[1:-1]:
            depth += (char == "(") - (char == ")")
            if depth < 0:
                return text
        text = text[1:-1].strip()
    return text
