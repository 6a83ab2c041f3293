"""Function definitions in a syntax tree to facts about them."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Final, NamedTuple

from tree_sitter import Node, Tree

from kscan.dialect.annotations import DEFINERS, RESERVED
from kscan.dialect.conditions import Conditions
from kscan.facts.kerneldoc import read_doc
from kscan.facts.lower.grammar import BODY
from kscan.facts.plain import plain_header, shown_type
from kscan.model.facts import CallSite, Doc, Function, Linkage, Param
from kscan.model.regex import regex
from kscan.model.source import Source
from kscan.parse.errors import errors_below
from kscan.parse.queries import Captured, captures

_DECLARATORS: Final = ("pointer_declarator", "parenthesized_declarator", "array_declarator", "attributed_declarator")
_INVENTED: Final = b"int _"
_DIRECTIVE_LINES: Final = regex(rb"\A.*^[ \t]*#[^\n]*\n", re.DOTALL | re.MULTILINE)
_ASIDE: Final = regex(rb"(?:/\*[\s*]*kscan:(?:[^*]|\*(?!/))*\*/|//[ \t]*kscan:[^\n]*)\Z")
_DOC_TAIL: Final = regex(rb"\*/(?:\s|\\\n|^[ \t]*#[ \t]*if(?:[^\n\\]|\\\n)*$)*\Z", re.MULTILINE)
_NAME: Final = regex(rb"[\w$\x80-\xff]++")
_REACH: Final = 4_000


class Text(NamedTuple):
    """A file for reading names and types: its own bytes, and the mask, whose blanks hide annotations."""

    data: bytes
    masked: bytes

    def words(self, start: int, end: int) -> str:
        """The text between two offsets without annotations and storage classes, blanks collapsed."""
        data, masked = self.data[start:end], self.masked[start:end]
        if data != masked:
            data = bytes(shown if kept != 32 else 32 for shown, kept in zip(data, masked, strict=True))
        return shown_type(data)

    def is_blanked(self, start: int, end: int) -> bool:
        """Whether nothing but blanks tells the mask from the file between two offsets that are not far apart."""
        data, masked = self.data[start:end], self.masked[start:end]
        if data == masked:
            return True
        return end - start < _REACH and all(kept in (32, shown) for shown, kept in zip(data, masked, strict=True))


def collapse(text: bytes) -> str:
    """Text as shown: UTF-8 where it is, blanks collapsed."""
    return " ".join(text.decode("utf-8", "replace").split())


def found_in(root: Node, *names: str) -> Captured:
    """What ``functions`` needs of a tree, and what the queries ``names`` capture in it."""
    return {**captures(root, "facts/functions", "facts/calls", *names), "error": errors_below(root)}


def functions(source: Source, masked: bytes, found: Captured, conditions: Conditions) -> list[Function]:
    """The function definitions of a file in the order of the text; ``found`` is ``found_in`` its tree."""
    text = Text(source.data, masked)
    calls = calls_in(source.data, masked, found)
    called = [call.start for call in calls]
    errors = [node.start_byte for node in found.get("error", ())]
    replaced = b"__weak" in source.data or b"__bpf_kfunc" in source.data
    inward: Linkage = "inline" if source.path.endswith(".h") else "static"
    reach = 0
    written: list[Function] = []
    for node in found.get("function", ()):
        header = read_header(text, node)
        if header is None or (node.start_byte < reach and not _at_line_start(source.data, header.start)):
            continue
        end, begin, behind = node.end_byte, header.body.start_byte, header.body.end_byte
        reach = max(reach, end)
        one = Function(
            name=header.name,
            file=source.path,
            start=header.start,
            end=end,
            name_start=header.name_start,
            body_start=begin,
            return_type=header.return_type,
            params=header.params,
            linkage=inward if header.static else "global",
            config=conditions.at(begin),
            errors=bisect_left(errors, behind) - bisect_left(errors, begin) if errors else 0,
            doc=doc_above(source.data, header.start),
            calls=tuple(calls[bisect_left(called, begin) : bisect_left(called, behind)]),
            replaceable=replaced and _REPLACEABLE.search(source.data, header.start, header.name_start) is not None,
        )
        written.append(one)
    return written


def has_functions(source: Source, masked: bytes, found: Captured) -> bool:
    """Whether ``functions`` finds any."""
    text = Text(source.data, masked)
    return any(read_header(text, node) is not None for node in found.get("function", ()))


_REPLACEABLE: Final = regex(rb"\b(?:__weak|__bpf_kfunc)\b")


def calls_in(data: bytes, masked: bytes, found: Captured) -> list[CallSite]:
    """The direct calls that ``facts/calls`` captures; ``masked`` is what was parsed. One starts where its callee does:
    no other captured call starts there."""
    calls = []
    for node in found.get("call", ()):
        start = node.start_byte
        name = _NAME.match(masked, start)
        callee = data[start : name.end()].decode("utf-8", "replace") if name else ""
        calls.append(CallSite(callee, start, node.end_byte))
    return calls


class Header:
    """What stands before a function's body."""

    __slots__ = ("body", "name", "name_start", "params", "return_type", "start", "static")

    def __init__(
        self,
        name: str,
        start: int,
        name_start: int,
        return_type: str,
        params: tuple[Param, ...],
        static: bool,
        body: Node,
    ) -> None:
        self.name = name
        self.start = start
        self.name_start = name_start
        self.return_type = return_type
        self.params = params
        self.static = static
        self.body = body


