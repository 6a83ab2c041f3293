"""Conditional inclusion: which branches a configuration leaves out, and under which conditions an offset stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from kscan.dialect.scan import BLANK, Directive
from kscan.dialect.tokens import Edits, Words
from kscan.model.regex import regex

_HEAD: Final = regex(rb"#[ \t]*(if|ifdef|ifndef|elif|elifdef|elifndef|else|endif)\b")
_DEFINE: Final = regex(rb"#[ \t]*define[ \t]+(\w+)")
_NOISE: Final = regex(rb"/\*.*?\*/|//[^\n]*|\\\n", re.DOTALL)
_TOKEN: Final = regex(rb"\s*+(0[xX][0-9a-fA-F]++|\d++|\w++|\|\||&&|[=!<>]=|[!<>()]|\S)[uUlL]*+")
_LITERAL_CONDITION: Final = regex(rb"#[ \t]*+(?:el)?if\b(?:[^\n\\]|\\[\s\S])*?(?<!\w)\d")
CONFIG_TESTS: Final[frozenset[str]] = frozenset({"IS_ENABLED", "IS_BUILTIN", "IS_MODULE", "IS_REACHABLE"})
"""linux/kconfig.h: true or false by configuration."""
ANY_CONFIG_TEST: Final = "|".join(sorted(CONFIG_TESTS)).encode()
_IN_CODE: Final = regex(rb"\b(" + ANY_CONFIG_TEST + rb")[ \t]*+\([ \t]*+(CONFIG_\w++)[ \t]*+\)")
_NESTING: Final = 100
_OPENS: Final = (b"if", b"ifdef", b"ifndef")
_LEVELS: Final = ((b"||",), (b"&&",), (b"==", b"!="), (b"<", b">", b"<=", b">="))


class Branch(NamedTuple):
    """One branch: its directive, and the end of its text (where the next directive of the group starts)."""

    word: bytes
    condition: bytes
    line: Directive
    end: int


class Group(NamedTuple):
    """``#if`` to ``#endif``; ``guard`` when it only protects a header against being included twice."""

    branches: tuple[Branch, ...]
    start: int
    end: int
    guard: bool


def _condition(data: bytes, line: Directive, head: re.Match[bytes]) -> bytes:
    return b" ".join(_NOISE.sub(b" ", data[head.end() : line.end]).split())


def _asked(word: bytes, condition: bytes) -> bytes:
    if word.endswith(b"ndef"):
        return b"!defined(" + condition + b")"
    return b"defined(" + condition + b")" if word.endswith(b"def") else condition


def _is_guard(data: bytes, word: bytes, condition: bytes, following: Directive | None) -> bool:
    if word != b"ifndef" or following is None:
        return False
    made = _DEFINE.match(data, following.start)
    return bool(made and made.group(1) == condition and not condition.startswith(b"CONFIG_"))


def groups(data: bytes, directives: Sequence[Directive]) -> tuple[Group, ...]:
    """All complete groups, inner ones first; unbalanced lines are passed over."""
    found: list[Group] = []
    stack: list[tuple[list[tuple[bytes, bytes, Directive]], bool]] = []
    for index, line in enumerate(directives):
        head = _HEAD.match(data, line.start)
        if not head:
            continue
        word = head.group(1)
        entry = (word, _asked(word, _condition(data, line, head)), line)
        if word in _OPENS:
            following = directives[index + 1] if index + 1 < len(directives) else None
            stack.append(([entry], _is_guard(data, word, _condition(data, line, head), following)))
        elif stack and word == b"endif":
            found.append(_group(*stack.pop(), line))
        elif stack:
            stack[-1][0].append(entry)
    return tuple(found)


def _group(entries: list[tuple[bytes, bytes, Directive]], guard: bool, endif: Directive) -> Group:
    ends = [entry[2].start for entry in entries[1:]] + [endif.start]
    branches = tuple(Branch(*entry, end) for entry, end in zip(entries, ends, strict=True))
    return Group(branches, entries[0][2].start, endif.end, guard)


