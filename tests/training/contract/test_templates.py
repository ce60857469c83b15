"""Chat templates: those of real models pass, those that reach for Python do not."""

import contextlib
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.contract import templates
from training.contract.templates import UnsafeTemplateError

SPEC = find_spec("trl")
assert SPEC is not None
assert SPEC.submodule_search_locations
REAL = sorted(Path(SPEC.submodule_search_locations[0]).glob("chat_templates/*.jinja"))


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_templates_of_real_models_pass(path):
    templates.check(path.read_text(encoding="utf-8"))


def test_there_are_real_templates():
    assert len(REAL) > 40


HOSTILE = [
    "{{ ''.__class__ }}",
    "{{ ''['__class__'] }}",
    r"{{ ''['\x5f\x5fclass\x5f\x5f'] }}",
    r"{{ ''['\u005f\u005fclass\137_'] }}",
    "{{ ''['_'~'_class_'~'_'] }}",
    "{{ ''['_' + '_class_' + '_'] }}",
    "{% set u = '_' %}{{ ''[u~u~'class'~u~u] }}",
    "{% set u = '_' %}{% set k = u~u~'class'~u~u %}{{ ''[k] }}",
    "{{ ''['%c' % 95 ~ 'x'] }}",
    "{{ ''[messages[0].a ~ messages[0].b] }}",
    "{{ ''|attr('x') }}",
    "{{ ['']|map(attribute='__class__')|list }}",
    "{{ ['']|map(attribute='_'~'_class_'~'_')|list }}",
    "{{ ['']|map(attribute=messages[0].role)|list }}",
    "{{ ['']|map('attr', 'x')|list }}",
    "{{ ['']|map(*messages)|list }}",
    "{{ ['']|map(**messages[0])|list }}",
    "{{ ['']|map(messages[0].role)|list }}",
    "{{ ['']|sort(false, false, '_'~'_class__')|list }}",
    "{{ ['']|groupby('a.__class__') }}",
    "{{ ['']|selectattr('_x')|list }}",
    "{{ (messages|x).gi_frame }}",
    "{{ messages.f_globals }}",
    "{{ ''.mro() }}",
    "{{ ''['format_map'](messages[0]) }}",
    "{{ ''.format_map(messages[0]) }}",
    "{{ '{0.__class__}'.format(1) }}",
    "{{ lipsum() }}",
    "{{ cycler.x() }}",
    "{{ self.x() }}",
    "{{ messages[0]() }}",
    "{{ messages[0].role.encode() }}",
    "{% set ns.__class__ = 1 %}",
    "{% include 'x' %}",
    "{% import 'x' as x %}",
    "{% from 'x' import y %}",
    "{% extends 'x' %}",
    "{{ 1|unknown }}",
    "{{",
    "{% for m in messages %}",
    "{{ " + "(" * 5000 + " }}",
    "{{ " + "1" * 5000 + " }}",
    "".join(f"{{% set a{n + 1} = a{n}~a{n} %}}" for n in range(1, 60)).join(
        ["{% set a1 = 'xx' %}", ""]
    ),
    "x" * (templates.LARGEST + 1),
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:50])
def test_a_template_that_reaches_for_python_is_refused(text):
    with pytest.raises(UnsafeTemplateError):
        templates.check(text)


@pytest.mark.parametrize(
    "text",
    [
        "__init__ in the text is no more than text",
        "{% for m in messages %}{{ m['content'] | trim }}{% endfor %}",
        "{{ messages[messages|length - 1 - loop.index0]['content'] }}",
        "{% generation %}{{ messages[0].content }}{% endgeneration %}",
        "{% set ns = namespace(first=true) %}{% set ns.first = false %}",
        "{% macro say(m) %}{{ m.role }}{% endmacro %}{{ say(messages[0]) }}",
        "{{ messages|map(attribute='role')|join(', ') }}",
        "{{ raise_exception('No.') }}{{ strftime_now('%Y') }}",
    ],
)
def test_what_conversations_need_is_allowed(text):
    templates.check(text)


WORDS = [
    "{{", "}}", "{%", "%}", "{#", "#}", "messages", "'_'", "'__class__'", "~", "+", "|", "attr",
    "map", "(", ")", "[", "]", ".", ",", "for", "in", "endfor", "if", "endif", "set", "=", "x",
    "0", "-", "*", "macro", "endmacro", "call", "filter", "generation", "endgeneration", "**",
    "'\\x5f'", "'\\N{x}'", "\\", "'\\ud800'", "\x00", "1e999", "9" * 5000, "is", "not", "block",
    "raw", "import", "{", "}", ":",
]  # fmt: skip


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.one_of(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join), st.text()))
def test_any_text_is_taken_or_refused_for_a_reason(text):
    with contextlib.suppress(UnsafeTemplateError):
        templates.check(text)
