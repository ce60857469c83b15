"""What Rondo exports, it imports again, equal."""

import json

import pytest

from labeling.importing import import_prompts
from labeling.models import Prompt
from labeling.prompt_files import parse_prompts
from labeling.proposals import deciding
from labeling.pseudonyms import naming
from tests.api.kitchen import get_rows
from tests.factories import make_member, make_project, make_prompt
from tests.labeling.calling import MESSAGES, TEXTS, TOOLS
from tests.labeling.proposals.made import SHOTS, make_proposal, make_wanted

pytestmark = pytest.mark.django_db


def test_prompts_come_back_equal(client, kitchen):
    make_prompt(
        kitchen,
        " Was?\r\n",
        source="Großmutter",
        language="de",
        use_case="chat",
        group_name="g",
        metadata={"id": 7, "tags": ["a", None], "x": 1.0, "prompt_id": "theirs", "z": "é"},
        split="heldout",
    )
    turns = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": ""},
        {"role": "user", "content": "b"},
    ]
    turns[2]["content"] = "c"
    make_prompt(kitchen, messages=turns)
    exported = get_rows(client, kitchen, "prompts")
    raw = "\n".join(json.dumps(row) for row in exported).encode()

    preview = parse_prompts(raw)
    other = make_project("other")
    import_prompts(project=other, rows=preview.rows, source="prompts.jsonl", by=None)
    back = get_rows(client, other, "prompts")

    def content(rows):
        return [{k: v for k, v in row.items() if k != "prompt_id"} for row in rows]

    assert preview.errors == []
    assert content(back) == content(exported)
    assert exported[2]["source"] == "Großmutter"
    assert json.loads(exported[2]["metadata"]) == {
        "id": 7,
        "tags": ["a", None],
        "x": 1.0,
        "prompt_id": "theirs",
        "z": "é",
    }


def test_a_conversation_with_tools_comes_back_to_the_letter(client, kitchen):
    line = json.dumps({"messages": MESSAGES, "tools": TOOLS}, ensure_ascii=False).encode()
    import_prompts(project=kitchen, rows=parse_prompts(line).rows, source="a.jsonl", by=None)
    exported = get_rows(client, kitchen, "prompts")[-1]

    preview = parse_prompts(json.dumps(exported).encode())
    other = make_project("other")
    import_prompts(project=other, rows=preview.rows, source="prompts.jsonl", by=None)

    assert exported["prompt"] == TEXTS
    assert exported["given"] == json.dumps({"tools": TOOLS, "messages": MESSAGES})
    (first, second) = Prompt.objects.exclude(given="").order_by("pk")
    assert (first.sha256, first.given) == (second.sha256, second.given)
    assert (second.messages, second.project) == (TEXTS, other)


def test_of_a_prompt_that_somebody_wrote_form_and_author_leave_and_come_back(client, kitchen):
    iris, olga = make_member(kitchen, "Iris"), make_member(kitchen, "Olga", "manager")
    row = make_proposal(kitchen, iris, wanted=make_wanted(kitchen, "few_shot"))
    deciding.accept(project=kitchen, proposals=[row.pk], by=olga)
    exported = get_rows(client, kitchen, "prompts")

    name = naming(kitchen)(iris.pk)
    (parsed,) = parse_prompts(json.dumps(exported[-1]).encode()).rows
    (other,) = parse_prompts(json.dumps(exported[0]).encode()).rows

    assert [(line["form"], line["author"]) for line in exported] == [
        ("", ""),
        ("", ""),
        ("few_shot", name),
    ]
    assert parsed.metadata == {"form": "few_shot", "author": name, "parts": SHOTS}
    assert (parsed.source, other.metadata) == ("labeler", {})
