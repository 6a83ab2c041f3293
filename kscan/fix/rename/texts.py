"""A name in files that no C compiler reads: documentation, Kconfig, Makefiles, scripts, Rust, lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import NamedTuple

from kscan.fix.rename.prose import Sight, verdict
from kscan.fix.rename.words import PROBE_FILES, PROBE_TEXT
from kscan.model.regex import regex
from kscan.model.rename import PlaceKind

_DOCUMENTS = (".rst", ".txt", ".svg", ".dot", ".tex", ".1", ".8")
_NOTES = ("README", "TODO", "ChangeLog", "CHANGES", "NEWS", "HISTORY", "HOWTO")
_SCRIPTS = (".sh", ".tc", ".bt", ".pl", ".pm", ".awk", ".tcl", ".stp", ".rb", ".test", ".exp")
_LISTS = (".tbl", ".map", ".clang-format", ".const_structs.checkpatch")
_CONFIG_LINE = regex(
    rb"\s*(?:config|menuconfig|choice|comment|menu|if|select|imply|depends|default|def_bool|def_tristate|source|range"
    rb"|visible|option|prompt|bool|tristate|string|int|hex|mainmenu|endif|endmenu|endchoice|modules)\b"
)
_LINKER = regex(
    rb"(?:--(?:wrap|defsym|undefined|require-defined|keep-global-symbol|redefine-sym|globalize-symbol"
    rb"|localize-symbol|weaken-symbol|keep-symbol|strip-symbol|entry)[= ,]|-Wl,-[ue],?|-[eu][ ,])\Z"
)
_HASH_COMMENT = regex(rb"(?:^|\s)#(?!include)")
_SCRIPT_FORMS = (
    rb"^[ \t]*(?:function[ \t]+|sub[ \t]+)?NAME[ \t]*\(\)[ \t]*\n?[ \t]*\{",
    rb"^[ \t]*(?:sub|function)[ \t]+NAME\b",
    rb"[$@%]\{?NAME\b",
    rb"^[ \t]*(?:local[ \t]+|my[ \t]+)?NAME=",
)
_VARIABLE = regex(rb"[$@{]\Z")
_ENTRY = regex(rb"[ \t\"'\-]*\Z")
_BINDINGS = regex(rb"\bbindings::\Z")


class Word(NamedTuple):
    """The name at byte ``start`` of the file ``path``, and what is known of it there."""

    path: str
    data: bytes
    start: int
    sight: Sight

    @property
    def line(self) -> bytes:
        """What stands before it in its line."""
        return self.data[self.data.rfind(b"\n", 0, self.start) + 1 : self.start]

    @property
    def rest(self) -> bytes:
        """What follows it in its line."""
        end = self.start + len(self.sight.name)
        stop = self.data.find(b"\n", end)
        return self.data[end : stop if stop >= 0 else len(self.data)]

    def prose(self, *, markup: bool = False) -> str:
        """The verdict on it as a word of a text."""
        return verdict(self.data, self.start, self.sight, markup=markup)


Judge = Callable[[Word], str]


def kind_of(path: str) -> tuple[PlaceKind, Judge]:
    """What kind of text a file is, and the function that says why a name in it is left alone ("" if renamed)."""
    name = PurePosixPath(path).name
    if name.startswith("Kconfig"):
        return "documentation", _kconfig
    if name.startswith(("Makefile", "Kbuild", "Build")) or name.endswith((".mk", ".make", ".include")):
        return "build", _makefile
    if name.endswith(_SCRIPTS):
        return "script", _script
    if name.endswith(".cocci"):
        return "script", _cocci
    if name.endswith(".rs"):
        return "use", _rust
    if name.endswith(_LISTS) or path == "scripts/const_structs.checkpatch":
        return "list", _listed
    if name.endswith(_DOCUMENTS) or path.startswith("Documentation/") or name.startswith(_NOTES):
        return "documentation", _document
    return "script", _script if "." not in name and PROBE_FILES.match(path) else _unknown


def _document(word: Word) -> str:
    if word.path.startswith("Documentation/devicetree/") or word.path.endswith((".yaml", ".json")):
        return word.prose(markup=True) if word.rest.startswith(b"(") else _NOT_KNOWN
    return word.prose(markup=True)


_NOT_KNOWN = "not known to mean the symbol"


def _kconfig(word: Word) -> str:
    return "an option" if _CONFIG_LINE.match(word.line) else word.prose(markup=True)


def _makefile(word: Word) -> str:
    if _HASH_COMMENT.search(word.line):
        return word.prose()
    return "" if _LINKER.search(word.line) and word.sight.kind in ("function", "variable") else "a word of the build"


def _script(word: Word) -> str:
    if _defined_by_script(word.data, word.sight.name):
        return "the script's own name"
    before, after = word.line[-1:], word.rest[:1]
    if _VARIABLE.search(before) or (after == b"=" and not word.line.strip()) or before in (b"-", b"/", b"."):
        return "a variable, option or path"
    if _HASH_COMMENT.search(word.line) and word.sight.called and after == b"(":
        return word.prose()
    if PROBE_TEXT.search(word.data) and not word.sight.plain and not word.sight.homonym:
        return ""
    return _NOT_KNOWN


def _defined_by_script(data: bytes, name: bytes) -> bool:
    word = re.escape(name)
    return any(re.search(form.replace(b"NAME", word), data, re.MULTILINE) for form in _SCRIPT_FORMS)


def _cocci(word: Word) -> str:
    known = word.sight.called and not word.sight.plain
    return "" if known and (word.rest.startswith(b"(") or not word.sight.homonym) else _NOT_KNOWN


def _rust(word: Word) -> str:
    if b"//" in word.line:
        return word.prose(markup=True) if word.sight.called else _NOT_KNOWN
    return "" if _BINDINGS.search(word.line) and not word.sight.local else "Rust's own name"


def _listed(word: Word) -> str:
    if word.path.endswith(".tbl"):
        return (
            ""
            if word.sight.kind == "function" and re.match(rb"\d", word.line) and len(word.line.split()) > 2
            else _NOT_KNOWN
        )
    if word.path.endswith("const_structs.checkpatch"):
        return "" if word.sight.kind == "tag" and not word.line else _NOT_KNOWN
    return "" if word.sight.kind == "macro" and _ENTRY.match(word.line) and word.line.strip() else _NOT_KNOWN


def _unknown(word: Word) -> str:
    """A text that nothing is known of: a call written as one is the symbol, if nothing else has the name."""
    called = word.sight.called and word.rest.startswith(b"()")
    return word.prose() if called and not word.sight.homonym else _NOT_KNOWN
