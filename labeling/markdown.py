"""Model output as inert HTML: no raw HTML, no image, no request to anyone, nothing left out.

markdown-it leaves raw HTML as text, nh3 then keeps an allow-list; the second would do alone, the
first keeps what the model wrote readable. Characters that reorder, hide or imitate text are shown
as markers. Text that would take long to render, or that Markdown would take a letter, a digit or
a sign from, is shown as it is.
"""

import html
import re
from collections import Counter
from functools import lru_cache
from urllib.parse import unquote

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from labeling import formulas, highlighting, lines, parser, parts

TAGS = {"p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "code", "pre"}
TAGS |= {"blockquote", "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td"}
TAGS |= {"span", "wide-box", "tex-formula", "text-part"}
# No title: markers are tags.
ATTRIBUTES = {"*": set[str](), "a": {"href"}, "ol": {"start"}, "li": {"value"}}
CLASSES = {"span": highlighting.CLASSES}
SCHEMES = {"http", "https", "mailto"}
REL = "noopener noreferrer nofollow"

LONGEST = 60_000  # characters that are rendered; longer text stays plain
MOST_MARKS = 4_000  # characters with a meaning in Markdown; beyond that parsing may crawl
MOST_LINES = 2_500
DEEPEST_LINE = 40  # marks that open a nested block or span at the start of a line

_MARKS = re.compile(r"[\[\]*_`<>|!\\&~(]")
_BOMB = re.compile(rf"(?:[>\[*_(!`-]\s?){{{DEEPEST_LINE},}}")
# C0 and C1 controls but tab and newline, soft hyphen, bidi controls and isolates, zero-width
# characters, fillers, notes and beams, tags, and the private-use ones that stand for others while
# Markdown is parsed.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e"
    "\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a"
    "\U000e0000-\U000e007f\ue000-\ue004]"
    # one selector makes an emoji or a form of a character; a row of them spells something hidden
    "|(?<=[\ufe00-\ufe0f\U000e0100-\U000e01ef])[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
    # joiners belong to emoji and to Indic and Arabic words; between ASCII they only hide
    "|(?<=[\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?=[\x00-\x7f])"
)
# What is to be there after rendering: all but blanks and what Markdown reads as its marks.
_SIGNS = re.compile(r"[^\s*`~#>+|\[\]():.-]")
# Fences, to their end or the text's, and code within a line.
_CODE = re.compile(r"^[ \t]*(`{3,}|~{3,})(?:.*?^[ \t]*\1|.*)|`[^`\n]+`", re.DOTALL | re.MULTILINE)
_TAG = re.compile(r"<[^>]*>")
_SAID_BY_TAGS = re.compile(r'(?:href|value)="([^"]*)"')
# The page keeps white space: between two blocks it would be a line of its own. In code it is one.
_BETWEEN_BLOCKS = re.compile(r"(?<=>)(?<!span>)(?<!code>)\n(?=<(?!span|/code))")
_MARKER = re.compile("\ue000([0-9A-F]{2,6})\ue001")

_markdown = parser.build()


@lru_cache(maxsize=256)  # several people see the same completions
def render(text: str) -> SafeString:
    """Markdown as inert HTML."""
    text = text.replace("\r\n", "\n")
    if _is_bomb(text):
        return plain(text)
    marked = _CONTROLS.sub(_bracket, text)
    rough = parts.render(_markdown, lines.keep(marked))
    clean = nh3.clean(
        rough,
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes=SCHEMES,
        link_rel=REL,
    )
    if _loses(marked, clean):
        return plain(text)
    return mark_safe(_MARKER.sub(_show, _BETWEEN_BLOCKS.sub("", lines.restore(clean))))


def plain(text: str) -> SafeString:
    """Text as it was typed, in a box that keeps its line breaks; hidden characters are marked."""
    return _verbatim(text.replace("\r\n", "\n"), "verbatim")


def written(text: str) -> SafeString:
    """What a model or a person wrote: as Markdown, and raw, which takes its place (raw.js)."""
    note = SafeString("")
    if not text.strip():
        word = _("(only white space)") if text else _("(empty)")
        note = format_html('<p class="quiet">{}</p>', word)
    # Its own direction: what stands above it, a role or a letter, would set that of them both.
    shown = mark_safe(f'<div class="shown" dir="auto">{render(text)}</div>')
    return note + shown + _verbatim(text, "verbatim raw")


def typed(text: str) -> SafeString:
    """A part of a text as it was typed, in no box: what is around it keeps its line breaks."""
    return _typed(text.replace("\r\n", "\n"))


def hidden_places(text: str) -> list[int]:
    """Where `typed` shows markers: code points of `text`, for pages that mark it themselves."""
    found = (match.start() for match in _CONTROLS.finditer(text))
    return [place for place in found if text[place : place + 2] != "\r\n"]


def asked(text: str) -> SafeString:
    """A prompt, or what people typed: as it was typed but for its formulas, and raw beside it."""
    shown = text.replace("\r\n", "\n")
    body = _with_formulas(shown) if len(text) <= LONGEST else _typed(shown)
    if "<tex-formula>" not in body and shown == text:
        return plain(text)
    rendered = mark_safe(f'<div class="verbatim shown" dir="auto">{body}</div>')
    return rendered + _verbatim(text, "verbatim raw")


def data(shown: str, raw: str) -> SafeString:
    """JSON, laid out and told apart by colour, and as it was given, which takes its place."""
    code = _MARKER.sub(_show, highlighting.highlight(_CONTROLS.sub(_bracket, shown), "json"))
    laid_out = f'<div class="shown"><wide-box><pre><code>{code}</code></pre></wide-box></div>'
    return mark_safe(laid_out) + _verbatim(raw, "verbatim raw")


def _with_formulas(text: str) -> str:
    """`text` as HTML with its formulas as elements; what is code holds none."""
    pieces: list[str] = []
    done = 0
    for code in [*_CODE.finditer(text), None]:
        end = code.start() if code else len(text)
        for found in formulas.ANY.finditer(text, done, end):
            if formulas.is_formula(text, *found.span()) and not _CONTROLS.search(found[0]):
                pieces += [_typed(text[done : found.start()]), parser.formula(found[0])]
                done = found.end()
        after = code.end() if code else end
        pieces.append(_typed(text[done:after]))
        done = after
    return "".join(pieces)


def _typed(text: str) -> SafeString:
    return mark_safe(_MARKER.sub(_show, html.escape(_CONTROLS.sub(_bracket, text))))


def _verbatim(text: str, style: str) -> SafeString:
    return mark_safe(f'<div class="{style}" dir="auto">{_typed(text)}</div>')


def _loses(text: str, shown: str) -> bool:
    """Whether the page would lack a sign of `text`."""
    said = unquote(html.unescape(" ".join(_SAID_BY_TAGS.findall(shown))))
    there = Counter(_SIGNS.findall(html.unescape(_TAG.sub("", shown)) + said))
    return bool(Counter(_SIGNS.findall(text)) - there)


def _is_bomb(text: str) -> bool:
    return (
        len(text) > LONGEST
        or text.count("\n") > MOST_LINES
        or len(_MARKS.findall(text)) > MOST_MARKS
        or _BOMB.search(text) is not None
    )


def _bracket(found: re.Match[str]) -> str:
    return f"\ue000{ord(found[0]):02X}\ue001"


def _show(found: re.Match[str]) -> str:
    return f'<span class="hidden-character">U+{found[1]:0>4}</span>'
