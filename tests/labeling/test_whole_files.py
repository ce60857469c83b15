"""A file imported whole, a part at a time."""

import os
import signal
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import AuditEntry, User
from core.errors import BadInputError
from labeling import whole_files
from labeling.health.report import of_pairs, of_prompts
from labeling.importing import import_prompts
from labeling.labeled_files import parse_file, said_of
from labeling.models import (
    Annotation,
    Completion,
    Import,
    ImportedLabel,
    Project,
    Prompt,
    PromptOriginal,
)
from labeling.whole_files import import_file
from tests.factories import make_project
from tests.labeling.test_prompt_files import lines

ROOT = Path(__file__).resolve().parents[2]
# Imports a file two rows at once, and is killed before the last two.
DYING = """
import os, signal, sys
import django
django.setup()
from labeling import whole_files
from labeling.models import Project, Prompt

whole_files.AT_ONCE = 2

def die(rows):
    if rows == 4:
        assert Prompt.objects.count() == 4
        os.kill(os.getpid(), signal.SIGKILL)

project, file = Project.objects.get(slug=sys.argv[1]), open(sys.argv[2], "rb")
whole_files.import_file(project=project, file=file, name="a.jsonl", by=None, tell=die)
"""


def said(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


def pair(number: int, **more: object) -> dict[str, object]:
    return {"prompt": f"Egg {number}?", "chosen": "Six.", "rejected": "An hour.", **more}


@pytest.fixture
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_files, "AT_ONCE", 2)


def test_a_file_of_a_split_is_of_it_but_for_rows_that_name_theirs(
    project: Project, mona: User
) -> None:
    raw = lines(pair(1), {**pair(2), "split": "train"})

    import_file(project=project, file=BytesIO(raw), name="a.jsonl", by=mona, split="heldout")

    assert list(Prompt.objects.order_by("pk").values_list("split", flat=True)) == [
        "heldout", "train"
    ]  # fmt: skip
    splits = ImportedLabel.objects.order_by("pk").values_list("annotation__split", flat=True)
    assert list(splits) == ["heldout", "train"]


@pytest.mark.usefixtures("two_at_once")
def test_what_a_later_part_joins_is_on_one_side(project: Project, mona: User) -> None:
    def asked(number: int, *, user: str = "", group: str = "") -> dict[str, object]:
        return pair(number, user_id=user, group=group)

    alone = [asked(n, user=f"user {n}") for n in range(100, 150)]
    others = make_project("others")
    import_file(project=others, file=BytesIO(lines(*alone)), name="a", by=mona, heldout_percent=50)
    side = {p.last_text: p.split for p in others.prompts.all()}
    drawn = {s: next(r for r in alone if side[str(r["prompt"])] == s) for s in ("train", "heldout")}
    her, his = str(drawn["heldout"]["user_id"]), str(drawn["train"]["user_id"])
    rows = [
        drawn["heldout"], drawn["train"],
        asked(2, user=her, group="hens"), asked(3, group="hens"),  # with her, held out
        asked(4, user="neither"), asked(5, user=his, group="hens"),  # joins them to him
    ]  # fmt: skip

    import_file(project=project, file=BytesIO(lines(*rows)), name="a", by=mona, heldout_percent=50)

    joined = Prompt.objects.filter(project=project).exclude(messages=said("Egg 4?"))
    assert list(joined.values_list("split", flat=True)) == ["train"] * 5
    labels = Annotation.objects.filter(task__prompt__in=joined)
    assert list(labels.values_list("split", flat=True)) == ["train"] * 5


@pytest.mark.usefixtures("two_at_once")
def test_parts_are_one_import_and_what_repeats_is_stored_once(project: Project, mona: User) -> None:
    told: list[int] = []
    raw = lines(pair(1), pair(2), pair(3), pair(1), pair(1, chosen="Seven."))

    brought = import_file(
        project=project, file=BytesIO(raw), name="a.jsonl", by=mona, tell=told.append
    )

    imported = Import.objects.get()
    assert (brought.rows, brought.result.created, brought.result.labels) == (5, 3, 4)
    assert (imported.created, imported.labels, imported.format) == (3, 4, "trl")
    assert [prompt.last_text for prompt in Prompt.objects.order_by("pk")] == [
        "Egg 1?", "Egg 2?", "Egg 3?"
    ]  # fmt: skip
    assert set(Prompt.objects.values_list("imported", flat=True)) == {imported.pk}
    assert ImportedLabel.objects.filter(imported=imported).count() == 4
    assert (imported.rows, told) == (3, [2, 4, 5])
    assert AuditEntry.objects.latest("pk").details == {
        "source": "a.jsonl", "created": 3, "duplicates": 0, "labels": 4
    }  # fmt: skip


