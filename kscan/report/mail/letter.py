"""The headers of an answer, and the line that says whom it quotes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from email.header import Header
from email.utils import formataddr, getaddresses
from typing import Final

from kscan.model.patch import Patch
from kscan.model.regex import regex
from kscan.report.escape import plain, unicode_only
from kscan.report.mail.wording import filled, unfrom

_SEPARATOR: Final = "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001"
_REPLY: Final = regex(r"(?i)re:\s")
_WIDTH: Final = 76
_ID: Final = regex(r"[^\s<>]+")


def letter(patch: Patch, body: str) -> str:
    """A mail of an mbox that answers ``patch`` with ``body``."""
    head = [_SEPARATOR, *_headers(patch), "MIME-Version: 1.0", "Content-Type: text/plain; charset=UTF-8"]
    lines = "\n".join([*head, "Content-Transfer-Encoding: 8bit", "", f"{_attribution(patch)}"])
    return f"{lines}\n{unfrom(body)}\n\n"


def _headers(patch: Patch) -> Iterator[str]:
    mail = patch.mail
    to = _addresses([mail.reply_to or mail.sender or patch.author])
    if to:
        yield _folded("To", to)
    others = [one for one in _addresses([*mail.to, *mail.cc]) if one not in to]
    if others:
        yield _folded("Cc", others)
    title = plain(unicode_only(mail.title or _title(patch)))
    yield f"Subject: {_encoded(title if _REPLY.match(title) else f'Re: {title}')}"
    ids = [one for one in (*mail.references, mail.message_id) if _ID.fullmatch(one)]
    if mail.message_id and ids:
        yield f"In-Reply-To: <{ids[-1]}>"
        yield "\n ".join([f"References: <{ids[0]}>", *(f"<{one}>" for one in ids[1:])])


def _title(patch: Patch) -> str:
    """The subject that git format-patch would give it."""
    version = f" v{patch.version}" if patch.version > 1 else ""
    place = f" {patch.number}/{patch.total}" if patch.total > 1 else ""
    return f"[PATCH{version}{place}] {patch.subject}"


def _addresses(texts: Sequence[str]) -> list[str]:
    """The addresses in headers, each once, with names encoded where they have to be."""
    known: dict[str, str] = {}
    for name, address in getaddresses([plain(unicode_only(text)) for text in texts]):
        if "@" in address and address.isascii():
            known.setdefault(address.lower(), formataddr((name, address)))
    return list(known.values())


def _folded(name: str, addresses: Sequence[str]) -> str:
    lines = [f"{name}: {addresses[0]}"]
    for address in addresses[1:]:
        if len(lines[-1]) + len(address) + 2 > _WIDTH:
            lines[-1] += ","
            lines.append(f" {address}")
        else:
            lines[-1] += f", {address}"
    return "\n".join(lines)


def _encoded(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8", header_name="Subject").encode()


def _attribution(patch: Patch) -> str:
    when = f"On {patch.mail.date or patch.date}, " if patch.mail.date or patch.date else ""
    return filled(f"{when}{patch.mail.sender or patch.author or 'the author'} wrote:")
