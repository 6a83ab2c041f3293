"""What the linkers of a tree and of overlays of it share: what they answer is the same, with less work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from kscan import api
from kscan.begun import catalog_in
from kscan.flow.summary import Summary
from kscan.link import linker, program
from kscan.link.alike import Alike
from kscan.link.atoms import Atom
from kscan.link.carried import Carrier
from kscan.link.catalog import Catalog
from kscan.link.dispositions import Fate
from kscan.link.equations import Equation
from kscan.link.overlaid import overlaid
from kscan.link.program import LinkedProgram
from kscan.model.code import Code
from kscan.model.facts import Function
from kscan.model.flow import Caller
from kscan.model.gap import Gap
from kscan.model.progress import SILENT
from kscan.source.overlay import overlay
from tests.toy import Toy

BODY = "int {}({})\n{{\n\t{}\n}}\n"
FILES = {
    "mm/frob.c": BODY.format("frob", "void", "return -EIO;"),
    "mm/user.c": BODY.format("use", "int x", "int ret = melt(x);\n\n\treturn ret ? ret : frob();"),
    "mm/both.c": BODY.format("both", "void", "return use(1) ? -EBUSY : melt(0);"),
    "fs/melt.c": BODY.format("melt", "int x", "return x ? deep(x) : 0;"),
    "fs/deep.c": BODY.format("deep", "int x", "return x == 1 ? -EAGAIN : -EINVAL;"),
    "fs/ops.c": "struct ops { int (*go)(void); };\n"
    + BODY.format("through", "struct ops *o", "return o->go();")
    + BODY.format("behind", "struct ops *o", "return through(o) + melt(0);"),
    "fs/asks.c": BODY.format("asks", "int x", "int ret = deep(x);\n\n\treturn passing(ret) ? ret : 0;"),
    "fs/passing.c": BODY.format("passing", "int err", "return !lasting(err);"),
    "fs/lasting.c": BODY.format("lasting", "int err", "return err != -EAGAIN;"),
}
NAMES = ("use", "both", "melt", "deep", "through", "behind", "frob", "asks", "passing", "lasting")
Values = dict[str, list[tuple[bool, tuple[str, ...]]]]


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Catalog]:
    toy = Toy(tmp_path)
    toy.write(FILES)
    api.index(str(toy.root))
    with catalog_in(str(toy.root), None, None, True, SILENT) as catalog:
        yield catalog


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The functions whose equations are built, in order."""
    if not str(linker.__file__).endswith(".py"):
        pytest.skip("a compiled linker calls its own function: it cannot be counted")
    names: list[str] = []
    real = linker.equation_of

    def counted(node: linker.Node, *rest: object) -> Equation:
        names.append(node.function.name)
        return real(node, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(linker, "equation_of", counted)
    return names


def over(base: Catalog, replaced: Mapping[str, str | None], carrier: Carrier | None = None) -> Catalog:
    tree = overlay(base.tree, {path: text and text.encode() for path, text in replaced.items()})
    return overlaid(base, tree, carrier=carrier)


def values(linked: LinkedProgram) -> Values:
    return {name: [linked.values(one) for one in linked.catalog.anywhere(name)] for name in NAMES}


def callers(linked: LinkedProgram) -> list[tuple[tuple[Caller, ...], tuple[Gap, ...]]]:
    return [linked.callers(one) for name in NAMES for one in linked.catalog.anywhere(name)]


def test_what_no_tree_changes_is_built_once(base: Catalog, built: list[str]) -> None:
    alike = Alike()
    made = over(base, {"mm/frob.c": FILES["mm/frob.c"].replace("EIO", "ENXIO")})
    values(LinkedProgram(base, alike=alike))
    first = set(built)
    built.clear()
    values(LinkedProgram(made, alike=alike))
    assert first == set(NAMES)
    # Whoever calls what is changed is built again, and so are calls through pointers.
    assert set(built) == {"frob", "use", "through"}


@pytest.mark.parametrize("file", ["mm/frob.c", "mm/both.c"])
def test_what_a_caller_does_is_found_out_once_where_no_tree_changes_it(
    base: Catalog, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    walked: list[int] = []
    real = program.fates

    def counted(code: Code, *rest: object) -> dict[Atom, Fate]:
        walked.append(len(code.instrs))
        return real(code, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(program, "fates", counted)
    alike = Alike()
    made = over(base, {file: "/* longer */\n" + FILES[file]})
    then, now = (LinkedProgram(one, alike=alike) for one in (base, made))
    (was,), (is_now,) = base.anywhere("use"), made.anywhere("use")
    (before,), _ = then.callers(was)
    (after,), _ = now.callers(is_now)
    assert before.receives == after.receives
    assert len(walked) == (1 if file == "mm/frob.c" else 2)


def test_what_a_changed_caller_does_is_found_out_once_for_each_content(
    base: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    real, lower = program.fates, Catalog._lowered

    def counted(code: Code, *rest: object) -> dict[Atom, Fate]:
        done.append("fates")
        return real(code, *rest)  # type: ignore[arg-type]

    def noted(catalog: Catalog, function: Function) -> tuple[Code, ...]:
        done.append(function.name)
        return lower(catalog, function)

    monkeypatch.setattr(program, "fates", counted)
    monkeypatch.setattr(Catalog, "_lowered", noted)
    alike, carrier = Alike(), Carrier(base)
    one, other = (FILES["mm/both.c"].replace("EBUSY", errno) for errno in ("EPERM", "EROFS"))
    beside = FILES["fs/ops.c"].replace("melt(0)", "melt(1)")
    for replaced, anew in (
        ({"mm/both.c": one}, True),
        ({"mm/both.c": one, "fs/ops.c": beside}, False),
        ({"mm/both.c": other, "fs/ops.c": beside}, True),
        ({"mm/both.c": one}, False),
    ):
        made = over(base, replaced, carrier)
        (function,) = made.anywhere("use")
        done.clear()
        found = LinkedProgram(made, alike=alike).callers(function)
        assert done == (["both", "fates"] if anew else []), replaced
        assert found == LinkedProgram(over(base, replaced)).callers(function)


@pytest.mark.parametrize(
    "replaced",
    [
        {"mm/frob.c": FILES["mm/frob.c"].replace("EIO", "ENXIO")},
        {"mm/frob.c": FILES["mm/frob.c"] + BODY.format("melt", "int x", "return -ESTALE;")},
        {"fs/melt.c": "/* gone */\n"},
        {"fs/melt.c": None},
        {"mm/new.c": BODY.format("deep", "int x", "return -EPERM;")},
        {"fs/deep.c": BODY.format("deep", "int y, int x", "return x ? -EAGAIN : -EXDEV;")},
        {"fs/ops.c": FILES["fs/ops.c"] + "static int went(void) { return 5; }\nstruct ops own = { .go = went };\n"},
        {"fs/lasting.c": FILES["fs/lasting.c"].replace("EAGAIN", "EINVAL")},
        {"fs/passing.c": FILES["fs/passing.c"].replace("!", "")},
        {"include/linux/frob.h": "static inline int frob(void) { return 2; }\n"},
    ],
    ids=[
        "another errno",
        "one more",
        "one less",
        "its file gone",
        "a new file",
        "parameters",
        "a table",
        "a check far below",
        "a check",
        "a header",
    ],
)
def test_the_answers_are_those_of_a_linker_alone(base: Catalog, replaced: dict[str, str | None]) -> None:
    alike = Alike()
    alone, shared = (LinkedProgram(base), LinkedProgram(base, alike=alike))
    assert values(shared) == values(alone)
    assert callers(shared) == callers(alone)
    made, like = LinkedProgram(over(base, replaced), alike=alike), LinkedProgram(over(base, replaced))
    assert values(made) == values(like)
    assert callers(made) == callers(like)
    assert values(LinkedProgram(base, alike=alike)) == values(alone)


@pytest.mark.parametrize("name", ["melt", "deep", "frob", "passing", "lasting"])
def test_what_is_told_of_a_function_stays_with_who_is_told(base: Catalog, name: str) -> None:
    alike = Alike()
    told = base.told([(one, Summary((), ())) for one in base.anywhere(name)])
    before = values(LinkedProgram(base, alike=alike))
    assert values(LinkedProgram(told, alike=alike)) == values(LinkedProgram(told)) != before
    assert values(LinkedProgram(base, alike=alike)) == before


def test_contexts_are_counted_for_each_linker(base: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linker, "MAX_CONTEXTS", 1)
    alike = Alike()
    made = over(base, {"mm/frob.c": FILES["mm/frob.c"].replace("EIO", "ENXIO")})
    for order in (NAMES, NAMES[::-1]):
        one, other = LinkedProgram(made, alike=alike), LinkedProgram(made)
        for name in order:
            (function,) = made.anywhere(name)
            assert one.values(function) == other.values(function), (order, name)
