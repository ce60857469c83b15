"""Which strings Rondo shows, which of them are translated, and the compiled catalogs.

GNU gettext is not needed: strings are found by Python's and Django's own parsers, and polib
compiles the catalogs.
"""

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polib
from django.template import Context, Engine
from django.template.base import Lexer, TokenType
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

CATALOG = Path("locale/zh_Hans/LC_MESSAGES/django.po")
# Name of the function -> how many of its first arguments are: context, singular, plural.
ARGUMENT = re.compile(r"""\b_\((["'])(.+?)\1\)""")  # of a tag or filter of a template
FUNCTIONS = {
    "_": (0, 1, 0),
    "gettext": (0, 1, 0),
    "gettext_lazy": (0, 1, 0),
    "gettext_noop": (0, 1, 0),
    "ngettext": (0, 1, 1),
    "ngettext_lazy": (0, 1, 1),
    "pgettext": (1, 1, 0),
    "pgettext_lazy": (1, 1, 0),
    "say": (0, 1, 0),  # of trainers and workers, who know no Django
}


@dataclass(frozen=True, kw_only=True)
class Message:
    """One string to translate."""

    text: str
    plural: str = ""
    context: str = ""


def apps(root: Path) -> list[Path]:
    """The folders that may have a catalog: Django apps, kinds, stages, trainers and workers."""
    places = (
        "*/apps.py",
        "training/__init__.py",
        "workers/celery.py",
        "platform/*/apps.py",
        "labeling/kinds/*/__init__.py",
        "platform/rounds/stages/*/__init__.py",
    )
    return sorted(path.parent for place in places for path in root.glob(place))


def messages(app: Path) -> dict[Message, str]:
    """Every string that `app` marks for translation, and a file that has it."""
    found: dict[Message, str] = {}
    for path in sorted(app.rglob("*.py")):
        if "migrations" not in path.parts:
            found |= dict.fromkeys(_in_python(path), str(path.relative_to(app.parent)))
    for path in sorted(app.rglob("*")):
        if path.suffix == ".html" or ("templates" in path.parts and path.is_file()):
            found |= dict.fromkeys(_in_template(path), str(path.relative_to(app.parent)))
    return found


def _in_python(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        contexts, singulars, plurals = FUNCTIONS.get(name, (0, 0, 0))
        wanted = node.args[: contexts + singulars + plurals]
        texts = [str(part.value) for part in wanted if isinstance(part, ast.Constant)]
        if not texts or len(texts) != contexts + singulars + plurals:
            continue
        yield Message(
            context=texts[0] if contexts else "",
            text=texts[contexts],
            plural=texts[-1] if plurals else "",
        )


def _in_template(path: Path) -> Iterator[Message]:
    source = path.read_text(encoding="utf-8")
    for token in Lexer(source).tokenize():
        if token.token_type in (TokenType.VAR, TokenType.BLOCK):
            yield from (Message(text=found[2]) for found in ARGUMENT.finditer(token.contents))
    template = Engine.get_default().from_string(source)
    node: Any
    for node in template.nodelist.get_nodes_by_type(TranslateNode):
        literal = getattr(node.filter_expression.var, "literal", node.filter_expression.var)
        if isinstance(literal, str):
            yield Message(text=literal, context=_context(node))
    for node in template.nodelist.get_nodes_by_type(BlockTranslateNode):
        plural = node.render_token_list(node.plural)[0] if node.plural else ""
        yield Message(
            text=node.render_token_list(node.singular)[0], plural=plural, context=_context(node)
        )


def _context(node: Any) -> str:
    return str(node.message_context.resolve(Context())) if node.message_context else ""


def catalog(app: Path) -> dict[Message, polib.POEntry]:
    """The entries of the app's catalog of Simplified Chinese."""
    path = app / CATALOG
    if not path.is_file():
        return {}
    return {
        Message(
            text=entry.msgid, plural=entry.msgid_plural or "", context=entry.msgctxt or ""
        ): entry
        for entry in polib.pofile(str(path))
        if not entry.obsolete
    }


def is_translated(entry: polib.POEntry | None) -> bool:
    """Whether there is a text, in every plural form, and nobody doubts it."""
    if entry is None or "fuzzy" in entry.flags:
        return False
    return all(entry.msgstr_plural.values()) if entry.msgid_plural else bool(entry.msgstr)


def missing(root: Path) -> dict[Path, dict[Message, str]]:
    """Per app the strings that neither its own catalog nor another one translates."""
    known = {
        message
        for app in apps(root)
        for message, entry in catalog(app).items()
        if is_translated(entry)
    }
    found = {
        app: {text: file for text, file in messages(app).items() if text not in known}
        for app in apps(root)
    }
    return {app: texts for app, texts in found.items() if texts}


def build(root: Path) -> list[Path]:
    """Compile each catalog that is newer than its compiled form; return what was written."""
    written = []
    for app in apps(root):
        source = app / CATALOG
        target = source.with_suffix(".mo")
        if not source.is_file() or (
            target.is_file() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns
        ):
            continue
        # Beside and then renamed: another process may be reading the old one.
        beside = target.with_suffix(f".{os.getpid()}.tmp")
        polib.pofile(str(source)).save_as_mofile(str(beside))
        beside.replace(target)
        written.append(target)
    return written
