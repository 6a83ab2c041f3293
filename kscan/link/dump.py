"""What each stage makes of one file, printed for whoever writes a rule."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec
from tree_sitter import Node

from kscan.facts.errno import Errnos, read_errnos
from kscan.facts.extract import extract, tree_of
from kscan.facts.variants import bodies
from kscan.flow.explore import summarize
from kscan.flow.steps import steps_of
from kscan.link.lore import ERRNO_FILES
from kscan.model.code import Code
from kscan.model.error import InputError
from kscan.model.facts import Function
from kscan.model.gap import Gap
from kscan.model.source import Source
from kscan.source.tree import read_file

What = Literal["mask", "tree", "facts", "flow"]
MAX_TREE_DEPTH = 400


def dumped(what: What, file: str, kconfig: Mapping[str, str] | None) -> bytes | str:
    """The mask (bytes as they are parsed), the syntax tree, the facts (JSON) or the code and summaries of ``file``.

    Constants of other files are not known here. Raises InputError when the file cannot be read.
    """
    source = _source(file)
    options = kconfig
    if what == "facts":
        return msgspec.json.format(msgspec.json.encode(extract(source, kconfig=options)), indent=2)
    parsed = tree_of(source, kconfig=options)
    if what == "mask":
        return parsed.masked
    if parsed.tree is None:
        raise InputError(f"{file}: {parsed.gaps[0].reason if parsed.gaps else 'cannot be parsed'}")
    if what == "tree":
        return "\n".join(_tree_lines(parsed.tree.root_node))
    rows = extract(source, kconfig=options).functions
    texts = []
    errnos = _errnos(file)
    for function in rows:
        for variant in bodies(parsed, function):
            texts.append(_flow(function, variant.code(function, source.data), errnos))
    return "\n".join(texts)


def _source(file: str) -> Source:
    found = read_file(file)
    if isinstance(found, Gap):
        raise InputError(f"{file}: {found.reason}")
    return found


def _errnos(file: str) -> Errnos:
    """The errnos of the tree that ``file`` is in; none when it is in no tree."""
    for folder in Path(file).resolve().parents:
        texts = {name: (folder / name).read_bytes() for name in ERRNO_FILES if (folder / name).is_file()}
        if texts:
            return read_errnos(texts)
    return read_errnos({})


def _tree_lines(root: Node) -> list[str]:
    """One line a node: depth as indent, field, type, byte range. Walks without recursion, for trees can be deep."""
    lines = []
    pending: list[tuple[Node, int, str]] = [(root, 0, "")]
    while pending:
        node, depth, name = pending.pop()
        label = f"{name}: " if name else ""
        indent = "  " * min(depth, MAX_TREE_DEPTH)
        lines.append(f"{indent}{label}{node.type} [{node.start_byte}, {node.end_byte}]")
        named = [(child, node.field_name_for_child(i) or "") for i, child in enumerate(node.children) if child.is_named]
        pending.extend((child, depth + 1, field) for child, field in reversed(named))
    return lines


def _flow(function: Function, code: Code, errnos: Errnos) -> str:
    def constant(word: str) -> tuple[int, bool] | None:
        number = errnos.number(word)
        return None if number is None else (number, True)

    lines = [f"{function.name}:"]
    lines += [f"  {index:4} {instr}" for index, instr in enumerate(code.instrs)]
    summary = summarize(code, constant, function.return_type == "bool")
    lines += [f"  symbol {index}: {symbol}" for index, symbol in enumerate(summary.symbols)]
    lines += [f"  term: {term}" for term in summary.terms]
    lines += [f"  step {index}: {step}" for index, step in enumerate(steps_of(summary))]
    return "\n".join(lines)
