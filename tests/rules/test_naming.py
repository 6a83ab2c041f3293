"""Which names are meant to be of mixed case, what the others could be called, and what a name says by its grammar."""

from __future__ import annotations

import pytest

from kscan.facts.declared import Declared, Kind, is_mixed
from kscan.model.facts import Param
from kscan.rules.grammar import is_command, is_question
from kscan.rules.naming import is_meant, parts_of, suggestions


@pytest.mark.parametrize("name", ["frobTable", "Frob", "FrobTable", "HWPoison", "max_uV", "frob_isOk", "a1B"])
def test_mixed_case(name: str) -> None:
    assert is_mixed(name)


@pytest.mark.parametrize("name", ["frob_table", "FROB_TABLE", "frob2", "x", "X", "_frob", "FROB2", "frob_FROB"])
def test_one_case(name: str) -> None:
    assert not is_mixed(name)


@pytest.mark.parametrize(
    "name",
    [
        *("PageFrob", "SetPageFrob", "ClearPageFrob", "TestSetPageFrob", "TestClearPageFrob", "__SetPageFrob"),
        *(
            "TestFrob",
            "folio_test_Frob",
            "max_uV",
            "step_mA",
            "rate_kHz",
            "get_uW_of",
            "size_MiB",
            "loss_dBm",
            "yN_inv",
        ),
        *("load_kBps", "load_loadN", "temp_mC_max", "uV"),
    ],
)
def test_meant(name: str) -> None:
    assert is_meant(name)


@pytest.mark.parametrize(
    "name", ["frobTable", "Pagefrob", "HWPoisonFrob", "max_Volt", "pageFrob", "rate_kHzMax", "Set"]
)
def test_not_meant(name: str) -> None:
    assert not is_meant(name)


def _named(name: str, kind: Kind = "function", type_: str = "int", param: str = "") -> Declared:
    params = (Param("p", param),) if param else ()
    return Declared(name, kind, "f.c", 0, len(name), "", type_, params)


SPOKEN = {"hwpoison": 31, "hw": 2, "poison": 5, "page": 60, "frob": 2}


@pytest.mark.parametrize(
    ("one", "wanted"),
    [
        (_named("frobTable"), "frob_table"),
        (_named("FROBTable"), "frob_table"),
        (_named("numFROBs"), "num_frobs"),
        (_named("useNTLMv2Now"), "use_ntlmv2_now"),
        (_named("l2Blocks"), "l2_blocks"),
        (_named("frob_isLost", type_="bool"), "frob_is_lost"),
        (_named("frobLost", type_="bool"), "is_frob_lost"),
        (_named("HWPoisonKernelOwned", type_="bool", param="struct page *"), "is_kernel_owned_page"),
        (_named("HWPoisonKernelOwned", type_="int", param="struct page *"), "hwpoison_kernel_owned"),
        (_named("FrobOwned", type_="bool", param="struct inode *"), "is_frob_owned_inode"),
        (_named("FrobPageOwned", type_="bool", param="const struct page *"), "is_frob_page_owned"),
        (_named("pFrob", "parameter"), "frob"),
        (_named("FrobWeight", "macro"), "frob_weight"),
        (_named("__frobTable"), "frob_table"),
        (_named("readKiB", "variable"), "read_KiB"),
        (_named("maxRate2GHz", "variable"), "max_rate2_GHz"),
    ],
)
def test_the_best_suggestion(one: Declared, wanted: str) -> None:
    assert suggestions(one, SPOKEN)[0] == wanted


def test_words_are_counted_in_plain_names_only() -> None:
    assert parts_of(["hw_poison", "hw_page", "HwPoison", "HW_BIT"]) == {"hw": 3, "poison": 1, "page": 1, "bit": 1}


@pytest.mark.parametrize("name", ["is_full", "frob_is_full", "has_room", "frob_can_turn", "__should_stop_now"])
def test_questions(name: str) -> None:
    assert is_question(name, "mm/frob.c")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("can_send", "net/can/af_can.c"),
        ("frob_is_full_show", "mm/frob.c"),
        ("check_has_room", "mm/frob.c"),
        ("is", "mm/frob.c"),
        ("frob_full", "mm/frob.c"),
        ("this_can", "mm/frob.c"),
        ("frob_where_is_it_kept", "mm/frob.c"),
    ],
)
def test_no_questions(name: str, file: str) -> None:
    assert not is_question(name, file)


def test_commands() -> None:
    names = ["add_frob", "__alloc_frob", "try_frob", "frob_add", "set_is_full", "check_frob"]
    assert [name for name in names if is_command(name)] == ["add_frob", "__alloc_frob"]
