"""Facts of one file, not interpreted: functions, their documentation, and the names they use."""

from __future__ import annotations

from typing import Literal

import msgspec

from kscan.model.gap import Gap


class Param(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One parameter: its name (empty when unnamed) and its type as written, blanks collapsed."""

    name: str
    type: str


class Doc(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A kernel-doc comment block: its byte span, the name it documents, and its Return text.

    ``returns`` is the text of the Return section with comment stars removed and line breaks kept, or None
    when there is no such section; ``returns_start``/``returns_end`` are its bytes, from the word ``Return``.
    ``returns_lines`` is the byte offset of each line of ``returns``; U+FFFD stands for one undecodable byte.
    ``prose_start``/``prose_end`` are the bytes of a description paragraph that opens with "Return(s)" but is no
    section (-1
    when none), and ``prose`` its text. ``remarks`` are the other paragraphs of a comment with a Return section that
    speak
    of returning or of an errno.
    """

    start: int
    end: int
    name: str
    returns: str | None = None
    returns_start: int = -1
    returns_end: int = -1
    prose: str | None = None
    prose_start: int = -1
    prose_end: int = -1
    returns_lines: tuple[int, ...] = ()
    remarks: str = ""


Linkage = Literal["static", "inline", "global"]
"""static: visible in its file only; inline: a static inline of a header; global: everything else."""


class CallSite(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A direct call: the callee's name and the bytes of the call expression."""

    callee: str
    start: int
    end: int


class Function(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One function definition.

    ``start`` to ``end`` span the definition from its first token (annotations included) to the closing brace;
    ``name_start`` is the identifier in the declarator, ``body_start`` the opening brace. ``return_type`` is as
    written without storage class and annotations ("struct page *"). ``config`` are the conditional-inclusion
    conditions around it, outermost first ("!defined(CONFIG_X)"). ``errors`` counts the ERROR and MISSING nodes of
    the body.
    ``replaceable``: another definition may take its place (__weak), or code from outside does its work (__bpf_kfunc).
    ``via`` is the macro invocation that made it, for functions that only a macro writes; all its offsets are then those
    of the invocation.
    """

    name: str
    file: str
    start: int
    end: int
    name_start: int
    body_start: int
    return_type: str
    params: tuple[Param, ...]
    linkage: Linkage
    config: tuple[str, ...] = ()
    errors: int = 0
    via: str = ""
    doc: Doc | None = None
    calls: tuple[CallSite, ...] = ()
    replaceable: bool = False


class Constant(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An object-like macro or an enumerator: its value as written, "" for an enumerator that only counts on.

    ``after`` is the enumerator before it in the same enum ("" for the first, and for macros)."""

    name: str
    value: str
    start: int
    kind: Literal["macro", "enum"]
    after: str = ""


class Macro(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A function-like macro: parameter names and replacement text with line continuations removed."""

    name: str
    params: tuple[str, ...]
    body: str
    start: int


class FileFacts(msgspec.Struct, frozen=True, gc=False):
    """All facts of one file, in the order they stand in it.

    ``asked`` are the macros of other files that its invocations at file scope name, sorted: the functions depend on
    what headers define them as."""

    path: str
    functions: tuple[Function, ...] = ()
    constants: tuple[Constant, ...] = ()
    macros: tuple[Macro, ...] = ()
    includes: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    asked: tuple[str, ...] = ()


class Struct(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A struct or union definition: its type ("struct ops", or a typedef's name) and its fields in order.

    A field's type is its base type with one "[]" for each array dimension. ``ordered``: the n-th value of an
    initialiser is the n-th field; not so where fields of an unnamed member stand among its own."""

    type: str
    fields: tuple[Param, ...]
    ordered: bool = True


class Slot(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something put at ``path`` inside an object of base type ``type`` ("" when it cannot be told) at byte ``start``.

    The path is made of field names, "#N" for the N-th value of an initialiser, and "[]" for an element. ``value`` is
    the name put there, "" when it is no plain name; a literal is no slot. ``object`` is the constant of the file that
    holds it, "" for any other place. ``beside`` are the fields set together with it, where the type is not told.
    ``copied`` is the member that the value is read from: the base type it starts at, then the steps; empty when it is
    none."""

    type: str
    path: tuple[str, ...]
    value: str
    start: int
    object: str = ""
    beside: tuple[str, ...] = ()
    copied: tuple[str, ...] = ()


class Place(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where a pointer is read from: ``path`` inside what ``root`` is or points to; an empty path is ``root`` itself.

    ``type`` is the base type of the root, "" when its own file does not tell it. ``param`` is its number when it is a
    parameter that is never assigned to, else -1. ``called``: the root is what the function of that name returns.
    ``local``: the root is a variable or a parameter of the function."""

    root: str
    type: str
    path: tuple[str, ...] = ()
    param: int = -1
    called: bool = False
    local: bool = False


class Through(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the call at byte ``start`` goes through: the pointer comes from one of ``places``, or, when these are not
    ``complete``, from elsewhere."""

    start: int
    places: tuple[Place, ...]
    complete: bool


class FileTables(msgspec.Struct, frozen=True, gc=False):
    """What a file says of operation tables: struct definitions, what is put into fields, and its indirect calls.

    ``own`` are those of the values that are sure to be functions which the file defines for itself."""

    structs: tuple[Struct, ...] = ()
    slots: tuple[Slot, ...] = ()
    calls: tuple[Through, ...] = ()
    own: tuple[str, ...] = ()
