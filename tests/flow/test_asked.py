"""Random predicates over errnos, each asked by a caller in random ways: no value that can come is ever missing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import TempPathFactory

from tests.flow.programs import ERRNOS, Ask, Env, If, Leaf, Leave, Loop, Simple, Statement, Switch, lines, run
from tests.flow.test_feasible import ROUNDS
from tests.toy import Toy

GIVEN = {**dict(enumerate(ERRNOS.values())), 6: 0, 7: 3}
"""What give() returns for its argument; -7 for any other."""
CASES = "".join(f"\tcase {n}:\n\t\treturn {value};\n" for n, value in GIVEN.items())
GIVE = f"static int give(int n)\n{{\n\tswitch (n) {{\n{CASES}\t}}\n\treturn -E2BIG;\n}}\n"


def converted(kind: str, value: int) -> int:
    """``value`` as a parameter of type ``kind`` holds it."""
    if kind == "unsigned int":
        return value & 0xFFFFFFFF
    return (value + 128) % 256 - 128 if kind == "s8" else value


@dataclass(frozen=True)
class Predicate:
    """``name(k, err)``: whether its ``body`` returns something else than 0; the last return is ``last``."""

    name: str
    kind: str
    returned: str
    body: tuple[Statement, ...]
    last: Leaf | Ask

    def c(self) -> str:
        head = f"static {self.returned} {self.name}(int k, {self.kind} err)"
        body = "\n".join([*lines(self.body, "\t"), f"\treturn {self.last.c()};"])
        return f"{head}\n{{\n{body}\n}}\n"

    def answer(self, k: int, value: int) -> int:
        env: Env = {"k": k, "err": converted(self.kind, value)}
        try:
            run(self.body, env)
        except Leave as leave:
            return self._as_returned(leave.value)
        return self._as_returned(self.last.run(env))

    def _as_returned(self, value: int) -> int:
        return int(bool(value)) if self.returned == "bool" else value


@dataclass(frozen=True)
class Asked(Leaf):
    """What ``predicate`` says of the variable ``text``; ``k`` is its other argument."""

    predicate: Predicate | None = None
    k: str = "0"

    def c(self) -> str:
        assert self.predicate is not None
        return f"{self.predicate.name}({self.k}, {self.text})"

    def run(self, env: Env) -> int:
        assert self.predicate is not None
        return self.predicate.answer(env[self.k] if self.k in env else int(self.k), env[self.text])


@dataclass(frozen=True)
class Given(Leaf):
    """``give(text)``."""

    def c(self) -> str:
        return f"give({self.text})"

    def run(self, env: Env) -> int:
        return GIVEN.get(env[self.text], -7)


_errnos = st.sampled_from([*ERRNOS, "0", "1"]).map(Leaf)
_numbers = st.sampled_from(["0", "1", "5"]).map(Leaf)


def _conditions(name: str, asked: st.SearchStrategy[Leaf] | None, signed: bool) -> st.SearchStrategy[Leaf | Ask]:
    ops = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    plain = st.builds(Ask, ops, st.just(Leaf(name)), _errnos if signed else _numbers)
    one = st.one_of(
        plain, plain, st.just(Leaf("k" if name == "err" else "b")), *([] if asked is None else [asked, asked])
    )
    two = st.builds(Ask, st.sampled_from(["&&", "||", "!"]), one, one)
    return st.one_of(one, two, st.builds(Ask, st.sampled_from(["&&", "||"]), two, one))


@st.composite
def _predicates(draw: st.DrawFn, name: str, below: Predicate | None) -> Predicate:
    kind = draw(st.sampled_from(["int", "int", "int", "long", "unsigned int", "s8"]))
    signed = kind != "unsigned int"
    asked = None
    if below is not None:
        asked = st.builds(lambda k: Asked("err", "", below, k), st.sampled_from(["0", "1", "k"]))
    cond = _conditions("err", asked, signed)
    answer = st.one_of(cond, st.sampled_from(["0", "1", "-EIO", "err"]).map(Leaf))
    left = st.builds(Simple, st.just("return"), st.just(""), answer)
    labels = st.lists(st.sampled_from(list(ERRNOS)), min_size=1, max_size=3, unique=True)
    step = st.one_of(
        st.builds(lambda test, way: If(test, (way,), ()), cond, left),
        st.builds(
            lambda test, value: If(test, (Simple("err", "=", value),), ()), cond, _errnos if signed else _numbers
        ),
        *([st.builds(_switch, labels, left, left)] if signed else []),
    )
    body = tuple(draw(st.lists(step, max_size=2)))
    return Predicate(name, kind, draw(st.sampled_from(["bool", "int"])), body, draw(answer))


def _switch(labels: list[str], yes: Simple, no: Simple) -> Switch:
    arms = [(Leaf(label), (yes,), False) for label in labels]
    return Switch(Leaf("err"), (*arms, (None, (no,), False)))


@dataclass(frozen=True)
class Caller:
    """``f(a, b)``, which asks about what it is given."""

    predicates: tuple[Predicate, ...]
    body: tuple[Statement, ...]

    def c(self) -> str:
        body = "\n".join(lines(self.body, "\t"))
        head = "int f(int a, int b)\n{\n\tint r = give(a), s = 2, i = 0;\n\tbool t = false;\n"
        return "".join([GIVE, *(one.c() for one in self.predicates), head, body, "\n\treturn r;\n}\n"])

    def outcomes(self) -> set[int]:
        found = set()
        for a, b in product(range(9), range(2)):
            env: Env = {"a": a, "b": b, "r": GIVEN.get(a, -7), "s": 2, "i": 0, "t": 0}
            try:
                run(self.body, env)
                found.add(env["r"])
            except Leave as leave:
                if leave.where == "return":
                    found.add(leave.value)
        return found


@st.composite
def _callers(draw: st.DrawFn) -> Caller:
    inner = draw(_predicates("inner", None))
    outer = draw(_predicates("outer", inner))
    asked = st.builds(
        Asked,
        st.sampled_from(["r", "r", "s"]),
        st.just(""),
        st.sampled_from([inner, outer]),
        st.sampled_from(["0", "b"]),
    )
    cond = st.one_of(_conditions("r", asked, True), asked, st.just(Leaf("t")))
    value = st.one_of(_errnos, st.sampled_from(["r", "s"]).map(Leaf), st.just(Given("b")), st.just(Given("a")))
    step = st.one_of(
        st.builds(Simple, st.just("return"), st.just(""), value),
        st.builds(Simple, st.sampled_from(["r", "s"]), st.just("="), value),
        st.builds(Simple, st.just("t"), st.just("="), asked),
        st.builds(Simple, st.just("a"), st.just("+="), st.just(Leaf("1"))),
    )
    block = st.lists(step, max_size=2).map(tuple)
    whole = st.one_of(
        step,
        st.builds(If, cond, block, block),
        st.builds(If, cond, block, block),
        st.builds(Loop, st.sampled_from(["for", "while", "do"]), cond, block),
    )
    return Caller((inner, outer), tuple(draw(st.lists(whole, min_size=1, max_size=4))))


@pytest.fixture(scope="module")
def toy(tmp_path_factory: TempPathFactory) -> Toy:
    return Toy(tmp_path_factory.mktemp("toy"))


@ROUNDS
@given(caller=_callers())
def test_nothing_that_can_come_is_missing(toy: Toy, caller: Caller) -> None:
    found = toy.c(caller.c()).returns()
    missing = {n for n in caller.outcomes() if not any(one.lo <= n <= one.hi for one in found.outcomes)}
    assert missing == set(), caller.c()
