"""Code with its words told apart, by classes; the code itself stays as it is, to the letter.

The language is the one that the block names, never a guess. What takes long stays plain.
"""

import time
from functools import cache
from html import escape
from itertools import groupby
from operator import itemgetter

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Name, Number, String, Token

LONGEST = 20_000  # characters of a block
SECONDS = 0.3  # of CPU for a block
_NAMES = """
    bash c c# c++ clojure cpp cs csharp css dart diff docker dockerfile elixir erlang
    fsharp go golang graphql haskell hs html ini java javascript js json jsx julia
    kotlin latex lisp lua make makefile matlab nginx objective-c objectivec ocaml perl
    php powershell ps1 py python python3 r rb rs ruby rust scala scheme scss sh shell
    sql swift tex toml ts tsx typescript udiff verilog vim xml yaml yml zig zsh
    """
LANGUAGES = frozenset(_NAMES.split())
# The first that a token belongs to.
_CLASSES = (
    (Comment, "code-comment"),
    (String, "code-string"),
    (Number, "code-number"),
    (Keyword, "code-keyword"),
    (Name.Tag, "code-keyword"),
    (Name.Function, "code-name"),
    (Name.Class, "code-name"),
    (Name.Decorator, "code-name"),
    (Name.Attribute, "code-name"),
    (Generic.Deleted, "code-deleted"),
    (Generic.Inserted, "code-inserted"),
    (Generic.Heading, "code-comment"),
    (Generic.Subheading, "code-comment"),
)
CLASSES = {name for _, name in _CLASSES}


def highlight(code: str, info: str) -> str:
    """`code` as HTML; `info` is what stands after the fence: its first word names the language."""
    language = (info.split() or [""])[0].lower()
    plain = escape(code, quote=False)
    if language not in LANGUAGES or len(code) > LONGEST or "\ue000" in code:
        return plain  # a hidden character's marker must stay whole
    spans: list[tuple[str, str]] = []
    lexer = _lexer(language, "<?" in code)  # made once, which takes a while
    deadline = time.thread_time() + SECONDS
    for _place, kind, text in lexer.get_tokens_unprocessed(code):
        if time.thread_time() > deadline:
            return plain
        spans.append((_class_of(kind), text))
    if "".join(text for _, text in spans) != code:
        return plain
    parts = []
    for name, group in groupby(spans, key=itemgetter(0)):
        text = escape("".join(piece for _, piece in group), quote=False)
        parts.append(f'<span class="{name}">{text}</span>' if name and text.strip() else text)
    return "".join(parts)


@cache  # as many as there are languages
def _lexer(language: str, is_page: bool) -> Lexer:
    options = {"startinline": not is_page} if language == "php" else {}
    return get_lexer_by_name(language, **options)


@cache  # as many as there are kinds of tokens
def _class_of(kind: type[Token]) -> str:
    return next((name for of, name in _CLASSES if kind in of), "")
