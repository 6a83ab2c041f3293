"""One mail, as bytes, to its headers and its text. Most are plain text in UTF-8, as ``git format-patch`` writes them;
what else there is ``mime`` takes apart."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from kscan.model.error import InputError
from kscan.model.patch import Mail
from kscan.model.regex import regex

MAX_HEADERS: Final = 256 << 10
"""Bytes that the headers of one mail may have."""
_MAX_HEADER = 8 << 10
_MAX_ADDRESS = 1000

_HEADER = regex(rb"[!-9;-~]+:")
_NAME = regex(r"[!-9;-~]+")
_TELLING = regex(rb"(?i)^(?:from|subject|message-id):", re.M)
_LONG = regex(rb"(?i)^content-[\w-]+:(?:[^\n]|\n[ \t]){%d}" % _MAX_HEADER, re.M)
_ADDRESS = regex(r'(?:"(?:[^"\\]|\\.)*"|[^,"]|")+')
_ID = regex(r"<([!-;=?-~]+)>")
# The other codecs of Python are no character sets, or cost more than the text is long.
_CHARSET = regex(
    r"utf-(?:8|16|32)|us-ascii|ascii|iso8859-\d+|cp\d+|koi8-[rut]|mac-\w+|gb\w+|big5\w*|(?:euc|iso2022)_\w+|shift_jis\w*"
)


class Letter(NamedTuple):
    """
    ``text`` is UTF-8 as far as the mail says what it is; ``line`` is the line (from 1) of the mail at which it begins,
    0 if its lines are not those of the mail. ``flowed``: it was sent as format=flowed, which damages patches.
    """

    mail: Mail
    text: bytes
    line: int
    flowed: bool = False


def is_mail(raw: bytes) -> bool:
    """Whether ``raw`` begins with the headers of a mail, and not with a diff or plain text ("mm: what it does")."""
    head = re.split(rb"\r?\n\r?\n", raw[:MAX_HEADERS], maxsplit=1)[0]
    return _HEADER.match(head) is not None and _TELLING.search(head) is not None


def letters(raw: bytes, origin: str) -> list[Letter]:
    """
    The mail ``raw``; or the mails attached to it, where there are some and its own text has no diff.

    Raises InputError, which begins with ``origin``, for headers or parts beyond what a mail has.
    """
    if raw[:_MAX_HEADER].partition(b"\n")[0].endswith(b"\r"):
        raw = raw.replace(b"\r\n", b"\n")
    head = raw.find(b"\n\n")
    head = len(raw) if head < 0 else head
    if head > MAX_HEADERS:
        raise InputError(f"{origin}: the headers of the mail are longer than {MAX_HEADERS >> 10} KiB")
    if _LONG.search(raw):
        raise InputError(f"{origin}: a header of the mail is longer than {_MAX_HEADER >> 10} KiB")
    plain = _plain(raw, origin)
    if plain is not None:
        return [plain]
    from kscan.source.series.mime import letters_in  # noqa: PLC0415 - slow to load, and few patches need it

    return letters_in(raw, origin)


def charset_decoded(data: bytes, charset: str) -> str | None:
    """``data`` as text; None if it is not in ``charset``, or that is no character set."""
    try:
        name = codecs.lookup(charset[:40]).name
        return data.decode(name) if _CHARSET.fullmatch(name) else None
    except (LookupError, ValueError):
        return None


def unfolded(text: str) -> str:
    """A header on one line."""
    return " ".join(text.split())


def _plain(raw: bytes, origin: str) -> Letter | None:
    """The mail ``raw`` where its headers are well formed and none says what its text is, so that it is plain UTF-8."""
    head, blank, text = raw.partition(b"\n\n")
    found: list[tuple[str, list[str]]] = []
    for line in head.decode("ascii", "surrogateescape").split("\n"):
        name, colon, value = line.partition(":")
        if line[:1] in {" ", "\t"} and found:
            found[-1][1].append(line)
        elif colon and _NAME.fullmatch(name) and not name.lower().startswith("content-"):
            found.append((name, [value.lstrip(" \t")]))
        else:
            return None
    if not blank or b"\r" in raw:
        return None
    mail = headers(((name, "\n".join(lines)) for name, lines in found), origin)
    return Letter(mail, text, raw.count(b"\n", 0, len(raw) - len(text)) + 1)


def headers(told_by: Iterable[tuple[str, object]], origin: str) -> Mail:
    """What the headers of a mail, by name and as they are written, say; of several of a name the first one.

    Raises InputError for one that is longer than a header is."""
    told: dict[str, str] = {}
    for name, value in told_by:
        told.setdefault(name.lower(), str(value))
    for name in ("subject", "from", "date", "message-id", "reply-to", "in-reply-to"):
        if len(told.get(name, "")) > _MAX_HEADER:
            raise InputError(f"{origin}: the header {name} is longer than {_MAX_HEADER >> 10} KiB")
    ids = [*_ID.findall(told.get("references", "")), *_ID.findall(told.get("in-reply-to", ""))]
    return Mail(
        title=_decoded(told.get("subject", "")),
        message_id="".join(_ID.findall(told.get("message-id", ""))[:1]),
        sender=_decoded(told.get("from", "")),
        reply_to=_decoded(told.get("reply-to", "")),
        to=_addresses(told.get("to", ""), origin),
        cc=_addresses(told.get("cc", ""), origin),
        date=unfolded(told.get("date", "")),
        references=tuple(dict.fromkeys(reversed(dict.fromkeys(reversed(ids))))),
    )


def _addresses(value: str, origin: str) -> tuple[str, ...]:
    found = [one.strip() for one in _ADDRESS.findall(value)]
    if any(len(one) > _MAX_ADDRESS for one in found):
        raise InputError(f"{origin}: an address of more than {_MAX_ADDRESS} characters")
    return tuple(_decoded(one) for one in found if one)


def _decoded(value: str) -> str:
    """A header's text: encoded words decoded, raw bytes taken as UTF-8 or else Latin-1."""
    raw = re.sub(rb"[\r\n]+[ \t]*", b" ", value.encode("ascii", "surrogateescape"))
    if b"=?" not in raw:
        return unfolded(_word(raw, None))
    from kscan.source.series.mime import words_in  # noqa: PLC0415 - as above

    return unfolded("".join(_word(data, name) for data, name in words_in(raw)))


def _word(data: bytes, charset: str | None) -> str:
    said = charset_decoded(data, charset or "utf-8")
    return data.decode("latin-1") if said is None else said
