"""A small tree around C text written in a test, and what kscan says of the functions in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kscan import api
from kscan.facts.extract import extract, function_node, tree_of
from kscan.facts.lower import lower_body
from kscan.facts.names import NameIndex
from kscan.facts.store import open_store
from kscan.link.catalog import Catalog
from kscan.link.program import LinkedProgram
from kscan.model.code import Code
from kscan.model.flow import Caller, ReturnSet
from kscan.model.source import Source
from kscan.source.tree import open_tree

TREE = Path(__file__).parent.parent / "fixtures" / "tree"
KEPT = ("Makefile", "Kconfig", "include")
"""What of the fixture tree makes a folder a kernel tree, with the errnos."""
HEAD = "#include <linux/err.h>\n"


class Toy:
    """A tree at ``root`` with the fixture tree's headers and whatever files a test writes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in KEPT:
            source = TREE / name
            if source.is_dir():
                shutil.copytree(source, root / name)
            else:
                shutil.copy(source, root / name)

    def write(self, files: Mapping[str, str]) -> None:
        """Files by path, written as they are."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")

    def c(self, text: str) -> Toy:
        """``text`` as the file f.c, below the usual include."""
        self.write({"f.c": HEAD + text})
        return self

    def returns(self, function: str = "f", **arguments: str) -> ReturnSet:
        """The return set of the only definition of ``function``."""
        (found,) = api.flow(str(self.root), function, arguments=arguments, cache=False).returns
        return found

    def values(self, function: str = "f", **arguments: str) -> set[str]:
        """The spelt values of ``function``, with "open" among them when the set is not closed."""
        found = self.returns(function, **arguments)
        return {*found.values, *(() if found.closed else ("open",))}

    def callers(self, function: str) -> dict[str, Caller]:
        """The call sites of ``function`` by the name of the caller, which must have one call each."""
        found = api.callers(str(self.root), function, cache=False)
        assert not found.gaps
        assert len({caller.function for caller in found.callers}) == len(found.callers)
        return {caller.function: caller for caller in found.callers}

    def line(self, span_start: int, file: str = "f.c") -> str:
        """The text of the line at byte ``span_start``, stripped."""
        data = (self.root / file).read_bytes()
        first = data.rfind(b"\n", 0, span_start) + 1
        end = data.find(b"\n", span_start)
        return data[first : end if end >= 0 else len(data)].decode().strip()

    @contextmanager
    def program(self) -> Iterator[LinkedProgram]:
        """The linked tree, for what the API does not show."""
        tree = open_tree(str(self.root))
        with open_store(tree.root, enabled=False) as store:
            index = NameIndex(store)
            index.refresh(tree, 1)
            yield LinkedProgram(Catalog(tree, store, index))


def lowered(text: str) -> Code:
    """The compact code of the last function in ``text``."""
    source = Source("f.c", text.encode())
    parsed = tree_of(source)
    function = extract(source).functions[-1]
    assert parsed.tree is not None
    node = function_node(parsed.tree, function)
    body = node.child_by_field_name("body") if node is not None else None
    assert body is not None
    return lower_body(body, function.params, parsed.masked, source.data)
