"""A Return text to what it documents: values named with their offsets, and the wording that leaves it open.

The wording tables lean one way on purpose: a vague text documents everything it might mean, so that a finding about a
text always rests on what it says outright.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from kscan.facts.errno import Errnos
from kscan.model.facts import Doc
from kscan.model.regex import regex


class Named(msgspec.Struct, frozen=True):
    """A value the text names: "-EIO", "0", "-1", "true", "NULL"; ``start``/``end`` are character offsets in the text.

    ``placed`` when it stands as a value that is returned, and not inside a condition or a denial.
    """

    value: str
    start: int
    end: int
    placed: bool


class Documented(msgspec.Struct, frozen=True):
    """What a Return text documents. The flags are lower bounds: true wherever the text may be read that way.

    ``listed``: at least two lines open with a value. ``covers_null``: NULL or nothing is spoken of.
    """

    errnos: tuple[Named, ...] = ()
    constants: tuple[Named, ...] = ()
    open_negative: bool = False
    open_positive: bool = False
    covers_zero: bool = False
    covers_null: bool = False
    listed: bool = False

    @property
    def lists_errnos(self) -> bool:
        """Whether the section itself gives at least one errno as a value that is returned."""
        return any(named.placed for named in self.errnos)

    @property
    def lists_counts(self) -> bool:
        """Whether the section itself gives 0, 1 or another constant that is not negative."""
        return any(named.placed and not named.value.startswith("-") for named in self.constants)

    def names(self, errno: str, errnos: Errnos) -> bool:
        """Whether ``errno`` (with or without sign) or an alias of it is named anywhere."""
        return any(errnos.same(named.value[1:], errno.lstrip("-")) for named in self.errnos)

    def has(self, constant: str) -> bool:
        """Whether the constant is named, in any of its spellings ("1" also as true, "0" also as false and NULL)."""
        return any(named.value in _SPELLINGS.get(constant, (constant,)) for named in self.constants)

    def widened(self, other: Documented) -> Documented:
        """Also what ``other`` documents; its named values lose their place, for they stand in another text."""
        return Documented(
            errnos=self.errnos + tuple(Named(named.value, -1, -1, False) for named in other.errnos),
            constants=self.constants + tuple(Named(named.value, -1, -1, False) for named in other.constants),
            open_negative=self.open_negative or other.open_negative,
            open_positive=self.open_positive or other.open_positive,
            covers_zero=self.covers_zero or other.covers_zero,
            covers_null=self.covers_null or other.covers_null,
            listed=self.listed,
        )


_SPELLINGS = {"0": ("0", "false", "NULL"), "1": ("1", "true"), "NULL": ("NULL", "0")}
_WORDS = {"zero": "0", "one": "1", "null": "NULL", "true": "true", "false": "false"}

_ERRNO = regex(r"(?<![\w@])[-%`\"'(]*(E[A-Z0-9][A-Z0-9_]+)\b(?!\()")
_CONSTANT = regex(
    r"(?<![\w.@#<>=\-+*%/])%?(-?\d+|zero|null|true|false|one(?=,|\s+(?:if|when|on|for|otherwise)))\b"
    r"(?!\s*[-.]\s*\d|-(?:bit|byte)|%|\.\.)",
    re.IGNORECASE,
)
_CAPITALS = regex(r"(?<![\w@])([-%]*)([A-Z][A-Z0-9]*_[A-Z0-9_*]+|[A-Z]{4,}[A-Z0-9]*)\b")
_ITEM = regex(r"(?m)^[ \t]*(?:[-*+\u2022][ \t]+)?[%`\"'(]*(?:-?%?E[A-Z0-9][A-Z0-9]+|-?\d+|ERR_PTR|[<>]=? ?\d)")

_ERR = r"(?:errors?|errnos?|err|failures?|errorcodes?)"
_KIND = r"(?:codes?|values?|numbers?|no\.?|pointers?|ptrs?|status(?:es)?|returns?|conditions?|constants?|types?)"
_ARTICLE = (
    r"(?:an?|the|some|any|appropriate|proper|suitable|corresponding|respective|relevant|another|various|different|"
    r"system|linux|kernel|standard|posix|unix|usual|specific|normal|generic|possible|other|encoded|negated|-ve)"
)

_OPEN_NEGATIVE = tuple(
    regex(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!non-)(?<!non )(?<!non)negati(?:ve|on)\b",
        r"(?<![@\w])<\s*=?\s*(?:0|zero|%0)",
        r"\b(?:less|lower|smaller) than\s+%?(?:0|zero)\b|\bbelow zero\b",
        r"(?<!\w)-ve\b|\bminus\b",
        r"errnos?\b",
        r"(?<!\w)-\s?E(?:x+|y+|z+|\*|\{|\[|\.\.+|<)",
        rf"\b{_ERR}[\s-]+{_KIND}\b",
        r"\bERR_PTR\b(?!\s*\(\s*[-%]*E)|\bPTR_ERR|\bIS_ERR|\berrptr\b|\berr_ptr\b(?!\s*\(\s*[-%]*E)",
        rf"(?:^|\bor|\botherwise|\belse|\breturn(?:s|ed)?|[,;.]|\u2022)[,:]?\s+(?:{_ARTICLE}\s+)*{_ERR}\b",
        rf"^\W*(?:{_ARTICLE}\s+)*{_ERR}\b",
        rf"\b{_ERR}(?:\s+\w+){{0,3}}\s+(?:otherwise|(?:is|are|be|been)\s+(?:returned|passed|propagated|given))",
        rf"\b{_ERR}\s+(?:on|in case of|upon|in the case of)\s+(?:any\s+)?(?:failure|error|fail)",
        r"(?<!\bon )\b(?:other|any|various|further|additional|more|several|different|appropriate|respective)\s+"
        rf"(?:\w+\s+)?{_ERR}\b",
        r"\b(?:other|else)\s+(?:\w+\s+)?(?:values?|codes?|returns?|results?|things?)\b",
        r"\banything else\b|\bany (?:other|value)\b|\bsomething else\b",
        r"\betc\b|\be\.?g\.?[,: ]|\bsuch as\b|\bfor (?:example|instance)\b|\.\.\.|\u2026",
        r"\bamong others?\b|\bor similar\b|\busually\b|\btypically\b|\bmay also\b",
        r"\b(?:which|that) includes?\b|\binclud(?:es?|ing)[\s:,]+[*%`\s]*-?%?E[A-Z0-9]",
        r"\bpropagat|\bforwarded\b|\bpass(?:ed|es)? (?:on|through|up|along|back)\b|\bwhatever\b",
        r"\bnon[- ]?zero\b|\bnot (?:0|zero)\b|!=\s*0|!0\b|\bnon-?0\b",
        rf"\b(?:return(?:ed|s)?|results?|values?|status|codes?|same|see|refer|{_ERR} (?:from|of|by))\b"
        r"[^.,;]{0,40}?\w+\(\)",
        r"\b(?:result|outcome|status|return(?:ed)?(?: value| code)?|values?|codes?|what|as|that)\s+(?:is\s+|was\s+)?"
        r"(?:of|from|by|returned(?: by| from)?|the)\s+(?:@|the (?:callback|callee|driver|function|call|handler|last|"
        r"first|underlying|lower|operation|method|hook|helper))",
        r"@\w+\s+return|@\w+(?:\(\))?'s (?:return|result)",
        r"\bsame (?:as|return|values?|codes?|errors?|way)\b|\bsee (?:also|above|below|the)\b",
        r"\bas (?:for|with|per|in)\b",
        r"\b(?:return|exit|status|result) (?:codes?|status)\b",
    )
)

_STRICT_POSITIVE = regex(
    r"\bpositive\b|>\s*%?(?:0|zero)|>=\s*%?(?:1|one)|\bnon[- ]?(?:zero|0)\b|\bgreater than\b|\bmore than (?:0|zero)\b"
    r"|\bat least (?:1|one)\b|(?<!\w)\+ve\b|\b(?:otherwise|else),? (?:an? )?(?:errors?|fail\w*)\b|!=\s*0|!0\b"
    r"|\bnot (?:0|zero)\b|\bany(?:thing)? (?:other|else)\b|\bsomething else\b"
    r"|\bothers? (?:on|upon|if|when|for|in case)\b",
    re.IGNORECASE,
)
_NOUN = (
    r"(?:numbers?|counts?|counter|amounts?|length|len|size|ind(?:ex|ices)|offsets?|ids?|identifiers?|(?:bit)?masks?|bits?|"
    r"flags?|values?|time(?:out|stamp)?|jiffies|seconds|handles?|remain\w*|total|sum|status|results?|state|mode|level|type|"
    r"kind|enum|order|position|age|rate|cost|score|priority|weight|ratio|percent\w*|fd|descriptors?|integers?|quantity|"
    r"cookie|token|key|hash|address|version|nodes?|cpus?|boolean|bool|outcome|codes?|maximum|minimum|max|min|speed|width)"
)
_PLACE = r"(?:^\W*|\bor|\botherwise|\belse|\breturn(?:s|ed)?|[.;]|\u2022|[-*]\s)"
_STEP = r"(?:(?!if\b|when\b|for\b|on\b|in\b|%?-?E[A-Z0-9]|negative\b|error\b)[\w'-]+\s+)"
_LOOSE_POSITIVE = regex(
    r">=\s*%?(?:0|zero)|\bnon-?negative\b|\b(?:numbers?|count|amount|length|size) of\b|\bbytes?\b|\bhow (?:many|much)\b"
    r"|\b(?:whatever|whether|anything|depending|see (?:also|above|below))\b|\.\.\.|\u2026|\betc\b|@\w+\s*\+"
    r"|\d\s*(?:\.\.+|to|through|or more|[-\u2013])\s*%?[\w@]"
    rf"|{_PLACE}[,:]?\s*{_STEP}{{0,5}}?{_NOUN}\b"
    r"|\b(?:or|returns?|otherwise|else|from|see|like|same as|values? of|results? of)\s+(?:\w+\s+){0,2}\w+\(\)",
    re.IGNORECASE,
)
_OTHER_NOUN = regex(
    r"(?:\bor|\botherwise|\belse|\breturns?)[,:]?\s+(?:the|an?|its|their|some|what|@\w+)(?=\s)"
    r"(?!\s+(?:negative|error|errno|err\b|failure|-|appropriate|proper|suitable|standard|corresponding))",
    re.IGNORECASE,
)
_SUCCESS = regex(r"\bsuccess\w*|\bsucceed\w*|\bok(?:ay)?\b|\bdone\b|\bif (?:all|everything)\b", re.IGNORECASE)
_NOTHING = regex(
    r"\bnull\b|\bnone\b|\bnothing\b|\bno\b|\bempty\b|\bif any\b|\binvalid pointer\b|\b0\b|\bzero\b", re.IGNORECASE
)

_LIST_INTRO = regex(
    r"\b(?:(?:one|any|either)\s+of\s+)?(?:the\s+)?(?:following|these|below)\s+(?:possible\s+)?(?:negat(?:ive|ed)\s+|standard\s+)?"
    r"(?:(?:error|errno|return|status)\s+)?(?:codes?|values?|numbers?|errors?|errnos?)\b",
    re.IGNORECASE,
)
_IN_CONDITION = regex(
    r"\b(?:if|when|where|since|because|as|after|while|is|was|are|were|be|being|too|becomes?)\s+"
    r"(?:[@\w()>\-]+\s+(?:is|are|was|were)\s+)?(?:a\s+)?(?:negative|non-?zero)\b"
    r"(?!\s+(?:is|are|on|for|err|value is))",
    re.IGNORECASE,
)
_CONDITION = regex(
    r"\b(?:not|never|cannot|instead|rather|unlike|without|except|means?|sets?|stor\w+|assigns?|if|when|unless|where|converted|turned|translated|mapped|replaced|"
    r"from|masks?|ignor\w+|treat\w*|swallow\w*|e\.g|like|got|gets|getting)\b|n't\b",
    re.IGNORECASE,
)
_JOINED = regex(r"\b(?:otherwise|else|(?:or|and)(?:\s+(?:an?|otherwise|else|returns?))?)[,:]?\s*$", re.IGNORECASE)
_SPEAKS = regex(r"\breturn", re.IGNORECASE)
_DENIAL = regex(
    r"(?:\b(?:not|never|cannot|instead of|rather than|unlike|without|no longer)|n't)"
    r"(?:\s+(?:return\w*|be|mean\w*|get|give|an?|with)){0,2}\s*$",
    re.IGNORECASE,
)
_CLAUSE_END = regex(r"[.,;:](?:\s|$)|\((?!\))|(?<!\()\)")


def read_return_text(text: str, errnos: Errnos) -> Documented:
    """What ``text`` (of a Return section, stars removed) documents, given the tree's errno vocabulary."""
    named = tuple(_named_errnos(text, errnos))
    constants = tuple(_named_constants(text))
    flat = _without_intro(text.replace("\n", " "), named)
    others = list(_other_capitals(text, errnos))
    return Documented(
        errnos=named,
        constants=constants,
        open_negative=any(_negative(flat)) or any(_may_be_errno(*other) for other in others),
        open_positive=bool(others or _STRICT_POSITIVE.search(flat) or _loose(flat)),
        covers_zero=_covers_zero(flat, constants) or bool(others),
        covers_null=_NOTHING.search(flat) is not None,
        listed=len(_ITEM.findall(text)) >= 2,
    )


