"""Patches to a small tree: what each introduces, what it only moves, and what a later one repairs."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.model.error import InputError
from tests.review.series import Series

GRAB = """
/**
 * grab() - grab a thing
 * @n: which
 *
 * Return: 0 on success, -EINVAL for a bad number.
 */
int grab(int n)
{
	if (n < 0)
		return -EINVAL;
	return 0;
}
"""
BUSY = GRAB.replace("\treturn 0;", "\tif (n > 9)\n\t\treturn -EBUSY;\n\treturn 0;")
TOLD = BUSY.replace("bad number.", "bad number, -EBUSY for a large one.")
USER = """
int grab(int n);

/**
 * use() - use a thing
 * @n: which
 *
 * Return: 0 on success, -EINVAL for a bad number.
 */
int use(int n)
{
	return grab(n);
}
"""
SWITCH = """
int grab(int n);
int report(int why);

int hold(int n)
{
	int res = grab(n);

	switch (res) {
	case 0:
		return 0;
	case -EINVAL:
		return report(1);
	case -EIO:
		return report(2);
	default:
		return report(0);
	}
}
"""
TWO = GRAB.replace("\treturn 0;", "\tif (n == 7)\n\t\treturn -EIO;\n\treturn 0;").replace("number.", "number, -EIO.")


def test_a_clean_patch(tmp_path: Path) -> None:
    series = Series(tmp_path, {"grab.c": GRAB, "use.c": USER})
    result = series.patch(grab=GRAB.replace("n < 0", "n < 1")).review()
    assert result.findings == () and result.changes == () and result.bisect == () and result.dispositions == ()
    assert [patch.patch.subject for patch in result.patches] == ["step 1"]


def test_documentation_that_becomes_false_here_and_in_an_untouched_file(tmp_path: Path) -> None:
    series = Series(tmp_path, {"grab.c": GRAB, "use.c": USER})
    result = series.patch(grab=BUSY).review()
    assert [(f.rule, f.span.file, f.function, f.subject) for f in result.findings] == [
        ("undocumented-errno", "grab.c", "grab", "-EBUSY"),
        ("undocumented-errno", "use.c", "use", "-EBUSY"),
    ]
    there = result.findings[1]
    assert [step.function for step in there.steps].count("grab") >= 1, "the path leads into the file that was patched"
    assert series.line(1, "grab.c", there.steps[-2].span.start) in {"return -EBUSY;", "if (n > 9)"}
    assert {change.function: [one.value for one in change.added] for change in result.changes} == {
        "grab": ["-EBUSY"],
        "use": ["-EBUSY"],
    }
    assert [change.edited for change in result.changes] == [True, False]


def test_what_one_patch_breaks_and_the_next_repairs_is_said_once(tmp_path: Path) -> None:
    series = Series(tmp_path, {"grab.c": GRAB})
    result = series.patch(grab=BUSY).patch(grab=TOLD).review()
    assert result.findings == ()
    assert [(one.broken, one.repaired, one.finding.rule) for one in result.bisect] == [(1, 2, "undocumented-errno")]
    assert [[one.value for one in change.added] for change in result.changes] == [["-EBUSY"]]


def test_what_is_broken_stays_with_the_patch_that_breaks_it(tmp_path: Path) -> None:
    series = Series(tmp_path, {"grab.c": GRAB, "use.c": USER})
    result = series.patch(grab=BUSY).patch(use=USER.replace("a thing", "any thing")).review()
    assert [len(patch.findings) for patch in result.patches] == [2, 0]
    assert result.bisect == ()


@pytest.mark.parametrize("name", ["moved", "renamed variable", "comment", "blank lines", "another file"])
def test_what_only_moves_is_not_new(tmp_path: Path, name: str) -> None:
    other = "\nint other(void)\n{\n\treturn -EIO;\n}\n"
    made = {
        "moved": {"f": other + BUSY},
        "renamed variable": {"f": BUSY.replace("int n", "int number").replace("(n", "(number") + other},
        "comment": {"f": BUSY + "\n/* Nothing to see. */\n" + other},
        "blank lines": {"f": "\n\n" + BUSY + "\n" + other},
        "another file": {"f": other, "g": BUSY},
    }[name]
    series = Series(tmp_path, {"f.c": BUSY + other})
    result = series.patch(**made).review()
    assert result.findings == () and result.changes == () and result.dispositions == ()


def test_a_caller_that_tells_errnos_apart_folds_a_new_one(tmp_path: Path) -> None:
    series = Series(tmp_path, {"grab.c": TWO, "hold.c": SWITCH})
    more = TWO.replace("\treturn 0;", "\tif (n == 9)\n\t\treturn -EBUSY;\n\treturn 0;").replace(
        "-EIO.", "-EIO, -EBUSY."
    )
    result = series.patch(grab=more).review()
    (found,) = result.findings
    assert (found.rule, found.severity, found.span.file, found.function) == ("folded-errno", "note", "hold.c", "hold")
    assert "-EBUSY" in found.message and "-EIO and -EINVAL" in found.message
    assert series.line(1, "hold.c", found.span.start) == "default:"
    (change,) = result.dispositions
    assert (change.caller, change.callee, change.value, change.before, change.after) == (
        "hold",
        "grab",
        "-EBUSY",
        None,
        "folded",
    )
    assert result.patches[0].findings == (found,)


def test_a_fold_that_a_later_patch_tells_apart_is_a_note(tmp_path: Path) -> None:
    series = Series(tmp_path, {"grab.c": TWO, "hold.c": SWITCH})
    more = TWO.replace("\treturn 0;", "\tif (n == 9)\n\t\treturn -EBUSY;\n\treturn 0;").replace(
        "-EIO.", "-EIO, -EBUSY."
    )
    case = SWITCH.replace("\tdefault:", "\tcase -EBUSY:\n\t\treturn report(3);\n\tdefault:")
    result = series.patch(grab=more).patch(hold=case).review()
    assert result.findings == ()
    assert [(one.broken, one.repaired, one.finding.rule) for one in result.bisect] == [(1, 2, "folded-errno")]
    assert [(one.value, one.before, one.after) for one in result.dispositions] == [("-EBUSY", None, "distinguished")]


def test_passing_on_is_no_fold(tmp_path: Path) -> None:
    body = "\tint ret = grab(n);\n\n\tif (ret < 0)\n\t\treturn ret;\n\treturn 0;\n"
    plain = "\nint grab(int n);\n\nint hold(int n)\n{\n" + body + "}\n"
    series = Series(tmp_path, {"grab.c": GRAB, "hold.c": plain})
    result = series.patch(grab=TOLD).review()
    assert result.findings == ()
    assert [(one.caller, one.after) for one in result.dispositions] == [("hold", "propagated")]


def test_a_remap_is_told(tmp_path: Path) -> None:
    before = "\nint grab(int n);\n\nint hold(int n)\n{\n\tint ret = grab(n);\n\n\treturn ret;\n}\n"
    after = before.replace("\treturn ret;", "\tif (ret == -EINVAL)\n\t\tret = -EIO;\n\treturn ret;")
    series = Series(tmp_path, {"grab.c": GRAB, "hold.c": before})
    result = series.patch(hold=after).review(ignore=["remapped-errno"])
    (change,) = result.changes
    assert change.remapped == (("-EINVAL", "-EIO"),)
    assert change.removed == ("-EINVAL",)
    assert [one.value for one in change.added] == ["-EIO"]


def test_what_was_not_known_before_is_not_new(tmp_path: Path) -> None:
    head = "\nint far(int n);\n\nint grab(int n)\n{\n"
    before = head + "\treturn far(n);\n}\n"
    after = head + "\tint ret = far(n);\n\n\tif (!ret)\n\t\treturn -EIO;\n\treturn ret;\n}\n"
    series = Series(tmp_path, {"grab.c": before})
    (change,) = series.patch(grab=after).review(select=["folded-errno"]).changes
    assert [one.value for one in change.added] == ["-EIO"]
    assert change.removed == ()
    (change,) = series.patch(grab=before).review(select=["folded-errno"]).patches[1].changes
    assert (change.added, change.removed) == ((), ("-EIO",))


def test_a_function_that_goes_away(tmp_path: Path) -> None:
    series = Series(tmp_path, {"grab.c": GRAB, "use.c": USER})
    result = series.patch(grab="\nint other;\n").review()
    gone = next(change for change in result.changes if change.function == "grab")
    assert gone.gone and series.line(0, "grab.c", gone.span.start) == "int grab(int n)"


def test_names_and_rules(tmp_path: Path) -> None:
    camel = GRAB.replace("int grab(int n)", "int grab(int theNumber)").replace("(n <", "(theNumber <")
    series = Series(tmp_path, {"grab.c": GRAB})
    series.patch(grab=camel.replace("@n", "@theNumber"))
    assert [finding.rule for finding in series.review().findings] == ["camelcase-name"]
    assert series.review(ignore=["camelcase-name"]).findings == ()
    assert series.review(select=["undocumented-errno"]).findings == ()


def test_what_cannot_be_reviewed(tmp_path: Path) -> None:
    series = Series(tmp_path, {"grab.c": GRAB})
    with pytest.raises(InputError, match="no patch named"):
        series.review()
    series.patch(grab=BUSY)
    series.tree.write({"grab.c": "int unlike;\n"})
    with pytest.raises(InputError, match=r"grab\.c"):
        series.review()


CAMEL = """
static int GrabAgain(int n)
{
	return grab(n);
}
"""


def test_a_rename_is_worked_out_only_where_the_tree_has_the_patch(tmp_path: Path) -> None:
    """Names are looked for in the files on disk, which are not those that the patch makes."""
    result = Series(tmp_path, {"a.c": GRAB + "\nint n;\n"}).patch(a=GRAB + CAMEL).review()
    (found,) = result.findings
    assert (found.rule, found.fix) == ("camelcase-name", None)
    (gap,) = result.patches[0].gaps
    assert "worked out in the tree on disk" in gap.reason


def test_what_a_later_patch_leaves_as_it_is_is_not_repaired(tmp_path: Path) -> None:
    """Rules on what is added are silent about it in the next patch, which changes the file all the same."""
    series = Series(tmp_path, {"a.c": GRAB})
    shaped = GRAB + CAMEL
    other = shaped.replace("\treturn grab(n);", "\tn++;\n\treturn grab(n);")
    elsewhere = other.replace("n < 0", "n < 1")
    result = series.patch(a=shaped).patch(a=other).patch(a=elsewhere).review()
    assert [[one.rule for one in patch.findings] for patch in result.patches] == [["camelcase-name"], [], []]
    assert result.bisect == ()
    renamed = elsewhere.replace("GrabAgain", "grab_again")
    assert [(one.broken, one.repaired) for one in series.patch(a=renamed).review().bisect] == [(1, 4)]


STEPS = "\n".join(f"int step{n}(int n)\n{{\n\tint ret = step{n + 1}(n + 1);\n\n\treturn ret;\n}}" for n in range(60))
STEPS += "\nint step60(int n)\n{\n\treturn n == 9 ? -EIO : 0;\n}\n"
EARLY = """
int asks0(int n)
{
	return 0;
}

