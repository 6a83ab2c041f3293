"""Which values that a Return section leaves out are made near by."""

from __future__ import annotations

from pathlib import Path

from kscan import api
from tests.toy import HEAD, Toy

STUBBED = """\
#ifdef CONFIG_GATES
int gate_open(int n);
#else
static inline int gate_open(int n) { return -ENOSYS; }
#endif
"""
GATE = "#include <linux/gate.h>\nint gate_open(int n)\n{\n\treturn n > 9 ? -EBUSY : 0;\n}\n"
OPENS = """\
#include <linux/gate.h>
/**
 * opens() - open a gate
 * @n: its number
 *
 * Return: 0 on success, -EINVAL for a bad number.
 */
int opens(int n)
{
	return n < 0 ? -EINVAL : gate_open(n);
}
"""


def test_what_a_stub_returns_is_for_another_configuration(tmp_path: Path) -> None:
    toy = Toy(tmp_path)
    toy.write({"include/linux/gate.h": STUBBED, "lib/gate.c": HEAD + GATE, "mm/opens.c": HEAD + OPENS})
    found = api.check(str(tmp_path), ["mm/opens.c"], select=["undocumented-errno"], cache=False).findings
    assert [one.subject for one in found] == ["-EBUSY"]
    far = api.check(str(tmp_path), ["mm/opens.c"], select=["undocumented-far-value"], cache=False).findings
    assert [one.subject for one in far] == ["-ENOSYS"]
