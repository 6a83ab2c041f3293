"""The compiled form of the hot rooms: used where one was built from exactly this source, else nobody notices.

``make fast`` puts the extension modules into ``kscan/built/TAG/`` (TAG names the Python they are for), and beside them
the digest of the source they were made of. A source that has changed since has another digest, and then Python's own
modules are imported as if nothing had been built; so are they where KSCAN_PURE is set.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Final, Literal

from kscan.provenance import closure, digest_of, kept

State = Literal["not built", "switched off", "outdated", "in use"]

MODULES: Final = (
    *(
        f"kscan.dialect.{name}"
        for name in ("annotations", "arguments", "attributes", "conditions", "expand", "mask", "scan", "shapes")
    ),
    *(f"kscan.dialect.{name}" for name in ("statements", "switches", "tokens")),
    *(f"kscan.facts.{name}" for name in ("constants", "expansions", "extract", "filled", "functions", "kerneldoc")),
    *(f"kscan.facts.{name}" for name in ("places", "plain", "repair", "skim", "tables", "templates", "through")),
    *(f"kscan.facts.{name}" for name in ("variants", "words", "writing")),
    *(
        f"kscan.facts.lower.{name}"
        for name in ("body", "emit", "expressions", "grammar", "literals", "nodes", "outputs", "stored")
    ),
    *(f"kscan.flow.{name}" for name in ("behind", "evaluate", "explore", "piece", "primitives", "reading")),
    *(f"kscan.flow.{name}" for name in ("relevant", "silent", "slicing", "state", "steps", "symbols", "values")),
    *(f"kscan.link.{name}" for name in ("alike", "arguments", "atoms", "bodies", "constants", "context", "equations")),
    *(f"kscan.link.{name}" for name in ("handed", "linker", "numbers", "numbersover", "pointees", "solver", "statics")),
    *(f"kscan.link.{name}" for name in ("structs", "tables", "told", "uses")),
    "kscan.model.instr",
    *(f"kscan.parse.{name}" for name in ("errors", "parser")),
)
"""What is compiled, together: these modules know each other's classes from inside."""
SUFFIX: Final = EXTENSION_SUFFIXES[0]
DIGEST: Final = "source.digest"
PACKAGE: Final = Path(__file__).parent


def folder_in(package: Path) -> Path:
    """Where the compiled form for this Python stands."""
    return package / "built" / SUFFIX.strip(".").partition(".")[0]


def source_digest(package: Path) -> str:
    """A digest of all that decides how the compiled modules behave, but for the compiler: their source and that of all
    they import, whose types the compiler relies on."""
    roots = [f"{package.name}.{name.partition('.')[2]}" for name in MODULES]
    return kept(package, "compiled", lambda: digest_of(package, closure(package, roots)))


def state_of(package: Path, pure: bool) -> State:
    """Whether the compiled form under ``package`` can be used; ``pure``: nobody wants it."""
    try:
        built_from = (folder_in(package) / DIGEST).read_text("ascii")
    except (OSError, UnicodeDecodeError):
        return "not built"
    if pure:
        return "switched off"
    return "in use" if built_from == source_digest(package) else "outdated"


@cache
def state() -> State:
    """Whether this process runs the compiled form, and if not, why."""
    return state_of(PACKAGE, bool(os.environ.get("KSCAN_PURE")))


class _Finder:
    """Finds the compiled modules; the digest is compared when the first of them is asked for. (A finder by its method:
    to import the class that finders inherit from takes longer than all else here.)"""

    def __init__(self, folder: Path) -> None:
        self._found = {path.name.removesuffix(SUFFIX): path for path in folder.glob(f"*{SUFFIX}")}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        file = self._found.get(fullname)
        if file is None or state() != "in use":
            return None
        return spec_from_file_location(fullname, file, loader=ExtensionFileLoader(fullname, str(file)))


def install() -> None:
    """Lets imports find the compiled form, where there is one."""
    folder = folder_in(PACKAGE)
    if folder.is_dir():
        sys.meta_path.insert(0, _Finder(folder))
