"""Texts that people wrote and others judge: which they are, who is not asked, and when they go."""

from collections import Counter
from typing import Any

import pytest

from accounts.models import User
from core.errors import ConflictError
from labeling import reviewing, revising, slots
from labeling.assigning import claim_next
from labeling.checks import drawing, golds, screening
from labeling.completions import store_completions
from labeling.deciding import decide
from labeling.erasing import erase_answers
from labeling.human_texts import HumanText, mixed, put_among, written_for
from labeling.models import (
    Annotation,
    Assignment,
    CheckSettings,
    Completion,
    Gold,
    Membership,
    Project,
    Prompt,
    Task,
)
from labeling.queue.steering import Act, fit, steer
from labeling.submitting import submit
from labeling.tasks import open_tasks
from tests.factories import make_annotation, make_member, make_prompt, make_task
from tests.labeling.views.asking import at, signed_in
from tests.labeling.views.test_checks import bare


@pytest.fixture
def prompt(project: Project) -> Prompt:
    return make_prompt(project, "How long?")


@pytest.fixture
def answer(project: Project, prompt: Prompt, ada: User) -> Annotation:
    """What Ada has written for the prompt."""
    made = make_task(project, prompt=prompt)
    hers = claim_next(project=project, annotator=ada)
    assert hers is not None
    assert hers.task == made
    return submit(
        assignment=hers, body={"text": "Six."}, client_key=hers.client_key, active_seconds=1
    )


@pytest.fixture
def task(project: Project, prompt: Prompt, answer: Annotation) -> Task:
    """A ranking of two of a model's texts and hers."""
    return judged(project, prompt)


def judged(project: Project, prompt: Prompt, **fields: Any) -> Task:
    rows = [{"prompt_id": prompt.pk, "text": text} for text in ("One.", "Two.")]
    texts = store_completions(
        project=project,
        rows=rows,
        version=None,
        sampling={},
        round_number=2,
        beside=written_for([prompt.pk], project=project, preamble=None),
    )
    return open_tasks(project=project, kind="ranking", groups=[texts], round_number=2, **fields)[0]


def give(person: User, project: Project, body: dict[str, Any] | None = None) -> Annotation:
    """They answer what they are given next."""
    hers = claim_next(project=project, annotator=person)
    assert hers is not None
    body = body or {"tiers": [[pk] for pk in hers.shown_order], "unacceptable": []}
    return submit(assignment=hers, body=body, client_key=hers.client_key, active_seconds=1)


def test_the_newest_that_a_person_wrote_is_taken(project: Project, prompt: Prompt) -> None:
    def newest() -> dict[int, tuple[str, Annotation]]:
        return {
            pk: (found.text, found.answer)
            for pk, found in written_for([prompt.pk], project=project, preamble=None).items()
        }

    assert newest() == {}
    plain = make_annotation(make_task(project, prompt=prompt), {"text": "Plain."})
    assert newest() == {prompt.pk: ("Plain.", plain)}
    fix = make_task(project, "correction", prompt=prompt, texts=["A model's."])
    key = fix.completion_ids[0]
    make_annotation(fix, {"completion": key, "text": "A model's."})  # right as it was
    assert newest() == {prompt.pk: ("Plain.", plain)}
    fixed = make_annotation(fix, {"completion": key, "text": "Mended."})
    assert newest() == {prompt.pk: ("Mended.", fixed)}
    ranking = make_task(project, "ranking", prompt=prompt, texts=["x", "y"])
    tiers = [[pk] for pk in ranking.completion_ids]
    own = {"text": "Own.", "original": None, "tied": False}
    ranked = make_annotation(ranking, {"tiers": tiers, "unacceptable": [], "written": own})
    assert newest() == {prompt.pk: ("Own.", ranked)}
    Annotation.objects.filter(pk=ranked.pk).update(standing="excluded")
    make_annotation(make_task(project, prompt=prompt), {"text": "Robot."}, is_simulated=True)
    assert newest() == {prompt.pk: ("Mended.", fixed)}


def test_nothing_on_the_page_marks_it(
    project: Project, prompt: Prompt, bob: User, task: Task
) -> None:
    """The page is the one of the same texts by a model."""
    client = signed_in(bob)
    pages = []
    for _ in range(2):
        hers = claim_next(project=project, annotator=bob)
        assert hers is not None
        page = client.get(at("assignment", hers.pk)).content.decode()
        pages.append(bare(page).replace(str(task.pk), "TASK"))
        keys = sorted(hers.shown_order)
        for place, key in enumerate(keys):
            pages[-1] = pages[-1].replace(str(key), f"<{place}>")
        Completion.objects.update(answer=None)

    assert "Six." in pages[0]
    assert pages[0] == pages[1]


