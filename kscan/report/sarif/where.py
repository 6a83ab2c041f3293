"""Places, paths and texts as SARIF spells them."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote_from_bytes

from kscan.model.regex import regex
from kscan.model.span import Span
from kscan.report.escape import unicode_only
from kscan.report.lines import Places
from kscan.report.sarif.shapes import (
    ArtifactLocation,
    Location,
    LogicalLocation,
    Message,
    PhysicalLocation,
    Region,
)

BASE: Final = "%SRCROOT%"
# 3.11.6: what would be an embedded link.
_LINK = regex(r"\[(?=[^\]]*\]\()")


def location(span: Span, function: str, note: str, places: Places) -> Location:
    """The place at ``span`` inside ``function``, with what is to be said of it ("" for nothing)."""
    return Location(
        physical_location=PhysicalLocation(
            artifact_location=artifact(span.file), region=region(span.file, span.start, span.end, places)
        ),
        logical_locations=logical(function),
        message=message(note) if note else None,
    )


def file_location(file: str, function: str = "") -> Location:
    """All of a file; only the function where no file is named."""
    physical = PhysicalLocation(artifact_location=artifact(file)) if file else None
    return Location(physical_location=physical, logical_locations=logical(function))


def top(file: str, function: str) -> Location:
    """The top of a file, for what has no place in it any more; some readers want a region."""
    region = Region(start_line=1, start_column=1, end_line=1, end_column=1)
    physical = PhysicalLocation(artifact_location=artifact(file), region=region)
    return Location(physical_location=physical, logical_locations=logical(function))


def logical(function: str) -> tuple[LogicalLocation, ...]:
    """The function called ``function``, if any."""
    return (LogicalLocation(name=unicode_only(function), kind="function"),) if function else ()


def artifact(file: str) -> ArtifactLocation:
    """The file at the path ``file`` of the tree."""
    return ArtifactLocation(uri=uri(file), uri_base_id=BASE)


def region(file: str, start: int, end: int, places: Places) -> Region:
    """The bytes ``start`` to ``end`` (half open) as lines and columns; the column of the end is behind the last
    character."""
    first, last = places.wide(file, start), places.wide(file, max(start, end))
    return Region(start_line=first.line, start_column=first.column, end_line=last.line, end_column=last.column)


def uri(path: str) -> str:
    """A relative path as a URI reference. A byte that was no UTF-8 (a lone surrogate) is that byte, percent-encoded."""
    return quote_from_bytes(path.encode("utf-8", "surrogateescape"), safe="/")


def root_uri(tree: str) -> str:
    """The URI of a tree at an absolute path, with the slash that what is relative to it needs; "" for another path."""
    path = PurePosixPath(tree)
    return f"file://{uri(str(path)).rstrip('/')}/" if path.is_absolute() else ""


def message(text: str) -> Message:
    """``text`` as a message, in which nothing is a placeholder or a link (3.11.5, 3.11.6)."""
    doubled = unicode_only(text).replace("{", "{{").replace("}", "}}")
    return Message(text=_LINK.sub(r"\\[", doubled))
