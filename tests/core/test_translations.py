"""Every string that people see has a Simplified Chinese text."""

import re
from pathlib import Path

import polib
import pytest

from core import translations
from core.translations import Message

ROOT = Path(__file__).resolve().parents[2]
APPS = translations.apps(ROOT)
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%%|\{[a-z_]*\}")
LONE_PERCENT = re.compile(r"%(?!\([a-z_]+\)[sd]|[%sd])")


# One Chinese word for one thing: the reader (你), an answer (回答; 标准答案 and 正确答案 are the
# right ones), annotators (标注者), reviewers (审核者), managers (管理者), site admins (站点管理员).
OTHER_WORDS = re.compile(
    "您|标注员|审核员|项目负责人|金标准|(?<!标准)(?<!正确)(?<!正确的)答案|(?<!站点)管理员"
)


@pytest.fixture(scope="module")
def missing():
    return translations.missing(ROOT)


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_every_string_is_translated(app, missing):
    assert missing.get(app, {}) == {}


def test_one_text_has_one_translation_whichever_app_says_it():
    """Django joins the catalogs: of two translations one is shown everywhere."""
    found = {}
    for app in APPS:
        for message, entry in translations.catalog(app).items():
            found.setdefault(message, set()).add(entry.msgstr or str(entry.msgstr_plural))
    assert {key: texts for key, texts in found.items() if len(texts) > 1} == {}


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_translations_keep_the_placeholders(app):
    wrong = [
        (message.text, text)
        for message, entry in translations.catalog(app).items()
        for text in [entry.msgstr, *entry.msgstr_plural.values()]
        if text
        and set(PLACEHOLDER.findall(text))
        != set(PLACEHOLDER.findall(message.plural or message.text))
    ]
    assert wrong == []


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_no_translation_has_a_percent_sign_that_formatting_would_take(app):
    """As in "95% of them": the page that fills its placeholders would fail in this language."""
    lone = [
        text
        for message, entry in translations.catalog(app).items()
        for text in [entry.msgstr, *entry.msgstr_plural.values()]
        if LONE_PERCENT.search(text) and not LONE_PERCENT.search(message.text)
    ]
    assert lone == []


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_one_word_is_used_for_one_thing(app):
    strays = [
        text
        for entry in translations.catalog(app).values()
        for text in [entry.msgstr, *entry.msgstr_plural.values()]
        if OTHER_WORDS.search(text)
    ]
    assert strays == []


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_a_completion_is_not_called_an_answer(app):
    strays = [
        text
        for message, entry in translations.catalog(app).items()
        for text in [entry.msgstr, *entry.msgstr_plural.values()]
        if re.search(r"\bcompletions?\b", message.text, re.IGNORECASE)
        and re.search("补全" if "answer" in message.text.lower() else "补全|回答", text)
    ]
    assert strays == []


def test_catalogs_hold_nothing_that_no_page_says():
    said = {message for app in APPS for message in translations.messages(app)}
    unused = {
        app.name: [message.text for message in translations.catalog(app) if message not in said]
        for app in APPS
    }
    assert {app: texts for app, texts in unused.items() if texts} == {}


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_references_of_a_catalog_name_files_that_are_there(app):
    path = app / translations.CATALOG
    entries = polib.pofile(str(path)) if path.exists() else []
    named = {name for entry in entries for name, _line in entry.occurrences}
    assert [name for name in sorted(named) if not (app.parent / name).exists()] == []


def test_strings_are_found_in_python_and_templates(tmp_path):
    (tmp_path / "views.py").write_text(
        'a = _("One " "text")\nb = ngettext("%(n)d row", "%(n)d rows", n)\nc = _(variable)\n'
        'd = pgettext("theme", "Dark")\n'
    )
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/page.html").write_text(
        '{% load i18n %}{% if a %}{% translate "Save" %}{% endif %}{% translate name %}'
        '{% translate "Light" context "theme" %}'
        "{% blocktranslate count n=rows trimmed %}\n  {{ n }} row\n{% plural %}\n  {{ n }} rows\n"
        "{% endblocktranslate %}"
        "{{ name|default:_('Nobody') }}{% include 'a.html' with b=_(\"Red\") %}"
    )
    assert set(translations.messages(tmp_path)) == {
        Message(text="Nobody"),
        Message(text="Red"),
        Message(text="One text"),
        Message(text="%(n)d row", plural="%(n)d rows"),
        Message(text="Dark", context="theme"),
        Message(text="Save"),
        Message(text="Light", context="theme"),
        Message(text="%(n)s row", plural="%(n)s rows"),
    }


@pytest.mark.parametrize(
    ("fields", "translated"),
    [
        ({"msgstr": "保存"}, True),
        ({"msgstr": ""}, False),
        ({"msgstr": "保存", "flags": ["fuzzy"]}, False),
        ({"msgid_plural": "x", "msgstr_plural": {0: "保存"}}, True),
        ({"msgid_plural": "x", "msgstr_plural": {0: ""}}, False),
    ],
)
def test_is_translated(fields, translated):
    assert translations.is_translated(polib.POEntry(msgid="Save", **fields)) is translated


def test_build_compiles_only_what_changed(tmp_path):
    app = tmp_path / "platform/kitchen"
    (app / translations.CATALOG).parent.mkdir(parents=True)
    (app / "apps.py").touch()
    (app / translations.CATALOG).write_text('msgid "Save"\nmsgstr "保存"\n')
    compiled = (app / translations.CATALOG).with_suffix(".mo")
    assert translations.build(tmp_path) == [compiled]
    assert polib.mofile(str(compiled)).find("Save").msgstr == "保存"
    assert translations.build(tmp_path) == []
