"""What prose says of each value that a function returns: the words for it, and the sentences that speak of none."""

from __future__ import annotations

import re

from kscan.facts.errno import errno_of
from kscan.facts.returntext import Documented, Named
from kscan.model.regex import regex
from kscan.model.result import FunctionRow

_OTHERWISE = regex(
    r"<=?\s*0|!\s*0\b|\bnon(?:[- ]|e )?%?(?:zero|0)\b|\b(?:any )?other (?:values?|codes?|returns?)\b"
    r"|\b(?:an?\s+)?(?:other\s+)?negativ(?!e or )|\botherwise\b|\belse\b"
    r"|\berrno\b|[,;]?\s*\bor\s+an?\s+[\w-]+\s+error\s+codes?\b|\b(?:or an? )?error codes?\b|\bor an? error|\bERR_PTR\b"
    # Little may come behind these, or it would be lost with them.
    r"|(?:(?:[,;]\s*(?:(?:or|and)\s+)?|\b(?:or|and)\s+)(?:(?:an?|the|some|any|other|another|appropriate|usual|suitable"
    r"|corresponding|relevant|standard|kernel|system)\s+)*-?errors?\b|(?:\bor\s+an?\s+)?(?<![\w-])-ve\b)(?=[^.,;]{0,30}(?:[.;]|\Z))",
    re.IGNORECASE,
)
_SENTENCE_END = regex(r"(?<!\be\.g)(?<!\bi\.e)(?<!\betc)[.!?](?:\s|$)")
_EDGES = " \t,;:./-–—="
_JOINS = regex(
    r"^(?:is returned|will be returned)\b|\b(?:(?:and|or|but|it|either|an?|the|error|code)\s+)*"
    r"(?:or|and|but|returns?|either|an?)$"
    r"|[,;]?\s*\b(?:less|greater|more)\s+than$"
    r"|\b(?:or|and)\s+(?:one\s+of(?:\s+the)?|(?:on|upon|in case of)\s+(?:an?\s+)?(?:failure|error))$",
    re.IGNORECASE,
)
_CONDITION_BEFORE = regex(
    r"\W*(?P<when>(?:if|when|unless|in case|on)\b.+?),?\s+(?:then\s+)?"
    r"(?:(?:it|this(?:\s+function)?|the\s+function)\s+)?(?:will\s+)?returns?[\s%`\"'(]*\Z",
    re.IGNORECASE | re.DOTALL,
)
_NEXT_ERRNO = regex(r"\s*,?\s*(?:(?:or|and|/)\s*|(?<=,)\s*)[%`\"'(]*(?=-)")
_INTRODUCES = regex(r":\s*\Z")
_FOLLOWING = regex(r"\b(?:following|below)\b", re.IGNORECASE)
_CASE = regex(r"\b(?:if|when|unless|in case)\b", re.IGNORECASE)
_ERROR = regex(r"\berr(?:or|no)|\bnegativ|[<!]\s*=?\s*0|\bnon[- ]?%?(?:zero|0)\b|\bERR_PTR\b", re.IGNORECASE)
_BARE_ITEM = regex(r"^[ \t]*E[A-Z0-9]+[ \t]*[:=\t]", re.MULTILINE)
_HANGING = frozenset({"a", "an", "another", "appropriate", "local", "non", "only", "some", "the", "usual"})
"""Words after which something has been cut off."""
_RETURNS = regex(r"^\s*returns?\s*(?:(?:values?|codes?|either|must be|is|are)\b[\s:]*)*", re.IGNORECASE)


def has_list_below(prose: str, said: Documented) -> bool:
    """Whether the prose only introduces what comes after it, or has a list of errnos without a sign."""
    if _INTRODUCES.search(prose) or _BARE_ITEM.search(prose):
        return True
    found = _FOLLOWING.search(prose)
    last = max((named.end for named in (*said.errnos, *said.constants)), default=0)
    return found is not None and found.start() > last


def end_of_values(prose: str, said: Documented) -> int:
    """Where the sentence ends that names the last value."""
    last = max((named.end for named in (*said.errnos, *said.constants)), default=0)
    tail = [found.end() for found in _OTHERWISE.finditer(prose)]
    found = _SENTENCE_END.search(prose, max([last, *tail]))
    return found.end() if found else len(prose)


def chosen(said: Documented) -> dict[str, Named]:
    """Where each value is named: first where it is returned, else first of all."""
    every = sorted((*said.errnos, *said.constants), key=lambda named: (not named.placed, named.start))
    return {named.value: named for named in reversed(every)}


