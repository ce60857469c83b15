from labeling.prompt_files import parse_prompts
from rehearsal.loop import PROMPTS, SYSTEM, prompts


def test_prompts_are_clean_short_and_enough_are_held_out() -> None:
    preview = parse_prompts(PROMPTS.read_bytes())

    assert preview.errors == []
    assert preview.duplicates == 0
    assert sum(row.split == "heldout" for row in preview.rows) == 116
    assert sum(row.split == "train" for row in preview.rows) == 324
    assert max(len(row.last_text.split()) for row in preview.rows) <= 20


def test_every_prompt_begins_with_the_same_system_turn() -> None:
    rows = prompts()

    assert {row.messages[0]["content"] for row in rows} == {SYSTEM}
    assert {tuple(message["role"] for message in row.messages) for row in rows} == {
        ("system", "user")
    }
    assert rows[0].last_text == "Why do leaves turn red and yellow in autumn?"