def read_documented(doc: Doc, errnos: Errnos) -> Documented | None:
    """What a comment documents: its Return section, widened by what its other paragraphs say of returning.

    None when there is no such section or nothing in it.
    """
    if not doc.returns:
        return None
    documented = read_return_text(doc.returns, errnos)
    for remark in filter(None, doc.remarks.split("\n\n")):
        said = read_return_text(remark, errnos)
        documented = documented.widened(said if _SPEAKS.search(remark) else Documented(errnos=said.errnos))
    return documented


def _named_errnos(text: str, errnos: Errnos) -> Iterator[Named]:
    for found in _ERRNO.finditer(text):
        if found[1] in errnos:
            start = found.start() + len(found[0]) - len(found[0].lstrip("`\"'("))
            placed = "-" in found[0] and _is_placed(text, start)
            yield Named("-" + found[1], start, found.end(), placed)


def _named_constants(text: str) -> Iterator[Named]:
    for found in _CONSTANT.finditer(text):
        value = _WORDS.get(found[1].lower(), found[1])
        yield Named(value, found.start(), found.end(), _is_placed(text, found.start()))


def _is_placed(text: str, start: int) -> bool:
    """Whether what stands at ``start`` is a value that is returned, judged by the words of its clause before it."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    if line.strip(" \t*+-%`\"'("):
        return _clause_returns(_last_clause(line))
    bullet = line.strip(" \t%`\"'(")
    return bool(bullet) or _DENIAL.search(_last_clause(text[: start - len(line)].rstrip())) is None


def _last_clause(text: str) -> str:
    return _CLAUSE_END.split(text.removesuffix("ERR_PTR("))[-1]


def _clause_returns(clause: str) -> bool:
    """Whether a value after ``clause`` is the clause's result: "0 if idle or" does, "if it was" does not."""
    if not _CONDITION.search(clause):
        return True
    return bool(_JOINED.search(clause)) and not _ERRNO.search(clause) and not _DENIAL.search(clause)