def spelling(value: str, named: dict[str, Named]) -> Named | None:
    """Where ``value``, spelt as in a return set, is among the ``named``."""
    name = errno_of(value)
    candidates = [f"-{name}"] if name else {"0": ["0", "false"], "1": ["1", "true"]}.get(value, [value])
    return next((named[candidate] for candidate in candidates if candidate in named), None)


def lead_of(prose: str, said: Documented) -> str:
    """The words between "Returns" and the first value: what is returned where the prose gives no constant for it."""
    ends = [value.start for value in (*said.errnos, *said.constants)]
    ends += [found.start() for found in (_OTHERWISE.search(prose), _SENTENCE_END.search(prose)) if found]
    lead = _tidy(_RETURNS.sub("", prose[: min(ends, default=len(prose))]))
    return "" if _ERROR.search(lead) or _is_cut(lead) else lead


def not_listed(prose: str, said: Documented, row: FunctionRow) -> str:
    """The sentences that no item was made of, without those that only say that there are errors."""
    listed = chosen(said)
    used = [listed[value] for value in listed if _spelt(value) in _shown(row) and _says(listed[value], prose)]
    lead = bool(lead_of(prose, said))
    kept, begin = [], 0
    for end in [*(found.end() for found in _SENTENCE_END.finditer(prose)), len(prose)]:
        sentence = prose[begin:end]
        taken = any(begin <= value.start < end for value in used) or (begin == 0 and lead)
        more = _CASE.search(sentence) or (begin and not _ERROR.search(sentence))
        if sentence.strip() and more and not taken:
            kept.append(" ".join(sentence.split()))
        begin = end
    return " ".join(kept)


def _says(value: Named, prose: str) -> bool:
    """Whether words about ``value`` stand beside it: a number inside of a condition is none that is returned."""
    return errno_of(value.value) is not None or (value.placed and not prose[: value.start].rstrip().endswith("("))


def _spelt(value: str) -> str:
    return {"false": "0", "true": "1"}.get(value, value)


def _shown(row: FunctionRow) -> frozenset[str]:
    """The values that have an item, an errno as it is spelt in prose."""
    return frozenset(f"-{name}" if (name := errno_of(value)) else value for value in row.returns.values)


def about(prose: str, value: Named | None, said: Documented) -> str:
    """What the prose says of a value: the words up to the next value, "otherwise" or the end of the sentence; what it
    says of the next errno where only "or" stands between; else the condition before the value."""
    if value is None or not _says(value, prose):
        return ""
    after = _NEXT_ERRNO.match(prose, value.end) if errno_of(value.value) else None
    following = next((other for other in said.errnos if after and other.start <= after.end() < other.end), None)
    if following is not None:
        return about(prose, following, said)
    ends = [other.start for other in (*said.errnos, *said.constants) if other.placed and other.start > value.start]
    ends += [
        found.start()
        for found in (_OTHERWISE.search(prose, value.end), _SENTENCE_END.search(prose, value.end))
        if found
    ]
    words = _tidy(prose[value.end : min(ends, default=len(prose))])
    return _condition_before(prose, value) if not words or _is_cut(words) else words


def _is_cut(words: str) -> bool:
    """Whether something is missing at the end of ``words``."""
    return words.rsplit(" ", maxsplit=1)[-1].lower() in _HANGING


def _condition_before(prose: str, value: Named) -> str:
    begin = max((found.end() for found in _SENTENCE_END.finditer(prose) if found.end() <= value.start), default=0)
    found = _CONDITION_BEFORE.fullmatch(prose[begin : value.start])
    if found is None:
        return ""
    when = _tidy(found["when"])
    return when[:1].lower() + when[1:]


def _tidy(words: str) -> str:
    return _without_odd_ends(_JOINS.sub("", " ".join(words.split()).strip(_EDGES)).strip(_EDGES))


def _without_odd_ends(words: str) -> str:
    """``words`` without parentheses that are around all of them, or have no counterpart."""
    if words[:1] == ")":
        return _without_odd_ends(words[1:].strip(_EDGES))
    if words[:1] == "(" and words[-1:] == ")" and ")" not in words[1:-1]:
        return words[1:-1].strip(_EDGES)
    if words.count("(") > words.count(")"):
        return words.replace("(", "", 1).strip(_EDGES) if words[:1] == "(" else words[: words.rfind("(")].rstrip(_EDGES)
    return words[:-1].rstrip(_EDGES) if words.count(")") > words.count("(") and words[-1:] == ")" else words