def inactive(data: bytes, directives: Sequence[Directive], kconfig: Mapping[str, str] | None) -> list[tuple[int, int]]:
    """The spans that are left out: other branches and the directive lines of every group that ``kconfig`` decides.

    Without a configuration only literal conditions (``#if 0``) decide."""
    if kconfig is None and not _LITERAL_CONDITION.search(data):
        return []
    spans: list[tuple[int, int]] = []
    for group in groups(data, directives):
        chosen = _chosen(group, kconfig)
        if chosen is None or group.guard:
            continue
        spans += outside(group, chosen)
    return spans


def outside(group: Group, kept: int) -> list[tuple[int, int]]:
    """The spans of ``group`` but the text of one branch: its directive lines and every other branch."""
    spans = [
        (branch.line.start, branch.line.end if index == kept else branch.end)
        for index, branch in enumerate(group.branches)
    ]
    return [*spans, (group.branches[-1].end, group.end)]


def _chosen(group: Group, kconfig: Mapping[str, str] | None) -> int | None:
    """Index of the branch that holds, one past the last when none does, None when undecidable."""
    for index, branch in enumerate(group.branches):
        value = 1 if branch.word == b"else" else decide(branch.condition, kconfig)
        if value is None:
            return None
        if value:
            return index
    return len(group.branches)


def decide(condition: bytes, kconfig: Mapping[str, str] | None) -> int | None:
    """The value of a preprocessor condition, or None where it depends on something other than the configuration."""
    tokens = [match.group(1) for match in _TOKEN.finditer(condition)]
    if not tokens or len(tokens) > 500:
        return None
    return _Reader(tokens, kconfig).value()


def answered(text: bytes, there: Words, kconfig: Mapping[str, str] | None) -> Edits:
    """What code asks of options, where ``kconfig`` decides it, to the number that it is."""
    if kconfig is None or not there.may_hold(b"CONFIG_"):
        return
    for asked in _IN_CODE.finditer(text):
        value = _config_value(asked.group(1), asked.group(2).decode("ascii", "replace"), kconfig)
        if value is not None:
            yield asked.start(), b"%d" % value + b" " * (asked.end() - asked.start() - 1)


class _Reader:
    """Recursive descent over the tokens of one condition; None stands for undecided."""

    def __init__(self, tokens: list[bytes], kconfig: Mapping[str, str] | None) -> None:
        self.tokens = tokens
        self.at = 0
        self.kconfig = kconfig

    def value(self) -> int | None:
        result = self._level(0, 0)
        return result if self.at == len(self.tokens) else None

    def _take(self) -> bytes:
        self.at += 1
        return self.tokens[self.at - 1] if self.at <= len(self.tokens) else b""

    def _peek(self) -> bytes:
        return self.tokens[self.at] if self.at < len(self.tokens) else b""

    def _level(self, level: int, depth: int) -> int | None:
        if level == len(_LEVELS):
            return self._unary(depth)
        left = self._level(level + 1, depth)
        while self._peek() in _LEVELS[level]:
            left = _apply(self._take(), left, self._level(level + 1, depth))
        return left

    def _unary(self, depth: int) -> int | None:
        token = self._take()
        if depth > _NESTING:
            return None
        if token == b"!":
            inner = self._unary(depth + 1)
            return None if inner is None else int(not inner)
        if token == b"(":
            inner = self._level(0, depth + 1)
            return inner if self._take() == b")" else None
        if token[:1].isdigit():
            return _number(token)
        return self._name(token)

    def _name(self, token: bytes) -> int | None:
        if token == b"defined" and self._peek() != b"(":
            return self._known(b"defined", self._take())
        if self._peek() != b"(":
            return self._known(b"", token)
        self._take()
        symbol = self._take()
        return self._known(token, symbol) if self._take() == b")" else None

    def _known(self, word: bytes, symbol: bytes) -> int | None:
        name = symbol.decode("ascii", "replace")
        if self.kconfig is None or not (name.startswith("CONFIG_") or name in self.kconfig):
            return None
        return _config_value(word, name, self.kconfig)


