"""A rename over a whole tree: find, look, decide whose each name is, refuse what cannot be, write down edits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kscan.fix.rename import refusals
from kscan.fix.rename.candidates import C_SUFFIXES, Found, occurrences, search
from kscan.fix.rename.code import CFile, Read, belonging, definitions, judge, look_at, macros_of, with_names
from kscan.fix.rename.headings import underlines
from kscan.fix.rename.literals import string_verdict
from kscan.fix.rename.look import Looked, Occurrence
from kscan.fix.rename.macros import Macros
from kscan.fix.rename.meaning import FIELD, Meaning, Space
from kscan.fix.rename.owners import Definition, Owners, Symbol, is_program, symbols
from kscan.fix.rename.prose import Sight, also, verdict
from kscan.fix.rename.python import python_words
from kscan.fix.rename.texts import Word, kind_of
from kscan.fix.rename.writers import Writer, check_writers, derived, writers
from kscan.model.edit import Edit
from kscan.model.error import InputError
from kscan.model.rename import Place, PlaceKind, RenameResult
from kscan.model.span import Span

_USERS = 60
_SHELL_MARK = b"#!"


class _Code(NamedTuple):
    """The C side of a rename: the files with the old name, whose it is in each, and what the symbol is."""

    files: Mapping[str, CFile]
    whose: Mapping[str, str]
    symbol: Symbol
    others: int
    texts: Mapping[str, bytes]
    space: Space

    @property
    def called(self) -> bool:
        """Whether the symbol is something that text writes with parentheses."""
        return self.symbol.kind in ("function", "macro")


def plan(read: Read, target: str, new: str) -> RenameResult:
    """
    The rename of ``target`` (NAME or FILE:NAME) to ``new`` over the tree of ``read``. Raises InputError when it is
    refused: the message says why, and nothing was changed.
    """
    meant = refusals.split(target)
    old = meant.name
    refusals.check_names(old, new)
    names = (old.encode(), new.encode())
    found = search(read.tree, names[0], (*names, b"rust_helper_" + names[0]), read.jobs, read.progress)
    looked = look_at(read, with_names(read, found, *names), names)
    macros = macros_of(read, looked)
    made = tuple(writers(read, found, macros, *names))
    check_writers(made, {one.path: read.bytes_of(one.path) for one in made}, old, new)
    code = _code(found, looked, macros, meant, made)
    _check_new(read, found, code, looked, macros, names)
    places = [*_in_c(code, names[0]), *_in_texts(read, found, code, names[0])]
    return _result(read, found, code, places, made, old, new)


def _code(
    found: Found, looked: dict[str, Looked], macros: Macros, target: refusals.Target, made: tuple[Writer, ...]
) -> _Code:
    old = target.name
    for space in _spaces(looked, macros, target):
        files = judge(looked, macros, old.encode(), space)
        known = [*definitions(files), *_made(made), *([] if space == "tag" else _of_assembler(files))]
        if any(one.kind for one in known):
            owners = Owners(known, found.kernel_sources)
            symbol = refusals.choose(owners.symbols, target.file, old)
            if space != "tag":
                refusals.check_not_tag(target, symbol, _tags(looked, macros, old))
            texts = {path: one.looked.data for path, one in files.items()}
            return _Code(files, belonging(files, owners, symbol), symbol, len(owners.symbols) - 1, texts, space)
        if known and space != "tag":
            where = f"{known[0].path}:{texts_line(files[known[0].path], known[0].start)}"
            raise InputError(f"{old}: declared at {where}, but its definition is not found; a macro may write it")
    raise refusals.no_symbol(old, judge(looked, macros, old.encode(), "name"), found.larger)


def _tags(looked: dict[str, Looked], macros: Macros, old: str) -> tuple[Symbol, ...]:
    return symbols(definitions(judge(looked, macros, old.encode(), "tag")))


def _spaces(looked: dict[str, Looked], macros: Macros, target: refusals.Target) -> tuple[Space, ...]:
    """What the symbol can be, most likely first: a macro that stands for a field is used as one."""
    old, name = target.name, target.name.encode()
    if target.tag:
        return ("tag",)
    plain = judge(looked, macros, name, "name")
    if not any(_object_like(file) for file in plain.values()):
        return "name", "tag"
    places = [(path, one) for path, file in plain.items() for one, meant in file.places if meant.why == FIELD]
    used = [(path, one) for path, one in places if one.before in (b".", b"->") and not is_program(path)]
    declared = [(path, one) for path, one in places if one.before not in (b".", b"->") and not is_program(path)]
    if used and declared:
        path, one = declared[0]
        raise InputError(
            f"{old}: a macro, and also a field at {path}:{texts_line(plain[path], one.start)}; fields of "
            "that name cannot be told from the macro"
        )
    return ("field", "tag") if used else ("name", "tag")


def _object_like(file: CFile) -> bool:
    return any(
        meant.defines == "macro" and file.looked.data[one.end : one.end + 1] != b"(" for one, meant in file.places
    )


def texts_line(file: CFile, offset: int) -> int:
    """The line of ``offset``."""
    return file.looked.data.count(b"\n", 0, offset) + 1


def _made(made: tuple[Writer, ...]) -> list[Definition]:
    return [Definition(one.path, one.start, "function", False) for one in made]


def _of_assembler(files: Mapping[str, CFile]) -> Iterator[Definition]:
    """Labels of assembly and linker scripts."""
    for path, file in files.items():
        for one, meant in file.places:
            entry = one.argument.callee.startswith(("SYM_", "ENTRY", "GLOBAL", "WEAK")) and one.argument.number == 0
            linked = path.endswith((".S", ".lds")) and (one.after == b":" or (one.after == b"=" and ".lds" in path))
            if not meant.why and path.endswith((".S", ".lds", ".h")) and one.region == "code" and (entry or linked):
                yield Definition(path, one.start, "function", "LOCAL" in one.argument.callee)


def _check_new(
    read: Read, found: Found, code: _Code, looked: dict[str, Looked], macros: Macros, names: tuple[bytes, bytes]
) -> None:
    new = names[1].decode()
    # What only a macro writes is defined nowhere, but somebody uses it.
    more = [path for path in found.words[names[1]] if path.endswith(C_SUFFIXES) and not is_program(path)]
    some = [path for path in more if path not in looked]
    looked = {**looked, **look_at(read, some if code.symbol.kind == "macro" else some[:_USERS], names)}
    files = judge(looked, macros, names[1], code.space)
    edited = [path for path, other in code.whose.items() if not other]
    refusals.check_free(new, files, code.symbol, edited, definitions(files))
    for path in edited:
        mine = [(one, meant) for one, meant in code.files[path].places if not meant.why]
        if code.space == "name":
            refusals.check_capture(new, path, (one for one, _ in mine), code.files[path])
        for one, _ in mine:
            refusals.check_user_name(path, one, code.files[path])


def _in_c(code: _Code, old: bytes) -> Iterator[Place]:
    """The places of the old name in the files that go through the preprocessor."""
    homonym = _homonym(code)
    for path, file in code.files.items():
        whose = code.whose[path]
        sight = _sight(code, old, homonym, file, whose)
        meanings = {one.start: meant for one, meant in file.places}
        for one in file.looked.occurrences:
            if one.name == old:
                yield _place(path, one, meanings.get(one.start), whose, file, sight)


def _place(path: str, one: Occurrence, meant: Meaning | None, whose: str, file: CFile, sight: Sight) -> Place:
    span, data = Span(path, one.start, one.end), file.looked.data
    if meant is not None and meant.why != "text of a directive":
        kind: PlaceKind = "assembly" if path.endswith((".S", ".lds")) and meant.kind == "use" else meant.kind
        return Place(span, kind, meant.why or (whose if meant.kind != "list" else ""))
    if one.region == "string":
        return Place(span, "string", string_verdict(path, data, one.start, one.piece, sight))
    kernel_doc = data.startswith(b"/**", max(one.piece[0], 0)) and not data.startswith(b"/**/", max(one.piece[0], 0))
    return Place(span, "kernel-doc" if kernel_doc else "comment", verdict(data, one.start, sight))


def _homonym(code: _Code) -> str:
    """What else the name is in the kernel's code, with a place."""
    for path, file in sorted(code.files.items()):
        if is_program(path):
            continue
        for one, meant in file.places:
            why = meant.why or code.whose[path]
            if why and not why.startswith(("part of", "no definition", "text of")):
                return f"{why}, {path}:{texts_line(file, one.start)}"
    return ""


