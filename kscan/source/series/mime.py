"""A mail that is more than plain text: transfer encodings, character sets, parts and flowed text undone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser

from kscan.model.error import InputError
from kscan.model.regex import regex
from kscan.source.series.mail import Letter, charset_decoded, headers

_MAX_PARTS = 16

_NESTS = regex(rb"(?i)boundary[*\d]*\s*=|^content-type:\s*message/", re.M)
_PATCH_NAME = regex(r"(?i)\.(?:patch|diff)$")
_DIFF_TYPES = frozenset({"text/plain", "text/x-patch", "text/x-diff", "application/x-patch"})


def letters_in(raw: bytes, origin: str) -> list[Letter]:
    """
    The mail ``raw``; or the mails attached to it, where there are some and its own text has no diff.

    Raises InputError, which begins with ``origin``, for parts beyond what a mail has.
    """
    message = BytesParser().parsebytes(raw, headersonly=True)
    if message.get_content_maintype() not in {"multipart", "message"}:
        return [_simple(message, raw, origin)]
    if len(_NESTS.findall(raw)) > _MAX_PARTS:
        raise InputError(f"{origin}: a mail with more than {_MAX_PARTS} nested parts")
    message = BytesParser().parsebytes(raw)
    own = b"".join(_ended(part) for part in _texts(message))
    attached = [] if _has_diff(own) else [one for inner in _attached(message) for one in _inner(inner, origin)]
    return attached or [Letter(headers(message.raw_items(), origin), own, 0, _is_flowed(message))]


def words_in(raw: bytes) -> Iterator[tuple[bytes, str | None]]:
    """The parts of a header on one line, encoded words decoded, each with the character set it is said to be in."""
    try:
        parts = decode_header(raw.decode("latin-1"))
    except HeaderParseError:
        parts = [(raw, None)]
    for part, name in parts:
        yield part.encode("latin-1") if isinstance(part, str) else part, name


def _simple(message: Message, raw: bytes, origin: str) -> Letter:
    flowed, data = _is_flowed(message), _payload(message)
    as_it_is = raw.endswith(data) and not flowed
    line = raw.count(b"\n", 0, len(raw) - len(data)) + 1 if as_it_is else 0
    return Letter(headers(message.raw_items(), origin), _text(message), line, flowed)


def _inner(message: Message, origin: str) -> Iterator[Letter]:
    parts = [_ended(part) for part in _texts(message)]
    yield Letter(headers(message.raw_items(), origin), b"".join(parts), 0)


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


def _ended(text: bytes) -> bytes:
    return text if text.endswith(b"\n") or not text else text + b"\n"


def _has_diff(text: bytes) -> bool:
    return re.search(rb"^(?:diff --git |--- .+\n\+\+\+ )", text, re.M) is not None
