"""An import is undone as a whole, while nothing has been made of its prompts."""

import pytest

from accounts.models import AuditEntry, User
from core.errors import ConflictError
from labeling import editing
from labeling.assigning import claim_next
from labeling.importing import import_prompts
from labeling.models import Import, Project, Prompt, Task
from labeling.prompt_files import parse_prompts
from labeling.undoing import undo_import
from tests.factories import make_completion, make_import, make_prompt, make_task
from tests.labeling.test_prompt_files import lines


def test_an_import_is_one_row_and_is_taken_back_whole(project: Project, mona: User) -> None:
    make_prompt(project, "known")
    rows = parse_prompts(lines(*({"prompt": text} for text in ("known", "a", "b")))).rows
    import_prompts(project=project, rows=rows, source="eggs.csv", form="CSV", by=mona)
    make_task(project, prompt=Prompt.objects.get(messages__0__content="a"))

    imported = Import.objects.get()
    said = (imported.name, imported.form, imported.rows, imported.created, imported.imported_by)
    assert said == ("eggs.csv", "CSV", 3, 2, mona)
    assert undo_import(imported=imported, by=mona) == 2

    assert [prompt.last_text for prompt in Prompt.objects.all()] == ["known"]
    assert Task.objects.count() == 0
    imported.refresh_from_db()
    assert (imported.undone_by, imported.undone_at is None) == (mona, False)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.target, entry.details) == (
        "prompts.import_undone",
        f"labeling.Project:{project.pk}",
        {"source": "eggs.csv", "removed": 2},
    )
    with pytest.raises(ConflictError, match="undone already"):
        undo_import(imported=imported, by=mona)


def test_what_is_undone_can_be_imported_again(project: Project, mona: User) -> None:
    rows = parse_prompts(lines({"prompt": "a"})).rows
    for _ in range(2):
        import_prompts(project=project, rows=rows, source="a.jsonl", by=mona)
        undo_import(imported=Import.objects.latest("pk"), by=mona)

    assert (Import.objects.count(), Prompt.objects.count()) == (2, 0)


def test_nothing_new_is_no_import(project: Project, mona: User) -> None:
    rows = parse_prompts(lines({"prompt": "a"})).rows
    for _ in range(2):
        import_prompts(project=project, rows=rows, source="a.jsonl", by=mona)

    assert Import.objects.count() == 1


@pytest.mark.parametrize("what", ["given", "written", "awaited"])
def test_it_stays_whole_once_one_is_used(
    project: Project, ada: User, mona: User, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = make_import(project, "a", "b", "c")
    used = Prompt.objects.get(messages__0__content="b")
    match what:
        case "given":
            make_task(project, prompt=used)
            assert claim_next(project=project, annotator=ada)
        case "written":
            make_completion(used)
        case "awaited":
            asked = [lambda key, prompts: key == project.pk and used.pk in prompts]
            monkeypatch.setattr(editing, "_waits", asked)

    with pytest.raises(ConflictError, match="so they stay"):
        undo_import(imported=imported, by=mona)

    assert Prompt.objects.count() == 3
    imported.refresh_from_db()
    assert imported.undone_at is None


def test_other_imports_do_not_matter(project: Project, mona: User) -> None:
    make_completion(make_import(project, "a").prompts.get())
    other = make_import(project, "b")

    assert undo_import(imported=other, by=mona) == 1
    assert [prompt.last_text for prompt in Prompt.objects.all()] == ["a"]
