"""Words of the document as docstrings and comments."""

import re
import textwrap

WIDTH = 96


def docstring(text: str, *, indent: int) -> str:
    """`text` as a docstring: its first sentence or paragraph alone on the first line."""
    pad = " " * indent
    first, rest = _split(_plain(text), WIDTH - indent)
    if not rest:
        return f'{pad}"""{first}"""'
    paragraphs = [
        textwrap.fill(" ".join(each.split()), WIDTH + 4 - indent) for each in rest.split("\n\n")
    ]
    body = textwrap.indent("\n\n".join(paragraphs), pad)
    return f'{pad}"""{first}\n\n{body}\n{pad}"""'


def comment(text: str, *, indent: int) -> str:
    """`text` as comment lines; nothing for nothing."""
    pad = " " * indent
    lines = textwrap.wrap(" ".join(_plain(text).split()), WIDTH - indent)
    return "".join(f"{pad}# {line}\n" for line in lines)


def sentence(text: str) -> str:
    """With a full stop."""
    text = text.strip()
    return text if not text or text[-1] in ".?!:" else f"{text}."


def _plain(text: str) -> str:
    return text.strip().replace("\\", "\\\\").replace('"""', "'''")


def _split(text: str, width: int) -> tuple[str, str]:
    """The first line, of at most `width` characters, and the rest."""
    first, _, rest = text.partition("\n\n")
    first = " ".join(first.split())
    if len(first) <= width:
        return first, rest.strip()
    begun = re.match(rf"(.{{1,{width}}}?[.:;])(?: |$)(.*)", first)
    if begun is None:
        head = textwrap.shorten(first, width, placeholder=" …")
        return head, text
    return begun[1], "\n\n".join(part for part in (begun[2].strip(), rest.strip()) if part)
