"""What is read off the text of real headers is what their trees tell."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kscan.facts.braceless import Told, numbers_only, without_braces
from kscan.facts.extract import extracted, sharing_facts, tree_of
from kscan.facts.headers import read_dialect
from kscan.facts.shared import hides_constants, shared_of
from kscan.facts.skim import skimmed
from kscan.facts.tables import tables_of
from kscan.model.source import Source
from kscan.source.tree import NOT_KERNEL, open_tree

STEP = int(os.environ.get("KSCAN_STEP", "40"))
"""One of so many headers is read both ways; KSCAN_STEP=1 reads all."""


def _headers(tree: Path) -> list[Source]:
    opened = open_tree(tree)
    found = [opened.read(stat.path) for stat in opened.files(suffixes=(".h",), skip=NOT_KERNEL)]
    return [one for one in found if isinstance(one, Source)]


def _compare(tree: Path) -> None:
    headers = _headers(tree)
    dialect = read_dialect((one.path, one.data) for one in headers)
    kinds = {"braceless": 0, "numbers": 0, "skimmed": 0}
    for source in headers[::STEP]:
        macros = dialect.definers.seen_from(source.path, source.data)
        parsed = tree_of(source, extra=dialect.annotations)
        facts, _ = extracted(source, parsed, macros=macros, extra=dialect.annotations)
        told = Told(facts, tables_of(source, parsed, facts.functions, facts.macros))
        plain = without_braces(source, macros)
        assert plain is None or plain == told, source.path
        shared, whole, size = skimmed(source), sharing_facts(source, parsed), len(source.data)
        assert shared is None or whole is None or shared_of(shared, size) == shared_of(whole, size), source.path
        kinds["braceless"] += plain is not None
        kinds["numbers"] += hides_constants(source.path, size) and numbers_only(source.data)
        kinds["skimmed"] += shared is not None
    assert all(kinds.values()), kinds


@pytest.mark.linux
def test_text_and_tree_agree(linux_73: Path) -> None:
    _compare(linux_73)


@pytest.mark.linux
def test_text_and_tree_agree_in_an_older_tree(linux_612: Path) -> None:
    _compare(linux_612)
