"""Questions about a tree's predicates to proofs, with the definitions that they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kscan.link.catalog import Catalog
from kscan.model.proof import Fact, Proof, Relation
from kscan.model.span import Span
from kscan.predicates import formula as f
from kscan.predicates.asked import Asking
from kscan.predicates.definitions import Definition, Definitions
from kscan.predicates.expanding import Expanding
from kscan.predicates.facts import TreeFacts
from kscan.predicates.prover import ask
from kscan.predicates.spelling import spell


def prove(catalog: Catalog, left: str, relation: Relation, right: str) -> Proof:
    """Whether ``left`` RELATION ``right``, expressions over the tree's predicates, holds for every page.

    Raises InputError for an expression that does not parse and for an unknown predicate."""
    known = Definitions(catalog)
    asking = Asking(known)
    formulas = asking.formulas((left, right))
    expanding = Expanding(known)
    one, two = (expanding.expanded(formula) for formula in formulas)
    answer = ask(TreeFacts(known), one, relation, two)
    heads = [f"{name} is a folio and a page: no tail page" for name in sorted(asking.taken_for_heads)]
    said = tuple(Fact(text) for text in (*heads, *answer.facts))
    return Proof(
        left=left,
        relation=relation,
        right=right,
        verdict=answer.verdict,
        facts=(*_definitions(known, formulas), *said),
        witness=answer.witness,
        provided=answer.provided,
        unknown=answer.unknown,
    )


def _definitions(known: Definitions, formulas: Sequence[f.Formula]) -> Iterator[Fact]:
    """The definitions behind the names in ``formulas``, each before those it uses."""
    done: set[tuple[str, str]] = set()
    waiting = [leaf for formula in formulas for leaf in f.atoms(formula)]
    while waiting:
        leaf = waiting.pop(0)
        if isinstance(leaf, f.Ref) and (leaf.name, leaf.home) not in done:
            done.add((leaf.name, leaf.home))
            for one in _real(known.variants(leaf.name, leaf.home)):
                yield _stated(one)
                waiting += f.atoms(one.formula)


def _real(variants: Sequence[Definition]) -> Sequence[Definition]:
    return [one for one in variants if not isinstance(one.formula, f.Const)] or variants


def _stated(one: Definition) -> Fact:
    function = one.body.function
    head = f"{function.name}({', '.join(param.name for param in function.params)})"
    return Fact(f"{head} is {spell(one.formula)}", Span(function.file, function.start, function.end))
