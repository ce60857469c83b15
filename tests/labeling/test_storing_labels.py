"""Labels of a file: they train, they are exported, and they count for nobody."""

from io import BytesIO
from typing import Any

import pytest

from accounts.models import AuditEntry, User
from core.errors import ConflictError
from labeling import reviewing
from labeling.import_preview import standing
from labeling.importing import ImportResult, import_prompts
from labeling.labeled_files import parse_file
from labeling.models import (
    Annotation,
    Assignment,
    Completion,
    Import,
    ImportedLabel,
    Project,
    Prompt,
    Task,
)
from labeling.undoing import undo_import
from rounds.queries import label_counts, teaching_counts
from rounds.snapshots import freeze, read
from tests.factories import make_member, make_prompt
from tests.labeling.test_prompt_files import lines

PAIR = {"prompt": "Egg?", "chosen": "Six.", "rejected": "An hour."}
WRITTEN = {"prompt": "Rice?", "completion": "Twelve minutes."}
THUMB = {"prompt": "Egg?", "completion": "Never.", "label": False}
NEMO = {
    "context": [{"role": "user", "content": "Soup?"}],
    "completions": [
        {"rank": rank, "completion": [{"role": "assistant", "content": text}]}
        for text, rank in [("Cold.", 1), ("Hot.", 0), ("Warm.", 0)]
    ],
}


def bring(project: Project, by: User, *rows: dict[str, Any], **more: Any) -> ImportResult:
    preview = parse_file(BytesIO(lines(*rows)), **more)
    assert preview.errors == []
    return import_prompts(
        project=project,
        rows=preview.rows,
        labels=preview.labels,
        source="pairs.jsonl",
        form=preview.form,
        format_name=preview.format.name,
        by=by,
    )


def test_labels_are_answers_of_an_account_that_nobody_uses(project: Project, mona: User) -> None:
    result = bring(project, mona, PAIR, WRITTEN, THUMB)

    assert (result.created, result.labels) == (2, 3)
    imported = Import.objects.get()
    assert (imported.format, imported.rows, imported.labels) == ("trl", 2, 3)
    pair, written, thumb = Annotation.objects.order_by("pk")
    six, hour = pair.task.completions.order_by("pk")
    (never,) = thumb.task.completions.all()
    assert (six.text, hour.text, never.text) == ("Six.", "An hour.", "Never.")
    assert [(each.kind, each.body) for each in (pair, written, thumb)] == [
        ("ranking", {"tiers": [[six.pk], [hour.pk]], "unacceptable": []}),
        ("demonstration", {"text": "Twelve minutes."}),
        ("ranking", {"tiers": [], "unacceptable": [never.pk]}),
    ]
    assert {each.purpose for each in (pair, pair.task, pair.assignment)} == {"imported"}
    assert (pair.task.state, pair.task.round_number, pair.task.free_slots) == ("done", 0, 0)
    assert (pair.annotator.is_active, pair.annotator.has_usable_password()) == (False, False)
    assert not pair.annotator.memberships.exists()
    assert list(Annotation.objects.given()) == []
    assert AuditEntry.objects.latest("pk").details["labels"] == 3


def test_they_train_and_make_a_snapshot(project: Project, mona: User) -> None:
    bring(project, mona, PAIR, THUMB)
    bring(project, mona, NEMO)
    bring(project, mona, WRITTEN)

    counts = teaching_counts(project)
    assert counts["demonstrations"]["train"]["demonstration"] == (1, 1)
    assert counts["rankings"]["train"]["ranking"] == (2, 3)  # one pair, and one above two ties
    assert label_counts(project)["train"]["ranking"] == 3
    snapshot = freeze(project)
    rankings = [(row["completions"], row["tiers"]) for row in read(snapshot, "rankings")]
    assert rankings == [
        (["Six.", "An hour."], [[0], [1]]),
        (["Hot.", "Warm.", "Cold."], [[0, 1], [2]]),
    ]
    assert [row["completion"] for row in read(snapshot, "demonstrations")] == ["Twelve minutes."]


def test_what_is_there_is_not_stored_again(project: Project, mona: User) -> None:
    make_prompt(project, "Egg?", split="heldout")
    bring(project, mona, PAIR)
    preview = parse_file(BytesIO(lines(PAIR, {**PAIR, "rejected": "A day."})))
    met = standing(project, preview.rows, preview.labels)

    again = bring(project, mona, PAIR, {**PAIR, "rejected": "A day."})
    last = bring(project, mona, PAIR)

    assert (met.new, met.known, met.labels) == (0, 1, 1)
    assert (again.created, again.labels, last.labels) == (0, 1, 0)
    assert (Prompt.objects.count(), Annotation.objects.count(), Import.objects.count()) == (1, 2, 2)
    assert {label.split for label in Annotation.objects.all()} == {"heldout"}


def test_an_import_is_undone_with_its_labels(project: Project, mona: User) -> None:
    make_prompt(project, "Rice?")
    bring(project, mona, PAIR)
    bring(project, mona, WRITTEN)
    first, second = Import.objects.order_by("pk")

    assert undo_import(imported=second, by=mona) == 0
    assert undo_import(imported=first, by=mona) == 1

    left = [m.objects.count() for m in (Annotation, Assignment, Task, Completion, ImportedLabel)]
    assert left == [0, 0, 0, 0, 0]
    assert [prompt.last_text for prompt in Prompt.objects.all()] == ["Rice?"]
    assert bring(project, mona, PAIR).labels == 1


def test_it_stays_once_a_snapshot_has_a_label(project: Project, mona: User) -> None:
    bring(project, mona, PAIR)
    freeze(project)

    with pytest.raises(ConflictError, match="in a snapshot"):
        undo_import(imported=Import.objects.get(), by=mona)

    assert Annotation.objects.count() == 1


def test_prompts_stay_that_other_imports_have_labeled(project: Project, mona: User) -> None:
    bring(project, mona, PAIR)
    bring(project, mona, {**PAIR, "rejected": "A day."})

    with pytest.raises(ConflictError, match="so they stay"):
        undo_import(imported=Import.objects.earliest("pk"), by=mona)


def test_reviewers_may_exclude_one(project: Project, mona: User) -> None:
    rita = make_member(project, "Rita", role="reviewer")
    bring(project, mona, PAIR)
    label = Annotation.objects.get()

    can = reviewing.may(label)
    reviewing.exclude(annotation=label, by=rita, text="Wrong.", ask_again=False)

    assert can == {
        "approve": False, "send_back": False, "exclude": True, "include": False, "decide": False
    }  # fmt: skip
    assert label_counts(project)["train"]["ranking"] == 0
