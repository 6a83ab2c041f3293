"""One mail, as bytes, to its headers and its text: transfer encodings, character sets, parts and flowed text undone."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from typing import Final, NamedTuple

from kscan.model.error import InputError
from kscan.model.patch import Mail
from kscan.model.regex import regex

MAX_HEADERS: Final = 256 << 10
"""Bytes that the headers of one mail may have."""
_MAX_HEADER = 8 << 10
_MAX_ADDRESS = 1000
_MAX_PARTS = 16

_HEADER = regex(rb"[!-9;-~]+:")
_TELLING = regex(rb"(?i)^(?:from|subject|message-id):", re.M)
_NESTS = regex(rb"(?i)boundary[*\d]*\s*=|^content-type:\s*message/", re.M)
_LONG = regex(rb"(?i)^content-[\w-]+:(?:[^\n]|\n[ \t]){%d}" % _MAX_HEADER, re.M)
_ADDRESS = regex(r'(?:"(?:[^"\\]|\\.)*"|[^,"]|")+')
_ID = regex(r"<([!-;=?-~]+)>")
_PATCH_NAME = regex(r"(?i)\.(?:patch|diff)$")
_DIFF_TYPES = frozenset({"text/plain", "text/x-patch", "text/x-diff", "application/x-patch"})
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
    message = BytesParser().parsebytes(raw, headersonly=True)
    if message.get_content_maintype() not in {"multipart", "message"}:
        return [_simple(message, raw, origin)]
    if len(_NESTS.findall(raw)) > _MAX_PARTS:
        raise InputError(f"{origin}: a mail with more than {_MAX_PARTS} nested parts")
    message = BytesParser().parsebytes(raw)
    own = b"".join(_ended(part) for part in _texts(message))
    attached = [] if _has_diff(own) else [one for inner in _attached(message) for one in _inner(inner, origin)]
    return attached or [Letter(_headers(message, origin), own, 0, _is_flowed(message))]


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


def _simple(message: Message, raw: bytes, origin: str) -> Letter:
    flowed, data = _is_flowed(message), _payload(message)
    as_it_is = raw.endswith(data) and not flowed
    line = raw.count(b"\n", 0, len(raw) - len(data)) + 1 if as_it_is else 0
    return Letter(_headers(message, origin), _text(message), line, flowed)


def _inner(message: Message, origin: str) -> Iterator[Letter]:
    parts = [_ended(part) for part in _texts(message)]
    yield Letter(_headers(message, origin), b"".join(parts), 0)


def _attached(message: Message) -> Iterator[Message]:
    """The mails inside a mail, those inside them not."""
    for part in _children(message):
        if message.get_content_maintype() == "message":
            yield part
        else:
            yield from _attached(part)


def _texts(message: Message) -> Iterator[bytes]:
    """The texts of a mail in order, without those of mails inside it."""
    kind = message.get_content_type()
    if kind in _DIFF_TYPES or _PATCH_NAME.search(str(message.get_filename(""))):
        yield _text(message)
    elif message.get_content_maintype() == "multipart":
        for part in _children(message):
            yield from _texts(part)


def _children(message: Message) -> list[Message]:
    inside = message.get_payload() if message.is_multipart() else []
    return [part for part in inside if isinstance(part, Message)] if isinstance(inside, list) else []


def _text(message: Message) -> bytes:
    data = _payload(message)
    charset = str(message.get_param("charset", "utf-8"))
    if charset.lower() not in {"utf-8", "utf8", "us-ascii"} and (text := charset_decoded(data, charset)) is not None:
        data = text.encode("utf-8", "surrogatepass")
    return _unflowed(data, str(message.get_param("delsp", "")).lower() == "yes") if _is_flowed(message) else data


def _payload(message: Message) -> bytes:
    data = message.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _is_flowed(message: Message) -> bool:
    return str(message.get_param("format", "")).lower() == "flowed"


def _unflowed(data: bytes, delsp: bool) -> bytes:
    """Lines that were broken softly joined again, stuffed blanks taken out (RFC 3676), as ``git mailinfo`` does it."""
    done: list[bytes] = []
    for stuffed in data.split(b"\n"):
        line = stuffed.removesuffix(b"\r")
        if line == b"-- ":
            done += [line, b"\n"]
            continue
        line = line.removeprefix(b" ")
        soft = line.endswith(b" ")
        done += [line[:-1] if soft and delsp else line, b"" if soft else b"\n"]
    return b"".join(done).removesuffix(b"\n")


def _headers(message: Message, origin: str) -> Mail:
    told: dict[str, str] = {}
    for name, value in message.raw_items():
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
    raw = value.encode("ascii", "surrogateescape")
    try:
        parts = decode_header(re.sub(r"[\r\n]+[ \t]*", " ", raw.decode("latin-1")))
    except HeaderParseError:
        parts = [(raw, None)]
    return unfolded(
        "".join(_word(part.encode("latin-1") if isinstance(part, str) else part, name) for part, name in parts)
    )


def _word(data: bytes, charset: str | None) -> str:
    said = charset_decoded(data, charset or "utf-8")
    return data.decode("latin-1") if said is None else said


def _ended(text: bytes) -> bytes:
    return text if text.endswith(b"\n") or not text else text + b"\n"


def _has_diff(text: bytes) -> bool:
    return re.search(rb"^(?:diff --git |--- .+\n\+\+\+ )", text, re.M) is not None