int asks1(int n)
{
	return 1;
}

int asks2(int n)
{
	return 2;
}
"""
EARLIER = EARLY.replace("return 0", "return step40(n)").replace("return 1", "return step20(n)")
WIDE = USER.replace("int n);", "int n);\nint aim(int n);\nint step0(int n);", 1).replace(
    "\treturn grab", "\tif (n & 1)\n\t\treturn aim(n);\n\tif (n & 2)\n\t\treturn step0(n);\n\treturn grab"
)
AIM = "\nint aim(int n)\n{\n\tif (n == 5)\n\t\treturn -EAGAIN;\n\treturn 0;\n}\n"


def test_what_was_too_much_to_find_out_is_not_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kscan.review.versions.EACH", 40)
    series = Series(tmp_path, {"a.c": EARLY, "aim.c": AIM, "grab.c": GRAB, "step.c": STEPS, "use.c": WIDE})
    result = series.patch(a=EARLIER.replace("return 2", "return use(n)"), grab=BUSY).review()
    found = {(one.rule, one.function, one.subject) for one in result.patches[0].findings}
    assert ("undocumented-errno", "use", "-EBUSY") in found, "it is returned from now on"
    assert ("undocumented-errno", "use", "-EAGAIN") not in found, "it was returned before, and nobody could know"
