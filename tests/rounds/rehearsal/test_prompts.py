from labeling.importing import parse_prompts
from rounds.rehearsal.loop import PROMPTS


def test_prompts_are_clean_short_and_enough_are_held_out() -> None:
    preview = parse_prompts(PROMPTS.read_bytes())

    assert preview.errors == []
    assert preview.duplicates == 0
    assert sum(row.split == "heldout" for row in preview.rows) == 116
    assert sum(row.split == "train" for row in preview.rows) == 324
    assert max(len(row.last_text.split()) for row in preview.rows) <= 20
