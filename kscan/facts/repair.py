"""A file that does not parse as it stands: what is left out so that the functions around the trouble are found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

from tree_sitter import Node, Tree

from kscan.dialect.conditions import Group, blank, groups, outside
from kscan.dialect.scan import BLANK, Clean, clean, depth_at
from kscan.model.regex import regex
from kscan.parse.errors import errors_below
from kscan.parse.parser import function_at, reparse

_BLANKS: Final = regex(rb"\s*+")
_STRUCTURE: Final = regex(rb"#[ \t]*(?:if|ifdef|ifndef|elif|elifdef|elifndef|else|endif|include)\b")
_NUMBERS: Final = regex(
    rb"=\s*+\{(?:((?:\s*+-?+\d\w*+\s*+,){16,}+(?:\s*+-?+\d\w*+)?+)\s*+\}|((?:[^\w;.=]++|\d\w*+){64,}+)(?<=\})(?=;))"
)
"""A long list of numbers, or of anything that holds no word: lists of such, strings."""
_BALANCED: Final = rb"\((?:[^()]++|\((?:[^()]++|\([^()]*+\))*+\))*+\)"
_MACRO_STATEMENT: Final = regex(
    rb"[;{}):]\s++(?:(?!(?:if|while|for|switch)\b)([A-Za-z_]\w*+[ \t]*+" + _BALANCED + rb")"
    rb"|([A-Z_][A-Z0-9_]*+))(?=[ \t]*+\n\s*+(?:[A-Za-z_*}]|--|\+\+))"
)


class Omission(NamedTuple):
    """Something the tree does not show: where it stands, and why. ``heads``: it stands before the body it belongs
    to; ``cut``: it is a group of ``#if`` lines of which one branch is kept."""

    start: int
    reason: str
    heads: bool = False
    cut: bool = False


class Repaired(NamedTuple):
    """The bytes that were parsed in the end, their tree, and what is missing in it."""

    masked: bytes
    tree: Tree
    omissions: tuple[Omission, ...]


def code_only(masked: bytes, skeleton: Clean) -> bytes:
    """The masked text without the preprocessor lines that neither branch nor include, and without long lists that
    hold no name: of a table of numbers nothing is told but that it is one."""
    data = bytearray(masked)
    blank(data, [line for line in skeleton.directives if not _STRUCTURE.match(masked, line.start)])
    blank(data, list(_numbers(skeleton.text)))
    return bytes(data)


def _numbers(text: bytes) -> Iterator[tuple[int, int]]:
    """Where long lists stand that hold no name, without their own braces."""
    for found in _NUMBERS.finditer(text):
        start, end = found.span(1) if found.lastindex == 1 else (found.start(2), found.end(2) - 1)
        if text.count(b"{", start, end) == text.count(b"}", start, end):  # else it began in a list of lists with names
            yield start, end


def repair(masked: bytes, tree: Tree, skeleton: Clean) -> Repaired:
    """Where the tree has errors, parse again with one branch of the ``#if`` lines and without the bare macros near
    them."""
    state = Repaired(masked, tree, ())
    for attempt in (_one_branch, _one_branch, _without_macros):
        errors = errors_in(state.tree)
        if not errors:
            break
        data, edited, omissions = attempt(state.masked, skeleton, errors)
        again = reparse(code_only(data, skeleton), state.tree, edited) if omissions else None
        if again is not None:
            found = (*state.omissions, *omissions)
            candidate = Repaired(data, again, found)
            state = candidate if attempt is _one_branch or _fewer(candidate.tree, errors) else state
    return Repaired(state.masked, state.tree, _told(state)) if state.omissions else state


def _told(state: Repaired) -> tuple[Omission, ...]:
    """The omissions in functions: what a table of data leaves out is no loss to the analysis."""
    return tuple(one for one in state.omissions if one.heads or function_at(state.tree, one.start) is not None)


def _fewer(tree: Tree, errors: Sequence[Node]) -> bool:
    return len(errors_in(tree)) < len(errors)


def errors_in(tree: Tree) -> Sequence[Node]:
    """Where the grammar lost its way."""
    return errors_below(tree.root_node)


Attempt: TypeAlias = tuple[bytes, list[tuple[int, int]], list[Omission]]
"""What to parse next, the spans in which it is new, and what it leaves out."""


def _one_branch(masked: bytes, skeleton: Clean, errors: Sequence[Node]) -> Attempt:
    data = bytearray(masked)
    edited = []
    omissions = []
    for group, kept in _cutting(masked, skeleton, errors):
        edited += outside(group, kept)
        condition = group.branches[0].condition.decode("utf-8", "replace")
        which = "last" if kept else "first"
        reason = f"#if {condition[:80]} cuts a statement: only its {which} branch is analysed"
        heads = depth_at(skeleton.text, group.start) == 0
        omissions.append(Omission(group.start, reason, heads, cut=True))
    blank(data, edited)
    return bytes(data), edited, omissions


def _cutting(masked: bytes, skeleton: Clean, errors: Sequence[Node]) -> Iterator[tuple[Group, int]]:
    """The outermost groups that an error touches, with the branch to keep.

    Inside braces that is the first; before an opening brace, where the branches are headers of one body, the last."""
    done = 0
    for group in touched(masked, skeleton, errors):
        if group.start < done:
            continue
        heads_body = skeleton.text[_after_blanks(skeleton.text, group.end) :][:1] == b"{"
        if heads_body or depth_at(skeleton.text, group.start) > 0:
            done = group.end
            yield group, len(group.branches) - 1 if heads_body else 0


def touched(masked: bytes, skeleton: Clean, errors: Sequence[Node]) -> Iterator[Group]:
    """The groups that an error touches, in the order of the text."""
    spans = [(node.start_byte, _after_blanks(masked, node.end_byte)) for node in errors]
    for group in sorted(groups(masked, skeleton.directives), key=lambda one: one.start):
        if any(start <= group.end + 1 and end >= group.start for start, end in spans):
            yield group


def _after_blanks(text: bytes, offset: int) -> int:
    match = _BLANKS.match(text, offset)
    return match.end() if match else offset


def _without_macros(masked: bytes, _skeleton: Clean, _errors: Sequence[Node]) -> Attempt:
    """Macros that stand for statements and have no semicolon become empty statements."""
    data = bytearray(masked)
    edited = []
    omissions = []
    text = clean(masked).text
    for match in _MACRO_STATEMENT.finditer(text):
        start, end = match.span(match.lastindex or 1)
        if depth_at(text, start) > 0:
            data[start:end] = masked[start : end - 1].translate(BLANK) + b";"
            name = masked[start:end].decode("utf-8", "replace").partition("(")[0]
            edited.append((start, end))
            omissions.append(Omission(start, f"the macro {name} stands for statements"))
    return bytes(data), edited, omissions
