"""A small kernel tree with a file whose findings depend on the configuration."""

from __future__ import annotations

import os
from pathlib import Path

HEAD = """\
#include <linux/errno.h>
#include "y.h"
"""
CODE = """\
/**
 * grab - take it
 *
 * Return: 0, or -EINVAL when it is not there.
 */
int grab(int x)
{
	if (x > 9)
		return -EINVAL;
	return helped(x);
}
"""
UNCONDITIONED = """\
/**
 * drop - let it go
 *
 * Return: 0, or -EINVAL when it is not held.
 */
int drop(int x)
{
	if (x > 9)
		return -EINVAL;
#ifdef CONFIG_SLOW
	if (x == 5)
		return -EBUSY;
#endif
#ifdef MODULE
	if (x < 0)
		return -EPERM;
#endif
	return 0;
}
"""
HEADER = """\
#ifdef CONFIG_HELP
int helped(int x);
#else
static inline int helped(int x)
{
	return 0;
}
#endif
"""
HELP = """\
#include <linux/errno.h>

int helped(int x)
{
	return x ? -ENOMEM : 0;
}
"""
ERRNOS = ("EPERM 1", "ENOMEM 12", "EBUSY 16", "EINVAL 22")


def build(root: Path) -> Path:
    """The tree, its files old enough for their time stamps to be trusted."""
    for path, text in {
        "Makefile": "VERSION = 7\nPATCHLEVEL = 3\n",
        "include/linux/kconfig.h": "",
        "include/linux/errno.h": "".join(f"#define {one}\n" for one in ERRNOS),
        "mm/x.c": HEAD + CODE + UNCONDITIONED,
        "mm/y.h": HEADER,
        "mm/help.c": HELP,
    }.items():
        write(root / path, text)
    return root


def write(path: Path, text: str, age: int = 60) -> None:
    """A file that was written ``age`` seconds ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    then = path.stat().st_mtime - age
    os.utime(path, (then, then))


def autoconf(build_folder: Path, *symbols: str) -> None:
    """The header of a configuration."""
    write(build_folder / "include/generated/autoconf.h", "".join(f"#define CONFIG_{one} 1\n" for one in symbols))


def words(root: Path, build_folder: Path, source: str, *more: str) -> list[str]:
    """What make hands over, in short."""
    own = [f"-I{root}/include", f"-I{build_folder}/include", "-include", f"{root}/include/linux/kconfig.h"]
    return [*own, "-D__KERNEL__", *more, source]