def read_header(text: Text, node: Node) -> Header | None:
    """The header of a function definition; None when it is none (a statement that the parser mistook for one)."""
    body = node.child_by_field_id(BODY)
    if body is None:
        return None
    at = node.start_byte
    plain = plain_header(text.masked[at : body.start_byte]) if text.is_blanked(at, body.start_byte) else None
    if plain is None:
        return _header_in_tree(text, node, body)
    start = _with_annotations(text, at)
    return Header(plain.name, start, at + plain.name_start, plain.return_type, plain.params, plain.static, body)


def _header_in_tree(text: Text, node: Node, body: Node) -> Header | None:
    declarator = _function_declarator(node)
    if declarator is None:
        return None
    name = declarator.child_by_field_name("declarator")
    if name is None or name.type != "identifier":
        return None
    start = _with_annotations(text, node.start_byte)
    if _is_invented(text, name.start_byte - 4):
        return _made_by_macro(text, name.start_byte - 4, body, start, _is_static(text, node, body))
    spelt = text.data[name.start_byte : name.end_byte].decode("utf-8", "replace")
    if spelt in RESERVED:
        return None
    returns = text.words(node.start_byte, name.start_byte).rstrip("( ")
    return Header(spelt, start, name.start_byte, returns, _params(text, declarator), _is_static(text, node, body), body)


def _function_declarator(node: Node) -> Node | None:
    """The innermost function declarator: the one that holds the name."""
    found = None
    at = node.child_by_field_name("declarator")
    while at is not None:
        if at.type == "function_declarator":
            found = at
        elif at.type not in _DECLARATORS:
            break
        below = at.child_by_field_name("declarator")
        at = below if below is not None else next(iter(at.named_children), None)
    return found


def _params(text: Text, declarator: Node) -> tuple[Param, ...]:
    listed = declarator.child_by_field_name("parameters")
    if listed is None:
        return ()
    params = tuple(_param(text, node) for node in listed.named_children if node.type in _PARAMETERS)
    return () if params == (Param("", "void"),) else params


_PARAMETERS: Final = ("parameter_declaration", "variadic_parameter", "identifier")


def _param(text: Text, node: Node) -> Param:
    if node.type == "variadic_parameter":
        return Param("", "...")
    name = _parameter_name(node)
    if name is None:
        return Param("", text.words(node.start_byte, node.end_byte))
    before = text.words(node.start_byte, name.start_byte)
    after = text.words(name.end_byte, node.end_byte)
    return Param(text.words(name.start_byte, name.end_byte), f"{before} {after}".strip() if after else before)


def _parameter_name(node: Node) -> Node | None:
    at: Node | None = node.child_by_field_name("declarator")
    while at is not None and at.type != "identifier":
        below = at.child_by_field_name("declarator")
        if below is None and at.type not in _DECLARATORS:
            return None
        at = (
            below
            if below is not None
            else next((one for one in at.named_children if "declar" in one.type), None)
            or (next((one for one in at.named_children if one.type == "identifier"), None))
        )
    return at


