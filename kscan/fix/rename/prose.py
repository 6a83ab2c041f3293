"""A name in running text, comments and documentation alike: whether it means the symbol, from how it is written."""

from __future__ import annotations

import re
from typing import NamedTuple

from kscan.fix.rename.words import MEMBER_WORDS, METHOD_WORDS
from kscan.model.regex import regex
from kscan.model.rename import SymbolKind

_TOKEN_BEFORE = regex(rb"[^\s,;\"'`()\[\]{}<>|]*\Z")
_TOKEN_AFTER = regex(rb"[^\s,;\"'`()\[\]{}<>|]*")
_SUFFIX = regex(rb"\.(?:c|h|S|o|ko|rst|txt|sh|py|pl|rs|dtsi?|ya?ml|json|git|org|com)\b")
_CALLED = regex(rb"[ \t]?\(")
_MANUAL = regex(rb"\([1-9][a-z]?\)")
_TAG_BEFORE = regex(rb"(?:struct|union|enum)[\s*]+(?:\*[ \t]*)?\Z")
_MEMBER_BEFORE = regex(rb"(?:->[ \t]*|[\w\])]\.|::|[\s(`\"']\.|\A\.)\Z")
_ROLE_BEFORE = regex(rb":(?:c:)?(?P<role>func|macro|type|struct|union|enum|data|var|expr|texpr|identifier)s?:`!?&?~?\Z")
_DIRECTIVE = regex(rb"[ \t]*\.\.[ \t]+c:(?:function|macro|var|type|struct|enum|enumerator)::")
_IDENTIFIERS = regex(rb"[ \t]*:(?:identifiers|functions|export|no-identifiers):")
_NEXT_WORD = regex(rb"(?:[`'*\"]|\(\))*(?:\s|\*)+(\w+)")
_DOC_HEAD = regex(rb"/\*\*\s*\n?[ \t]*\*?[ \t]*(?:(?:struct|union|enum|typedef|define)[ \t]+)?\Z")
_TAG_AFTER = regex(rb"[ \t]+(?:struct|structure|union|enum)\b")
_WINDOW = 200


class Sight(NamedTuple):
    """What is known of the symbol ``name``, and of the name in one file: ``uses`` the symbol in its code; ``local``
    says what else the name is in this file, ``homonym`` what else it is anywhere in the tree, "" if nothing."""

    name: bytes
    kind: SymbolKind
    called: bool
    homonym: str = ""
    uses: bool = False
    local: str = ""

    @property
    def plain(self) -> bool:
        """The name could be a word of a human language."""
        letters = self.name.decode()
        return letters.isalpha() and (letters.islower() or letters.isupper() or letters.istitle())


def verdict(data: bytes, start: int, sight: Sight, *, markup: bool = False) -> str:
    """
    Why the name at ``start`` of ``data``, in a comment or (``markup``) a text file, is left alone; "" if it is the
    symbol. A sure sign, such as ``name()``, is needed where the name has another meaning or is a plain word.
    """
    end = start + len(sight.name)
    before, after = data[max(0, start - _WINDOW) : start], data[end : end + _WINDOW]
    line = data[data.rfind(b"\n", 0, start) + 1 : start]
    other = _other(before, after, sight, line)
    if other:
        return other
    if sight.kind == "tag":
        return _tag(before, after, sight, line)
    if _TAG_BEFORE.search(before):
        return "a struct, union or enum tag"
    sure = _sure(before, after, sight, line, markup)
    if sure:
        return _doubted(after, sight)
    if sight.local:
        return f"here it also is {sight.local}"
    if sight.plain:
        return "a plain word"
    if sight.homonym and not sight.uses:
        return f"it also is {sight.homonym}"
    return ""


def also(data: bytes, start: int, sight: Sight) -> str:
    """What the place itself shows the name to be, other than the symbol; "" if nothing."""
    end = start + len(sight.name)
    line = data[data.rfind(b"\n", 0, start) + 1 : start]
    return _other(data[max(0, start - _WINDOW) : start], data[end : end + _WINDOW], sight, line)


def _doubted(after: bytes, sight: Sight) -> str:
    """Why even ``name()`` is left alone."""
    if sight.local.startswith("another") or (sight.local and not sight.uses):
        return f"here it is {sight.local}"
    if sight.homonym and not sight.uses and sight.plain:
        return f"it also is {sight.homonym}"
    word = _NEXT_WORD.match(after)
    if word and word[1] in METHOD_WORDS and sight.homonym:
        return f"it also is {sight.homonym}"
    return ""


def _sure(before: bytes, after: bytes, sight: Sight, line: bytes, markup: bool) -> bool:
    if _DIRECTIVE.match(line) or _IDENTIFIERS.match(line) or _ROLE_BEFORE.search(before):
        return markup
    if sight.called and _CALLED.match(after) and not _MANUAL.match(after):
        return after.startswith(b"(") or not sight.plain
    return before.endswith(b"%") or (not markup and _DOC_HEAD.search(before) is not None)


def _tag(before: bytes, after: bytes, sight: Sight, line: bytes) -> str:
    role = _ROLE_BEFORE.search(before)
    if role and role["role"] in (b"type", b"struct", b"union", b"enum"):
        return ""
    if _TAG_BEFORE.search(before) or before.endswith(b"&") or _IDENTIFIERS.match(line):
        return ""
    return "" if _TAG_AFTER.match(after) and not sight.plain else "not written as a tag"


def _other(before: bytes, after: bytes, sight: Sight, line: bytes) -> str:
    """What else the place shows the name to be."""
    if _MEMBER_BEFORE.search(before):
        return "a member"
    if sight.called and _MANUAL.match(after):
        return "a manual page"
    token = _TOKEN_BEFORE.search(before)
    head, tail = (token[0] if token else b""), _after_token(after)
    if _is_path(head, tail):
        return "part of a path or file name"
    if head.endswith((b"$", b"\\")) or before.endswith((b"${", b"<", b"--")):
        return "a variable or placeholder"
    if head.endswith(b"-") or re.match(rb"-\w", tail):
        return "part of a hyphenated word"
    if head.endswith(b"@"):
        return "a parameter or member" if sight.local or sight.homonym or line.strip(b" \t*/") == b"@" else ""
    if re.match(rb"=[^= ]", after):
        return "an option with a value"
    word = _NEXT_WORD.match(after)
    if word and word[1] in MEMBER_WORDS and not _CALLED.match(after) and sight.kind == "function":
        return f"a {word[1].decode()}"
    return ""


def _after_token(after: bytes) -> bytes:
    found = _TOKEN_AFTER.match(after)
    return found[0] if found else b""


def _is_path(head: bytes, tail: bytes) -> bool:
    if _SUFFIX.match(tail):
        return True
    token = head + b"N" + tail
    if b"/" not in token or token.startswith(b"//"):
        return False
    return token.startswith((b"/", b"./", b"~", b"<")) or token.count(b"/") > 1 or _SUFFIX.search(token) is not None
