"""Tables and functions that a struct of a caller's own holds: who gets its address stands in other files too."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from kscan import api
from kscan.begun import catalog_in
from kscan.link.alike import Alike
from kscan.link.linker import MAX_CONTEXTS
from kscan.link.overlaid import overlaid
from kscan.link.pointees import MAX_CHOICES
from kscan.link.program import LinkedProgram
from kscan.model.progress import SILENT
from kscan.source.overlay import overlay
from tests.toy import HEAD, Toy

TOUR_H = """
struct tour;
struct tour_ops {
	int (*room)(struct tour *tour, int a);
	int (*hall)(struct tour *tour, int a);
};
struct tour {
	const struct tour_ops *ops;
	int rooms;
};
int visit(struct tour *tour, int a);
int walk(const struct tour_ops *ops, int a);
"""
OWN = HEAD + "#include <linux/tour.h>\n"
VISIT = OWN + "int visit(struct tour *tour, int a)\n{\n\treturn tour->ops->room(tour, a);\n}\n"
CHANGES = OWN + (
    "extern const struct tour_ops any;\n"
    "int visit(struct tour *tour, int a)\n{\n\ttour->ops = &any;\n\treturn tour->ops->room(tour, a);\n}\n"
)
WALK = OWN + (
    "int walk(const struct tour_ops *ops, int a)\n{\n\tstruct tour tour = { .ops = ops };\n\n"
    "\treturn visit(&tour, a);\n}\n"
)


def tables(errnos: Iterable[str], text: str = "") -> str:
    """A table for each of ``errnos`` whose room gives it, and f_E(), which walks through it; ``text`` is what a room
    does before."""
    return OWN + "".join(
        f"static int room_{name}(struct tour *tour, int a)\n{{\n\t{text}return -{name};\n}}\n"
        f"static const struct tour_ops ops_{name} = {{ .room = room_{name} }};\n"
        f"int f_{name}(int a)\n{{\n\treturn walk(&ops_{name}, a);\n}}\n"
        for name in errnos
    )


FILES = {
    "include/linux/tour.h": TOUR_H,
    "mm/walk.c": WALK,
    "fs/visit.c": VISIT,
    "fs/io.c": tables(["EIO"], "tour->rooms++;\n\t"),
    "mm/busy.c": tables(["EBUSY"]),
}


def tree(root: Path, files: dict[str, str]) -> Toy:
    root.mkdir(exist_ok=True)
    toy = Toy(root)
    toy.write({**FILES, **files})
    api.index(str(toy.root), jobs=1)
    return toy


def values(toy: Toy, function: str) -> set[str]:
    (found,) = api.flow(str(toy.root), function).returns
    return {*found.values, *(() if found.closed else ("open",))} - {"unknown"}


def test_a_table_that_goes_through_three_files(tmp_path: Path) -> None:
    toy = tree(tmp_path, {})
    assert values(toy, "f_EIO") == {"-EIO"}
    assert values(toy, "f_EBUSY") == {"-EBUSY"}
    assert values(toy, "visit") == {"-EIO", "-EBUSY"}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        pytest.param({"fs/visit.c": CHANGES}, {"-EIO", "-EBUSY"}, id="a file sets the field"),
        pytest.param(
            {"fs/io.c": tables(["EIO"], "tour->ops = 0;\n\t")}, {"-EIO", "-EBUSY"}, id="who is called sets it"
        ),
        pytest.param(
            {"fs/io.c": tables(["EIO"], "keep(tour);\n\t")}, {"-EIO", "-EBUSY"}, id="who is called hands it away"
        ),
        pytest.param(
            {"mm/busy.c": tables(["EBUSY"], "tour->ops = 0;\n\t")}, {"-EIO"}, id="one that is not called sets it"
        ),
        pytest.param(
            {"fs/more.c": OWN + "void change(struct tour *tour)\n{\n\ttour->ops = 0;\n}\n"},
            {"-EIO"},
            id="one that does not get it sets it",
        ),
        pytest.param(
            {"fs/visit.c": VISIT.replace("\treturn", "\tstart_thread(tour);\n\treturn")},
            {"-EIO", "-EBUSY"},
            id="a callee that nothing is known of",
        ),
        pytest.param(
            {"fs/visit.c": VISIT.replace("\treturn", "\tlast_tour = tour;\n\treturn")},
            {"-EIO", "-EBUSY"},
            id="a variable of the file keeps it",
        ),
        pytest.param(
            {"mm/walk.c": WALK.replace("\treturn", '\tasm("" : "=m" (tour.ops));\n\treturn')},
            {"-EIO", "-EBUSY"},
            id="assembly sets it",
        ),
        pytest.param(
            {"mm/walk.c": WALK.replace("\treturn", "\tops = other();\n\treturn")},
            {"-EIO", "-EBUSY"},
            id="the parameter changes",
        ),
        pytest.param(
            {"mm/walk.c": WALK.replace(".ops = ops }", ".ops = ops, TOUR_INIT }")},
            {"-EIO", "-EBUSY"},
            id="a macro in the initialiser",
        ),
        pytest.param(
            {"mm/walk.c": WALK.replace("return visit(&tour, a)", "return step(step_to(&tour), a)")},
            {"open"},
            id="handed on by a callee",
        ),
    ],
)
def test_who_may_change_the_struct(tmp_path: Path, files: dict[str, str], told: set[str]) -> None:
    assert values(tree(tmp_path, files), "f_EIO") == told


@pytest.mark.parametrize("reverse", [False, True])
def test_the_order_of_questions_decides_nothing(tmp_path: Path, reverse: bool) -> None:
    toy = tree(tmp_path, {"mm/busy.c": tables(["EBUSY", "EINVAL", "ENOENT"])})
    names = ["visit", "walk", "f_EIO", "f_EBUSY", "f_EINVAL", "f_ENOENT"]
    with catalog_in(str(toy.root), None, None, True, SILENT) as catalog:
        linked = LinkedProgram(catalog, catalog.fillings)
        for name in reversed(names) if reverse else names:
            (function,) = catalog.anywhere(name)
            closed, found = linked.values(function)
            if name.startswith("f_"):
                assert (closed, found) == (True, (f"-{name[2:]}",))
            else:
                assert set(found) == {"-EIO", "-EBUSY", "-EINVAL", "-ENOENT"}


def test_so_many_contexts_are_kept_apart(tmp_path: Path) -> None:
    errnos = ["EPERM", "ENOENT", "EIO"]
    many = OWN + "".join(
        f"static int room_{i}(struct tour *tour, int a)\n{{\n\treturn -{errnos[i % 3]};\n}}\n"
        f"static const struct tour_ops ops_{i} = {{ .room = room_{i} }};\n"
        f"int g_{i}(int a)\n{{\n\treturn walk(&ops_{i}, a);\n}}\n"
        for i in range(MAX_CONTEXTS + 2)
    )
    toy = tree(tmp_path, {"mm/many.c": many})
    with catalog_in(str(toy.root), None, None, True, SILENT) as catalog:
        linked = LinkedProgram(catalog, catalog.fillings)
        for i in range(MAX_CONTEXTS + 2):
            (function,) = catalog.anywhere(f"g_{i}")
            assert f"-{errnos[i % 3]}" in linked.values(function)[1]


def test_so_many_tables_are_one_of_a_few(tmp_path: Path) -> None:
    names = [f"E{name}" for name in ("PERM", "NOENT", "INTR", "NXIO", "BADF", "AGAIN", "NOMEM", "ACCES", "FAULT")]
    assert len(names) == MAX_CHOICES + 1
    sets = "".join(f"\tif (a == {i})\n\t\tops = &ops_{name};\n" for i, name in enumerate(names))
    body = "int g(int a)\n{{\n\tconst struct tour_ops *ops = &ops_EPERM;\n\n{}\treturn walk(ops, a);\n}}\n"
    most = sets.rpartition("\tif")[0]
    toy = tree(tmp_path, {"mm/many.c": tables(names) + body.format(most)})
    assert values(toy, "g") == {f"-{name}" for name in names[:-1]}
    toy = tree(tmp_path / "more", {"mm/many.c": tables(names) + body.format(sets)})
    assert values(toy, "g") == {*(f"-{name}" for name in names), "-EIO", "-EBUSY"}


def test_an_overlay_where_a_callee_sets_the_field(tmp_path: Path) -> None:
    toy = tree(tmp_path, {})
    with catalog_in(str(toy.root), None, None, True, SILENT) as catalog:
        alike = Alike()
        fillings = catalog.fillings
        before = LinkedProgram(catalog, fillings, alike=alike)
        over = overlaid(catalog, overlay(catalog.tree, {"fs/visit.c": CHANGES.encode()}))
        after = LinkedProgram(over, fillings, alike=alike)
        (function,) = catalog.anywhere("f_EIO")
        assert before.values(function) == (True, ("-EIO",))
        assert set(after.values(function)[1]) == {"-EIO", "-EBUSY"}
        assert before.values(function) == (True, ("-EIO",))
