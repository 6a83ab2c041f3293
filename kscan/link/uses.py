"""How a function uses a struct of its own, or one that a parameter points to, read off the text of its body.

Told are only uses of which it is sure what becomes of the struct: its fields are read or set, or its address is handed
to a call. Where any other use is found nothing is told, for then whatever it holds may change unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from kscan.model.regex import regex

Path = tuple[str, ...]
_NAME: Final = r"[A-Za-z_]\w*"
_BEHIND_DOT: Final = regex(rf"(?:\s*\.\s*{_NAME})+")
_BEHIND_ARROW: Final = regex(rf"\s*->\s*{_NAME}(?:\s*\.\s*{_NAME})*")
_STEP: Final = regex(_NAME)
_TAG: Final = regex(r"\b(?:struct|union|enum|goto)\s*\Z")
_DECLARES: Final = regex(
    r"(?:\A|[;{}])\s*(?P<static>static\s+)?(?:(?:const|volatile)\s+)*"
    rf"(?P<type>(?:(?:struct|union)\s+)?{_NAME})(?P<stars>[\s*]+(?:const\s+)?)\Z"
)
_BETWEEN: Final = "* \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0"
"""What may stand between the type and the name of a variable: stars, and what is blank in Latin-1."""
_DECLARES_FUNCTION: Final = regex(
    rf"(?:\A|[;{{}}])\s*(?:const\s+)?(?:(?:struct|union)\s+)?(?P<type>{_NAME})[\w\s*]*\(\s*\*\s*(?:const\s+)?\Z"
)
"""Before the name of a pointer to a function."""
_PARAMETERS: Final = regex(r"\s*\)\s*\([^()]*\)\s*(?=[;=])")
_NO_TYPE: Final = frozenset(
    {"return", "else", "goto", "case", "do", "sizeof", "typeof", "static", "extern", "struct", "union", "enum", "const"}
)
_CAST: Final = regex(rf"\(\s*(?:(?:const|struct|union)\s+)*{_NAME}\s*\*+\s*\)\Z")
_ALIAS: Final = regex(rf"(?<![\w.>])({_NAME})\s*=\Z")
_SIZE: Final = regex(r"\b(?:sizeof|typeof)\s*\(?\s*\*?\s*\Z")
_CHANGED: Final = regex(r"(?:[-+*/%|^&]|<<|>>)=(?!=)|\+\+|--|\[")
_CALLEE: Final = regex(rf"(?<![\w.>])(?:{_NAME}(?:\s*(?:->|\.)\s*{_NAME}|\[[^][]*\])*|\(\s*\*[^()]*\))\s*\Z")
_TESTED: Final = ("&&", "||", "?", "==", "!=")
_ELSE: Final = regex(r"\?\s*:")
_ASKED: Final = ("!", "&&", "||", "==", "!=")
_OPEN: Final = "([{"
_CLOSE: Final = ")]}"
_BEFORE_DECLARED: Final = regex(r"(?:\w\s+|[*,]\s*)\Z")
_BEHIND_DECLARED: Final = regex(r"\s*(?:[;=,[]|__\w)")
_BEFORE_POINTER: Final = regex(r"\(\s*\*\s*(?:const\s+)?\Z")
_BEFORE_STORED: Final = regex(r"\.\s*\w+\s*=\s*\Z")
_BESIDE: Final = 80
"""Characters before a name that tell whether it is declared there."""
_NEAR: Final = 240
"""Characters before a use that are looked at."""
_FAR: Final = 4_000
"""Characters of a call."""


class Store(NamedTuple):
    """``value``, as it is written, is put into the field at ``path``; "" when it is not told what."""

    path: Path
    value: str


class Call(NamedTuple):
    """Argument ``number`` of the call of ``callee`` (its text) at character ``at`` of the body, with these ``args``."""

    at: int
    callee: str
    number: int
    args: tuple[str, ...]


class Uses(NamedTuple):
    """All that becomes of a struct: what is put into its fields, the calls that get its address, and those that get
    the value of a field. ``kinds`` are the types as which the body declares it, or what points to it."""

    stores: tuple[Store, ...]
    calls: tuple[Call, ...]
    fields: tuple[tuple[Path, str], ...]
    kinds: frozenset[str] = frozenset()


class _Word(NamedTuple):
    """Where a name stands in a body."""

    begin: int
    end: int


class _Declared(NamedTuple):
    """A declaration: its stars, whether it is static, and its type."""

    stars: str
    static: bool
    kind: str


class _Untold(Exception):
    """A use of which it is not sure what it does."""


def uses_of_struct(body: str, name: str) -> Uses | None:
    """The uses of the local struct ``name`` in a body without comments and literals; None when they are not told."""
    return _told(_Reader(body), name, pointer=False)


def uses_behind(body: str, name: str) -> Uses | None:
    """The uses of the struct behind the parameter ``name``, which must always point to the same one."""
    return _told(_Reader(body), name, pointer=True)


def declared(body: str, name: str) -> bool:
    """Whether ``body`` may declare ``name``."""
    for word in _words(body, name):
        before = body[max(0, word.begin - _BESIDE) : word.begin]
        if _BEFORE_DECLARED.search(before) and _BEHIND_DECLARED.match(body, word.end):
            return True
        if _BEFORE_POINTER.search(before):
            return True
    return False


def is_stored(body: str, name: str) -> bool:
    """Whether ``body`` may put ``name`` into a field."""
    return any(_BEFORE_STORED.search(body[max(0, word.begin - _NEAR) : word.begin]) for word in _words(body, name))


def is_struct(body: str, name: str) -> bool:
    """Whether ``body`` declares ``name`` as a struct of its own."""
    kinds = [_declaration(body, word.begin) for word in _words(body, name)]
    found = [kind for kind in kinds if kind is not None]
    return len(found) == 1 and found[0].kind.startswith(("struct ", "union ")) and "*" not in found[0].stars


class Values(NamedTuple):
    """All that is put into a pointer, where ``callees``, which it is handed to, only take its value."""

    values: tuple[str, ...]
    callees: frozenset[str]


def values_of(body: str, name: str, *, parameter: bool = False) -> Values | None:
    """What ``body`` puts into its pointer ``name``; None when more than plain assignments may change it."""
    values: list[str] = []
    callees: set[str] = set()
    declarations = 0
    for word in _words(body, name):
        before, after = _around(body, word)
        if before.endswith((".", "->")) or _TAG.search(before):
            continue
        function = _function_pointer(body, word)
        made = _declaration(body, word.begin)
        if function:
            declarations += 1
            after = body[function : function + _NEAR]
        if made is not None:
            declarations += 1
            if made.static or after[:1] not in {";", "=", ","}:
                return None
        if (_is_address(before) and made is None) or before.endswith(("++", "--")) or re.match(r"\+\+|--|[-+]=", after):
            return None
        if after.startswith("=") and not after.startswith("=="):
            values.append(_value(body, function or word.end))
        elif before[-1:] in {"(", ","} and after[:1] in {",", ")"} and not function:
            call = _call(body, word.begin)
            callees.add("" if call is None else call.callee)
    return Values(tuple(values), frozenset(callees)) if declarations == (not parameter) else None


class _Reader:
    """Collects uses; ``names`` are the variables that point to the struct."""

    def __init__(self, body: str) -> None:
        self.body = body
        self.stores: list[Store] = []
        self.calls: list[Call] = []
        self.fields: list[tuple[Path, str]] = []
        self.names: list[str] = []
        self.kinds: set[str] = set()

    def struct(self, name: str) -> None:
        """The uses of a struct by its name."""
        declarations = 0
        for word in self._uses(name):
            before, after = _around(self.body, word)
            made = _declaration(self.body, word.begin)
            if made is not None:
                declarations += 1
                self.kinds.add(made.kind)
                self._declared(made, word, after)
            elif (member := _BEHIND_DOT.match(self.body, word.end)) is not None:
                self._member(before, member)
            elif before.endswith("&") and not before.endswith("&&"):
                self._address(_uncast(before[:-1].rstrip()), after, word)
            elif not _SIZE.search(before):
                raise _Untold
        if declarations != 1:
            raise _Untold

    def pointer(self, name: str, *, parameter: bool) -> None:
        """The uses of what ``name`` points to."""
        declarations = sets = 0
        for word in self._uses(name):
            before, after = _around(self.body, word)
            made = _declaration(self.body, word.begin)
            is_set = after.startswith("=") and not after.startswith("==")
            sets += is_set
            if made is not None:
                declarations += 1
                self.kinds.add(made.kind)
                if made.static or after[:1] not in {";", "=", ","}:
                    raise _Untold
            elif is_set:
                if before[-1:] not in {";", "{", "}"}:
                    raise _Untold
            else:
                self._behind(before, after, word)
        if (declarations, sets) != ((0, 0) if parameter else (1, 1)):
            raise _Untold

    def _uses(self, name: str) -> Iterator[_Word]:
        for word in _words(self.body, name):
            before = self.body[max(0, word.begin - _NEAR) : word.begin].rstrip()
            if not before.endswith((".", "->")) and not _TAG.search(before):
                yield word

    def _declared(self, made: _Declared, word: _Word, after: str) -> None:
        if "*" in made.stars or made.static or after[:1] not in {";", "=", ","}:
            raise _Untold
        if after[0] == "=":
            value = _value(self.body, word.end)
            if value[:1] != "{" or value[-1:] != "}":
                raise _Untold
            self._initialised((), value[1:-1])

    def _initialised(self, path: Path, text: str) -> None:
        for one in split(text):
            if not one or (one == "0" and not path):
                continue
            field = re.match(rf"((?:\s*\.\s*{_NAME})+)\s*=(?!=)\s*", one)
            if field is None:
                raise _Untold
            steps, value = (*path, *_STEP.findall(field[1])), one[field.end() :].strip()
            if value[:1] == "{" and value[-1:] == "}" and "." in value:
                self._initialised(steps, value[1:-1])
            else:
                self.stores.append(Store(steps, "" if value[:1] == "{" else value))

    def _member(self, before: str, member: re.Match[str]) -> None:
        """A use of a field of the struct."""
        path = tuple(_STEP.findall(member[0]))
        rest = self.body[member.end() : member.end() + _NEAR].lstrip()
        if rest.startswith("->"):
            return
        if _is_address(before):
            raise _Untold
        if rest.startswith("=") and not rest.startswith("=="):
            self.stores.append(Store(path, _value(self.body, member.end())))
        elif before.endswith(("++", "--")) or _CHANGED.match(rest):
            self.stores.append(Store(path, ""))
        elif before[-1:] in {"(", ","} and rest[:1] in {",", ")"}:
            call = _call(self.body, member.start())
            if call is None and _is_address(_unwrapped(before, rest)):
                raise _Untold
            self.fields.append((path, "" if call is None else call.callee))

    def _behind(self, before: str, after: str, word: _Word) -> None:
        member = _BEHIND_ARROW.match(self.body, word.end)
        if member is not None:
            self._member(before, member)
        elif _SIZE.search(before):
            return
        elif after.startswith(_TESTED) and not _ELSE.match(after):
            if before.endswith(("*", "++", "--")) or _is_address(before):
                raise _Untold
        elif not before.endswith(_ASKED):
            self._address(_uncast(before), after, word)

    def _address(self, before: str, after: str, word: _Word) -> None:
        """The address of the struct is handed to a call, or put into another variable."""
        alias = _ALIAS.search(before)
        if before[-1:] in {"(", ","} and after[:1] in {",", ")"}:
            call = _call(self.body, word.begin)
            if call is None:
                raise _Untold
            self.calls.append(call)
        elif alias is not None and after[:1] in {";", ","} and alias[1] not in self.names:
            self.names.append(alias[1])
        else:
            raise _Untold


def _told(reader: _Reader, name: str, *, pointer: bool) -> Uses | None:
    try:
        if pointer:
            reader.names.append(name)
            reader.pointer(name, parameter=True)
        else:
            reader.struct(name)
        for alias in reader.names:  # which grows meanwhile
            if alias != name:
                reader.pointer(alias, parameter=False)
    except _Untold:
        return None
    return Uses(tuple(reader.stores), tuple(reader.calls), tuple(reader.fields), frozenset(reader.kinds))


def _words(body: str, name: str) -> list[_Word]:
    """Where ``name`` stands as a whole word."""
    found = []
    at = body.find(name)
    while at >= 0:
        end = at + len(name)
        if not _is_part(body[at - 1 : at]) and not _is_part(body[end : end + 1]):
            found.append(_Word(at, end))
        at = body.find(name, end)
    return found


def _is_part(char: str) -> bool:
    return char.isalnum() or char == "_"


def _around(body: str, word: _Word) -> tuple[str, str]:
    before = body[max(0, word.begin - _NEAR) : word.begin].rstrip()
    return before, body[word.end : word.end + _NEAR].lstrip()


def _declaration(body: str, start: int) -> _Declared | None:
    """The declaration of the name at ``start``; None when it is none."""
    before = body[max(0, start - _NEAR) : start]
    if not _is_part(before.rstrip(_BETWEEN)[-1:]):  # most uses have no type before them, and to search takes a while
        return None
    found = _DECLARES.search(before)
    if found is None or found["type"] in _NO_TYPE:
        return None
    return _Declared(found["stars"], found["static"] is not None, " ".join(found["type"].split()))


def _function_pointer(body: str, word: _Word) -> int:
    """Where the declaration of a pointer to a function, with the name that ``word`` is, has its value; 0 if it is
    none."""
    behind = _PARAMETERS.match(body, word.end)
    if behind is None:
        return 0
    found = _DECLARES_FUNCTION.search(body[max(0, word.begin - _NEAR) : word.begin])
    return 0 if found is None or found["type"] in _NO_TYPE else behind.end()


def _is_address(before: str) -> bool:
    """Whether ``before`` takes the address of what follows; a binary operator has an operand before it."""
    if not before.endswith("&") or before.endswith("&&"):
        return False
    ahead = before[:-1].rstrip()
    return not (ahead[-1:].isalnum() or ahead[-1:] in {"_", "]"}) or ahead.endswith("return")


def _unwrapped(before: str, rest: str) -> str:
    """What stands before the parentheses around what is between these two."""
    while before.endswith("(") and rest.startswith(")"):
        before, rest = before[:-1].rstrip(), rest[1:].lstrip()
    return before


def _uncast(before: str) -> str:
    """``before`` without a cast to a pointer at its end."""
    cast = _CAST.search(before)
    return before if cast is None else before[: cast.start()].rstrip()


def _value(body: str, at: int) -> str:
    """What is assigned behind the "=" that stands after ``at``."""
    begin = body.index("=", at) + 1
    depth = 0
    for index in range(begin, min(len(body), begin + _FAR)):
        char = body[index]
        if depth == 0 and char in ",;)]}":
            return body[begin:index].strip()
        depth += (char in _OPEN) - (char in _CLOSE)
    return ""


def _call(body: str, at: int) -> Call | None:
    """The call around what starts at ``at``, an argument of it."""
    depth = index = 0
    opening = at - 1
    low = max(0, at - _FAR)
    while opening >= low:
        char = body[opening]
        if char in _OPEN and depth == 0:
            break
        if char == ";" and depth == 0:
            return None
        depth += (char in _CLOSE) - (char in _OPEN)
        index += char == "," and depth == 0
        opening -= 1
    else:
        return None
    callee = _CALLEE.search(body[max(0, opening - _NEAR) : opening]) if body[opening] == "(" else None
    if callee is None:
        return None
    args = split(_inside(body, opening))
    start = max(0, opening - _NEAR) + callee.start()
    return Call(start, callee[0].strip(), index, tuple(args)) if index < len(args) else None


def _inside(body: str, opening: int) -> str:
    """What stands in the parentheses that open at ``opening``."""
    depth = 0
    for index in range(opening, min(len(body), opening + _FAR)):
        depth += (body[index] in _OPEN) - (body[index] in _CLOSE)
        if depth == 0:
            return body[opening + 1 : index]
    return ""


def split(text: str) -> list[str]:
    """The parts of ``text`` between commas outside of brackets, stripped."""
    found, depth, begin = [], 0, 0
    for at, char in enumerate(text):
        depth += (char in _OPEN) - (char in _CLOSE)
        if char == "," and depth == 0:
            found.append(text[begin:at].strip())
            begin = at + 1
    return [*found, text[begin:].strip()]


def sides(text: str) -> tuple[str, str] | None:
    """What ``a ? b : c`` can be; None for anything else."""
    question, depth, open_ones = -1, 0, 0
    for at, char in enumerate(text):
        depth += (char in _OPEN) - (char in _CLOSE)
        if depth == 0 and char == "?":
            question = at if question < 0 else question
            open_ones += 1
        elif depth == 0 and char == ":":
            open_ones -= 1
            if open_ones == 0:
                return text[question + 1 : at].strip(), text[at + 1 :].strip()
    return None