def test_neither_its_place_among_the_keys_nor_a_gap_tells_it() -> None:
    seen: Counter[tuple[int, int]] = Counter()
    for number in range(1, 601):
        written = [Completion(prompt_id=1, round_number=2) for _ in range(2)]
        put_among(written, HumanText("Six.", Annotation(pk=number)))
        for place, text in enumerate(written):
            text.pk = 3 * number + place
        (human,) = (text for text in written if text.answer_id)
        kept = mixed([text for text in written if text is not human], human)
        (left,) = (text for text in written if text not in kept)
        assert kept == sorted(kept, key=lambda each: each.pk)
        seen[human.pk % 3, left.pk % 3] += 1

    assert len(seen) == 6
    assert all(75 < count < 125 for count in seen.values())


def test_its_author_is_not_asked_by_any_way(
    project: Project, ada: User, bob: User, mona: User, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert claim_next(project=project, annotator=ada) is None
    right = give(bob, project)
    Membership.objects.filter(user=ada).update(role="reviewer")
    with pytest.raises(ConflictError, match="You wrote one of its texts"):
        decide(task=task, by=ada)
    Membership.objects.filter(user=ada).update(role="annotator")

    golds.mark(annotation=right, by=mona)
    make_task(project, "ranking")
    CheckSettings.objects.create(project=project, gold_percent=20)
    project.refresh_from_db()
    monkeypatch.setattr(drawing, "chance", lambda: 0.0)
    hers = claim_next(project=project, annotator=ada)
    assert hers is not None
    assert (hers.purpose, hers.task == task) == ("label", False)

    Gold.objects.update(is_test=True)
    assert screening.next_test(project, ada) is None
    newcomer = screening.next_test(project, make_member(project))
    assert newcomer is not None
    assert newcomer.task == task


@pytest.mark.parametrize("act", ["taken back", "excluded", "sent back", "corrected"])
def test_it_goes_when_the_answer_does_not_count(
    project: Project, ada: User, bob: User, mona: User, prompt: Prompt, answer: Annotation, act: str
) -> None:
    begun, waiting = judged(project, prompt), judged(project, prompt)
    his = claim_next(project=project, annotator=bob)
    assert his is not None
    assert his.task == begun
    match act:
        case "taken back":
            revising.take_back(annotation=answer, by=ada)
        case "excluded":
            reviewing.exclude(annotation=answer, by=mona, text="Spam.", ask_again=False)
        case "sent back":
            reviewing.send_back(annotation=answer, by=mona, text="Mend it.")
        case "corrected":
            again = revising.revise(annotation=answer, by=ada)
            assert Task.objects.get(pk=waiting.pk).state == "open"
            body = {"text": "Seven."}
            submit(assignment=again, body=body, client_key=again.client_key, active_seconds=1)

    states = set(Task.objects.filter(pk__in=[begun.pk, waiting.pk]).values_list("state", flat=True))
    assert states == {"withdrawn"}
    body = {"tiers": [his.shown_order], "unacceptable": []}
    kept = submit(assignment=his, body=body, client_key=his.client_key, active_seconds=1)
    assert kept.standing == "counts"


def test_an_erased_text_is_gone_from_where_others_saw_it(
    project: Project, ada: User, bob: User, mona: User, prompt: Prompt, task: Task
) -> None:
    (human,) = Completion.objects.exclude(answer=None)
    waiting, begun = judged(project, prompt), judged(project, prompt, priority=-1)
    tiers = [[pk] for pk in task.completion_ids]
    own = {"text": "Six, gently.", "original": human.pk, "tied": False}
    edited = give(bob, project, {"tiers": tiers, "unacceptable": [], "written": own})
    carl = make_member(project)
    slots_before = Task.objects.get(pk=begun.pk).free_slots
    for _ in range(2):
        last = claim_next(project=project, annotator=carl)
        assert last is not None
        if last.task != begun:
            give(carl, project)
    other = make_annotation(make_task(project, "ranking", prompt=prompt), annotator=bob)

    erase_answers(person=ada, by=mona, reason="Asked for it.")

    assert not Completion.objects.exclude(answer=None).exclude(text="").exists()
    assert not Annotation.objects.filter(body__icontains="Six").exists()
    edited.refresh_from_db()
    assert (edited.standing, edited.body) == ("erased", {})
    theirs = [task.pk, waiting.pk, begun.pk]
    assert set(Task.objects.filter(pk__in=theirs).values_list("state", flat=True)) == {"withdrawn"}
    counted = Annotation.objects.counted().filter(task__prompt=prompt)
    assert list(counted) == [other]
    last = Assignment.objects.get(task=begun)
    assert (last.state, last.draft) == ("expired", None)
    assert (slots_before, Task.objects.get(pk=begun.pk).free_slots) == (1, 1)
    again = fit(Task.objects.filter(pk__in=theirs), Act.REOPEN)
    assert list(again) == []
    assert steer(project=project, tasks=again, act=Act.REOPEN, by=mona, shown={}) == 0
    assert slots.lock(task.pk).state == "withdrawn"
