"""A file imported whole, a part at a time."""

import pytest

from accounts.models import AuditEntry, User
from core.errors import BadInputError
from labeling import whole_files
from labeling.models import Annotation, Import, ImportedLabel, Project, Prompt
from labeling.whole_files import import_file
from tests.labeling.test_prompt_files import lines


def pair(number: int, **more: object) -> dict[str, object]:
    return {"prompt": f"Egg {number}?", "chosen": "Six.", "rejected": "An hour.", **more}


@pytest.fixture
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_files, "AT_ONCE", 2)


@pytest.mark.usefixtures("two_at_once")
def test_parts_are_one_import_and_what_repeats_is_stored_once(project: Project, mona: User) -> None:
    told: list[int] = []
    raw = lines(pair(1), pair(2), pair(3), pair(1), pair(1, chosen="Seven."))

    brought = import_file(project=project, raw=raw, name="a.jsonl", by=mona, tell=told.append)

    imported = Import.objects.get()
    assert (brought.rows, brought.result.created, brought.result.labels) == (5, 3, 4)
    assert (imported.created, imported.labels, imported.format) == (3, 4, "trl")
    assert [prompt.last_text for prompt in Prompt.objects.order_by("pk")] == [
        "Egg 1?", "Egg 2?", "Egg 3?"
    ]  # fmt: skip
    assert set(Prompt.objects.values_list("imported", flat=True)) == {imported.pk}
    assert ImportedLabel.objects.filter(imported=imported).count() == 4
    assert told == [2, 4, 5]
    assert AuditEntry.objects.latest("pk").details == {
        "source": "a.jsonl", "created": 3, "duplicates": 2, "labels": 4
    }  # fmt: skip


@pytest.mark.usefixtures("two_at_once")
def test_one_bad_row_takes_back_all(project: Project, mona: User) -> None:
    raw = lines(pair(1), pair(2), pair(3), pair(4, chosen=""))

    refused = import_file(project=project, raw=raw, name="a.jsonl", by=mona)
    assert [str(error) for error in refused.errors] == ["line 4: one of the two texts is empty"]
    assert (refused.is_stored, Import.objects.count(), Prompt.objects.count()) == (False, 0, 0)

    kept = import_file(project=project, raw=raw, name="a.jsonl", by=mona, keep_good=True)
    assert (kept.is_stored, kept.result.labels, Annotation.objects.count()) == (True, 3, 3)


@pytest.mark.usefixtures("two_at_once")
def test_killed_half_way_leaves_nothing(project: Project, mona: User) -> None:
    def die(rows: int) -> None:
        if rows > 2:
            raise KeyboardInterrupt

    raw = lines(*map(pair, range(6)))
    with pytest.raises(KeyboardInterrupt):
        import_file(project=project, raw=raw, name="a.jsonl", by=mona, tell=die)

    assert [m.objects.count() for m in (Import, Prompt, Annotation)] == [0, 0, 0]


def test_an_empty_file_is_none(project: Project, mona: User) -> None:
    with pytest.raises(BadInputError, match="is empty"):
        import_file(project=project, raw=b"\n", name="a.jsonl", by=mona)
