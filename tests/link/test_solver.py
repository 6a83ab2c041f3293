"""The solution by components is that of blind iteration, whatever the equations and whoever is asked first."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kscan.flow.values import ALL, NEGATIVE, NON_NEGATIVE, IntSet, intersect, single
from kscan.link.atoms import UNKNOWN, Atom
from kscan.link.equations import Edge, Equation, Guard, Node, Own, Way, handed_on
from kscan.link.solver import Costs, Solver
from kscan.model.facts import Function
from kscan.model.flow import Opening
from kscan.model.span import Span

FUNCTION = Function("f", "f.c", 0, 1, 0, 0, "int", (), "static")
NODES = [Node(number, FUNCTION, ()) for number in range(7)]
ATOMS = [Atom(0, 0), Atom(1, 1), Atom(-5, -5), Atom(-16, -16), UNKNOWN]
SETS: list[IntSet] = [ALL, NEGATIVE, NON_NEGATIVE, single(-5)]

nodes = st.sampled_from(NODES)
guards = st.lists(
    st.builds(Guard, st.lists(nodes, min_size=1, max_size=2).map(tuple), st.sampled_from([single(-5), single(-16)])),
    max_size=1,
).map(tuple)
ways = st.integers(1, 9).map(lambda cost: Way(cost, 0))
owns = st.dictionaries(st.builds(Own, st.sampled_from(ATOMS), guards), ways, max_size=2)
edges = st.dictionaries(st.builds(Edge, nodes, st.sampled_from(SETS), st.booleans(), guards), ways, max_size=3)
systems = st.lists(st.tuples(owns, edges), min_size=len(NODES), max_size=len(NODES))


def equations(system: list[tuple[dict[Own, Way], dict[Edge, Way]]]) -> list[Equation]:
    return [Equation(own, some, _openings(number, own)) for number, (own, some) in enumerate(system)]


def _openings(number: int, own: dict[Own, Way]) -> tuple[tuple[Opening, tuple[Guard, ...]], ...]:
    why = Opening(Span("f.c", number, number), "f", "unknown")
    return tuple((why, one.guards) for one in own if one.atom.unbounded)


def blindly(system: list[Equation]) -> list[Costs]:
    """The results after so many rounds over all equations that nothing changes."""
    found: list[Costs] = [{} for _ in system]
    while True:
        new = [_round(one, found) for one in system]
        if new == found:
            return found
        found = new


def _round(equation: Equation, found: list[Costs]) -> Costs:
    costs: Costs = {}
    ways = [(one.atom, way.cost, one.guards) for one, way in equation.own.items()]
    for edge, way in equation.edges.items():
        for atom, below in found[edge.callee.number].items():
            ways += [(left, below + way.cost, edge.guards) for left in handed_on(edge, atom, {})]
    for atom, cost, needed in ways:
        if all(_holds(guard, found) for guard in needed):
            costs[atom] = min(cost, costs.get(atom, cost))
    return costs


def _holds(guard: Guard, found: list[Costs]) -> bool:
    return any(intersect(((a.lo, a.hi),), guard.wanted) for node in guard.nodes for a in found[node.number])


@settings(max_examples=150, deadline=None)
@given(systems, st.permutations(NODES))
def test_any_order_gives_the_least_solution(
    system: list[tuple[dict[Own, Way], dict[Edge, Way]]], order: list[Node]
) -> None:
    made = equations(system)
    solver = Solver(lambda node: made[node.number])
    for node in order:
        solver.result(node)
    assert [solver.result(node) for node in NODES] == blindly(made)


@settings(max_examples=100, deadline=None)
@given(systems)
def test_an_open_result_has_a_reason(system: list[tuple[dict[Own, Way], dict[Edge, Way]]]) -> None:
    straight = [(own, {edge._replace(negated=False): way for edge, way in some.items()}) for own, some in system]
    made = equations(straight)
    solver = Solver(lambda node: made[node.number])
    for node in NODES:
        opened = any(atom.unbounded for atom in solver.result(node))
        assert not opened or solver.openings(node)


def test_a_chain_of_thousands_needs_no_stack() -> None:
    chain = [Node(number, FUNCTION, ()) for number in range(20_000)]
    last = Equation({Own(Atom(0, 0)): Way(1, 0)}, {}, ())

    def equation(node: Node) -> Equation:
        if node is chain[-1]:
            return last
        return Equation({}, {Edge(chain[node.number + 1], ALL, False, ()): Way(1, 0)}, ())

    assert Solver(equation).result(chain[0]) == {Atom(0, 0): len(chain)}


def test_a_type_holds_what_fits() -> None:
    node = NODES[0]
    bad = Equation({Own(Atom(-5, -5)): Way(3, 0), Own(Atom(7, 7)): Way(1, 0)}, {}, (), NON_NEGATIVE)
    found = Solver(lambda _: bad).result(node)
    assert set(found) == {Atom(7, 7), Atom(0, 0), Atom(1, NON_NEGATIVE[0][1])}