def _sight(code: _Code, old: bytes, homonym: str, file: CFile | None, whose: str) -> Sight:
    if file is None:
        return Sight(old, code.symbol.kind, code.called, homonym)
    mine = not whose and any(not meant.why for _, meant in file.places)
    local = file.other or (whose if file.places else "")
    return Sight(old, code.symbol.kind, code.called, homonym, mine, local)


def _in_texts(read: Read, found: Found, code: _Code, old: bytes) -> Iterator[Place]:
    """The places of the old name in files that no C compiler reads."""
    sight = _sight(code, old, _homonym(code), None, "")
    helper = found.words[b"rust_helper_" + old]
    for path in found.words[old]:
        if path.endswith(C_SUFFIXES):
            continue
        data = read.bytes_of(path)
        seen = sight
        if code.others:
            seen = sight._replace(local="one of several of that name")
        elif helper and path.endswith(".rs"):
            seen = sight._replace(local=f"what {helper[0]} provides")
        yield from _in_python(path, data, seen) if _is_python(path, data) else _in_text(path, data, seen)


def _in_text(path: str, data: bytes, sight: Sight) -> Iterator[Place]:
    kind, judged = kind_of(path)
    if kind == "documentation" and not sight.local:
        # A text that says p->name, or a path with it, means that by the bare name too.
        other = next(filter(None, (also(data, at, sight) for at in occurrences(data, sight.name))), "")
        sight = sight._replace(local=other, uses=bool(other))
    for at in occurrences(data, sight.name):
        yield Place(Span(path, at, at + len(sight.name)), kind, judged(Word(path, data, at, sight)))


