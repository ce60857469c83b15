"""Details of acts are told in the reader's language, down to kinds, roles and people."""

import ast
from dataclasses import fields

from django.utils import translation

from accounts.models import User
from labeling.checks.forms import CheckForm
from labeling.forms import SettingsForm
from labeling.queue.filter import QueueFilter
from rounds.collecting.plan import Plan
from tests.web.auditing.test_words import writers
from web.auditing.details import NAMES, told

CHOSEN = {  # what is not written beside `audit(`
    *(field.name for field in fields(Plan)),
    *CheckForm.Meta.fields,
    *SettingsForm.Meta.fields,
    *QueueFilter.base_fields,
    *("kinds", "languages", "withdrawn", "waiting", "messages", "use_case"),
}


def written() -> set[str]:
    """The keys of each literal that becomes the details of an entry."""
    found = []
    for tree in writers():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "details":
                found.append(node.value)
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "details":
                found.append(node.value)
    dicts = [each for each in found if isinstance(each, ast.Dict)]
    return {key.value for each in dicts for key in each.keys if isinstance(key, ast.Constant)}


def test_each_detail_that_code_writes_down_has_a_name() -> None:
    assert {"user", "role", "bound", "source"} <= written()
    assert written() | CHOSEN <= set(NAMES)


def test_a_chinese_page_names_details_in_chinese() -> None:
    plan = Plan(tasks={"ranking": 36, "correction": 0}, languages=("en",)).as_json()
    details = {**plan, "languages": list(plan["languages"]), "use_cases": []}
    ada = User(pk=7, name="Ada")
    with translation.override("zh-hans"):
        opened = told(details, {})
        added = told({"user": 7, "role": "annotator"}, {7: ada})
        stored = told({"fields": ["overlap", "guidelines"]}, {})
        changed = told({"feedback": "True", "gold_percent": "0", "kinds": ["ranking"]}, {})
        edited = told({"messages": [{"role": "user", "content": "泡茶"}], "use_case": ""}, {})

    assert added == "人员: Ada, 角色: 标注者"
    assert stored == "设置: 每个任务的回答数, 标注指南"
    assert changed == "事后告诉标注者: 是, 标准任务所占百分比: 0, 类型: 排序"
    assert edited == "之前的文本: 泡茶"
    assert opened.startswith("任务: 排序 36, 修改 0, ")
    assert "语言: en, " in opened
    assert not any(f"{name}:" in opened for name in NAMES)
    assert ("None" in opened, "{" in opened) == (False, False)


def test_what_has_no_name_is_told_as_it_was_written() -> None:
    assert told({"colour": "green", "user": 9}, {}) == "colour: green, person: 9"
