"""Macro invocations to the text they stand for, by the tree's own definitions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Final, Literal, NamedTuple

import msgspec

from kscan.model.facts import Macro
from kscan.model.regex import regex

MAX_TEXT: Final = 200_000
MAX_DEPTH: Final = 50

_TOKEN: Final = regex(
    r"""(?P<space>(?:\s|/\*.*?\*/|//[^\n]*|\\\n)++)
    |(?P<name>[A-Za-z_]\w*+)
    |(?P<number>\.?\d(?:[eEpP][+-]|[\w.])*+)
    |(?P<literal>"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+')
    |(?P<punctuator>\#\#|<<=|>>=|\.\.\.|->|\+\+|--|<<|>>|[<>=!]=|&&|\|\||[-+*/%&|^]=|.)""",
    re.VERBOSE | re.DOTALL,
)


_NONE: Final[frozenset[str]] = frozenset()


class Expanded(msgspec.Struct, frozen=True):
    """The text an invocation stands for; ``reason`` says why there is none. ``steps`` are the tokens that were
    written on the way."""

    text: str
    reason: str = ""
    steps: int = 0


class _Token:
    """A plain class, for tokens are many, and a compiled kscan reads its fields without asking what it is. Treated as
    immutable."""

    __slots__ = ("hidden", "kind", "text")

    def __init__(self, text: str, kind: str, hidden: frozenset[str] = _NONE) -> None:
        self.text = text
        self.kind = kind
        self.hidden = hidden


class _Refused(Exception):
    """Expansion ran into one of its limits."""


_SPACE: Final = _Token(" ", "space")
_COMMA: Final = _Token(",", "punctuator")
_PLACEMARKER: Final = _Token("", "placemarker")


def expand(text: str, macros: Mapping[str, Macro], most: int = MAX_TEXT) -> Expanded:
    """``text`` with every invocation of ``macros`` replaced: arguments substituted, ``#`` and ``##`` done, results
    rescanned.

    The algorithm is Dave Prosser's, on which C11 6.10.3 rests: a name once replaced is hidden in what came of it.
    More than ``most`` bytes or tokens on the way, or 50 levels, give no text but a reason."""
    expander = _Expander(macros, most)
    try:
        tokens = expander.run(_tokens(text), 0)
    except _Refused as refusal:
        return Expanded("", str(refusal), expander.steps)
    return Expanded("".join(token.text for token in tokens).strip(), "", expander.steps)


def _tokens(text: str) -> list[_Token]:
    return [_token(match.group(), match.lastgroup or "") for match in _TOKEN.finditer(text)]


def _token(text: str, kind: str) -> _Token:
    if kind == "space":
        return _Token("\n", "space") if "\n" in text else _SPACE
    return _Token(text, kind)


class _Part(NamedTuple):
    """A piece of a macro's body: ``tokens`` as they stand, or what becomes of the argument ``name``: expanded, as it is
    given (an operand of ``##``), as a string, or glued to what is before it."""

    kind: Literal["plain", "expanded", "given", "string", "glued"]
    tokens: tuple[_Token, ...] = ()
    name: str = ""


@lru_cache(maxsize=1_000)
def _parts(body: str, names: frozenset[str]) -> tuple[_Part, ...]:
    """The pieces of a macro's body, ``names`` being its parameters: one is written once and expanded often."""
    tokens = _tokens(body)
    parts: list[_Part] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        following = _next(tokens, at)
        after = tokens[following].text if following < len(tokens) else ""
        if token.text == "#" and after in names:
            parts.append(_Part("string", name=after))
            at = following + 1
        elif token.text == "##":
            parts.append(_Part("glued", tuple(tokens[following : following + 1]), after))
            at = following + 1
        else:
            kind: Literal["expanded", "given"] = "given" if after == "##" else "expanded"
            parts.append(_Part(kind, name=token.text) if token.text in names else _Part("plain", (token,)))
            at += 1
    return tuple(_joined(parts))


def _joined(parts: Sequence[_Part]) -> Iterator[_Part]:
    """``parts`` with those in a row that are plain as one."""
    for plain, run in groupby(parts, lambda part: part.kind == "plain"):
        if plain:
            yield _Part("plain", tuple(part.tokens[0] for part in run))
        else:
            yield from run


def _next(tokens: Sequence[_Token], at: int) -> int:
    at += 1
    while at < len(tokens) and tokens[at].kind == "space":
        at += 1
    return at


class _Expander:
    def __init__(self, macros: Mapping[str, Macro], most: int) -> None:
        self.steps = 0
        self._macros = macros
        self._most = most
        self._known: dict[str, Macro | None] = {}
        self._size = 0

    def _macro(self, name: str) -> Macro | None:
        if name not in self._known:
            self._known[name] = self._macros.get(name)
        return self._known[name]

    def run(self, tokens: list[_Token], depth: int) -> list[_Token]:
        """The expansion of ``tokens``: a work list read from its end, so that results are rescanned with what
        follows."""
        if depth > MAX_DEPTH:
            raise _Refused(f"macros nested more than {MAX_DEPTH} deep")
        self._count(len(tokens))
        if not any(token.kind == "name" and self._macro(token.text) is not None for token in tokens):
            return tokens
        left = tokens[::-1]
        done: list[_Token] = []
        while left:
            token = left.pop()
            replaced = self._invocation(token, left, depth) if token.kind == "name" else None
            if replaced is None:
                done.append(token)
            else:
                left += replaced[::-1]
        return done

    def _invocation(self, token: _Token, left: list[_Token], depth: int) -> list[_Token] | None:
        macro = self._macro(token.text)
        if macro is None or token.text in token.hidden:
            return None
        taken = _arguments(left)
        if taken is None:
            return None
        arguments, used = taken
        closing = left[-used]
        del left[len(left) - used :]
        hidden = (token.hidden & closing.hidden) | {macro.name}
        replaced = self._substitute(macro, arguments, depth)
        self._count(len(replaced))
        return [self._hide(one, hidden) for one in replaced]

    def _count(self, tokens: int) -> None:
        self.steps += tokens
        if self.steps > self._most:
            raise _Refused("the expansion does not come to an end")

    def _hide(self, token: _Token, hidden: frozenset[str]) -> _Token:
        """``token`` with the names that are not replaced in it; only those of macros, and the parenthesis that closes
        their arguments, are ever asked for."""
        if token.text == ")" or (token.kind == "name" and self._macro(token.text) is not None):
            return _Token(token.text, token.kind, token.hidden | hidden)
        return token

    def _substitute(self, macro: Macro, arguments: list[list[_Token]], depth: int) -> list[_Token]:
        bound = _bind(macro.params, arguments)
        expanded: dict[str, list[_Token]] = {}
        done: list[_Token] = []
        for part in _parts(macro.body, frozenset(bound)):
            if part.kind == "plain":
                done += part.tokens
            elif part.kind == "expanded":
                if part.name not in expanded:
                    expanded[part.name] = self.run(bound[part.name], depth + 1)
                done += expanded[part.name]
            elif part.kind == "given":
                done += bound[part.name] or (_PLACEMARKER,)
            elif part.kind == "string":
                done.append(_Token(_stringify(bound[part.name]), "literal"))
            else:
                _paste(done, bound.get(part.name, part.tokens))
        self._size += sum([len(token.text) for token in done])
        if self._size > self._most:
            raise _Refused(f"the expansion is longer than {self._most} bytes")
        return done


def _arguments(left: list[_Token]) -> tuple[list[list[_Token]], int] | None:
    """The arguments that stand at the end of ``left`` (a reversed list) and how many tokens they take."""
    opening = len(left) - 1
    while opening >= 0 and left[opening].kind == "space":
        opening -= 1
    if opening < 0 or left[opening].text != "(":
        return None
    arguments: list[list[_Token]] = [[]]
    depth = 1
    for at in range(opening - 1, -1, -1):
        token = left[at]
        if token.text == ",":
            if depth == 1:
                arguments.append([])
                continue
        elif token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
            if depth == 0:
                return [_trim(argument) for argument in arguments], len(left) - at
        arguments[-1].append(token)
    return None


def _trim(tokens: list[_Token]) -> list[_Token]:
    start, end = 0, len(tokens)
    while start < end and tokens[start].kind == "space":
        start += 1
    while end > start and tokens[end - 1].kind == "space":
        end -= 1
    return tokens[start:end]


def _bind(params: Sequence[str], arguments: list[list[_Token]]) -> dict[str, list[_Token]]:
    """Parameter names to arguments; ``...`` is __VA_ARGS__ and ``name...`` keeps its name."""
    if not params:
        return {}
    fixed = params[:-1] if params[-1].endswith("...") else params
    bound = {name: argument for name, argument in zip(fixed, [*arguments, *([[]] * len(params))], strict=False)}
    if len(fixed) < len(params):
        rest: list[_Token] = []
        for argument in arguments[len(fixed) :]:
            rest += [*([_COMMA, _SPACE] if rest else []), *argument]
        bound[params[-1].removesuffix("...") or "__VA_ARGS__"] = rest
    return bound


def _stringify(argument: list[_Token]) -> str:
    text = "".join(_escaped(token) if token.kind == "literal" else token.text for token in argument)
    return '"' + " ".join(text.split()) + '"'


def _escaped(token: _Token) -> str:
    return token.text.replace("\\", "\\\\").replace('"', '\\"')


def _paste(done: list[_Token], right: Sequence[_Token]) -> None:
    """Glue ``right`` to the last token of ``done``; ``, ## args`` drops the comma when args are empty (GNU C)."""
    while done and done[-1].kind == "space":
        done.pop()
    if not done:
        done += right
    elif done[-1].text == ",":
        if right:
            done += right
        else:
            done.pop()
    elif right:
        glued = _tokens(done.pop().text + right[0].text)
        done += [*glued, *right[1:]]
