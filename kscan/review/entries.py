"""Which functions user space calls: system calls, file operations, attributes, ioctl handlers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from kscan.link.catalog import Catalog
from kscan.link.tables import tables_in
from kscan.model.facts import Function, Slot
from kscan.model.gap import Gap
from kscan.model.regex import regex
from kscan.model.review import EntryKind
from kscan.review.holding import holding

_SYSTEM_CALL: Final = regex(r"(?:compat_)?sys_")
_IOCTL: Final = frozenset({"unlocked_ioctl", "compat_ioctl", "ioctl"})
_TABLES: Final[dict[str, EntryKind]] = {
    "struct file_operations": "file operation",
    "struct inode_operations": "file operation",
    "struct seq_operations": "file operation",
    "struct xattr_handler": "file operation",
    "struct proc_ops": "proc file",
    "struct block_device_operations": "ioctl",
    "struct proto_ops": "ioctl",
    "struct v4l2_ioctl_ops": "ioctl",
    "struct kernel_param_ops": "module parameter",
}
CALLED_FOR: Final = frozenset({"struct inode_operations", "struct xattr_handler"})
"""Tables behind which system calls are told apart. What is opened, read or asked by its file needs no more to be said,
and behind ``open`` are all that open a file by its name, whatever that is."""
_ONLY_IOCTL: Final = frozenset({"struct block_device_operations", "struct proto_ops"})
"""Tables of which only the ioctl handlers are user space's."""
_INTERNAL: Final = frozenset(
    {"release", "flush", "poll", "fasync", "show_fdinfo", "owner", "stop", "list", "update_time"}
)
"""File operations whose result user space does not see as an errno."""
MAX_TABLES: Final = 200
"""Files with a table that holds one function, which are looked through."""
_ATTR: Final = "ATTR"
_ATTRIBUTE: Final = regex(r"\b(\w*ATTR(?:IBUTE)?(?:_\w+)?)[ \t]*\(([^()]*)\)")
_ACCESS: Final = regex(r"_(?:show|store|read|write|get|set)\Z")
_DEBUGFS: Final = regex(r"DEBUGFS|SIMPLE_ATTRIBUTE|SHOW_ATTRIBUTE|SEQ_ATTRIBUTE|SHOW_STORE_ATTRIBUTE")
Entered = tuple[EntryKind, str]


def entered(catalog: Catalog, function: Function, gaps: list[Gap]) -> Entered | None:
    """How user space calls ``function``, and under which name; None where it does not, as far as its file and the
    tables of other files tell. Where these are too many, ``gaps`` says so."""
    own = _system_call(catalog, function) or _from_tables(catalog, function, function.file)
    return own or _from_macros(catalog, function) or _from_elsewhere(catalog, function, gaps)


def _system_call(catalog: Catalog, function: Function) -> Entered | None:
    called = _SYSTEM_CALL.match(function.name)
    source = None if called is None else catalog.source(function.file)
    if called is None or source is None or b"SYSCALL_DEFINE" not in source.data[function.start : function.body_start]:
        return None
    return "system call", function.name[called.end() :]


def _from_tables(catalog: Catalog, function: Function, path: str) -> Entered | None:
    """What the tables of the file at ``path`` make of it."""
    tables = tables_in(catalog, path)
    slots = () if tables is None else tables.slots
    return next((one for slot in slots if slot.value == function.name and (one := _of_slot(slot))), None)


def _from_elsewhere(catalog: Catalog, function: Function, gaps: list[Gap]) -> Entered | None:
    """What the tables of other files make of it."""
    if function.linkage == "static":
        return None
    files = holding(catalog, function.name)
    if len(files) > MAX_TABLES:
        why = f"{len(files)} files may hold it in tables: who of user space calls it there is not looked up"
        gaps.append(Gap(function.file, function.name_start, "link", function.name, why))
        return None
    seen = (path for path in files if function in catalog.definitions(function.name, path))
    found = (_from_tables(catalog, function, path) for path in seen)
    return next((one for one in found if one is not None), None)


def _of_slot(slot: Slot) -> Entered | None:
    field = next((step for step in reversed(slot.path) if step[:1] not in {"#", "["}), "")
    kind = slot.type.replace("[]", "")
    if kind.endswith("attribute") and field in {"show", "store", "read", "write"}:
        return _attribute_of(kind), slot.object.removeprefix("dev_attr_") or field
    if kind == "struct ctl_table" and field == "proc_handler":
        return "proc file", slot.object or field
    told = _TABLES.get(kind)
    if told is None or field in _INTERNAL or (kind in _ONLY_IOCTL and field not in _IOCTL):
        return None
    return "ioctl" if field in _IOCTL else told, f"{slot.object}.{field}" if slot.object else field


def is_end(slot: Slot) -> bool:
    """Whether user space is who calls what ``slot`` holds, so that nothing is to be found out behind it: an attribute,
    or a file of its own."""
    found = _of_slot(slot)
    return found is not None and slot.type.replace("[]", "") not in CALLED_FOR


def _from_macros(catalog: Catalog, function: Function) -> Entered | None:
    """What a macro with ATTR in its name makes of the function: it is given the name, or the name without what the
    attribute does with it."""
    source = catalog.source(function.file)
    if source is None or b"ATTR" not in source.data:
        return None
    access = _ACCESS.search(function.name)
    names = {function.name} | ({function.name[: access.start()]} if access else set())
    told, by_name = _attributes(source.data)
    for number in sorted({number for name in names for number in by_name.get(name, ())}):
        word, given = told[number]
        if not word.startswith(("__free", "DECLARE_")):
            return _attribute_of(word), _shown_name(function, given, names)
    return None


@lru_cache(maxsize=16)
def _attributes(data: bytes) -> tuple[Sequence[tuple[str, Sequence[str]]], Mapping[str, Sequence[int]]]:
    """The invocations of macros with ATTR in their name, and what each is given; and which of them a name is given."""
    told = [(one[1], tuple(word.strip() for word in one[2].split(","))) for one in _invoked(data.decode("latin-1"))]
    by_name: dict[str, list[int]] = defaultdict(list)
    for number, (_, given) in enumerate(told):
        for name in given:
            by_name[name].append(number)
    return told, dict(by_name)


def _invoked(text: str) -> Iterator[re.Match[str]]:
    """Where ``text`` invokes them. Only words with ATTR are tried: to try each word of a large file takes longer than
    all else that is asked of it."""
    at = text.find(_ATTR)
    while at >= 0:
        start = at
        while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        found = _ATTRIBUTE.match(text, start)
        if found is not None:
            yield found
        at = text.find(_ATTR, at + len(_ATTR) if found is None else max(at + len(_ATTR), found.end()))


def _shown_name(function: Function, given: Sequence[str], names: set[str]) -> str:
    """The attribute's name: what the macro is given first, unless that is a place to put it."""
    short = min(names, key=len)
    return short if short in given else given[0] if given[0] != "NULL" else function.name


def _attribute_of(word: str) -> EntryKind:
    if _DEBUGFS.search(word):
        return "debugfs file"
    return "configfs attribute" if "configfs" in word.lower() else "sysfs attribute"
