"""The parts of SARIF 2.1.0 that kscan writes, named as there (sections are those of the standard)."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Level = Literal["error", "warning", "note"]
BaselineState = Literal["new", "unchanged", "absent"]


class Shape(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """What all parts share: keys in camel case, and none for what is as by default."""


class Message(Shape, frozen=True):
    """3.11: a text, in which braces are written twice."""

    text: str


class MultiformatText(Shape, frozen=True):
    """3.12: a text, and the same as Markdown."""

    text: str
    markdown: str = ""


class ArtifactLocation(Shape, frozen=True):
    """3.4: a file, relative to what ``uri_base_id`` stands for."""

    uri: str = ""
    uri_base_id: str = ""
    description: Message | None = None


class Region(Shape, frozen=True):
    """3.30: lines and columns from 1; the end is the first column that does not belong to it."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int


class PhysicalLocation(Shape, frozen=True):
    """3.29: a region of a file, or all of it."""

    artifact_location: ArtifactLocation
    region: Region | None = None


class LogicalLocation(Shape, frozen=True):
    """3.33: the function around a place."""

    name: str
    kind: Literal["function"]


class Location(Shape, frozen=True):
    """3.28: a place, and what is to be said of it."""

    physical_location: PhysicalLocation | None = None
    logical_locations: tuple[LogicalLocation, ...] = ()
    message: Message | None = None


class ThreadFlowLocation(Shape, frozen=True):
    """3.38: a step."""

    location: Location


class ThreadFlow(Shape, frozen=True):
    """3.37: steps in their order."""

    locations: tuple[ThreadFlowLocation, ...]


class CodeFlow(Shape, frozen=True):
    """3.36: the path that leads to a result."""

    thread_flows: tuple[ThreadFlow, ...]


class ArtifactContent(Shape, frozen=True):
    """3.3: text."""

    text: str


class Replacement(Shape, frozen=True):
    """3.57: a region and the text in its place."""

    deleted_region: Region
    inserted_content: ArtifactContent | None = None


class ArtifactChange(Shape, frozen=True):
    """3.56: the replacements in one file."""

    artifact_location: ArtifactLocation
    replacements: tuple[Replacement, ...]


class Fix(Shape, frozen=True):
    """3.55: a proposed change."""

    description: Message
    artifact_changes: tuple[ArtifactChange, ...]
    properties: dict[str, Any] = {}


class Suppression(Shape, frozen=True):
    """3.35: the comment that hides a result."""

    kind: Literal["inSource"]
    status: Literal["accepted"]
    justification: str
    location: Location | None = None


class Result(Shape, frozen=True):
    """3.27: a finding."""

    rule_id: str
    level: Level
    message: Message
    rule_index: int = -1
    locations: tuple[Location, ...] = ()
    related_locations: tuple[Location, ...] = ()
    code_flows: tuple[CodeFlow, ...] = ()
    partial_fingerprints: dict[str, str] = {}
    baseline_state: BaselineState | None = None
    suppressions: tuple[Suppression, ...] = ()
    fixes: tuple[Fix, ...] = ()
    properties: dict[str, Any] = {}


class Configuration(Shape, frozen=True):
    """3.50: how much a rule's results weigh."""

    level: Level


class ReportingDescriptor(Shape, frozen=True):
    """3.49: a rule, or a kind of notification."""

    id: str
    name: str = ""
    short_description: MultiformatText | None = None
    full_description: MultiformatText | None = None
    help: MultiformatText | None = None
    default_configuration: Configuration | None = None
    properties: dict[str, Any] = {}


class ToolComponent(Shape, frozen=True):
    """3.19: kscan, its rules and its kinds of notification."""

    name: str
    version: str
    rules: tuple[ReportingDescriptor, ...] = ()
    notifications: tuple[ReportingDescriptor, ...] = ()


class Tool(Shape, frozen=True):
    """3.18: what made the run."""

    driver: ToolComponent


class DescriptorReference(Shape, frozen=True):
    """3.52: a kind of notification, by its id and its place among them."""

    id: str
    index: int = -1


class Notification(Shape, frozen=True):
    """3.58: something of the run itself: a gap, or results left out."""

    descriptor: DescriptorReference
    level: Level
    message: Message
    locations: tuple[Location, ...] = ()


class Invocation(Shape, frozen=True):
    """3.20: how the run went."""

    execution_successful: bool
    tool_execution_notifications: tuple[Notification, ...] = ()


class Run(Shape, frozen=True):
    """3.14: one run of kscan."""

    tool: Tool
    invocations: tuple[Invocation, ...]
    original_uri_base_ids: dict[str, ArtifactLocation]
    column_kind: Literal["utf16CodeUnits"]
    default_encoding: Literal["UTF-8"]
    results: tuple[Result, ...]
    properties: dict[str, Any] = {}


class Log(Shape, frozen=True):
    """3.13: the whole file."""

    schema_: str = msgspec.field(name="$schema")
    version: Literal["2.1.0"]
    runs: tuple[Run, ...]
