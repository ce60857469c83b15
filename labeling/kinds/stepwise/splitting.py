"""Where the steps of a completion begin. The rule decides nothing that a person could not see.

A step begins after an empty line and at a numbered line ("1.", "2)", "Step 3", "第四步"). Where
that makes one step, each line is one; where there is one line, each sentence. Code and formulas
are never cut. A heading or a line that ends in a colon goes with what follows it, a ruler with
what came before. White space between two steps ends the first, so that the steps together are the
text.
"""

import re

from labeling.kinds.sentences import Part, after, parts, sentence_ends

# What is never cut: fences, formulas with an end, code in a line.
_WHOLE = re.compile(
    r"""^[ \t]*(?P<fence>`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^[ \t]*(?P=fence)[`~]*[ \t\r]*$|\Z)
    | \$\$[\s\S]{1,5000}?\$\$
    | \\\[[\s\S]{1,5000}?\\\]
    | \\begin\{(?P<environment>[a-zA-Z]+\*?)\}[\s\S]{0,5000}?\\end\{(?P=environment)\}
    | \\\(.{1,1000}?\\\)
    | (?<![\\$])\$(?=[^\s$])[^$\n]{0,1000}?(?<=[^\s\\])\$(?!\d)
    | `[^`\n]+`""",
    re.VERBOSE | re.MULTILINE,
)
_EMPTY_LINE = re.compile(r"\n[ \t\r]*\n")
_NUMBERED = re.compile(
    r"^[ ]{0,3}[*_#]{0,4}[ ]?"
    r"(?:\d{1,3}(?:[.)．](?=\s)|、)|[Ss]tep[ ]\d|步骤\s*[\d一二三四五六七八九十]"
    r"|第[\d一二三四五六七八九十]+步)",
    re.MULTILINE,
)
_NEWLINE = re.compile(r"\n")
_HEAD = re.compile(r"\s*(?:#{1,6}\s[^\n]*|\*\*[^\n]*\*\*|[^\n]*[:：](?:\*\*)?)\s*")
_WORD = re.compile(r"\w")


def steps(text: str) -> list[Part]:
    """Start and end of each step; together they are `text`."""
    whole = [found.span() for found in _WHOLE.finditer(text)]
    found: list[Part] = []
    for cuts in (_blocks(text), _ends(_NEWLINE, text), sentence_ends(text)):
        free = [cut for cut in cuts if not any(start < cut < end for start, end in whole)]
        found = _grouped(text, parts(text, free))
        if len(found) > 1:
            break
    return found


def _blocks(text: str) -> list[int]:
    return _ends(_EMPTY_LINE, text) + [found.start() for found in _NUMBERED.finditer(text)]


def _ends(pattern: re.Pattern[str], text: str) -> list[int]:
    return [after(text, found.end()) for found in pattern.finditer(text)]


def _grouped(text: str, found: list[Part]) -> list[Part]:
    """Heads with what follows, rulers with what came before."""
    grouped: list[Part] = []
    is_open = False  # the last one is a head, which waits for what follows
    for start, end in found:
        piece = text[start:end]
        if grouped and (is_open or not _WORD.search(piece)):
            grouped[-1] = grouped[-1][0], end
        else:
            grouped.append((start, end))
        is_open = _HEAD.fullmatch(piece) is not None
    return grouped
