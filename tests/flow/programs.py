"""Small C functions made at random, and a tiny interpreter that runs the very same functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from hypothesis import strategies as st

ERRNOS = {"-EPERM": -1, "-ENOENT": -2, "-EIO": -5, "-ENOMEM": -12, "-EBUSY": -16, "-EINVAL": -22}
INPUTS = range(-3, 5)
"""One number beyond what conditions compare with, on both sides."""
TURNS = 3
MAX_TURNS = 40
"""Turns of a loop after which a run counts as one that never ends."""
CALLEES: dict[str, Callable[[int], int]] = {
    "give": lambda n: 0 if n <= 0 else -5 if n == 1 else -16,
    "ask": lambda n: int(n > 1),
    "same": lambda n: n,
}
HEAD = """\
static int give(int n) { if (n <= 0) return 0; return n == 1 ? -EIO : -EBUSY; }
static bool ask(int n) { return n > 1; }
static int same(int n) { return n; }
"""

Env: TypeAlias = dict[str, int]


class Leave(Exception):
    """Control goes on elsewhere: at "break", "continue", a label, or nowhere ("return", "never")."""

    def __init__(self, where: str, value: int = 0) -> None:
        super().__init__(where)
        self.where = where
        self.value = value


@dataclass(frozen=True)
class Leaf:
    """A number by its spelling, a variable, or a callee's result for one of them."""

    text: str
    callee: str = ""

    def c(self) -> str:
        return f"{self.callee}({self.text})" if self.callee else self.text

    def run(self, env: Env) -> int:
        known = {**ERRNOS, **env}
        value = known[self.text] if self.text in known else int(self.text)
        return CALLEES[self.callee](value) if self.callee else value


@dataclass(frozen=True)
class Ask:
    """A condition of two sides; the right one of "!" is not looked at."""

    op: str
    left: Leaf | Ask
    right: Leaf | Ask

    def c(self) -> str:
        return f"!({self.left.c()})" if self.op == "!" else f"({self.left.c()} {self.op} {self.right.c()})"

    def run(self, env: Env) -> int:
        a = self.left.run(env)
        if self.op == "!":
            return int(not a)
        if self.op in {"&&", "||"} and bool(a) == (self.op == "||"):
            return int(bool(a))
        b = self.right.run(env)
        if self.op == "&":
            return a & b
        table = {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}
        return int(bool(table.get(self.op, b)))


@dataclass(frozen=True)
class Simple:
    """``target op value;``, or a jump to ``target`` when there is no value."""

    target: str
    op: str = ""
    value: Leaf | Ask | None = None

    def lines(self, pad: str) -> Iterator[str]:
        yield f"{pad}{' '.join(filter(None, (self.target, self.op, self.value.c() if self.value else '')))};"

    def run(self, env: Env) -> None:
        if self.value is None:
            raise Leave(self.target.removeprefix("goto "))
        value = self.value.run(env)
        if self.target == "return":
            raise Leave("return", value)
        env[self.target] = value if self.op == "=" else env[self.target] + value


@dataclass(frozen=True)
class If:
    cond: Leaf | Ask
    yes: tuple[Statement, ...]
    no: tuple[Statement, ...]

    def lines(self, pad: str) -> Iterator[str]:
        yield f"{pad}if ({self.cond.c()}) {{"
        yield from lines(self.yes, pad + "\t")
        yield f"{pad}}} else {{"
        yield from lines(self.no, pad + "\t")
        yield pad + "}"

    def run(self, env: Env) -> None:
        run(self.yes if self.cond.run(env) else self.no, env)


@dataclass(frozen=True)
class Switch:
    """``arms``: a label (None for default), its statements, and whether they fall through."""

    subject: Leaf
    arms: tuple[tuple[Leaf | None, tuple[Statement, ...], bool], ...]

    def lines(self, pad: str) -> Iterator[str]:
        yield f"{pad}switch ({self.subject.c()}) {{"
        for label, body, falls in self.arms:
            yield f"{pad}default:" if label is None else f"{pad}case {label.c()}:"
            yield from lines(body, pad + "\t")
            yield f"{pad}\t{'fallthrough' if falls else 'break'};"
        yield pad + "}"

    def run(self, env: Env) -> None:
        value = self.subject.run(env)
        named = [i for i, (label, _, _) in enumerate(self.arms) if label is not None and label.run(env) == value]
        start = named or [i for i, (label, _, _) in enumerate(self.arms) if label is None]
        try:
            for _, body, falls in self.arms[start[0] :] if start else ():
                run(body, env)
                if not falls:
                    return
        except Leave as leave:
            if leave.where != "break":
                raise


