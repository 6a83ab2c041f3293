"""Reads contract files: TOML text in, contracts out, and one line of advice for a mistake.

A contract says that a callee sets an errno apart, and what its callers must do with it::

    [[contract]]
    name   = "slots"                       # lower-case letters, digits and hyphens; unique
    reason = "A stale slot must be given up, a busy one tried again."
    callee = "grab_slot"                   # the function that returns the errnos
    file   = "drivers/slot/core.c"         # where it is defined, from the root of the tree
    errnos = ["-ESTALE"]                   # one or more, as return statements spell them

    [[contract.caller]]                    # one or more, each function once
    function = "slot_release"
    must     = "distinguish"
    reason   = "Only a stale slot may be forgotten."

Every key is required and there are no others. ``must`` is one of

- ``distinguish``: the caller has a branch of its own for the errno;
- ``propagate``: it has such a branch, or passes the errno on under a Return text that covers it;
- ``never-receive``: the arguments of its call keep the errno from arriving.

A reason is shown to people; line breaks in it are folded to blanks. A contract does not apply to a tree that lacks
``file``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import NamedTuple, TypeVar, get_args

from kscan.model.contract import CallerClause, Contract, Requirement
from kscan.model.error import InputError
from kscan.model.regex import regex

LIMIT = 1 << 20
"""Bytes a contract file may have; more is a mistake (a device, a wrong file)."""

_REQUIREMENTS: tuple[Requirement, ...] = get_args(Requirement)
_SHOWN = 60
_T = TypeVar("_T")


class _Word(NamedTuple):
    """A kind of string: what it looks like, and how to say so."""

    pattern: re.Pattern[str]
    expected: str


_NAME = _Word(regex(r"[a-z0-9]+(-[a-z0-9]+)*"), 'a name of lower-case letters, digits and hyphens such as "hwpoison"')
_REASON = _Word(regex(r".*\S.*", re.DOTALL), "a sentence")
_FUNCTION = _Word(regex(r"[A-Za-z_]\w*", re.ASCII), "the name of a C function")
_FILE = _Word(
    regex(r"(?!\.{1,2}/)[^/\\\s]+(/(?!\.{1,2}/)[^/\\\s]+)*\.[ch]"),
    'the path of a .c or .h file from the root of the tree, such as "mm/memory-failure.c"',
)
_ERRNO = _Word(regex(r"-E[A-Z0-9_]+"), 'a negated errno such as "-EIO"')
_MUST = _Word(regex("|".join(_REQUIREMENTS)), "one of " + ", ".join(f'"{word}"' for word in _REQUIREMENTS))

_CONTRACTS = "at least one [[contract]] table"
_ERRNOS = f"an array of at least one errno, each {_ERRNO.expected}"
_CALLERS = "at least one [[contract.caller]] table"

_TOP_KEYS = {"contract": _CONTRACTS}
_CONTRACT_KEYS = {
    "name": _NAME.expected,
    "reason": _REASON.expected,
    "callee": _FUNCTION.expected,
    "file": _FILE.expected,
    "errnos": _ERRNOS,
    "caller": _CALLERS,
}
_CALLER_KEYS = {"function": _FUNCTION.expected, "must": _MUST.expected, "reason": _REASON.expected}

_TYPES = {"bool": "boolean", "int": "integer"}


class _At(NamedTuple):
    """A place in a contract file: the file, and the dotted path of a key ("" for the top)."""

    origin: str
    path: str = ""

    def key(self, name: str) -> _At:
        spelt = name if re.fullmatch(r"[\w-]+", name, re.ASCII) else _quoted(name)
        return _At(self.origin, f"{self.path}.{spelt}" if self.path else spelt)

    def item(self, index: int) -> _At:
        return _At(self.origin, f"{self.path}[{index}]")

    def mistake(self, text: str) -> InputError:
        place = f"{self.origin}: {self.path}: " if self.path else f"{self.origin}: "
        return _mistake(place + text)

    def unexpected(self, value: object, expected: str, hint: str = "") -> InputError:
        return self.mistake(f"expected {expected}, found {_found(value)}{hint}")


def read_contracts(text: str, origin: str) -> tuple[Contract, ...]:
    """The contracts of a file's ``text``, in its order; ``origin`` names the file in messages.

    Raises InputError, one line, at the first mistake: the file, the key as a dotted path, and what was expected.
    """
    top = _At(origin)
    table = _table(_parsed(text, top), top, _TOP_KEYS)
    contracts = _items(table["contract"], top.key("contract"), _CONTRACTS, _contract)
    _once([contract.name for contract in contracts], top.key("contract"), "name")
    return contracts


def load(path: Path) -> tuple[Contract, ...]:
    """The contracts of the file at ``path``. Raises InputError when it cannot be read or holds a mistake."""
    try:
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise _mistake(f"{path}: cannot read the contract file: {reason}") from error
    return read_contracts(_decoded(data, str(path)), str(path))


def shipped() -> tuple[Contract, ...]:
    """The contracts that come with kscan, by file name."""
    files = sorted(Path(__file__).parent.iterdir(), key=lambda file: file.name)
    texts = [(file.read_text("utf-8"), file.name) for file in files if file.name.endswith(".toml")]
    return tuple(contract for text, name in texts for contract in read_contracts(text, name))


def in_force(paths: Iterable[Path]) -> tuple[Contract, ...]:
    """The shipped contracts and those of the files ``paths``; one of a shipped name takes that one's place.

    Raises InputError where a file has a mistake or two of them use one name.
    """
    given: dict[str, Contract] = {}
    for contract in (contract for path in paths for contract in load(path)):
        if contract.name in given:
            first = given[contract.name].origin
            raise _mistake(f'{contract.origin}: contract "{contract.name}" is already in {first}: rename one of them')
        given[contract.name] = contract
    kept = tuple(contract for contract in shipped() if contract.name not in given)
    return kept + tuple(given.values())


def _contract(value: object, at: _At) -> Contract:
    table = _table(value, at, _CONTRACT_KEYS)
    errnos = _items(table["errnos"], at.key("errnos"), _ERRNOS, _errno)
    _once(errnos, at.key("errnos"))
    callers = _items(table["caller"], at.key("caller"), _CALLERS, _caller)
    _once([clause.function for clause in callers], at.key("caller"), "function")
    return Contract(
        name=_word(table["name"], at.key("name"), _NAME),
        reason=_reason(table["reason"], at.key("reason")),
        callee=_word(table["callee"], at.key("callee"), _FUNCTION),
        file=_word(table["file"], at.key("file"), _FILE),
        errnos=errnos,
        callers=callers,
        origin=at.origin,
    )


def _caller(value: object, at: _At) -> CallerClause:
    table = _table(value, at, _CALLER_KEYS)
    return CallerClause(
        function=_word(table["function"], at.key("function"), _FUNCTION),
        must=_requirement(table["must"], at.key("must")),
        reason=_reason(table["reason"], at.key("reason")),
    )


def _requirement(value: object, at: _At) -> Requirement:
    for word in _REQUIREMENTS:
        if value == word:
            return word
    raise at.unexpected(value, _MUST.expected, _closest(value, _REQUIREMENTS))


def _errno(value: object, at: _At) -> str:
    guess = f"-{value.strip().lstrip('-').upper()}" if isinstance(value, str) else ""
    return _word(value, at, _ERRNO, _asked(guess) if _ERRNO.pattern.fullmatch(guess) else "")


def _reason(value: object, at: _At) -> str:
    return " ".join(_word(value, at, _REASON).split())


def _word(value: object, at: _At, kind: _Word, hint: str = "") -> str:
    if not isinstance(value, str) or not kind.pattern.fullmatch(value):
        raise at.unexpected(value, kind.expected, hint)
    return value


def _items(value: object, at: _At, expected: str, read: Callable[[object, _At], _T]) -> tuple[_T, ...]:
    if not isinstance(value, list) or not value:
        raise at.unexpected(value, expected)
    return tuple(read(item, at.item(index)) for index, item in enumerate(value))


def _table(value: object, at: _At, keys: dict[str, str]) -> dict[str, object]:
    """``value`` as a table that has exactly ``keys``, which map to what is expected there."""
    if not isinstance(value, dict):
        raise at.unexpected(value, "a table with the keys " + ", ".join(keys))
    for key in value:
        if key not in keys:
            hint = _closest(key, keys) or f" (known: {', '.join(keys)})"
            raise at.key(key).mistake(f"unknown key{hint}")
    for key, expected in keys.items():
        if key not in value:
            raise at.key(key).mistake(f"expected {expected}, found no such key")
    return value


def _once(values: Collection[str], at: _At, key: str = "") -> None:
    """Raises where a value comes a second time; ``key`` is the key it stands under in its item."""
    first: dict[str, int] = {}
    for index, value in enumerate(values):
        earlier = first.setdefault(value, index)
        if earlier != index:
            place = at.item(index).key(key) if key else at.item(index)
            raise place.mistake(f"{_quoted(value)} is already at {at.item(earlier).path}: expected each one once")


def _parsed(text: str, at: _At) -> object:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise at.mistake("TOML syntax: nested too deeply") from error
    except ValueError as error:
        last = text.count("\n") + 1
        told = str(error).replace("(at end of document)", f"(at line {last}, the end of the file)")
        raise at.mistake(f"TOML syntax: {told}") from error


def _decoded(data: bytes, origin: str) -> str:
    if len(data) > LIMIT:
        raise _mistake(f"{origin}: expected a contract file of at most {LIMIT} bytes, found more")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        byte = error.object[error.start]
        raise _mistake(f"{origin}: expected UTF-8 text, found the byte 0x{byte:02x} in line {line}") from error


def _closest(value: object, words: Collection[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - for a mistake only

    near = get_close_matches(value, words, n=1, cutoff=0.5) if isinstance(value, str) else []
    return _asked(near[0]) if near else ""


def _asked(word: str) -> str:
    return f' (did you mean "{word}"?)'


def _found(value: object) -> str:
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return f"an array of {len(value)}" if value else "an empty array"
    if isinstance(value, str):
        return _quoted(value)
    kind = type(value).__name__
    return f"the {_TYPES.get(kind, kind)} {str(value).lower()[:_SHOWN]}"


def _quoted(text: str) -> str:
    """``text`` in double quotes on one line, cut when long."""
    import json  # noqa: PLC0415 - for a mistake only

    return json.dumps(text if len(text) <= _SHOWN else text[:_SHOWN] + "…", ensure_ascii=False)


def _mistake(text: str) -> InputError:
    return InputError(" ".join(text.splitlines()))
