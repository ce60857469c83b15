"""Prompts that a file held, stored."""

from accounts.models import User
from labeling.importing import import_prompts
from labeling.models import Project, Prompt
from labeling.prompt_files import parse_prompts
from tests.labeling.test_prompt_files import lines


def test_importing_twice_stores_once(project: Project, mona: User) -> None:
    rows = parse_prompts(lines({"prompt": "Is this egg done?"}, {"prompt": "鸡蛋煮多久？"})).rows

    first = import_prompts(project=project, rows=rows, source="eggs.jsonl", by=mona)
    again = import_prompts(project=project, rows=rows, source="eggs.jsonl", by=mona)

    assert (first.created, first.duplicates) == (2, 0)
    assert (again.created, again.duplicates) == (0, 2)
    stored = Prompt.objects.order_by("pk").values_list("language", "source", "split")
    assert list(stored) == [("en", "eggs.jsonl", "train"), ("zh", "eggs.jsonl", "train")]


def test_the_held_out_share_depends_on_the_text_alone(project: Project, mona: User) -> None:
    rows = parse_prompts(lines(*({"prompt": f"Egg {n}?"} for n in range(400)))).rows
    import_prompts(project=project, rows=rows, source="", by=mona, heldout_percent=20)
    first = set(Prompt.objects.filter(split="heldout").values_list("sha256", flat=True))
    Prompt.objects.all().delete()
    import_prompts(project=project, rows=rows[::-1], source="", by=mona, heldout_percent=20)
    second = set(Prompt.objects.filter(split="heldout").values_list("sha256", flat=True))

    assert first == second
    assert 50 < len(first) < 110


def test_the_language_is_that_of_the_file_or_of_the_text_or_undetermined(
    project: Project, mona: User
) -> None:
    said = {"prompt": "How long do I boil an egg?", "language": "de"}
    rows = parse_prompts(lines(said, {"prompt": "卵は何分茹でる？"}, {"prompt": "2+2=?"})).rows

    import_prompts(project=project, rows=rows, source="eggs.jsonl", by=mona)

    stored = Prompt.objects.order_by("pk").values_list("language", flat=True)
    assert list(stored) == ["de", "ja", "und"]