@dataclass(frozen=True)
class Loop:
    """``kind``: "for" counts i up to TURNS; "while" and "do" turn as long as the condition holds."""

    kind: str
    cond: Leaf | Ask
    body: tuple[Statement, ...]

    def lines(self, pad: str) -> Iterator[str]:
        heads = {"for": f"for (i = 0; i < {TURNS}; i++)", "while": f"while ({self.cond.c()})", "do": "do"}
        yield f"{pad}{heads[self.kind]} {{"
        yield from lines(self.body, pad + "\t")
        yield f"{pad}}} while ({self.cond.c()});" if self.kind == "do" else pad + "}"

    def run(self, env: Env) -> None:
        if self.kind == "for":
            env["i"] = 0
        for turn in range(MAX_TURNS):
            if (turn or self.kind != "do") and not self._again(env):
                return
            try:
                run(self.body, env)
            except Leave as leave:
                if leave.where == "break":
                    return
                if leave.where != "continue":
                    raise
            if self.kind == "for":
                env["i"] += 1
        raise Leave("never")

    def _again(self, env: Env) -> bool:
        return env["i"] < TURNS if self.kind == "for" else bool(self.cond.run(env))


Statement: TypeAlias = Simple | If | Switch | Loop


def lines(body: Sequence[Statement], pad: str) -> Iterator[str]:
    for statement in body:
        yield from statement.lines(pad)


def run(body: Sequence[Statement], env: Env) -> None:
    for statement in body:
        statement.run(env)


@dataclass(frozen=True)
class Function:
    """``f(a, b)`` with locals r, s and i; ``tails`` are labelled blocks at its end, which fall into each other."""

    body: tuple[Statement, ...]
    tails: tuple[tuple[str, tuple[Statement, ...]], ...] = ()

    def c(self) -> str:
        text = [HEAD, "int f(int a, int b)\n{\n\tint r = 0, s = -EINVAL, i = 0;\n", *lines(self.body, "\t")]
        for label, body in self.tails:
            text += [f"{label}:", *lines(body, "\t")]
        return "\n".join([*text, "\treturn r;", "}", ""])

    def outcomes(self) -> set[int]:
        """What it returns over all inputs."""
        results = (self._run({"a": a, "b": b, "r": 0, "s": -22, "i": 0}) for a, b in product(INPUTS, INPUTS))
        return {value for value in results if value is not None}

    def _run(self, env: Env) -> int | None:
        where = ""
        for label, body in (("", self.body), *self.tails):
            if where in {"", label}:
                where = ""
                try:
                    run(body, env)
                except Leave as leave:
                    if leave.where in {"return", "never"}:
                        return leave.value if leave.where == "return" else None
                    where = leave.where
        return env["r"]


# -- strategies


LABELS = ("out", "undo")
_spelt = st.sampled_from([*ERRNOS, "0", "1", "2", "3"]).map(Leaf)
_small = st.sampled_from(["-2", "-1", "0", "1", "2", "3"]).map(Leaf)
_comparison = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
_called = st.builds(Leaf, st.sampled_from(["a", "b"]), st.sampled_from(sorted(CALLEES)))


def variables(names: str) -> st.SearchStrategy[Leaf]:
    return st.sampled_from(names.split()).map(Leaf)


