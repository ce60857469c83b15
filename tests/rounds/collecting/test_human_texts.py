"""Texts that people wrote come among the model's where a round asks for it."""

from typing import Any

import pytest

from accounts.models import User
from core.errors import BadInputError
from labeling import reviewing
from labeling.assigning import claim_next
from labeling.models import Annotation, Completion, Project, Task
from labeling.preambles import change
from registry.models import ModelVersion
from rounds.collecting.opening import open_round
from rounds.models import Round
from rounds.snapshots import freeze, read
from tests.factories import make_annotation, make_member, make_task
from tests.rounds.stages.test_stages import completions_for
from tests.rounds.worker import finish

PLAN: dict[str, Any] = {"first_batch": 0, "human_texts": True}


@pytest.fixture
def bob(project: Project) -> User:
    return make_member(project, "Bob")


@pytest.fixture
def answers(project: Project, ada: User, bob: User, first_round: Round) -> dict[int, Annotation]:
    """Round 1 is over; in it Ada has written for each prompt. Prompt -> her answer."""
    found = {}
    for prompt in project.prompts.order_by("pk"):
        task = make_task(project, prompt=prompt)
        body = {"text": f"Ada on {prompt.pk}."}
        found[prompt.pk] = make_annotation(task, body, annotator=ada)
    Task.objects.update(state="done", free_slots=0)
    Round.objects.update(state=Round.State.EVALUATED)
    return found


def asked(project: Project, mona: User, **plan: Any) -> Round:
    """Round 2, for which the model has written."""
    opened = open_round(project=project, by=mona, plan=PLAN | plan)
    for run in opened.runs.writing().order_by("pk"):
        finish(run, completions=completions_for(run))
    return opened


def shown(round_: Round, kind: str) -> list[list[str]]:
    """Of each task of this kind its texts by their keys; a person's as "human"."""
    tasks = Task.objects.filter(round_number=round_.number, kind=kind)
    return [
        ["human" if each.answer_id else each.text for each in task.completions.order_by("pk")]
        for task in tasks.order_by("pk")
    ]


def test_one_stands_in_the_place_of_one_of_the_models(
    project: Project, mona: User, answers: dict[int, Annotation]
) -> None:
    tasks = {"ranking": 6, "comparison": 4, "rating": 2, "correction": 2}
    numbers = {"ranking": 4, "rating": 3}

    opened = asked(project, mona, tasks=tasks, completions=numbers)

    for kind, number in (("ranking", 4), ("comparison", 2), ("rating", 3)):
        texts = shown(opened, kind)
        assert {len(each) for each in texts} == {number}
        assert {each.count("human") for each in texts} == {1}
    assert all("human" not in each for each in shown(opened, "correction"))
    for text in Completion.objects.exclude(answer=None).select_related("answer"):
        assert text.answer == answers[text.prompt_id]
        assert (text.text, text.model_version) == (f"Ada on {text.prompt_id}.", None)


def test_whoever_wrote_it_is_never_asked(
    project: Project, mona: User, ada: User, bob: User, answers: dict[int, Annotation]
) -> None:
    asked(project, mona, tasks={"ranking": 3})

    assert claim_next(project=project, annotator=ada) is None
    assert Task.objects.claimable_by(ada).count() == 0
    assert Task.objects.claimable_by(bob).count() == 3
    hers = claim_next(project=project, annotator=bob)
    assert hers is not None
    assert hers.task.authors == [ada.pk]


@pytest.mark.parametrize("why", ["off", "excluded", "erased by hand", "preamble", "too few"])
def test_where_there_is_none_the_models_stand_alone(
    project: Project, mona: User, answers: dict[int, Annotation], why: str
) -> None:
    plan: dict[str, Any] = {"tasks": {"ranking": 2}}
    match why:
        case "off":
            plan["human_texts"] = False
        case "excluded":
            for answer in answers.values():
                reviewing.exclude(annotation=answer, by=mona, text="Spam.", ask_again=False)
        case "erased by hand":
            Annotation.objects.update(body={}, standing="erased")
        case "preamble":
            change(project=project, system="Be brief.", exemplars=[], by=mona)
        case "too few":
            Project.objects.update(overlap=3)  # Ada, Bob and Mona are all there are
            project.refresh_from_db()

    opened = asked(project, mona, **plan)

    assert shown(opened, "ranking") == [[f"text {n}" for n in range(4)]] * 2
    assert not Task.objects.filter(round_number=2).exclude(authors=[]).exists()


def test_one_that_counts_no_more_when_the_task_opens_is_left_out(
    project: Project, mona: User, answers: dict[int, Annotation]
) -> None:
    opened = open_round(project=project, by=mona, plan=PLAN | {"tasks": {"ranking": 2}})
    run = opened.runs.writing().get()
    prompt = run.job.payload["prompts"][0][0]
    reviewing.exclude(annotation=answers[prompt], by=mona, text="Spam.", ask_again=False)

    finish(run, completions=completions_for(run))

    assert sorted(each.count("human") for each in shown(opened, "ranking")) == [0, 1]


def test_it_trains_as_any_other_text_and_is_named(
    project: Project, mona: User, bob: User, answers: dict[int, Annotation]
) -> None:
    asked(project, mona, tasks={"ranking": 1, "comparison": 1})
    for task in Task.objects.filter(round_number=2):
        make_annotation(task, annotator=bob)

    rows = list(read(freeze(project), "rankings"))

    assert len(rows) == 2
    for row in rows:
        (place,) = row["human"]
        assert row["completions"][place] == f"Ada on {row['prompt_id']}."
        assert row["finished"][place] is True


def test_the_setting_is_yes_or_no(project: Project, mona: User, base: ModelVersion) -> None:
    with pytest.raises(BadInputError) as caught:
        open_round(
            project=project, by=mona, plan={"tasks": {"ranking": 1}, "human_texts": "perhaps"}
        )

    assert caught.value.errors == {"human_texts": "Choose yes or no."}
