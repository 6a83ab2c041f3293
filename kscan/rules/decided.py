"""What is said of a condition that is decided before it is asked."""

from __future__ import annotations

from kscan.model.decided import Decided
from kscan.model.finding import Finding
from kscan.rules.rule import Rule


def finding_about(rule: Rule, one: Decided) -> Finding:
    """The finding of ``rule`` about ``one``."""
    way = "always" if one.holds else "never"
    why = "earlier tests have decided it" if one.because else "its type is unsigned"
    message = f"{one.text} {way} holds here: {why}"
    return rule.finding(one.span, one.function, message, one.subject, one.because, one.fix)
