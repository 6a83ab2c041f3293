"""A function body, as a syntax tree, to compact code: control flow made explicit, syntax gone."""

from kscan.facts.lower.body import lower_body

__all__ = ["lower_body"]
