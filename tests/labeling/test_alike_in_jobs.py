"""Prompts that differ in white space, case or Unicode form only, of files that a job stores."""

import json
from io import BytesIO
from typing import Any

import pytest

from accounts.models import AuditEntry, User
from labeling import whole_files
from labeling.import_jobs import How, send_import
from labeling.intake import Alike
from labeling.models import Import, Project, Prompt
from labeling.whole_files import import_file
from tests.doing_jobs import do
from tests.factories import make_prompt
from tests.labeling.test_prompt_files import lines

COMPOSED, DECOMPOSED, BLANKS = "Café?", "Cafe\u0301?", " CAFÉ? \r\n"
CAFES = [COMPOSED, DECOMPOSED, BLANKS]


def asked(*texts: str) -> bytes:
    return lines(*({"prompt": text} for text in texts))


def pair(text: str, **more: object) -> dict[str, object]:
    return {"prompt": text, "chosen": "Left.", "rejected": "Right.", **more}


def brought(project: Project, raw: bytes, **how: Any) -> tuple[list[str], int, int, int]:
    """Texts that are there now; of the file, how many are new, known, and left out as alike."""
    found = import_file(project=project, file=BytesIO(raw), name="a.jsonl", by=None, **how).result
    texts = [prompt.last_text for prompt in project.prompts.order_by("pk")]
    return texts, found.created, found.duplicates, found.left_out


@pytest.fixture(params=[1, 2, 3, 2_500])
def at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Where the borders of a file's parts lie must not matter."""
    number: int = request.param
    monkeypatch.setattr(whole_files, "AT_ONCE", number)
    return number


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    ("how", "stored"),
    [
        ({}, [COMPOSED, "Tea?"]),
        ({"alike": Alike.SAME}, [COMPOSED, "Tea?"]),
        ({"alike": Alike.ALL}, [COMPOSED, DECOMPOSED, "Tea?", BLANKS]),
    ],
)
def test_the_first_of_a_file_is_stored(
    project: Project, how: dict[str, str], stored: list[str]
) -> None:
    raw = asked(COMPOSED, DECOMPOSED, "Tea?", BLANKS, DECOMPOSED)

    assert brought(project, raw, **how) == (stored, len(stored), 0, 4 - len(stored))
    imported = Import.objects.get()
    assert (imported.rows, imported.created) == (4, len(stored))


@pytest.mark.usefixtures("at_once")
def test_what_the_project_has_counts(project: Project) -> None:
    make_prompt(project, DECOMPOSED)

    found = brought(project, asked(COMPOSED, "Tea?", DECOMPOSED, BLANKS))

    assert found == ([DECOMPOSED, "Tea?"], 1, 1, 2)
    details = AuditEntry.objects.get(action="prompts.imported").details
    assert (details["created"], details["duplicates"], details["left_out"]) == (1, 1, 2)


@pytest.mark.usefixtures("at_once")
def test_prompts_of_one_beginning_are_told_apart(project: Project) -> None:
    def turns(*texts: str) -> dict[str, object]:
        roles = ["user", "assistant", "user"]
        return {"messages": [{"role": r, "content": t} for r, t in zip(roles, texts, strict=False)]}

    raw = lines(turns("Tea?", "Yes.", "Why?"), turns("tea?"), turns("TEA?", "yes.", " why?"))

    assert brought(project, raw) == (["Why?", "tea?"], 2, 0, 1)


@pytest.mark.usefixtures("at_once")
def test_what_a_label_needs_is_stored(project: Project) -> None:
    raw = lines(pair(COMPOSED), pair(DECOMPOSED), pair(BLANKS))

    assert brought(project, raw) == (CAFES, 3, 0, 0)


@pytest.mark.usefixtures("at_once")
def test_a_label_that_comes_late_has_its_prompt_stored(project: Project) -> None:
    said = {"question": DECOMPOSED, "answer": "Left."}
    raw = lines(*({"question": text} for text in CAFES), said, {"question": DECOMPOSED})

    found = brought(project, raw, format_name="answered")

    assert found == ([COMPOSED, DECOMPOSED], 2, 0, 1)
    assert Import.objects.get().rows == 3


def exported(number: int, text: str) -> dict[str, object]:
    return {
        "prompt_id": number,
        "prompt": [{"role": "user", "content": text}],
        "metadata": "{}",
        "split": "train",
        "language": "en",
    }


@pytest.mark.usefixtures("at_once")
def test_rows_that_rondo_exported_are_the_same_where_they_are_exactly(project: Project) -> None:
    make_prompt(project, COMPOSED)
    raw = lines(*(exported(n, text) for n, text in enumerate(CAFES, start=1)))

    assert brought(project, raw) == (CAFES, 2, 1, 0)
    assert brought(project, raw) == (CAFES, 0, 3, 0)
    assert brought(project, asked("CAFÉ?")) == (CAFES, 0, 0, 1)


def test_the_result_of_a_job_says_how_many(project: Project, mona: User) -> None:
    def sent(**how: Any) -> Import:
        file = BytesIO(asked(*CAFES))
        how = {"project": project, "file": file, "name": "a", "by": mona, "how": How(**how)}
        imported = send_import(**how)
        do(imported.job)
        return Import.objects.get(pk=imported.pk)

    first, second = sent(), sent(alike="all")

    assert [(each.created, each.outcome["alike"]) for each in (first, second)] == [(1, 2), (2, 0)]
    assert second.outcome["known"] == 1
    assert Prompt.objects.count() == 3


def test_a_job_of_before_there_was_a_choice_leaves_them_out() -> None:
    payload = json.loads('{"heldout_percent": 5, "keep_good": false, "repairs": [], "split": ""}')

    assert How(**payload).alike == "same"