def conditions(names: str, flags: str, calls: bool, depth: int = 1) -> st.SearchStrategy[Leaf | Ask]:
    """Conditions on the variables ``names``, on bits of ``flags``, and on callees' results."""
    one = st.one_of(
        st.builds(Ask, _comparison, variables(names), _small),
        variables(names),
        st.builds(Ask, st.just("&"), variables(flags), st.sampled_from(["1", "2", "3"]).map(Leaf)),
        *([_called, st.builds(Ask, _comparison, _called, _spelt)] if calls else []),
        *([st.builds(Ask, _comparison, variables(names), _spelt)] if calls else []),
    )
    if not depth:
        return one
    inner = conditions(names, flags, calls, depth - 1)
    return st.one_of(one, st.builds(Ask, st.sampled_from(["&&", "||", "!"]), inner, inner))


@st.composite
def bodies(draw: st.DrawFn, depth: int, inside: frozenset[str], simple: bool) -> tuple[Statement, ...]:
    """A block. ``inside`` are the jumps that are possible there; ``simple`` leaves out loops, calls and arithmetic."""
    return tuple(draw(_statement(depth, inside, simple)) for _ in range(draw(st.integers(0, 3 if depth else 2))))


def _statement(depth: int, inside: frozenset[str], simple: bool) -> st.SearchStrategy[Statement]:
    value = st.one_of(_spelt, variables("r s")) if simple else st.one_of(_spelt, variables("a b r s i"), _called)
    target = st.sampled_from(["r", "s"] if simple else ["r", "s", "r", "s", "a", "b"])
    kinds: list[st.SearchStrategy[Statement]] = [
        st.builds(Simple, target, st.just("="), value),
        st.builds(Simple, st.just("return"), st.just(""), value),
        st.sampled_from(sorted(inside)).map(Simple),
    ]
    if not simple:
        kinds.append(
            st.builds(Simple, target, st.sampled_from(["+=", "="]), st.one_of(_small, conditions("a b r", "a b", True)))
        )
    if depth:
        cond = conditions("a", "b", False) if simple else conditions("a b r s i", "a b", True)
        inner = bodies(depth - 1, inside, simple)
        kinds += [st.builds(If, cond, inner, inner)] * 3
        kinds.append(_switch(depth, inside, simple))
        if not simple:
            turned = bodies(depth - 1, inside | {"break", "continue"}, simple)
            kinds.append(st.builds(Loop, st.sampled_from(["for", "while", "do"]), cond, turned))
            kinds.append(st.builds(_stepping, variables("a b"), turned, st.one_of(_called, _small)))
    return st.one_of(kinds)


def _stepping(name: Leaf, body: tuple[Statement, ...], value: Leaf) -> Statement:
    """A loop on a variable that its own body changes."""
    op = "=" if value.callee else "+="
    return Loop("while", name, (*body, Simple(name.text, op, value)))


def _switch(depth: int, inside: frozenset[str], simple: bool) -> st.SearchStrategy[Statement]:
    subject = variables("a") if simple else st.one_of(variables("a r s"), _called)
    labels = st.lists(st.one_of(st.none(), _small, *([] if simple else [_spelt])), min_size=1, max_size=4, unique=True)
    body = bodies(depth - 1, inside | {"break"}, simple)

    def armed(chosen: list[Leaf | None]) -> st.SearchStrategy[Statement]:
        arms = st.tuples(*(st.tuples(st.just(label), body, st.booleans()) for label in _distinct(chosen)))
        return st.builds(Switch, subject, arms.map(_ended))

    return labels.flatmap(armed)


def _distinct(labels: list[Leaf | None]) -> list[Leaf | None]:
    """No two labels for one number: -EPERM is -1."""
    return list({None if label is None else label.run({}): label for label in labels}.values())


def _ended(
    arms: tuple[tuple[Leaf | None, tuple[Statement, ...], bool], ...],
) -> tuple[tuple[Leaf | None, tuple[Statement, ...], bool], ...]:
    """The last arm has nothing to fall into."""
    return (*arms[:-1], (arms[-1][0], arms[-1][1], False))


@st.composite
def functions(draw: st.DrawFn, simple: bool = False) -> Function:
    """Any function (``simple``: without loops, calls and arithmetic, and only parameters are tested)."""
    body = draw(bodies(2, frozenset(f"goto {label}" for label in LABELS), simple))
    tails = (
        (label, draw(bodies(1, frozenset({"goto undo"} if label == "out" else {"return r"}), simple)))
        for label in LABELS
    )
    return Function(body, tuple(tails))
