"""Contract files: what is read, and that every mistake is one line with file, key and what was expected."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.contracts import reader
from kscan.model.contract import CallerClause, Contract
from kscan.model.error import InputError

GOOD = """\
[[contract]]
name = "slots"
reason = "A stale slot must be given up."
callee = "grab_slot"
file = "drivers/slot/core.c"
errnos = ["-ESTALE"]

[[contract.caller]]
function = "slot_release"
must = "distinguish"
reason = "Only a stale slot may be forgotten."

[[contract.caller]]
function = "slot_peek"
must = "never-receive"
reason = "It asks for no reference."
"""

SLOTS = Contract(
    name="slots",
    reason="A stale slot must be given up.",
    callee="grab_slot",
    file="drivers/slot/core.c",
    errnos=("-ESTALE",),
    callers=(
        CallerClause("slot_release", "distinguish", "Only a stale slot may be forgotten."),
        CallerClause("slot_peek", "never-receive", "It asks for no reference."),
    ),
    origin="c.toml",
)


def test_reads_what_is_written() -> None:
    assert reader.read_contracts(GOOD, "c.toml") == (SLOTS,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"A stale slot must be given up."', '"""\nA stale slot\n  must be given up."""'),
        ("\n", "\r\n"),
        ('"slots"', "'slots'"),
        ('errnos = ["-ESTALE"]', 'errnos = [\n  "-ESTALE", # gone\n]'),
    ],
    ids=["folded reason", "CRLF", "literal string", "array over lines"],
)
def test_spellings_of_the_same_contract(old: str, new: str) -> None:
    assert reader.read_contracts(GOOD.replace(old, new), "c.toml") == (SLOTS,)


def test_keeps_the_order_of_the_file() -> None:
    second = GOOD.replace('"slots"', '"again"')
    assert [found.name for found in reader.read_contracts(GOOD + second, "c.toml")] == ["slots", "again"]


def test_errno_names_with_underscores_exist() -> None:
    text = GOOD.replace('"-ESTALE"', '"-ERESTART_RESTARTBLOCK", "-E2BIG"')
    assert reader.read_contracts(text, "c.toml")[0].errnos == ("-ERESTART_RESTARTBLOCK", "-E2BIG")


ERRNOS = 'an array of at least one errno, each a negated errno such as "-EIO"'
MUST = 'one of "distinguish", "propagate", "never-receive"'
PATH = 'the path of a .c or .h file from the root of the tree, such as "mm/memory-failure.c"'

MISTAKES = [
    # what is wrong, old text, new text, the message after "c.toml: "
    ("misspelt must", '"distinguish"', '"distinguishes"',
     f'contract[0].caller[0].must: expected {MUST}, found "distinguishes" (did you mean "distinguish"?)'),
    ("unknown must", '"distinguish"', '"xyz"', f'contract[0].caller[0].must: expected {MUST}, found "xyz"'),
    ("must of another type", '"never-receive"', "true",
     f"contract[0].caller[1].must: expected {MUST}, found the boolean true"),
    ("misspelt key", "callee =", "calee =", 'contract[0].calee: unknown key (did you mean "callee"?)'),
    ("misspelt table", "[[contract.caller]]", "[[contract.callers]]",
     'contract[0].callers: unknown key (did you mean "caller"?)'),
    ("misspelt top table", "[[contract]]", '[[contracts]]\nx = 1\n[[contract]]',
     'contracts: unknown key (did you mean "contract"?)'),
    ("unknown key", 'must = "distinguish"', 'zzz = 1\nmust = "distinguish"',
     "contract[0].caller[0].zzz: unknown key (known: function, must, reason)"),
    ("key in need of quotes", "callee =", '"a b.c" = 1\ncallee =',
     'contract[0]."a b.c": unknown key (known: name, reason, callee, file, errnos, caller)'),
    ("missing key", 'must = "distinguish"\n', "", f"contract[0].caller[0].must: expected {MUST}, found no such key"),
    ("missing errnos", 'errnos = ["-ESTALE"]\n', "",
     f"contract[0].errnos: expected {ERRNOS}, found no such key"),
    ("no errno", '["-ESTALE"]', "[]",
     f"contract[0].errnos: expected {ERRNOS}, found an empty array"),
    ("errno that is no array", '["-ESTALE"]', '"-ESTALE"',
     f'contract[0].errnos: expected {ERRNOS}, found "-ESTALE"'),
    ("errno without minus", '"-ESTALE"', '"ESTALE"',
     'contract[0].errnos[0]: expected a negated errno such as "-EIO", found "ESTALE" (did you mean "-ESTALE"?)'),
    ("errno in small letters", '"-ESTALE"', '"-EIO", "-estale"',
     'contract[0].errnos[1]: expected a negated errno such as "-EIO", found "-estale" (did you mean "-ESTALE"?)'),
    ("errno as a number", '"-ESTALE"', "-116",
     'contract[0].errnos[0]: expected a negated errno such as "-EIO", found the integer -116'),
    ("errno twice", '["-ESTALE"]', '["-ESTALE", "-EIO", "-ESTALE"]',
     'contract[0].errnos[2]: "-ESTALE" is already at contract[0].errnos[0]: expected each one once'),
    ("caller twice", '"slot_peek"', '"slot_release"',
     'contract[0].caller[1].function: "slot_release" is already at contract[0].caller[0]: expected each one once'),
    ("function with brackets", '"grab_slot"', '"grab_slot()"',
     'contract[0].callee: expected the name of a C function, found "grab_slot()"'),
    ("empty function", '"slot_peek"', '""',
     'contract[0].caller[1].function: expected the name of a C function, found ""'),
    ("blank reason", '"It asks for no reference."', '" \\n "',
     'contract[0].caller[1].reason: expected a sentence, found " \\n "'),
    ("capital name", '"slots"', '"Slots"',
     'contract[0].name: expected a name of lower-case letters, digits and hyphens such as "hwpoison", found "Slots"'),
    ("absolute path", '"drivers/slot', '"/drivers/slot',
     f'contract[0].file: expected {PATH}, found "/drivers/slot/core.c"'),
    ("path out of the tree", '"drivers/slot', '"../slot', f'contract[0].file: expected {PATH}, found "../slot/core.c"'),
    ("path with a step back", '"drivers/slot', '"drivers/../slot',
     f'contract[0].file: expected {PATH}, found "drivers/../slot/core.c"'),
    ("folder", '"drivers/slot/core.c"', '"drivers/slot"', f'contract[0].file: expected {PATH}, found "drivers/slot"'),
    ("plain table", "[[contract]]", "[contract]", "contract: expected at least one [[contract]] table, found a table"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES])
def test_a_mistake_names_file_key_and_expectation(old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(InputError) as caught:
        reader.read_contracts(GOOD.replace(old, new), "c.toml")
    assert str(caught.value) == f"c.toml: {told}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "contract: expected at least one [[contract]] table, found no such key"),
        ("contract = []", "contract: expected at least one [[contract]] table, found an empty array"),
        ("contract = [1]", "contract[0]: expected a table with the keys name, reason, callee, file, errnos, caller, "
         "found the integer 1"),
        (GOOD + GOOD, 'contract[1].name: "slots" is already at contract[0]: expected each one once'),
    ],
    ids=["empty file", "no contract", "no table", "name twice"],
)  # fmt: skip
def test_mistakes_of_the_whole_file(text: str, told: str) -> None:
    with pytest.raises(InputError, match=re.escape(f"c.toml: {told}") + "$"):
        reader.read_contracts(text, "c.toml")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (GOOD.replace('name = "slots"', "name: slots"), r"\(at line 2, column 5\)"),
        (GOOD.replace('"It asks for no reference."', '"It asks'), r"\(at line 16, column 18\)"),
        (GOOD + 'x = "', r"\(at line 17, the end of the file\)"),
        (GOOD.replace('errnos = ["-ESTALE"]', 'callee = "b"'), r"\(at line 6, column 13\)"),
        ("x = " + "[" * 100_000, "nested too deeply"),
        ("x = " + "9" * 10_000, "."),
    ],
    ids=["no equals sign", "open string", "open string at the end", "key twice", "nested", "huge number"],
)
def test_toml_syntax_has_line_and_column(text: str, place: str) -> None:
    with pytest.raises(InputError, match=rf"^c\.toml: TOML syntax: .*{place}"):
        reader.read_contracts(text, "c.toml")


def test_load_names_the_path_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("\ufeff" + GOOD, "utf-8")
    assert [found.origin for found in reader.load(path)] == [str(path)]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"# caf\xe9\n", "expected UTF-8 text, found the byte 0xe9 in line 1"),
        (b"\x7fELF\x00\x01", "TOML syntax: "),
        (b"#" * (reader.LIMIT + 1), f"expected a contract file of at most {reader.LIMIT} bytes, found more"),
    ],
    ids=["latin-1", "binary", "too large"],
)
def test_load_of_other_bytes(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(data)
    with pytest.raises(InputError, match=re.escape(f"{path}: {told}")):
        reader.load(path)


@pytest.mark.parametrize("name", ["", "none.toml", "nul\0.toml"], ids=["folder", "missing", "no path at all"])
def test_load_of_what_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"cannot read the contract file: .+"):
        reader.load(tmp_path / name)


def test_the_shipped_contract() -> None:
    (hwpoison,) = reader.shipped()
    assert (hwpoison.name, hwpoison.callee, hwpoison.file) == ("hwpoison", "get_hwpoison_page", "mm/memory-failure.c")
    assert hwpoison.errnos == ("-ENOTRECOVERABLE",)
    assert {clause.function: clause.must for clause in hwpoison.callers} == {
        "memory_failure": "distinguish",
        "soft_offline_page": "propagate",
        "unpoison_memory": "never-receive",
    }


def _written(folder: Path, file: str, name: str) -> Path:
    path = folder / file
    path.write_text(GOOD.replace('"slots"', f'"{name}"'), "utf-8")
    return path


def test_given_contracts_join_the_shipped_ones(tmp_path: Path) -> None:
    names = [found.name for found in reader.in_force([_written(tmp_path, "a.toml", "slots")])]
    assert names == ["hwpoison", "slots"]


def test_a_given_contract_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    (only,) = reader.in_force([_written(tmp_path, "a.toml", "hwpoison")])
    assert only.callee == "grab_slot"


def test_two_given_files_must_not_use_one_name(tmp_path: Path) -> None:
    paths = [_written(tmp_path, "a.toml", "slots"), _written(tmp_path, "b.toml", "slots")]
    told = f'{paths[1]}: contract "slots" is already in {paths[0]}: rename one of them'
    with pytest.raises(InputError, match=re.escape(told)):
        reader.in_force(paths)


@given(st.text(max_size=40), st.integers(min_value=0, max_value=len(GOOD)), st.integers(min_value=0, max_value=30))
def test_any_damage_is_read_or_told_in_one_line(junk: str, at: int, cut: int) -> None:
    text = GOOD[:at] + junk + GOOD[at + cut :]
    try:
        reader.read_contracts(text, "c.toml")
    except InputError as mistake:
        assert str(mistake).startswith("c.toml: ")
        assert len(str(mistake).splitlines()) == 1
