"""The Markdown that is rendered: what marks up, without what would alter a text.

Left out of CommonMark: escapes and entities (LaTeX loses its backslashes), emphasis by underscores
and inside of words and formulas (`__init__`, `a**2 + b**2`), references, titles below lines, code
by indentation, automatic links. Numbers of lists and languages of code blocks are shown as written.
Formulas become elements that hold their source (formula.js renders it), tables get a box of their
own, in which a wide one is scrolled.
"""

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from labeling import formulas
from labeling.highlighting import highlight

OFF = ["escape", "entity", "autolink", "html_inline", "html_block", "code", "lheading"]
OFF += ["reference"]
_MAY_OPEN = re.compile(r"[\s(\[{\"'|>:-]|[^\x00-\x7f]")  # before what opens an emphasis
_MAY_FOLLOW = re.compile(r"[^\s.,;:/)]")  # what opens one
_MAY_CLOSE = re.compile(r"[\s)\]}\"'.,;:!?|<-]|[^\x00-\x7f]")  # after what closes one
_LONE = re.compile(r"\s[.,;:]")  # as before `.*`, a pattern


def build() -> MarkdownIt:
    """The parser and renderer."""
    made = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable(OFF)
    made.inline.ruler.at("emphasis", _emphasis)
    made.inline.ruler.before("backticks", "formula", _formula)
    made.core.ruler.push("numbers", _numbers)
    made.add_render_rule("softbreak", _break)
    made.add_render_rule("hardbreak", _break)
    made.add_render_rule("fence", _fence)
    made.add_render_rule("image", _image)
    made.add_render_rule("formula", _formula_shown)
    made.add_render_rule("table_open", _table_open)
    made.add_render_rule("table_close", _table_close)
    return made


def _emphasis(state: StateInline, silent: bool) -> bool:
    if silent or state.src[state.pos] != "*":
        return False
    found = state.scanDelims(state.pos, True)
    end = state.pos + found.length
    before = state.src[state.pos - 1] if state.pos else " "
    after = state.src[end] if end < state.posMax else " "
    opens = found.can_open and bool(_MAY_OPEN.match(before) and _MAY_FOLLOW.match(after))
    closes = found.can_close and _MAY_CLOSE.match(after) is not None
    closes = closes and not _LONE.match(state.src, max(0, state.pos - 2), state.pos)
    for _ in range(found.length):
        token = state.push("text", "", 0)
        token.content = "*"
        place = len(state.tokens) - 1
        state.delimiters.append(Delimiter(ord("*"), found.length, place, -1, opens, closes))
    state.pos = end
    return True


def _formula(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "\\$":
        return False
    found = formulas.ANY.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        # No formula may hold the marker of a hidden character.
        if "\ue000" not in found[0] and formulas.is_formula(state.src, *found.span()):
            state.push("formula", "", 0).content = found[0]
        else:
            state.append_pending(found[0])
    state.pos = found.end()
    return True


def _numbers(state: StateCore) -> None:
    """Each item of a numbered list has the number that was written."""
    for token in state.tokens:
        if token.type == "list_item_open" and token.info:
            token.attrSet("value", str(int(token.info)))


def _break(*_: Any) -> str:
    return "<br>"


def _image(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    """As it was written, and a link: no page asks strangers for a picture."""
    token = tokens[place]
    target = str(token.attrs["src"])
    title = f' "{token.attrs["title"]}"' if "title" in token.attrs else ""
    written = f"![{token.content}]({target}{title})"
    return f'<a href="{escapeHtml(target)}">{escapeHtml(written)}</a>'


def _fence(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    token = tokens[place]
    info = f"<em>{escapeHtml(token.info.strip())}</em>" if token.info.strip() else ""
    code = highlight(token.content, token.info)
    return f"<wide-box><pre>{info}<code>{code}</code></pre></wide-box>\n"


def _formula_shown(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    return formula(tokens[place].content)


def formula(source: str) -> str:
    """The element that shows a formula; without a script it is its source."""
    return f"<tex-formula>{escapeHtml(source)}</tex-formula>"


def _table_open(*_: Any) -> str:
    return "<wide-box><table>"


def _table_close(*_: Any) -> str:
    return "</table></wide-box>"
