"""Lines of a text made ready for Markdown, so that it keeps their breaks and their indentation.

Markdown reads indentation as structure and drops it, goes on with a list item where the next line
has no marker, and takes `+ b` in a formula for an item. Here lines that are no structure get
placeholders for their leading blanks, which keep Markdown away and become blanks again.
"""

import re

BLANK, NOTHING, TAB = "\ue002", "\ue003", "\ue004"  # private use: marked where a text holds them

_FENCE = re.compile(r"\s*(?P<mark>`{3,}(?=[^`]*$)|~{3,})")
_ITEM = re.compile(r"\s*(?:[-*]|\d{1,9}[.)])\s+\S")
_QUOTE_OR_HEADING = re.compile(r" {0,3}(?:>|#{1,6}\s)")
_CLOSED_HEADING = re.compile(r" {0,3}#{1,6}\s.*#\s*$")  # the last # may be of "C #"
_RULER = re.compile(r" {0,3}(?:-\s*){3,}$| {0,3}(?:\*\s*){3,}$")
_UNDER_HEAD = re.compile(r"\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?$")  # |---|:-:|
_OPENS = re.compile(r"\\\[|\\begin\{")
_CLOSES = re.compile(r"\\\]|\\end\{")
_LEADING = re.compile(r"^[ \t]+")


def keep(text: str) -> str:
    """`text` with placeholders where Markdown would take blanks away."""
    lines = text.split("\n")
    barred = [n for n, line in enumerate(lines) if n and "|" in line]
    heads = {n for n in barred if _UNDER_HEAD.match(lines[n].strip())}
    kept: list[str] = []
    fence = before = ""  # before: the kind of the line above
    open_formulas, listed = 0, False
    for n, line in enumerate(lines):
        if fence:
            kept.append(line)
            fence = "" if re.fullmatch(rf"\s*{fence[0]}{{{len(fence)},}}\s*", line) else fence
            before = "fence"
            continue
        inside = open_formulas > 0 or line.lstrip().startswith("+ ")
        inside = inside or _CLOSED_HEADING.match(line) is not None
        open_formulas += len(_OPENS.findall(line)) - len(_CLOSES.findall(line))
        open_formulas += line.count("$$") % 2 * (-1 if open_formulas else 1)
        open_formulas = max(0, open_formulas)
        is_row = n in heads or n + 1 in heads or (before == "row" and "|" in line)
        if found := None if inside else _FENCE.match(line):
            fence, kind = found["mark"], "fence"
        else:
            kind = "plain" if inside else _kind(line, is_row=is_row)
        if kind == "empty":
            kept += [BLANK, ""] if before in {"", "empty"} else [""]
            listed = False
        elif kind == "plain":
            kept += [""] if before in {"item", "quote", "row", "ruler"} else []
            kept.append((NOTHING if inside else "") + _LEADING.sub(_placeholders, line))
        else:
            kept += [""] if kind == "item" and before == "plain" and listed else []
            kept.append(line)
            listed = listed or kind == "item"
        before = kind
    return "\n".join(kept)


def restore(html: str) -> str:
    """`html` with blanks where `keep` has put their placeholders."""
    return html.replace(BLANK, " ").replace(TAB, "\t").replace(NOTHING, "")


def _kind(line: str, *, is_row: bool) -> str:
    if not line.strip():
        return "empty"
    if _RULER.match(line):
        return "ruler"
    if is_row:
        return "row"
    if _QUOTE_OR_HEADING.match(line):
        return "quote"
    return "item" if _ITEM.match(line) else "plain"


def _placeholders(found: re.Match[str]) -> str:
    return found[0].replace(" ", BLANK).replace("\t", TAB)
