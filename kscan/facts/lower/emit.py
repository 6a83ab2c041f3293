"""Collects instructions under symbolic labels and resolves them; knows scopes but no syntax."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from tree_sitter import Node

from kscan.facts.lower.stored import stored
from kscan.model.code import Code, Expr, Instr, Jump, Name, Ret, Set, Test, TestKind

BlockValue: TypeAlias = Callable[["Emitter", Node, int], Expr]
"""Lowers a statement expression; handed in, for statements and expressions contain each other."""


class Scopes:
    """Names of nested blocks made unique: an inner ``err`` that hides an outer one becomes ``err#2``."""

    def __init__(self) -> None:
        self.types: dict[str, str] = {}
        self._shown: dict[str, str] = {}
        self._hidden: list[list[tuple[str, str | None]]] = [[]]
        """For each block that is open, what its names stand for outside of it."""
        self._count: dict[str, int] = {}

    def push(self) -> None:
        self._hidden.append([])

    def pop(self) -> None:
        hidden = self._hidden.pop()
        while hidden:
            name, outside = hidden.pop()
            if outside is None:
                del self._shown[name]
            else:
                self._shown[name] = outside

    def declare(self, name: str, type_text: str) -> str:
        """The unique name for ``name`` in the innermost scope."""
        number = self._count.get(name, 0) + 1
        self._count[name] = number
        unique = name if number == 1 else f"{name}#{number}"
        self._hidden[-1].append((name, self._shown.get(name)))
        self._shown[name] = unique
        self.types[unique] = type_text
        return unique

    def find(self, name: str) -> str | None:
        """The unique name that ``name`` stands for here, or None when it is no local."""
        return self._shown.get(name)


@lru_cache(maxsize=2)
def _decoded(original: bytes) -> tuple[str, bool]:
    """``original`` with a character for each byte, and whether there are other blanks than spaces, tabs and newlines in
    it; a file has many functions."""
    return original.decode("latin-1"), any([blank in original for blank in (b"\r", b"\f", b"\v")])


class Emitter:
    """Instructions so far. Labels are numbers handed out by ``label()`` and put down by ``place()``.

    ``watched`` are parameters whose uses are noted: ``seen`` has the offsets of the names that became part of an
    instruction, ``handed`` the calls that one of them is an argument of. ``anew`` are variables that are something
    else on each turn of a loop."""

    def __init__(self, data: bytes, original: bytes, block_value: BlockValue) -> None:
        self.data = data
        self.original = original
        self.text, self.odd = _decoded(original)
        self.block_value = block_value
        self.scopes = Scopes()
        self.instrs: list[Instr] = []
        self.escaped: set[str] = set()
        self.gaps: list[tuple[int, str]] = []
        self.named_labels: dict[str, int] = {}
        self.breaks: list[int] = []
        self.continues: list[int] = []
        self.cases: dict[int, int] = {}
        self.written_labels: frozenset[str] = frozenset()
        self.watched: frozenset[str] = frozenset()
        self.anew: tuple[str, ...] = ()
        self.seen: set[int] = set()
        self.handed: set[tuple[int, str]] = set()
        self._touched: set[int] = set()
        self._positions: list[int] = []
        self._temps = 0

    def label(self) -> int:
        self._positions.append(-1)
        return len(self._positions) - 1

    def place(self, label: int) -> None:
        self._positions[label] = len(self.instrs)

    def named(self, name: str) -> int:
        """The label of a C label, made at its first mention."""
        if name not in self.named_labels:
            self.named_labels[name] = self.label()
        return self.named_labels[name]

    def emit(self, instr: Instr) -> None:
        self.instrs.append(instr)

    def touch(self) -> None:
        """Notes that what comes next may find memory changed by more than the instructions say."""
        self._touched.add(len(self.instrs))

    def jump(self, label: int) -> None:
        self.instrs.append(Jump(label))

    def test(self, cond: Expr, then: int, other: int, at: int, end: int, kind: TestKind = "if") -> None:
        self.instrs.append(Test(cond, then, other, at, end, kind))

    def temp(self, type_text: str = "") -> str:
        """A fresh variable that no C name can clash with."""
        self._temps += 1
        name = f"?{self._temps}"
        self.scopes.types[name] = type_text
        return name

    def keep(self, value: Expr, at: int, end: int) -> Name:
        """``value`` in a variable of its own, so that it is evaluated once."""
        if isinstance(value, Name):
            return value
        name = self.temp()
        self.emit(Set(name, value, at, end))
        return Name(name)

    def finish(self, params: tuple[str, ...], end: int, followed: frozenset[str] = frozenset()) -> Code:
        """The code with every label replaced by the index it stands for; ``followed`` are the parameters of which every
        use is in it."""
        self.emit(Ret(None, end, end))
        for name, label in self.named_labels.items():
            if self._positions[label] < 0:
                self.gaps.append((end, f"label {name} not found"))
                self._positions[label] = len(self.instrs) - 1
        resolved = tuple([self._resolve(instr) for instr in self.instrs])
        instrs = stored(resolved, self.scopes.types, self.escaped, self._touched)
        return Code(params, self.scopes.types, instrs, frozenset(self.escaped), tuple(self.gaps), (), followed)

    def _resolve(self, instr: Instr) -> Instr:
        if type(instr) is Jump:
            return Jump(self._target(instr.to))
        if type(instr) is Test:
            then, other = self._target(instr.then), self._target(instr.other)
            return Test(instr.cond, then, other, instr.at, instr.end, instr.kind)
        return instr

    def _target(self, label: int) -> int:
        """The index ``label`` leads to, jumps followed; a jump to itself stays where it is."""
        for _ in range(len(self.instrs)):
            position = self._positions[label]
            instr = self.instrs[position]
            if type(instr) is not Jump:
                return position
            label = instr.to
        return self._positions[label]
