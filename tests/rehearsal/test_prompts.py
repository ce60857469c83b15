import json

from labeling.given import given
from labeling.models import Preamble
from labeling.prompt_files import parse_prompts
from rehearsal.loop import PROMPTS, SYSTEM, give_prompts
from tests.factories import make_project, make_user


def test_prompts_are_clean_short_and_enough_are_held_out() -> None:
    preview = parse_prompts(PROMPTS.read_bytes())

    assert preview.errors == []
    assert preview.duplicates == 0
    assert sum(row.split == "heldout" for row in preview.rows) == 116
    assert sum(row.split == "train" for row in preview.rows) == 324
    assert max(len(row.last_text.split()) for row in preview.rows) <= 20


def test_models_are_given_each_after_the_same_system_message(db: None) -> None:
    project = make_project("rehearsal")

    give_prompts(project, by=make_user())

    before = Preamble.objects.in_force(project)
    assert before is not None
    system = {"role": "system", "content": SYSTEM}
    asked = [json.loads(line)["prompt"] for line in PROMPTS.read_text("utf-8").splitlines()]
    assert [given(before.messages, row.messages) for row in project.prompts.order_by("pk")] == [
        [system, {"role": "user", "content": text}] for text in asked
    ]