def _in_python(path: str, data: bytes, sight: Sight) -> Iterator[Place]:
    for word in python_words(data, sight, sight.name, {}):
        yield Place(Span(path, word.start, word.end), "python", word.why)


def _is_python(path: str, data: bytes) -> bool:
    return path.endswith(".py") or (data.startswith(_SHELL_MARK) and b"python" in data.split(b"\n", 1)[0])


def _result(
    read: Read,
    found: Found,
    code: _Code,
    places: Iterable[Place],
    made: tuple[Writer, ...],
    old: str,
    new: str,
) -> RenameResult:
    ordered = sorted(places)
    renamed = [one for one in ordered if not one.why]
    edits = [Edit(one.span, new) for one in renamed]
    edits += [Edit(Span(one.path, one.start, one.start + len(one.rest)), (one.becomes or b"").decode()) for one in made]
    renamed += [Place(edit.span, "use") for edit in edits[len(renamed) :]]
    texts = {path: code.texts.get(path) or read.bytes_of(path) for path in {one.span.file for one in ordered}}
    texts |= {one.path: read.bytes_of(one.path) for one in made}
    _derived(read, found, code, edits, renamed, texts, old, new)
    edits += underlines(edits, texts)
    notes = ("it stands in a user-space header: programs outside the tree may use it",) * any(
        "include/uapi/" in path for path in code.symbol.files
    )
    return RenameResult(
        str(read.tree.root),
        old,
        new,
        code.symbol.kind,
        tuple(sorted(set(edits))),
        tuple(sorted(set(renamed))),
        tuple(one for one in ordered if one.why),
        texts,
        found.files,
        found.gaps,
        notes,
    )


def _derived(
    read: Read,
    found: Found,
    code: _Code,
    edits: list[Edit],
    renamed: list[Place],
    texts: dict[str, bytes],
    old: str,
    new: str,
) -> None:
    """Adds the names that macros make of the renamed one where Python spells them; other uses are refused."""
    mine = {path: file for path, file in code.files.items() if not code.whose[path]}
    made = derived(mine, found.larger, old.encode(), new.encode())
    if not made:
        return
    again = search(read.tree, None, tuple(made), read.jobs, read.progress)
    sight = _sight(code, old.encode(), "", None, "")
    for path in sorted({path for paths in again.words.values() for path in paths}):
        texts[path] = read.bytes_of(path)
        if not _is_python(path, texts[path]):
            name = next(name for name, paths in again.words.items() if path in paths)
            raise InputError(f"{path}: spells {name.decode()}, which a macro makes of {old}; rename that first")
        for word in python_words(texts[path], sight, new.encode(), made):
            if word.new != new.encode() and not word.why:
                edits.append(Edit(Span(path, word.start, word.end), word.new.decode()))
                renamed.append(Place(edits[-1].span, "python"))
