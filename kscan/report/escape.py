"""Text from an analysed tree made harmless: what could steer a terminal or mislead a reader is spelt out."""

from __future__ import annotations

from kscan.model.regex import regex

# DEL, the C1 controls, and the format characters that hide or reorder text; JSON escapes only the C0 controls.
_UNSAFE_IN_JSON = regex("[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def plain(text: str) -> str:
    """``text`` with every character that is no printable one (line breaks and tabs too) spelt as an escape."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _spelt(char) for char in text)


def plain_lines(text: str) -> str:
    """``text`` as ``plain`` gives it, but with its line breaks and tabs left in place."""
    return "\n".join("\t".join(plain(cell) for cell in line.split("\t")) for line in text.split("\n"))


def unicode_only(text: str) -> str:
    r"""``text`` without lone surrogates, which no JSON can hold: a byte that was no UTF-8 becomes ``\xNN``."""
    if text.isascii():
        return text
    return "".join(_spelt(char) if "\ud800" <= char <= "\udfff" else char for char in text)


def json_safe(encoded: str) -> str:
    r"""JSON with its unprintable characters written as ``\uNNNN``: the same value, safe on a terminal."""
    if encoded.isascii() and "\x7f" not in encoded:
        return encoded
    return _UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match.group()):04x}", encoded)


def _spelt(char: str) -> str:
    code = ord(char)
    if char in _SHORT:
        return _SHORT[char]
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
