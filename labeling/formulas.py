"""What of a text is a formula: LaTeX between its own marks, not a price, a shell or a pattern.

`\\(…\\)`, `\\[…\\]`, `$…$`, `$$…$$` and environments of mathematics. What may be either stays as it
was typed: a formula as its source can be read, a price as a formula cannot.
"""

import re

LONGEST = 2_000  # characters between the marks; a longer one is text
_SOME = rf".{{1,{LONGEST}}}?"
ANY = re.compile(
    rf"\\\({_SOME}\\\)|\\\[{_SOME}\\\]|\$\${_SOME}\$\$"
    rf"|\$(?!\s)[^$\n]{{1,{LONGEST}}}?(?<!\s)\$(?!\d)"
    rf"|\\begin\{{(\w{{1,20}}\*?)\}}{_SOME}\\end\{{\1\}}",
    re.DOTALL,
)
_ENVIRONMENTS = {"equation", "align", "alignat", "aligned", "alignedat", "gather", "gathered"}
_ENVIRONMENTS |= {"multline", "split", "cases", "rcases", "dcases", "array", "CD", "subarray"}
_ENVIRONMENTS |= {f"{kind}matrix" for kind in ("", "p", "b", "B", "v", "V", "small")}
_BEGUN = re.compile(r"\\begin\{(\w+)\*?\}")
_COMMAND = re.compile(r"\\(?:text\w*|operatorname|mathrm|mbox)\*?\s*\{[^{}]*\}|\\[A-Za-z]+")
_PROSE = re.compile(r"[A-Za-z]{3,}[,;]? +[A-Za-z]{3,}")
_SIGN = re.compile(r"[\\^_{}=<>+*/|()!']|\s-\s")
# How a formula does not begin: `${A}$` is a shell's, `^a$|^b$` are patterns.
_OF_OTHERS = re.compile(r"\{[^{}]*\}$|\|\^|[)\]},;]")
_WORD_AFTER_BLANK = re.compile(r"\s[A-Za-z]{2,}")
# Before the opening and after the closing mark: what makes them part of something else.
_BOUND_BEFORE = {"\\(": r"[\w\\/]", "\\[": r"[\w\\/\]]", "$$": r"[\w\\$]", "$": r"[\w\\$]"}
_BOUND_AFTER = {"\\(": r"[{/]", "\\[": r"[(\[{/+?]", "$$": r"[\w$]", "$": r"[\w${]"}


def is_formula(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]`, which ANY has found there, is one."""
    found = text[start:end]
    if found.startswith("\\begin"):
        inner, begun = found, _BEGUN.match(found)
        return begun is not None and begun[1] in _ENVIRONMENTS and not _is_prose(inner)
    mark = found[:2] if found[:2] in _BOUND_BEFORE else "$"
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    if re.match(_BOUND_BEFORE[mark], before, re.ASCII) or re.match(
        _BOUND_AFTER[mark], after, re.ASCII
    ):
        return False
    inner = found[len(mark) : -len(mark)].strip()
    if not inner or inner.endswith("\\") or _is_prose(inner):
        return False
    signs = _SIGN.search(inner) is not None
    if mark == "\\(":
        return True
    if mark != "$":
        return signs
    if _OF_OTHERS.match(inner):
        return False
    # "$5 more and 6$" is money; "$x$" and "$5$" are not.
    words = _WORD_AFTER_BLANK.search(_COMMAND.sub("", inner)) is not None
    return not (words and inner[0].isdigit()) and (signs or not re.search(r"\s", inner))


def _is_prose(inner: str) -> bool:
    return _PROSE.search(_COMMAND.sub("", inner)) is not None
