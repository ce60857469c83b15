"""Model output as inert HTML: no raw HTML, no image, no request to anyone.

markdown-it leaves raw HTML as text, nh3 then keeps an allow-list; the second would do alone, the
first keeps what the model wrote readable. Characters that reorder, hide or imitate text are shown
as markers. Text that would take long to render is shown as it is.
"""

import html
import re
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {"p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "code", "pre"}
TAGS |= {"blockquote", "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {"*": set[str](), "a": {"href"}, "ol": {"start"}}  # no title: markers are tags
SCHEMES = {"http", "https", "mailto"}
REL = "noopener noreferrer nofollow"

LONGEST = 60_000  # characters that are rendered; longer text stays plain
MOST_MARKS = 4_000  # characters with a meaning in Markdown; beyond that parsing may crawl
MOST_LINES = 2_500
DEEPEST_LINE = 40  # marks that open a nested block or span at the start of a line

_MARKS = re.compile(r"[\[\]*_`<>|!\\&~(]")
_BOMB = re.compile(rf"(?:[>\[*_(!`-]\s?){{{DEEPEST_LINE},}}")
# C0 and C1 controls but tab and newline, soft hyphen, bidi controls and isolates, zero-width
# characters, tags, and the private-use pair that brackets a marker while Markdown is parsed.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2069\ufeff\U000e0001\U000e0020-\U000e007f\ue000\ue001]"
    # joiners belong to emoji and to Indic and Arabic words; between ASCII they only hide
    "|(?<=[\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?=[\x00-\x7f])"
)
_MARKER = re.compile("\ue000([0-9A-F]{2,6})\ue001")

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
_markdown.disable("image")


@lru_cache(maxsize=256)  # several people see the same completions
def render(text: str) -> SafeString:
    """Markdown as inert HTML."""
    text = text.replace("\r\n", "\n")
    if _is_bomb(text):
        return plain(text)
    rough = _markdown.render(_CONTROLS.sub(_bracket, text))
    clean = nh3.clean(rough, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=REL)
    return mark_safe(_MARKER.sub(_show, clean))


def plain(text: str) -> SafeString:
    """Text as it was typed, in a box that keeps its line breaks; hidden characters are marked."""
    text = _CONTROLS.sub(_bracket, text.replace("\r\n", "\n"))
    body = _MARKER.sub(_show, html.escape(text))
    return mark_safe(f'<div class="verbatim">{body}</div>')


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
