"""Prompts that people are warned of: who says so, and who is given them."""

import pytest

from accounts.models import AuditEntry, User
from core.errors import BadInputError
from labeling import content_warnings, giving, skipping
from labeling.assigning import claim_next
from labeling.importing import import_prompts
from labeling.models import Assignment, Membership, Project, Prompt, Task
from labeling.prompt_files import parse_prompts
from labeling.submitting import submit
from tests.factories import make_prompt, make_task
from tests.labeling.views.asking import at, signed_in


def claimed(project: Project, person: User) -> Assignment:
    found = claim_next(project=project, annotator=person)
    assert found is not None
    return found


def warning_of(task: Task) -> str:
    return Prompt.objects.get(tasks=task).content_warning


def find_unsafe(found: Assignment) -> None:
    """Answer the task, and say that it is unsafe."""
    key, body = found.client_key, {"text": "Six."}
    submit(
        assignment=found, body=body, client_key=key, active_seconds=1, concerns=["broken", "unsafe"]
    )


def test_an_answer_and_a_skip_that_find_it_unsafe_warn_of_it(project: Project, ada: User) -> None:
    answered, skipped, broken = (make_task(project) for _ in range(3))

    find_unsafe(claimed(project, ada))
    skipping.skip(assignment=claimed(project, ada), reason="unsafe", note="Blood.")
    skipping.skip(assignment=claimed(project, ada), reason="bad_prompt")

    assert [warning_of(task) for task in (answered, skipped, broken)] == ["reported"] * 2 + [""]


def test_what_a_manager_says_holds_whatever_others_find(
    project: Project, ada: User, mona: User
) -> None:
    task = make_task(project)
    found = claimed(project, ada)

    content_warnings.decide(prompt=task.prompt, warn=False, by=mona)
    content_warnings.decide(prompt=task.prompt, warn=False, by=mona)
    find_unsafe(found)
    cleared = warning_of(task)
    content_warnings.decide(prompt=task.prompt, warn=True, by=mona)

    assert (cleared, warning_of(task)) == ("cleared", "marked")
    actions = AuditEntry.objects.filter(actor=mona).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["prompt.cleared", "prompt.warned"]


@pytest.mark.parametrize("warning", ["reported", "marked"])
def test_who_avoids_them_is_given_none_and_keeps_what_they_began(
    project: Project, ada: User, bob: User, warning: str
) -> None:
    warned = make_task(project, overlap=2, prompt=make_prompt(project, content_warning=warning))
    calm = make_task(project, prompt=make_prompt(project, content_warning="cleared"))
    begun = claimed(project, bob)
    for person in (ada, bob):
        member = Membership.objects.get(user=person)
        content_warnings.avoid(member=member, avoids=True)

    hers = claimed(project, ada)

    assert (begun.task, hers.task) == (warned, calm)
    assert claimed(project, bob) == begun
    assert list(Task.objects.claimable_by(ada)) == []
    assert list(Task.objects.open_to(ada)) == [warned]


def test_only_what_one_was_warned_of_is_declined_whatever_the_project_lets_skip(
    project: Project, ada: User
) -> None:
    Project.objects.update(skipping="never")
    project.refresh_from_db()
    make_task(project, prompt=make_prompt(project, content_warning="marked"))
    make_task(project)

    skipping.skip(assignment=claimed(project, ada), reason="declined")
    with pytest.raises(BadInputError):
        skipping.skip(assignment=claimed(project, ada), reason="declined")

    assert [one.state for one in ada.assignments.order_by("pk")] == ["skipped", "active"]


def test_declining_is_not_among_the_skips_of_a_person(
    project: Project, ada: User, mona: User
) -> None:
    make_task(project, prompt=make_prompt(project, content_warning="marked"))
    make_task(project)
    skipping.skip(assignment=claimed(project, ada), reason="declined")
    skipping.skip(assignment=claimed(project, ada), reason="bad_prompt")

    page = signed_in(mona).get(at("person", ada.pk))

    assert page.context["skips"] == [("The prompt makes no sense", 1)]


def test_a_file_marks_prompts(project: Project, mona: User) -> None:
    lines = '{"prompt": "A", "content_warning": true}\n{"prompt": "B", "content_warning": false}\n'
    wrong = '{"prompt": "C", "content_warning": "yes"}\n'

    preview = parse_prompts((lines + wrong).encode())
    import_prompts(project=project, rows=preview.rows, source="file", by=mona)

    assert len(preview.errors) == 1
    said = Prompt.objects.order_by("pk").values_list("content_warning", "metadata")
    assert list(said) == [("marked", {}), ("", {})]


def test_the_page_covers_it_and_lists_fold_it(project: Project, ada: User, mona: User) -> None:
    prompt = make_prompt(project, "Blood.", content_warning="marked")
    make_task(project, prompt=prompt)
    make_task(project)
    found = claimed(project, ada)
    hers = signed_in(ada)

    page = hers.get(at("assignment", found.pk)).content.decode()
    data = {"reason": "declined", "avoid": "yes", "guideline_version": "1"}
    after = hers.post(at("skip", found.pk), data, headers={"accept": "application/json"})
    skipped = signed_in(mona).get(at("skipped")).content.decode()

    assert page.count('data-role="cover"') == 1
    assert 'data-role="cover"' not in after.json()["task"]["html"]
    assert giving.own_in_words(Membership.objects.get(user=ada)) == "nothing with a content warning"
    assert "Did not want to see it" in skipped
    assert "Ada" not in skipped  # held against nobody
    assert "Content warning: show the prompt" in skipped


def test_a_manager_warns_on_the_page_of_a_prompt(project: Project, mona: User) -> None:
    prompt, client = make_prompt(project), signed_in(mona)
    said = []
    for warn in ("yes", "no"):
        answer = client.post(at("prompt_warning", prompt.pk), {"warn": warn}, follow=True)
        prompt.refresh_from_db()
        said.append((answer.status_code, prompt.content_warning))

    assert said == [(200, "marked"), (200, "cleared")]
