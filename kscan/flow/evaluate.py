"""Expressions to values in a state, and conditions to what they teach about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from kscan.flow.piece import Piece, Value
from kscan.flow.primitives import (
    BITS,
    CHOOSERS,
    ERROR_OR_ZERO,
    HANDED_THROUGH,
    LEAST,
    MOST,
    NARROW,
    TESTS,
    UNSIGNED,
    as_int,
    cast_to,
    is_int,
    is_wide,
)
from kscan.flow.reading import Outline, reads_of
from kscan.flow.relevant import handed_through, is_asked
from kscan.flow.state import Constraints, State, forget, joined, with_known, with_variable
from kscan.flow.summary import Argument
from kscan.flow.symbols import Symbols
from kscan.flow.values import (
    ALL,
    BOOLEAN,
    MAX,
    MIN,
    NEGATIVE,
    NON_NEGATIVE,
    NON_ZERO,
    ZERO,
    IntSet,
    added,
    compared,
    complement,
    contains,
    intersect,
    interval,
    negate,
    single,
    size,
    truth,
    union,
)
from kscan.model.code import Binary, Call, Cast, Expr, Name, Num, Opaque, Unary
from kscan.model.instr import in_64_bits

ConstantOf = Callable[[str], "tuple[int, bool] | None"]
"""An identifier to its number and whether it is an errno constant; None when it is no known constant."""

_FLIPPED: Final = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_BIT_OPS: Final[dict[str, Callable[[int, int], int]]] = {
    "|": int.__or__,
    "&": int.__and__,
    "^": int.__xor__,
    "*": int.__mul__,
    "<<": lambda a, b: a << b if 0 <= b < 64 else 0,
    ">>": lambda a, b: a >> b if 0 <= b < 64 else 0,
}


class Given(NamedTuple):
    """What is known of a parameter at the entry: its values, and bits that are set and clear."""

    values: IntSet = ALL
    ones: int = 0
    zeros: int = 0


class Question:
    """A condition as a question: whether the value of ``operand`` lies in ``wanted``, or else in ``other``."""

    __slots__ = ("operand", "other", "wanted")

    def __init__(self, operand: Expr, wanted: IntSet, other: IntSet) -> None:
        self.operand: Expr = operand
        self.wanted = wanted
        self.other = other


class Decision:
    """A condition asked: whether ``value`` lies in ``wanted``, and the answers still possible."""

    __slots__ = ("value", "wanted", "ways")

    def __init__(self, wanted: IntSet, value: Value, ways: list[tuple[bool, State]]) -> None:
        self.wanted = wanted
        self.value = value
        self.ways = ways


class Evaluator:
    """Evaluates the expressions of one function. ``tracked`` are the variables a state holds, by position."""

    def __init__(self, outline: Outline, tracked: tuple[str, ...], constant: ConstantOf, symbols: Symbols) -> None:
        code = outline.code
        self.code = code
        self.slots: dict[str, int] = {name: slot for slot, name in enumerate(tracked)}
        self.params: dict[str, int] = {name: index for index, name in enumerate(code.params) if name}
        self.changed = outline.changed()
        self.exposed = not outline.written.isdisjoint(self.slots)
        self.constant = constant
        self.symbols = symbols
        self.fixed: dict[int, IntSet] = {}
        self.given: dict[int, Given] = {}
        self.on_call: tuple[int, Callable[[int, State], None]] | None = None
        self._steady: dict[int, int] = {}
        self.narrow: dict[str, IntSet] = {}
        for name in tracked:
            held = NARROW.get(code.types.get(name, ""))
            if held is not None:
                self.narrow[name] = held

    # -- values

    def value(self, expr: Expr, state: State, at: int, end: int) -> tuple[Value, State]:
        """The possibilities of ``expr`` in ``state``, and the state after its calls."""
        if type(expr) is Name:
            return self._name(expr.name, state, at, end), state
        if type(expr) is Num:
            return _plain(single(expr.value), expr.value < 0), state
        if type(expr) is Call:
            return self._call(expr, state, at, end)
        if type(expr) is Cast:
            value, state = self.value(expr.operand, state, at, end)
            if (number := _number(value)) is not None and (cast := cast_to(expr.type, number)) != number:
                return (Piece(-1, single(cast)),), state
            held = NARROW.get(expr.type)
            return value if held is None else _held(value, held), state
        if type(expr) is Binary:
            return self._binary(expr, state, at, end)
        if type(expr) is Unary:
            return self._unary(expr, state, at, end)
        return self._unknown(_text(expr), at, end, state)

    def _unknown(self, text: str, at: int, end: int, state: State) -> tuple[Value, State]:
        number = self.symbols.unknown(text, at, end)
        return (Piece(number, ALL),), forget(state, number, self.symbols)

    def _name(self, name: str, state: State, at: int, end: int) -> Value:
        slot = self.slots.get(name)
        if slot is not None:
            value = _narrowed(state.env[slot], state)
            held = self.narrow.get(name)
            return value if held is None else _held(value, held)
        index = self.params.get(name)
        if index is not None and name not in self.changed:
            return _narrowed((Piece(self.symbols.param(index, name), self.param_values(index)),), state)
        if name not in self.code.types:
            found = self.constant(name)
            if found is not None:
                return _plain(single(found[0]), not found[1] and found[0] < 0)
        return (Piece(self.symbols.unknown(name, at, end), ALL),)

    def _call(self, call: Call, state: State, at: int, end: int) -> tuple[Value, State]:
        callee = call.callee
        position = HANDED_THROUGH.get(callee, -1)
        if 0 <= position < len(call.args):
            return self.value(call.args[position], state, at, end)
        if callee in ERROR_OR_ZERO and call.args:
            value, state = self.value(call.args[0], state, at, end)
            return _error_or_zero(value, TESTS[callee]), state
        if callee in CHOOSERS and call.args:
            return self._one_of(call, state, at, end)
        if callee in BITS and (bit := self._constant_value(call)) is not None:
            return _plain(single(bit), False), state
        if callee in TESTS:
            return _TRUTH, state
        number = self._result(call, state, at, end)
        state = forget(state, number, self.symbols)
        if self.exposed:
            state = self._written(call, state)
        if self.on_call is not None and self.on_call[0] == call.at:
            self.on_call[1](number, state)
        fixed = self.fixed.get(call.at) if self.fixed else None
        return (Piece(number, ALL if fixed is None else fixed),), state

    def _result(self, call: Call, state: State, at: int, end: int) -> int:
        """The symbol of what ``call`` gives with the arguments it has in ``state``."""
        number = self._steady.get(id(call))
        if number is None:
            args = tuple([self.argument(call, arg, state, at, end) for arg in call.args])
            number = self.symbols.call(call, args)
            if all([self._is_steady(arg) for arg in call.args]):
                self._steady[id(call)] = number
        return number

    def _is_steady(self, arg: Expr) -> bool:
        """Whether no state tells more about ``arg`` than another."""
        if type(arg) is Name:
            return arg.name not in self.slots and (arg.name not in self.params or arg.name in self.changed)
        if type(arg) is Call:
            return arg.callee not in HANDED_THROUGH and arg.callee not in BITS
        return type(arg) is Opaque or type(arg) is Num or (type(arg) is Unary and arg.op == "&")

    def _one_of(self, call: Call, state: State, at: int, end: int) -> tuple[Value, State]:
        """The value of one of the arguments of ``call``, not told which, as far as the others let it be the one."""
        args = call.args[CHOOSERS[call.callee] :]
        values: list[Value] = []
        for arg in args:
            value, state = self.value(arg, state, at, end)
            values.append(value)
        total: Value = ()
        for arg, value in zip(args, values, strict=True):
            bounds = self._bounds(call.callee, arg, args, values)
            cut = value if bounds == ALL else self._within(value, bounds)
            total = joined(total, cut) if total and cut else total or cut
        return total, state

    def _bounds(self, callee: str, arg: Expr, args: tuple[Expr, ...], values: list[Value]) -> IntSet:
        """Where ``arg`` lies when it is the one of ``args`` that is chosen. What has no sign, and is kept here as the
        number with the same bits, may be larger than any other."""
        numbers = [one for one in zip(args, values, strict=True) if all([piece.symbol < 0 for piece in one[1]])]
        told = [_range(value) for one, value in numbers if self._has_sign(one)]
        if not told or (callee not in LEAST and (callee not in MOST or not self._has_sign(arg))):
            return ALL
        if callee in LEAST:
            return interval(MIN, min([one[-1][1] for one in told]))
        return interval(max([one[0][0] for one in told]), MAX)

    def _within(self, value: Value, bounds: IntSet) -> Value:
        """What of ``value`` lies in ``bounds``; the results of calls and what callers hand in stay as they are, for one
        walk may follow many of them."""
        free = [piece.symbol < 0 or self.symbols[piece.symbol].kind in _UNTOLD for piece in value]
        cut = [Piece(p.symbol, intersect(p.values, bounds), p.literal) for p in value]
        pieces = [one if told else whole for one, whole, told in zip(cut, value, free, strict=True)]
        return tuple([piece for piece in pieces if piece.values])

    def _has_sign(self, expr: Expr) -> bool:
        """Whether ``expr`` is a number as it is written, or one of a type with a sign."""
        if type(expr) is Name:
            kind = self.code.types.get(expr.name)
            if kind is None:
                return self.constant(expr.name) is not None
            return is_int(kind) or is_wide(kind)
        if type(expr) is Binary and expr.op in {"+", "-"}:
            return self._has_sign(expr.left) and self._has_sign(expr.right)
        return type(expr) is Num or (type(expr) is Unary and expr.op == "-" and self._has_sign(expr.operand))

    def param_values(self, index: int) -> IntSet:
        """What parameter ``index`` can be at the entry."""
        values = self.given[index].values if index in self.given else ALL
        return truth(values) if self.is_bool(self.code.params[index]) else values

    def clobbered(self, expr: Expr, state: State) -> State:
        """``state`` after the callees in ``expr`` may have written the variables whose address they were given."""
        if not self.exposed:
            return state
        if type(expr) is Call:
            return self._written(expr, state)
        if type(expr) is Binary:
            return self.clobbered(expr.right, self.clobbered(expr.left, state))
        if type(expr) is Unary or type(expr) is Cast:
            return self.clobbered(expr.operand, state)
        return state

    def _written(self, call: Call, state: State) -> State:
        """``state`` after ``call`` has written the variables whose address it was given."""
        names = [name for name in reads_of(call).addresses if name in self.slots]
        if not names:
            return state
        symbols = self.symbols
        args = symbols[self._result(call, state, call.at, call.end)].args
        held = {name: self._left(call, args, name, names, state) for name in names}
        for number in (*symbols.outs(call, args), *held.values()):
            state = forget(state, number, symbols)
        for name, number in held.items():
            values = BOOLEAN if self.is_bool(name) else ALL
            state = with_variable(state, self.slots[name], (Piece(number, values),))
        return state

    def _left(self, call: Call, args: tuple[Argument, ...], name: str, names: list[str], state: State) -> int:
        """The symbol of what ``call`` leaves in variable ``name``, one of ``names`` that it may write."""
        given = Unary("&", Name(name))
        if names.count(name) == 1 and given in call.args:
            return self.symbols.out(call, args, call.args.index(given), self._before(name, state))
        return self.symbols.unknown(f"{name}, set by {call.callee or call.via}()", call.at, call.end)

    def _before(self, name: str, state: State) -> Argument:
        """What variable ``name`` holds, as an argument."""
        value = _narrowed(state.env[self.slots[name]], state)
        symbol = value[0].symbol
        if len(value) == 1 and symbol >= 0:
            base = self.symbols[symbol]
            if base.kind == "param" and not base.negated and not base.changed:
                return Argument(value[0].values, base.index)
        return Argument(_range(value))

    def is_bool(self, name: str) -> bool:
        declared = self.code.types.get(name, "")
        return declared == "bool" or declared == "_Bool"

    def _unary(self, expr: Unary, state: State, at: int, end: int) -> tuple[Value, State]:
        value, state = self.value(expr.operand, state, at, end)
        if expr.op == "-":
            return tuple([self._minus(piece, expr.operand) for piece in value]), state
        if expr.op == "~" and len(value) == 1 and _number(value) is not None:
            inverted = in_64_bits(~(_number(value) or 0))
            return _plain(single(inverted), inverted < 0), state
        return self._unknown(expr.op + _text(expr.operand), at, end, state)

    def _minus(self, piece: Piece, operand: Expr) -> Piece:
        flipped = negate(piece.values)
        if piece.symbol >= 0:
            return Piece(self.symbols.negated(piece.symbol), flipped, piece.literal)
        if type(operand) is not Name:
            return Piece(-1, flipped, piece.literal or (bool(flipped) and flipped[0][0] < 0))
        return Piece(-1, flipped, piece.literal if operand.name in self.code.types else not self._is_errno(operand))

    def _is_errno(self, operand: Name) -> bool:
        found = self.constant(operand.name)
        return found is not None and found[1]

    def _binary(self, expr: Binary, state: State, at: int, end: int) -> tuple[Value, State]:
        left, state = self.value(expr.left, state, at, end)
        right, state = self.value(expr.right, state, at, end)
        if expr.op in _FLIPPED:
            return _TRUTH, state
        a, b = _number(left), _number(right)
        if expr.op in {"+", "-"}:
            if all([p.symbol < 0 or self.symbols[p.symbol].kind in _UNTOLD for p in left + right]):
                other = _range(right) if expr.op == "+" else negate(_range(right))
                total = added(_range(left), other)
                if total != ALL:
                    return (Piece(-1, total, total[0][0] < 0),), state
        elif expr.op in _BIT_OPS and a is not None and b is not None:
            return _plain(single(_BIT_OPS[expr.op](a, b)), False), state
        elif expr.op in {"|", "&"} and b is not None and len(left) == 1:
            found = self._masked(expr.op, left[0], b)
            if found is not None:
                return _narrowed((found,), state), state
        return self._unknown(f"{_text(expr.left)} {expr.op} {_text(expr.right)}", at, end, state)

    def _masked(self, op: str, piece: Piece, mask: int) -> Piece | None:
        """A parameter with bits set, cleared or picked out."""
        if piece.symbol < 0 or self.symbols[piece.symbol].kind != "param" or self.symbols[piece.symbol].negated:
            return Piece(-1, BOOLEAN if mask == 1 else NON_NEGATIVE) if op == "&" and 0 <= mask < (1 << 31) else None
        base = self.symbols[piece.symbol]
        known = base.args[0]
        if op == "|" and mask >= 0:
            return Piece(self.symbols.param(base.index, base.text, known.ones | mask, known.zeros & ~mask), ALL)
        if mask < 0:
            return Piece(self.symbols.param(base.index, base.text, known.ones & mask, known.zeros | ~mask), ALL)
        given = self.given.get(base.index, Given())
        ones, zeros = known.ones | (given.ones & ~known.zeros), known.zeros | (given.zeros & ~known.ones)
        if size(piece.values) == 1 and not known.ones and not known.zeros:
            return Piece(-1, single(piece.values[0][0] & mask))
        rest = mask & ~ones & ~zeros
        if not rest:
            return Piece(-1, single(mask & ones))
        if known.ones & mask:
            return Piece(-1, interval(known.ones & mask, mask))
        return Piece(self.symbols.bits(base.index, rest, base.text), interval(0, rest))

    def argument(self, call: Call, expr: Expr, state: State, at: int, end: int) -> Argument:
        """What the callee of ``call`` can know of its argument ``expr``."""
        if type(expr) is Opaque:
            return _ANY
        if type(expr) is Name and expr.name not in self.code.types and self.constant(expr.name) is None:
            return Argument(function=expr.name)
        if type(expr) is Call and expr.callee not in HANDED_THROUGH and expr.callee not in BITS:
            return _ANY
        value, _ = self.value(expr, state, at, end)
        if len(value) != 1:
            return Argument(_range(value)) if all([p.symbol < 0 for p in value]) else _ANY
        piece = value[0]
        if piece.symbol < 0:
            return Argument(piece.values)
        symbol = self.symbols[piece.symbol]
        if symbol.kind == "param" and not symbol.negated:
            known = symbol.args[0]
            return Argument(piece.values, symbol.index, known.ones, known.zeros)
        if symbol.kind == "bits":
            return Argument(piece.values)
        return self._result_handed(call, expr, piece.symbol) if symbol.kind == "call" or symbol.kind == "out" else _ANY

    def _result_handed(self, call: Call, expr: Expr, number: int) -> Argument:
        """What is known of ``expr``, whose value is symbol ``number``: which one, where ``call`` may be asked about it
        and no type changes it."""
        handed = handed_through(expr)
        kind = self.code.types.get(handed.name, "") if type(handed) is Name else ""
        if number in self.symbols.ancient or not is_asked(call, expr, kind):
            return _ANY
        return Argument(symbol=number, wide=not is_int(kind))

    # -- conditions

    def decided(self, question: Question, state: State, at: int, end: int) -> Decision:
        """The ways a condition can go, with what each way teaches; a way that cannot be taken is left out."""
        value, state = self._tested(question.operand, state, at, end)
        ways: list[tuple[bool, State]] = []
        yes = self.narrowed(question.operand, value, question.wanted, state)
        if yes is not None:
            ways.append((True, yes))
        no = self.narrowed(question.operand, value, question.other, state)
        if no is not None:
            ways.append((False, no))
        return Decision(question.wanted, value, ways)

    def _tested(self, operand: Expr, state: State, at: int, end: int) -> tuple[Value, State]:
        """The possibilities of the operand of a condition: of a variable those that were put into it."""
        if type(operand) is Name and operand.name in self.narrow:
            return _narrowed(state.env[self.slots[operand.name]], state), state
        return self.value(operand, state, at, end)

    def question(self, cond: Expr) -> Question:
        """What ``cond`` asks; it does not depend on a state."""
        operand, wanted = self._asked(cond)
        if type(operand) is Name and self.is_bool(operand.name):
            one, zero = intersect(wanted, single(1)), intersect(wanted, ZERO)
            wanted = union(NON_ZERO if one else (), ZERO if zero else ())
        return Question(operand, wanted, complement(wanted))

    def _asked(self, cond: Expr) -> tuple[Expr, IntSet]:
        """The operand whose value decides, and the set for which ``cond`` holds."""
        if type(cond) is Call and cond.callee in TESTS and cond.args:
            return cond.args[0], TESTS[cond.callee]
        if type(cond) is Binary and cond.op in _FLIPPED:
            right = self._constant_value(cond.right)
            if right is not None:
                return self._compared(cond.left, cond.op, right)
            left = self._constant_value(cond.left)
            if left is not None:
                return self._compared(cond.right, _FLIPPED[cond.op], left)
            return Opaque(f"{_text(cond.left)} {cond.op} {_text(cond.right)}"), NON_ZERO
        return cond, NON_ZERO

    def _compared(self, operand: Expr, op: str, number: int) -> tuple[Expr, IntSet]:
        """``operand op number`` as C compares it: of a variable without a sign, a negative number is a large one, and
        an int is the bits of a number that is too large for it."""
        if not MIN <= number <= MAX:
            return Opaque(f"{_text(operand)} {op} {number}"), NON_ZERO
        kind = self.code.types.get(operand.name, "") if type(operand) is Name else ""
        if UNSIGNED.match(kind) is None:
            same_bits = (op == "==" or op == "!=") and number >> 31 == 1 and is_int(kind)
            return operand, compared(op, as_int(number) if same_bits else number)
        if op == "==" or op == "!=":
            same = _alike(number)
            return operand, same if op == "==" else complement(same)
        if number < 0:
            return Opaque(f"{_text(operand)} {op} {number}"), NON_ZERO
        wanted = intersect(compared(op, number), NON_NEGATIVE)
        return operand, union(wanted, NEGATIVE) if op[0] == ">" else wanted

    def _constant_value(self, expr: Expr) -> int | None:
        """The number an expression without variables stands for."""
        if type(expr) is Num:
            return expr.value
        if type(expr) is Name:
            found = self.constant(expr.name) if expr.name not in self.code.types else None
            return None if found is None else found[0]
        if type(expr) is Cast:
            inner = self._constant_value(expr.operand)
            return None if inner is None else cast_to(expr.type, inner)
        if type(expr) is Unary and expr.op in {"-", "~"}:
            inner = self._constant_value(expr.operand)
            return None if inner is None else -inner if expr.op == "-" else ~inner
        if type(expr) is Call and expr.callee in BITS and len(expr.args) == 1:
            shift = self._constant_value(expr.args[0])
            return 1 << shift if shift is not None and 0 <= shift < 64 else None
        if type(expr) is Call and expr.callee in HANDED_THROUGH and expr.args:
            return self._constant_value(expr.args[HANDED_THROUGH[expr.callee]]) if len(expr.args) == 1 else None
        if type(expr) is Binary:
            a, b = self._constant_value(expr.left), self._constant_value(expr.right)
            if a is None or b is None:
                return None
            if expr.op in {"+", "-"}:
                return a + b if expr.op == "+" else a - b
            return _BIT_OPS[expr.op](a, b) if expr.op in _BIT_OPS else None
        return None

    def _agrees(self, number: int, left: IntSet, state: State) -> bool:
        """Whether a parameter that is now one number has the bits that were seen in it before."""
        symbol = self.symbols[number]
        if symbol.kind != "param" or symbol.changed or symbol.negated or size(left) != 1:
            return True
        for seen, values in state.known.items():
            other = self.symbols[seen]
            same = other.kind == "bits" and other.index == symbol.index
            if same and not intersect(single(left[0][0] & other.mask), values):
                return False
        return True

    def narrowed(self, operand: Expr, value: Value, values: IntSet, state: State) -> State | None:
        """``state`` knowing that ``operand``, which can be ``value``, lies in ``values``; None if it cannot."""
        if len(value) == 1:
            return self._narrowed_piece(value[0], values, state)
        left = [Piece(p.symbol, intersect(p.values, values), p.literal) for p in value]
        left = [piece for piece in left if piece.values]
        if not left:
            return None
        slot = self.slots.get(variable_of(operand))
        if slot is None or len(state.env[slot]) != len(value):
            return state
        return with_variable(state, slot, tuple(left))

    def _narrowed_piece(self, piece: Piece, values: IntSet, state: State) -> State | None:
        before = piece.values
        left = intersect(before, values)
        if not left:
            return None
        if piece.symbol < 0 or left == before or piece.symbol in self.symbols.ancient:
            return state
        return with_known(state, piece.symbol, left) if self._agrees(piece.symbol, left, state) else None


_ANY: Final = Argument()
_UNTOLD: Final = frozenset({"any", "out"})
_TRUTH: Final[Value] = (Piece(-1, BOOLEAN),)


def _plain(values: IntSet, literal: bool) -> Value:
    """Numbers that come from no symbol."""
    return (Piece(-1, values, literal),)


def _narrowed(value: Value, state: State) -> Value:
    """``value`` with what ``state`` knows of its symbols."""
    known = state.known
    if not known:
        return value
    if len(value) == 1:
        piece = value[0]
        left = known.get(piece.symbol)
        return value if left is None else (Piece(piece.symbol, intersect(piece.values, left), piece.literal),)
    return tuple([_known(piece, known) for piece in value])


def _held(value: Value, held: IntSet) -> Value:
    """``value`` as a type that only holds ``held`` holds it: what does not fit becomes any of it, a bool 1."""
    if all([contains(held, piece.values) for piece in value]):
        return value
    pieces: list[Piece] = []
    for piece in value:
        inside = intersect(piece.values, ZERO if held == BOOLEAN else held)
        if inside:
            pieces.append(Piece(piece.symbol, inside, piece.literal))
        if not contains(inside, piece.values):
            pieces.append(Piece(-1, intersect(held, NON_ZERO)))
    return tuple(pieces)


def _alike(number: int) -> IntSet:
    """``number``, and the numbers that are the same bits in a variable of 32 or 64 bits without a sign."""
    same = single(number)
    for width in (32, 64):
        other = number + (1 << width) if number < 0 else number - (1 << width)
        if -(1 << (width - 1)) <= other < (1 << width) and other != number:
            same = union(same, single(other))
    return same


def _known(piece: Piece, known: Constraints) -> Piece:
    left = known.get(piece.symbol)
    return piece if left is None else Piece(piece.symbol, intersect(piece.values, left), piece.literal)


def variable_of(expr: Expr) -> str:
    """The variable whose value ``expr`` hands on unchanged, "" if none."""
    while True:
        if type(expr) is Name:
            return expr.name
        if type(expr) is Cast:
            expr = expr.operand
        elif type(expr) is Call and expr.callee in HANDED_THROUGH and expr.args:
            expr = expr.args[min(HANDED_THROUGH[expr.callee], len(expr.args) - 1)]
        else:
            return ""


def _error_or_zero(value: Value, errors: IntSet) -> Value:
    pieces = [Piece(p.symbol, intersect(p.values, errors), p.literal) for p in value]
    rest = any([intersect(p.values, complement(errors)) for p in value])
    return tuple([p for p in pieces if p.values] + ([Piece(-1, ZERO)] if rest else []))


def _number(value: Value) -> int | None:
    """The one number a value is, None when it can be several."""
    if len(value) == 1 and value[0].symbol < 0 and len(value[0].values) == 1:
        lo, hi = value[0].values[0]
        return lo if lo == hi else None
    return None


def _range(value: Value) -> IntSet:
    total: IntSet = ()
    for piece in value:
        total = union(total, piece.values)
    return total


def _text(expr: Expr) -> str:
    """A short rendering for reasons shown to people."""
    if type(expr) is Name:
        return expr.name.split("#")[0]
    if type(expr) is Call:
        return f"{expr.callee or expr.via}()"
    if type(expr) is Binary:
        return f"{_text(expr.left)} {expr.op} {_text(expr.right)}"
    if type(expr) is Unary:
        return expr.op + _text(expr.operand)
    if type(expr) is Cast:
        return _text(expr.operand)
    return expr.text if type(expr) is Num or type(expr) is Opaque else ""
