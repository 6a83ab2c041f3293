"""Which mails make the series, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.model.error import InputError
from kscan.model.patch import Series
from kscan.source.series.message import title
from kscan.source.series.read import read_series
from kscan.source.tree import WorkingTree
from tests.source.series.making import read
from tests.source.test_overlay import build


@pytest.fixture
def tree(tmp_path: Path) -> WorkingTree:
    return build(tmp_path / "tree", {})


def mail(subject: str, ids: str = "", to: str = "", diff: bool = True) -> str:
    """A mail with the id ``ids`` in answer to ``to``, whose diff adds a file named after its subject."""
    text = "".join(filter(str.isalnum, subject))
    change = f"--- /dev/null\n+++ b/{text}.c\n@@ -0,0 +1 @@\n+{text}\n" if diff else ""
    head = f"From: a@b\nSubject: {subject}\n"
    head += f"Message-ID: <{ids}>\n" if ids else ""
    head += f"In-Reply-To: <{to}>\n" if to else ""
    return f"From a@b Mon Jan  5 10:00:00 2026\n{head}\nText.\n---\n{change}\n"


def box(tree: WorkingTree, *mails: str) -> Series:
    return read(tree, "".join(mails).encode())


def subjects(series: Series) -> str:
    return " ".join(one.subject for one in series.patches)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[PATCH] mm: s", ("mm: s", 1, 1, 1, False, False)),
        ("[PATCH v3 02/10] mm: s", ("mm: s", 2, 10, 3, True, False)),
        ("[RFC PATCH net-next,v2,1/2] s [x]", ("s [x]", 1, 2, 2, True, False)),
        ("[PATCH 0/2] [media] s", ("s", 0, 2, 1, True, False)),
        ("[PATCH V2.1 1/2]s", ("s", 1, 2, 2, True, False)),
        ("Re: [PATCH 1/2] s", ("s", 1, 2, 1, True, True)),
        ("RE: Fwd: s", ("s", 1, 1, 1, False, True)),
        ("s: [PATCH 1/2]", ("s: [PATCH 1/2]", 1, 1, 1, False, False)),
        ("", ("", 1, 1, 1, False, False)),
    ],
)
def test_a_subject_is_taken_apart(text: str, told: tuple[object, ...]) -> None:
    assert tuple(title(text)) == told


def test_numbers_decide_and_the_cover_letter_stands_apart(tree: WorkingTree) -> None:
    series = box(
        tree, mail("[PATCH 3/3] c"), mail("[PATCH 1/3] a"), mail("[PATCH 0/3] all", diff=False), mail("[PATCH 2/3] b")
    )
    assert (subjects(series), series.notes) == ("a b c", ())
    assert series.cover is not None and (series.cover.subject, series.cover.number) == ("all", 0)


def test_more_than_nine_are_sorted_as_numbers(tree: WorkingTree) -> None:
    series = box(tree, *(mail(f"[PATCH {n}/12] p{n}") for n in range(12, 0, -1)))
    assert subjects(series) == " ".join(f"p{n}" for n in range(1, 13))


def test_patches_without_numbers_stay_as_they_come(tree: WorkingTree) -> None:
    assert subjects(box(tree, mail("[PATCH] b"), mail("[PATCH] a"))) == "b a"


def test_an_answer_comes_behind_what_it_answers(tree: WorkingTree) -> None:
    series = box(tree, mail("[PATCH] fix", "2", to="1"), mail("[PATCH] first", "1"))
    assert subjects(series) == "first fix"


def test_what_is_missing_is_said(tree: WorkingTree) -> None:
    series = box(tree, mail("[PATCH 1/4] a"), mail("[PATCH 3/4] c"))
    assert (subjects(series), series.notes) == ("a c", ("patch 2/4 is missing", "patch 4/4 is missing"))


def test_one_patch_of_a_series_is_no_gap(tree: WorkingTree) -> None:
    assert box(tree, mail("[PATCH 3/4] c")).notes == ()


def test_a_patch_without_a_diff_is_said(tree: WorkingTree) -> None:
    series = box(tree, mail("[PATCH 1/2] a"), mail("[PATCH 2/2] b", diff=False))
    assert (subjects(series), series.notes) == ("a", ("patch 2/2 (b): no diff in it",))


def test_the_same_mail_twice_counts_once(tree: WorkingTree) -> None:
    series = box(tree, mail("[PATCH 1/2] a", "1"), mail("[PATCH 1/2] a", "1"), mail("[PATCH 2/2] b", "2"))
    assert (subjects(series), series.notes) == ("a b", ())


def test_a_patch_sent_twice_counts_as_sent_last(tree: WorkingTree) -> None:
    series = box(tree, mail("[PATCH 1/2] a", "1"), mail("[PATCH 2/2] b", "2"), mail("[PATCH 1/2] a", "3"))
    assert subjects(series) == "a b"
    assert series.patches[0].mail.message_id == "3"
    assert series.notes == ("patch 1/2 (a) was sent twice; the later one counts",)


def test_the_latest_version_counts(tree: WorkingTree) -> None:
    series = box(
        tree,
        mail("[PATCH 0/2] all", "0", diff=False),
        mail("[PATCH v2 0/1] all", "20", diff=False),
        mail("[PATCH v2 1/1] b", "21", to="20"),
        mail("[PATCH 1/2] a", "1", to="0"),
        mail("[PATCH 2/2] b", "2", to="0"),
    )
    assert subjects(series) == "b"
    assert series.cover is not None and series.cover.version == 2
    assert series.notes == ("version 1 left out (2 patches): sent again",)


def test_a_version_with_another_subject_in_the_thread_counts(tree: WorkingTree) -> None:
    series = box(tree, mail("[PATCH] mm: add a", "1"), mail("[PATCH v2] mm: introduce a", "2", to="1"))
    assert (subjects(series), series.notes) == ("mm: introduce a", ("version 1 left out (1 patch): sent again",))


def test_one_patch_sent_anew_in_the_thread_takes_its_place(tree: WorkingTree) -> None:
    series = box(
        tree, mail("[PATCH 1/2] a", "1"), mail("[PATCH 2/2] b", "2", to="1"), mail("[PATCH v2 2/2] b", "3", to="2")
    )
    assert [(one.subject, one.version) for one in series.patches] == [("a", 1), ("b", 2)]
    assert series.notes == (
        "1/2 of version 1 stay: version 2 does not have them",
        "version 1 left out (1 patch): sent again",
    )


def test_versions_of_different_patches_are_all_meant(tree: WorkingTree) -> None:
    assert subjects(box(tree, mail("[PATCH] a"), mail("[PATCH v2] b"))) == "a b"


def test_two_series_in_one_box_are_kept_apart(tree: WorkingTree) -> None:
    series = box(tree, mail("[PATCH 1/2] a"), mail("[PATCH 2/2] b"), mail("[PATCH 2/2] d"), mail("[PATCH 1/2] c"))
    assert subjects(series) == "a b c d"


def test_answers_are_no_patches(tree: WorkingTree) -> None:
    series = box(tree, mail("[PATCH 1/1] a"), mail("Re: [PATCH 1/1] a", diff=False), mail("Re: [PATCH 1/1] a"))
    assert (subjects(series), series.notes) == ("a", ("1 answer with a diff left out, such as 'Re: [PATCH 1/1] a'",))


def test_an_answer_alone_is_meant(tree: WorkingTree) -> None:
    assert subjects(box(tree, mail("Re: how about this?"))) == "how about this?"


def test_a_cover_letter_alone_is_no_series(tree: WorkingTree, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^standard input: a cover letter alone; name the patches too$"):
        box(tree, mail("[PATCH 0/3] all", diff=False))
    with pytest.raises(InputError, match=r"a mail without a diff \(lunch\?\)"):
        box(tree, mail("lunch?", diff=False))
    (tmp_path / "0000-cover.patch").write_text(mail("[PATCH 0/3] all", diff=False))
    with pytest.raises(InputError, match=r"0000-cover\.patch: a cover letter alone"):
        read_series(tree, [str(tmp_path / "0000-cover.patch")])


@pytest.mark.parametrize("kind", ["cc", "combined"])
def test_a_combined_diff_is_named(tree: WorkingTree, kind: str) -> None:
    shown = f"diff --{kind} mm/x.c\nindex 1,2..3\n--- a/mm/x.c\n+++ b/mm/x.c\n@@@ -1 -1 +1,2 @@@\n  1\n++2\n"
    with pytest.raises(InputError, match=r"a combined diff, of a merge; name the diff against one parent"):
        box(tree, mail("[PATCH] x", diff=False) + f"---\n{shown}")