def _config_value(word: bytes, symbol: str, kconfig: Mapping[str, str]) -> int | None:
    """What IS_ENABLED() and its kin say, as include/linux/kconfig.h defines them; "m" defines SYMBOL_MODULE only."""
    value = kconfig.get(symbol, "")
    as_module = kconfig.get(symbol.removesuffix("_MODULE"), "") == "m"
    built_in = value not in ("", "m", "n")
    if word == b"IS_ENABLED":
        return int(built_in or value == "m")
    if word == b"IS_MODULE":
        return int(value == "m")
    if word in (b"IS_BUILTIN", b"defined"):
        return int(built_in or (symbol.endswith("_MODULE") and as_module and word == b"defined"))
    if word == b"IS_REACHABLE" and value != "m":  # else it depends on who asks
        return int(built_in)
    if word == b"":
        return _number(value.encode()) if value[:1].isdigit() else int(built_in)
    return None


def _number(token: bytes) -> int | None:
    try:
        return int(token, 0)
    except ValueError:
        return int(token, 8) if token.isdigit() and not token.strip(b"01234567") else None


def _apply(operator: bytes, left: int | None, right: int | None) -> int | None:
    if operator == b"||":
        return 1 if left or right else (None if left is None or right is None else 0)
    if operator == b"&&":
        return 0 if 0 in (left, right) else (None if left is None or right is None else 1)
    if left is None or right is None:
        return None
    compared = {
        b"==": left == right,
        b"!=": left != right,
        b"<": left < right,
        b">": left > right,
        b"<=": left <= right,
        b">=": left >= right,
    }
    return int(compared[operator])


def blank(data: bytearray, spans: Sequence[tuple[int, int]]) -> None:
    """Overwrite the spans of ``data`` with blanks, newlines kept."""
    for start, end in spans:
        data[start:end] = data[start:end].translate(BLANK)


class _Chain(NamedTuple):
    """The conditions of one branch, and those of the branches around it."""

    outer: _Chain | None
    texts: tuple[str, ...]


class Conditions:
    """Under which conditions an offset of one file stands, outermost first; include guards are no condition."""

    def __init__(self, data: bytes, directives: Sequence[Directive]) -> None:
        self._data = data
        self._directives = directives
        self._known: tuple[list[int], list[_Chain | None]] | None = None

    def at(self, offset: int) -> tuple[str, ...]:
        """The conditions around ``offset``, outermost first."""
        if self._known is None:
            self._known = self._changes()
        starts, chains = self._known
        chain = chains[bisect_right(starts, offset) - 1]
        found: list[tuple[str, ...]] = []
        while chain is not None:
            found.append(chain.texts)
            chain = chain.outer
        return tuple(text for texts in reversed(found) for text in texts)

    def _changes(self) -> tuple[list[int], list[_Chain | None]]:
        """The offsets at which the conditions change, and those in force from there on."""
        starts, chains = [0], list[_Chain | None]([None])
        stack: list[tuple[int, _Chain]] = []
        spans = sorted(_branch_spans(groups(self._data, self._directives)))
        for start, end, texts in [*spans, (len(self._data) + 1, 0, ())]:
            while stack and stack[-1][0] <= start:
                starts.append(stack.pop()[0])
                chains.append(stack[-1][1] if stack else None)
            stack.append((end, _Chain(stack[-1][1] if stack else None, texts)))
            starts.append(start)
            chains.append(stack[-1][1])
        return starts, chains


def _branch_spans(found: Sequence[Group]) -> list[tuple[int, int, tuple[str, ...]]]:
    spans = []
    for group in found:
        before: list[str] = []
        for branch in () if group.guard else group.branches:
            own = branch.condition.decode("utf-8", "replace") if branch.word != b"else" else ""
            spans.append((branch.line.start, branch.end, (*map(_negated, before), *([own] if own else []))))
            before.append(own)
    return spans


def _negated(condition: str) -> str:
    if _NOT_DEFINED.fullmatch(condition):
        return condition[1:]
    return f"!{condition}" if _DEFINED.fullmatch(condition) else f"!({condition})"


_DEFINED: Final = regex(r"defined\(\w+\)")
_NOT_DEFINED: Final = regex(r"!defined\(\w+\)")