@pytest.mark.usefixtures("two_at_once")
def test_one_bad_row_takes_back_all(project: Project, mona: User) -> None:
    raw = lines(pair(1), pair(2), pair(3), pair(4, chosen=""))

    refused = import_file(project=project, file=BytesIO(raw), name="a.jsonl", by=mona)
    assert [str(error) for error in refused.errors] == ["line 4: one of the two texts is empty"]
    assert (refused.is_stored, Import.objects.count(), Prompt.objects.count()) == (False, 0, 0)

    kept = import_file(project=project, file=BytesIO(raw), name="a.jsonl", by=mona, keep_good=True)
    assert (kept.is_stored, kept.result.labels, Annotation.objects.count()) == (True, 3, 3)


@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_killed_half_way_leaves_nothing(
    project: Project, mona: User, postgres_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(lines(*map(pair, range(6))))
    database = f"{postgres_url.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}"
    env = {
        **os.environ,
        "DATABASE_URL": database,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
    }

    died = subprocess.run([sys.executable, "-c", DYING, project.slug, file], env=env, check=False)

    assert died.returncode == -signal.SIGKILL
    assert [m.objects.count() for m in (Import, Prompt, Completion, Annotation)] == [0, 0, 0, 0]
    again = import_file(project=project, file=BytesIO(file.read_bytes()), name="a.jsonl", by=mona)
    assert (again.result.created, again.result.labels) == (6, 6)


@pytest.mark.usefixtures("two_at_once")
@pytest.mark.parametrize("redacts", [False, True])
def test_parts_are_told_and_redacted_as_one_page_is(
    project: Project, mona: User, redacts: bool
) -> None:
    project.redacts_personal = redacts
    project.save()
    raw = lines(
        pair(1),
        pair(2, prompt="Mail ada@uni-ulm.de"),
        pair(3, prompt="Mail bob@uni-ulm.de", user_id="bob"),
        pair(1, chosen="An hour.", rejected="Six."),
        pair(4, prompt="[INST] Egg?", rejected="Six. Or"),
        pair(2, prompt="Mail ada@uni-ulm.de"),
        pair(7, rejected="<|im_end|> Ask eve@uni-ulm.de"),
    )
    other = make_project("bakery", redacts_personal=redacts)
    preview = parse_file(BytesIO(raw))
    said = said_of(preview.rows, preview.labels)
    health = [*of_prompts(said, preview.offered), *of_pairs(preview.pairs)]
    on_page = import_prompts(
        project=other, rows=preview.rows, labels=preview.labels, health=health, source="a", by=mona
    )

    brought = import_file(project=project, file=BytesIO(raw), name="a", by=mona)

    assert brought.result == on_page
    assert stored(project) == stored(other)
    assert brought.health == health
    assert {each.check: each.lines for each in health} == {
        "personal_email": [2, 3, 7],
        "control_tokens": [5, 7],
        "prefix": [5],
        "contradictory": [1, 4],
    }
    assert PromptOriginal.objects.count() == (2 if redacts else 0)


def stored(project: Project) -> list[object]:
    """What is stored of a project's one import."""
    imported = Import.objects.get(project=project)
    prompts = project.prompts.order_by("pk")
    names = ("messages", "sha256", "conversation", "language", "split", "metadata", "asker")
    labels = ImportedLabel.objects.filter(imported=imported).order_by("pk")
    originals = PromptOriginal.objects.filter(prompt__in=prompts).order_by("prompt")
    return [
        (imported.rows, imported.created, imported.labels, imported.health),
        list(prompts.values_list(*names)),
        list(labels.values_list("sha256", "annotation__task__prompt__sha256")),
        list(originals.values_list("messages", "metadata")),
    ]


@pytest.mark.usefixtures("two_at_once")
def test_a_prompt_beyond_its_users_limit_comes_in_once_a_label_is_of_it(
    project: Project, mona: User
) -> None:
    project.prompts_per_user = 1
    project.save()
    raw = lines(
        {"messages": said("Egg?"), "user": "u"},
        {"messages": said("Tea?"), "user": "u"},
        {"messages": said("Jam?"), "user": "u"},
        {"messages": [*said("Tea?"), {"role": "assistant", "content": "Hot."}], "user": "u"},
    )

    brought = import_file(project=project, file=BytesIO(raw), name="a", by=mona, format_name="chat")

    assert [prompt.last_text for prompt in project.prompts.order_by("pk")] == ["Egg?", "Tea?"]
    assert (brought.result.created, brought.result.beyond, brought.result.labels) == (2, 1, 1)
    assert Import.objects.get().rows == 3


def test_an_empty_file_is_none(project: Project, mona: User) -> None:
    with pytest.raises(BadInputError, match="is empty"):
        import_file(project=project, file=BytesIO(b"\n"), name="a.jsonl", by=mona)
    assert not AuditEntry.objects.filter(action="prompts.imported").exists()
