"""Sentences of a comment that tell what others do: who calls, and what a caller or another function does then."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from kscan.facts.comments import Comment, Sentence
from kscan.model.facts import Function
from kscan.model.regex import regex

_CALL: Final = r"([A-Za-z_]\w*)\(\)"
_MENTION: Final = regex(_CALL)
_CALLER: Final = regex(
    r"\b(?:called|invoked|used|reached|entered) (?:\w+ )?(?:by|from|in|when|after|before|during)\b"
    r"|\bcallers?\b|\bcall sites?\b|\bcalling (?:function|code)s?\b",
    re.IGNORECASE,
)
_AUXILIARY: Final = (
    "then|also|still|only|already|later|itself|first|just|will|would|can|cannot|could|may|might|does|did|has|had|is|was"
    "|never|always|not"
)
_ACTS: Final = regex(
    _CALL + r"(?:,? (?:and|or) " + _CALL + rf")*(?:,? (?:{_AUXILIARY})\b|'s\b|,? [a-z]{{3,}}(?:s|ed)\b)"
)
_MADE_TO: Final = regex(
    r"\b(?:lets?|makes?|allow(?:s|ing)?|helps?|caus(?:es|ing)|keeps?|stops?|prevents?|avoids?|skips?|ha(?:s|ve)|spar(?:es|ing)|tells?)"
    r"(?: \w+){0,4} " + _CALL
)
_COMPARES: Final = regex(
    r"\b(?:see (?:also|\w+\(\))|like|same|similar\w*|unlike|counterpart|variant|wrapper|version|equivalent|compare[ds]?"
    r"|pair\w*|opposite|must|should|shall|needs? to|has to|have to|ought|required?|expect\w*|ensure\w*|guarantee\w*"
    r"|responsib\w*|do not|don't|cannot be called|only be called|hold(?:s|ing)?|held|mutex|callbacks?)\b",
    re.IGNORECASE,
)
"""Words of a contract with the caller, or of a comparison: such a sentence is about the function itself."""
_BINDS: Final = regex(
    r"\b(?:lock\w*|rcu|context|free[ds]?|releas\w*|drop\w*|put|atomic|sleep\w*|never|safe|use[ds]?|using|return\w*|result"
    r"|pass(?:es|ed)?|provide[ds]?|want\w*|interested|check\w*|know\w*|care\w*)\b",
    re.IGNORECASE,
)
"""More such words, where a sentence speaks of callers without a name."""


class Told(NamedTuple):
    """The sentences that tell of others, with the functions named there; ``share`` is their part of all the text."""

    sentences: tuple[Sentence, ...]
    others: tuple[str, ...]
    share: float


def told_elsewhere(comment: Comment, function: Function, body: str) -> Told:
    """What ``comment`` tells of functions that ``function``, whose text is ``body``, neither calls nor names."""
    own = {call.callee for call in function.calls} | {param.name for param in function.params} | {function.name}
    prose = [one for one in comment.sentences if not one.aside]
    found = [(one, tuple(_others(one.text, own, body))) for one in prose]
    told = [(one, others) for one, others in found if _tells(one.text, others)]
    size = sum(len(one.text) for one in prose)
    share = sum(len(one.text) for one, _ in told) / size if size else 0.0
    names = dict.fromkeys(name for _, others in told for name in others)
    return Told(tuple(one for one, _ in told), tuple(names), share)


def _others(text: str, own: set[str], body: str) -> Iterator[str]:
    for name in _MENTION.findall(text):
        if name not in own and re.search(rf"\b{re.escape(name)}\b", body) is None:
            yield name


def _tells(text: str, others: tuple[str, ...]) -> bool:
    """Whether a sentence has another function, or the callers, act; what a caller is bound to do is part of the
    function's own contract."""
    if _COMPARES.search(text):
        return False
    if others:
        found = [*_ACTS.finditer(text), *_MADE_TO.finditer(text)]
        acting = any(name in others for one in found for name in one.groups() if name)
        return acting or len(set(others)) > 1 or _CALLER.search(text) is not None
    return _CALLER.search(text) is not None and _BINDS.search(text) is None
