"""A long text in parts, which a browser lays out only once they are near the view.

Nine texts of 25,000 characters took it four seconds on a slow machine, most of it for what nobody
saw. Between two blocks a part ends; no block is divided.
"""

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

LONG = 6_000  # characters of HTML; what is shorter has no parts
PART = 3_000  # characters of HTML that a part has at least, some 700 pixels in a narrow column


def render(markdown: MarkdownIt, text: str) -> str:
    """`text` as HTML, a long one as `text-part` elements (components.css)."""
    env: dict[str, object] = {}
    tokens = markdown.parse(text, env)
    blocks = [markdown.renderer.render(one, markdown.options, env) for one in _blocks(tokens)]
    if sum(map(len, blocks)) < LONG:
        return "".join(blocks)
    return "".join(f"<text-part>{part}</text-part>\n" for part in _parts(blocks))


def _blocks(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The tokens of each block that is in no other one."""
    start = depth = 0
    for place, token in enumerate(tokens, start=1):
        depth += token.nesting
        if depth == 0:
            yield tokens[start:place]
            start = place


def _parts(blocks: Sequence[str]) -> Iterator[str]:
    part = ""
    for block in blocks:
        part += block
        if len(part) >= PART:
            yield part
            part = ""
    if part:
        yield part