def _is_invented(text: Text, start: int) -> bool:
    end = start + len(_INVENTED)
    return start >= 0 and text.masked[start:end] == _INVENTED != text.data[start:end]


def _made_by_macro(text: Text, at: int, body: Node, start: int, static: bool) -> Header | None:
    """A body under a macro invocation: the name and the parameters that the table of such macros reads out of it."""
    opening = text.data.index(b"(", at)
    macro = text.data[at:opening].strip().decode("utf-8", "replace")
    arguments = [collapse(one) for one in _split(text.data[opening + 1 : body.start_byte].rstrip()[:-1])]
    if not arguments or not arguments[0].isidentifier():
        return None
    row = next((row for row in DEFINERS if macro.startswith(row.macro)), None)
    name = (row.prefix if row else "") + arguments[0]
    pairs = zip(arguments[1::2], arguments[2::2], strict=False) if row else ()
    name_start = text.data.index(arguments[0].encode(), opening)
    params = tuple(Param(param, kind) for kind, param in pairs)
    return Header(name, start, name_start, row.returns if row else "", params, static, body)


def _split(arguments: bytes) -> list[bytes]:
    """Macro arguments at their top-level commas."""
    parts, depth, begin = [], 0, 0
    for at, byte in enumerate(arguments):
        depth += (byte in b"([{") - (byte in b")]}")
        if byte == 44 and depth == 0:
            parts.append(arguments[begin:at])
            begin = at + 1
    return [*parts, arguments[begin:]]


def _with_annotations(text: Text, start: int) -> int:
    """The start of a definition, moved before the annotations that the mask has blanked ahead of it."""
    low = max(0, start - _REACH)
    at = low + len(text.masked[low:start].rstrip())
    hidden = text.data[at:start]
    if not hidden.strip():
        return start
    lines = _DIRECTIVE_LINES.match(hidden)
    kept = hidden[lines.end() :] if lines else hidden
    return start - len(kept.lstrip())


def _at_line_start(data: bytes, offset: int) -> bool:
    return offset == 0 or data[offset - 1] == 10


def _is_static(text: Text, node: Node, body: Node) -> bool:
    return b"static" in text.masked[node.start_byte : body.start_byte] and any(
        child.type == "storage_class_specifier" and text.masked[child.start_byte : child.end_byte] == b"static"
        for child in node.children
        if child.start_byte < body.start_byte
    )


def doc_above(data: bytes, start: int) -> Doc | None:
    """The kernel-doc of the comment that ends right above ``start``; lines that open a conditional, and comments that
    speak to kscan, may stand between."""
    low = max(0, start - _REACH)
    above = data[low:start].rstrip()
    while _may_speak(above) and (aside := _ASIDE.search(above)) is not None:
        above = above[: aside.start()].rstrip()
    start = end = low + len(above)
    if not above.endswith(b"*/"):
        last = above[above.rfind(b"\n") + 1 :].lstrip(b" \t")
        tail = _DOC_TAIL.search(data, low, start) if last[:1] == b"#" or last[-1:] == b"\\" else None
        if tail is None:
            return None
        end = tail.start() + 2
    begin = data.rfind(b"/*", 0, end - 2)
    return read_doc(data, begin, end) if begin >= 0 and data.startswith(b"/**", begin) else None


def _may_speak(above: bytes) -> bool:
    """Whether the comment at the end of ``above`` may speak to kscan. (Most functions stand below something else, and
    to look through all of it takes a while.)"""
    if above.endswith(b"*/"):
        return above.find(b"kscan:", above.rfind(b"*/", 0, len(above) - 2) + 1) >= 0
    line = above.rfind(b"\n") + 1
    return above.find(b"//", line) >= 0 and above.find(b"kscan:", line) >= 0


def function_node(tree: Tree, function: Function) -> Node | None:
    """The ``function_definition`` whose body starts where the fact says; None for one that only a macro writes."""
    if function.via:
        return None
    at = tree.root_node.descendant_for_byte_range(function.body_start, function.body_start + 1)
    while at is not None and at.type != "function_definition":
        at = at.parent
    return at
