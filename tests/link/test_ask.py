"""What users may write for functions and arguments, and what they are told when it is wrong."""

from __future__ import annotations

import pytest
from pytest import TempPathFactory

from kscan import api
from kscan.model.error import InputError
from tests.toy import Toy

TWIN = "#include <linux/err.h>\nstatic int twin(void) { return %s; }\n"
STUB = """\
#ifdef CONFIG_X
int feature(void);
#else
static inline int feature(void) { return -EOPNOTSUPP; }
#endif
"""
LEVEL = """\
#define DEEP 4
#define ODD (1 << 0)
int level(unsigned int flags, bool force)
{
	if (flags & DEEP)
		return 1;
	return force ? 2 : 0;
}
"""
FILES = {
    "mm/one.c": TWIN % "-EIO" + "int only(int flags) { return flags ? twin() : 0; }\n",
    "mm/two.c": TWIN % "-EBUSY" + "int other(void) { return twin(); }\n",
    "include/linux/stub.h": STUB,
    "mm/feature.c": "#include <linux/stub.h>\nint feature(void) { return 0; }\nint user(void) { return feature(); }\n",
    "mm/flags.c": LEVEL,
}


@pytest.fixture(scope="module")
def toy(tmp_path_factory: TempPathFactory) -> Toy:
    toy = Toy(tmp_path_factory.mktemp("toy"))
    toy.write(FILES)
    return toy


def test_a_name_that_is_unique(toy: Toy) -> None:
    assert toy.values("only") == {"0", "-EIO"}


@pytest.mark.parametrize(
    ("asked", "value"), [("mm/one.c:twin", "-EIO"), ("mm/two.c:twin", "-EBUSY"), ("./mm/two.c:twin", "-EBUSY")]
)
def test_a_name_in_a_file(toy: Toy, asked: str, value: str) -> None:
    assert toy.values(asked) == {value}


def test_several_functions_of_one_name(toy: Toy) -> None:
    with pytest.raises(InputError, match=r"several functions .*mm/one\.c, mm/two\.c.*mm/one\.c:twin"):
        toy.returns("twin")


def test_variants_of_one_function_are_rows(toy: Toy) -> None:
    found = api.flow(str(toy.root), "feature", cache=False).returns
    assert {(one.span.file, one.values) for one in found} == {
        ("include/linux/stub.h", ("-EOPNOTSUPP",)),
        ("mm/feature.c", ("0",)),
    }


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("nothing_like_it", r"no function nothing_like_it\(\) in this tree"),
        ("mm/one.c:onyl", r"no function onyl\(\) in mm/one\.c; did you mean only\?"),
        ("mm/none.c:only", r"none\.c"),
        ("two words", "no function name"),
        ("", "no function name"),
        ("3", "no function name"),
        ("mm/one.c:", "no function name"),
    ],
)
def test_a_function_that_is_none(toy: Toy, asked: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        toy.returns(asked)


@pytest.mark.parametrize(
    ("arguments", "values"),
    [
        ({}, {"0", "1", "2"}),
        ({"flags": "DEEP"}, {"1"}),
        ({"flags": "DEEP | ODD"}, {"1"}),
        ({"flags": "ODD"}, {"0", "2"}),
        ({"flags": "0", "force": "true"}, {"2"}),
        ({"flags": "0", "force": "false"}, {"0"}),
        ({"force": "true"}, {"1", "2"}),
        ({"flags": "~0"}, {"1"}),
        ({"flags": "0x4"}, {"1"}),
    ],
)
def test_arguments_narrow(toy: Toy, arguments: dict[str, str], values: set[str]) -> None:
    assert toy.values("level", **arguments) == values


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"flag": "DEEP"}, r"level\(\) has no parameter 'flag'; it has flags, force"),
        ({"flags": "SHALLOW"}, "'SHALLOW' for parameter 'flags' is no constant"),
        ({"flags": ""}, "no constant"),
        ({"flags": "level"}, "no constant"),
    ],
)
def test_arguments_that_are_none(toy: Toy, arguments: dict[str, str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        toy.returns("level", **arguments)


def test_a_function_without_parameters_has_none_to_set(toy: Toy) -> None:
    with pytest.raises(InputError, match="it has none"):
        toy.returns("other", flags="1")