def _without_intro(flat: str, named: tuple[Named, ...]) -> str:
    """The text with phrases blanked that open a complete list, or that speak of an argument's sign."""
    last = named[-1].start if named else -1

    def blank(found: re.Match[str]) -> str:
        return " " * len(found[0])

    flat = _LIST_INTRO.sub(lambda found: blank(found) if found.start() < last else found[0], flat)
    return _IN_CONDITION.sub(blank, flat) if named else flat


def _negative(flat: str) -> Iterator[bool]:
    return (pattern.search(flat) is not None for pattern in _OPEN_NEGATIVE)


def _other_capitals(text: str, errnos: Errnos) -> Iterator[tuple[str, str]]:
    """Constants in capitals that are no errno, with the sign before them."""
    for found in _CAPITALS.finditer(text):
        if found[2] not in errnos and found[2].lower() not in _WORDS and found[2] != "ERR_PTR":
            yield found[1], found[2]


def _may_be_errno(sign: str, name: str) -> bool:
    return (
        "-" in sign
        or re.search("ERR(?!UPT)", name) is not None
        or re.fullmatch(r"E[A-Z]{2,}[A-Z0-9]*", name) is not None
    )


def _loose(flat: str) -> bool:
    return _LOOSE_POSITIVE.search(flat) is not None or _OTHER_NOUN.search(flat) is not None


def _covers_zero(flat: str, constants: tuple[Named, ...]) -> bool:
    named = {constant.value for constant in constants if constant.placed}
    if named & {"0", "false", "NULL"} or _loose(flat):
        return True
    return not named and _SUCCESS.search(flat) is not None
