"""The words of a compiler are read as a compiler reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.cc.command import read_command
from kscan.dialect.conditions import decide
from kscan.dialect.kconfig import read_autoconf
from kscan.model.error import InputError


def test_the_last_word_is_the_file_and_the_header_names_the_tree(tmp_path: Path) -> None:
    words = ["-Wp,-MMD,mm/.x.o.d", "-nostdinc", "-I../src/include", "-include", "../src/include/linux/kconfig.h"]
    said = read_command(tmp_path, [*words, "-c.c", "../src/mm/x.c"])
    assert (said.source, said.tree) == ("../src/mm/x.c", tmp_path / "../src")


def test_the_first_folder_with_an_autoconf_decides(tmp_path: Path) -> None:
    for name in ("b", "c"):
        (tmp_path / name / "generated").mkdir(parents=True)
        (tmp_path / name / "generated/autoconf.h").touch()
    said = read_command(tmp_path, ["-Ia", "-I", "b", "-isystem", "c", "x.c"])
    assert said.autoconf == tmp_path / "b/generated/autoconf.h"
    assert read_command(tmp_path, ["-Ia", "x.c"]).symbols({}) is None


def test_words_that_are_numbers_are_defined(tmp_path: Path) -> None:
    words = ["-D__KERNEL__", "-D", "N=3", "-DNAME=text", "-DGONE", "-UGONE", "x.c"]
    assert read_command(tmp_path, words).defined == {"__KERNEL__": "1", "N": "3", "GONE": "n", "MODULE": "n"}
    assert read_command(tmp_path, ["-DMODULE", "x.c"]).defined["MODULE"] == "1"


def test_our_own_options_come_first(tmp_path: Path) -> None:
    said = read_command(tmp_path, ["--strict", "--select", "a,b", "--ignore=c", "-D--strict", "x.c"])
    assert (said.strict, said.select, said.ignore) == (True, ("a", "b"), ("c",))
    assert not read_command(tmp_path, ["-Wall", "--strict", "x.c"]).strict
    with pytest.raises(InputError, match="name a rule"):
        read_command(tmp_path, ["--select", "x.c"])


def test_autoconf_says_what_a_config_says() -> None:
    text = (
        '#define CONFIG_A 1\n#define CONFIG_B_MODULE 1\n#define CONFIG_C "a \\"b\\""\n#define CONFIG_D 0x10\nint x;\n'
    )
    symbols = read_autoconf(text)
    assert symbols["CONFIG_B"] == "m"
    assert (symbols["CONFIG_C"], symbols["CONFIG_D"]) == ('a \\"b\\"', "0x10")
    for condition, value in (
        (b"defined(CONFIG_A)", 1),
        (b"IS_ENABLED(CONFIG_B)", 1),
        (b"IS_BUILTIN(CONFIG_B)", 0),
        (b"IS_MODULE(CONFIG_B)", 1),
        (b"defined(CONFIG_B_MODULE)", 1),
        (b"CONFIG_D > 15", 1),
        (b"defined(CONFIG_E)", 0),
        (b"defined(MODULE)", None),
    ):
        assert decide(condition, symbols) == value, condition
    assert decide(b"defined(MODULE) && CONFIG_A", {**symbols, "MODULE": "n"}) == 0
    assert decide(b"defined(MODULE)", {**symbols, "MODULE": "1"}) == 1
