"""Macro invocations to the text they stand for, by the tree's own definitions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec

from kscan.model.facts import Macro

MAX_TEXT = 200_000
MAX_DEPTH = 50
_MAX_STEPS = 200_000

_TOKEN = re.compile(
    r"""(?P<space>(?:\s|/\*.*?\*/|//[^\n]*|\\\n)++)
    |(?P<name>[A-Za-z_]\w*+)
    |(?P<number>\.?\d(?:[eEpP][+-]|[\w.])*+)
    |(?P<literal>"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+')
    |(?P<punctuator>\#\#|<<=|>>=|\.\.\.|->|\+\+|--|<<|>>|[<>=!]=|&&|\|\||[-+*/%&|^]=|.)""",
    re.VERBOSE | re.DOTALL,
)


class Expanded(msgspec.Struct, frozen=True):
    """The text an invocation stands for; ``reason`` says why there is none."""

    text: str
    reason: str = ""


class _Token(msgspec.Struct, frozen=True):
    text: str
    kind: str
    hidden: frozenset[str] = frozenset()


class _Refused(Exception):
    """Expansion ran into one of its limits."""


_HIDING = ("name", "punctuator")
_SPACE = _Token(" ", "space")


def expand(text: str, macros: Mapping[str, Macro]) -> Expanded:
    """``text`` with every invocation of ``macros`` replaced: arguments substituted, ``#`` and ``##`` done, results
    rescanned.

    The algorithm is Dave Prosser's, on which C11 6.10.3 rests: a name once replaced is hidden in what came of it.
    More than
    200 kB of text or 50 levels give no text but a reason."""
    expander = _Expander(macros)
    try:
        tokens = expander.run(_tokens(text), 0)
    except _Refused as refusal:
        return Expanded("", str(refusal))
    return Expanded("".join(token.text for token in tokens).strip())


def _tokens(text: str) -> list[_Token]:
    return [_token(match.group(), match.lastgroup or "") for match in _TOKEN.finditer(text)]


@lru_cache(maxsize=1_000)
def _replacement(body: str) -> tuple[_Token, ...]:
    """The tokens of a macro's body: one is written once and expanded often."""
    return tuple(_tokens(body))


def _token(text: str, kind: str) -> _Token:
    if kind == "space":
        return _Token("\n", "space") if "\n" in text else _SPACE
    return _Token(text, kind)


class _Expander:
    def __init__(self, macros: Mapping[str, Macro]) -> None:
        self.macros = macros
        self.steps = 0
        self.size = 0

    def run(self, tokens: list[_Token], depth: int) -> list[_Token]:
        """The expansion of ``tokens``: a work list read from its end, so that results are rescanned with what
        follows."""
        if depth > MAX_DEPTH:
            raise _Refused(f"macros nested more than {MAX_DEPTH} deep")
        left = tokens[::-1]
        done: list[_Token] = []
        while left:
            self._step()
            token = left.pop()
            replaced = self._invocation(token, left, depth)
            if replaced is None:
                done.append(token)
            else:
                left += replaced[::-1]
        return done

    def _step(self) -> None:
        self.steps += 1
        if self.steps > _MAX_STEPS:
            raise _Refused("the expansion does not come to an end")

    def _invocation(self, token: _Token, left: list[_Token], depth: int) -> list[_Token] | None:
        macro = self.macros.get(token.text) if token.kind == "name" else None
        if macro is None or token.text in token.hidden:
            return None
        taken = _arguments(left)
        if taken is None:
            return None
        arguments, used = taken
        closing = left[-used]
        del left[len(left) - used :]
        hidden = (token.hidden & closing.hidden) | {macro.name}
        return [_hide(one, hidden) for one in self._substitute(macro, arguments, depth)]

    def _substitute(self, macro: Macro, arguments: list[list[_Token]], depth: int) -> list[_Token]:
        bound = _bind(macro.params, arguments)
        done: list[_Token] = []
        body = _replacement(macro.body)
        at = 0
        while at < len(body):
            at = self._part(body, at, bound, done, depth)
        self.size += sum(len(token.text) for token in done)
        if self.size > MAX_TEXT:
            raise _Refused(f"the expansion is longer than {MAX_TEXT} bytes")
        return done

    def _part(
        self, body: Sequence[_Token], at: int, bound: dict[str, list[_Token]], done: list[_Token], depth: int
    ) -> int:
        """Substitute what stands at ``at`` of a macro body; the index of the next part."""
        token = body[at]
        following = _next(body, at)
        if token.text == "#" and following < len(body) and body[following].text in bound:
            done.append(_Token(_stringify(bound[body[following].text]), "literal"))
            return following + 1
        if token.text == "##":
            _paste(done, bound.get(body[following].text, [body[following]]) if following < len(body) else [])
            return following + 1
        if token.text not in bound:
            done.append(token)
            return at + 1
        argument = bound[token.text]
        pasted = following < len(body) and body[following].text == "##"
        done += (argument or [_Token("", "placemarker")]) if pasted else self.run(argument, depth + 1)
        return at + 1


def _next(body: Sequence[_Token], at: int) -> int:
    at += 1
    while at < len(body) and body[at].kind == "space":
        at += 1
    return at


def _hide(token: _Token, hidden: frozenset[str]) -> _Token:
    return _Token(token.text, token.kind, token.hidden | hidden) if token.kind in _HIDING else token


def _arguments(left: list[_Token]) -> tuple[list[list[_Token]], int] | None:
    """The arguments that stand at the end of ``left`` (a reversed list) and how many tokens they take."""
    arguments: list[list[_Token]] = [[]]
    depth = 0
    for used, token in enumerate(reversed(left), 1):
        if depth == 0 and token.text != "(":
            if token.kind == "space":
                continue
            return None
        if token.text in ("(", "[", "{"):
            depth += token.text == "("
        depth -= token.text == ")"
        if depth == 0:
            return [_trim(argument) for argument in arguments], used
        if token.text == "," and depth == 1:
            arguments.append([])
        elif not (token.text == "(" and depth == 1 and not arguments[0] and len(arguments) == 1 and _first(left, used)):
            arguments[-1].append(token)
    return None


def _first(left: list[_Token], used: int) -> bool:
    """Whether only blanks stand before the token that was taken last: it opens the list."""
    return all(token.kind == "space" for token in left[len(left) - used + 1 :])


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
            rest += [*([_Token(",", "punctuator"), _SPACE] if rest else []), *argument]
        bound[params[-1].removesuffix("...") or "__VA_ARGS__"] = rest
    return bound


def _stringify(argument: list[_Token]) -> str:
    text = "".join(_escaped(token) if token.kind == "literal" else token.text for token in argument)
    return '"' + " ".join(text.split()) + '"'


def _escaped(token: _Token) -> str:
    return token.text.replace("\\", "\\\\").replace('"', '\\"')


def _paste(done: list[_Token], right: list[_Token]) -> None:
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
