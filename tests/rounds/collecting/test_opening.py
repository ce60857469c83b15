import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, User
from core.errors import BadInputError, ConflictError, NotEnoughDataError
from jobs.models import Job
from labeling import model_fit
from labeling.kinds import kinds
from labeling.models import Project, Prompt, Split, Task
from labeling.prompt_files import PromptRow
from registry.models import ModelVersion
from registry.services import promote
from rounds.collecting.asking import asked
from rounds.collecting.opening import ask_more, open_round
from rounds.collecting.pending import open_ready_tasks
from rounds.models import Round, Run
from tests.factories import RUBRIC, make_completion, make_project, make_version


def test_first_round_opens_demonstrations_at_once_and_queues_the_base_model(
    project: Project, mona: User, base: ModelVersion
) -> None:
    plan = {"tasks": {"demonstration": 3, "ranking": 6, "correction": 3}, "first_batch": 2}

    round_ = open_round(project=project, by=mona, plan=plan)

    assert (round_.number, round_.writer, round_.state) == (1, base, Round.State.COLLECTING)
    tasks = Task.objects.values_list("kind", "prompt__split", "round_number")
    assert sorted(tasks) == [
        ("demonstration", "heldout", 1),
        ("demonstration", "train", 1),
        ("demonstration", "train", 1),
    ]
    runs = Run.objects.order_by("pk")
    assert [(run.stage, run.source, len(run.job.payload["prompts"])) for run in runs] == [
        ("generate", base, 2),
        ("generate", base, 7),
    ]
    wanted = dict(pair for run in runs for pair in run.job.payload["prompts"])
    assert wanted == {
        **{int(pk): 4 for pk in round_.project.rounds.get().pending["ranking"]},
        **{int(pk): 1 for pk in round_.project.rounds.get().pending["correction"]},
    }
    assert [e.action for e in AuditEntry.objects.filter(action__startswith="round")] == [
        "round.opened"
    ]


def test_an_import_is_told_of_the_model_that_writes_the_next_round(
    project: Project, mona: User, base: ModelVersion
) -> None:
    """Before anything serves, the last writer goes on, whatever was registered since."""
    rows = [PromptRow(line=1, messages=[{"role": "user", "content": "word " * 1000}])]
    base.metrics = {"context": 1024}
    base.save()
    plan = {"tasks": {"demonstration": 3}}
    round_ = open_round(project=project, by=mona, plan={**plan, "base": base.pk})
    newer = make_version(name="newer", metrics={"context": 9999})

    warned = model_fit.warnings(project, rows)

    assert warned == [f"1 prompt is probably too long for {base.name}, which takes 1024 tokens."]
    round_.state = Round.State.EVALUATED
    round_.save()
    assert open_round(project=project, by=mona, plan={**plan, "base": newer.pk}).writer == base


def test_tasks_that_waited_come_between_those_that_did_not(
    project: Project, ada: User, first_round: Round
) -> None:
    plan = {"tasks": {"demonstration": 4, "ranking": 4}}
    ask_more(round_=first_round, by=None, plan=plan)
    for pk, wanted in Round.objects.get().pending["ranking"].items():
        for _ in range(wanted):
            make_completion(Prompt.objects.get(pk=pk), round_number=first_round.number)
    assert Task.objects.filter(kind="ranking").count() == 0

    open_ready_tasks(round_=first_round)

    order = Task.objects.claimable_by(ada).values_list("kind", flat=True)
    assert list(order) == ["demonstration", "ranking"] * 4


def test_prompts_keep_the_proportion_of_the_splits_and_kinds_do_not_share_them(
    project: Project, mona: User, base: ModelVersion
) -> None:
    round_ = open_round(project=project, by=mona, plan={"tasks": {"ranking": 6, "correction": 6}})

    round_.refresh_from_db()
    ranked = {int(pk) for pk in round_.pending["ranking"]}
    corrected = {int(pk) for pk in round_.pending["correction"]}
    assert ranked & corrected == set()
    held = project.prompts.filter(split=Split.HELDOUT)
    assert held.filter(pk__in=ranked).count() == 2
    assert held.filter(pk__in=corrected).count() == 2


def test_a_second_click_gives_the_same_round(
    project: Project, mona: User, base: ModelVersion
) -> None:
    first = open_round(project=project, by=mona, plan={"tasks": {"demonstration": 1}}, number=1)
    second = open_round(project=project, by=mona, plan={"tasks": {"demonstration": 1}}, number=1)

    assert first == second
    assert Task.objects.count() == 1


@pytest.mark.parametrize("number", [0, 2])
def test_a_number_that_is_neither_there_nor_the_next_is_refused(
    project: Project, mona: User, base: ModelVersion, number: int
) -> None:
    plan = {"tasks": {"demonstration": 1}}
    with pytest.raises(ConflictError, match="the one to open next is 1"):
        open_round(project=project, by=mona, plan=plan, number=number)
    assert not project.rounds.exists()


def test_the_next_round_waits_for_the_evaluation_and_takes_the_serving_model(
    project: Project, mona: User, first_round: Round
) -> None:
    with pytest.raises(ConflictError, match="not evaluated"):
        open_round(project=project, by=mona, plan={"tasks": {"demonstration": 1}})
    policy = make_version("policy", family=project.family)
    promote(family=project.family, version=policy, by=mona)
    Round.objects.update(state=Round.State.EVALUATED)

    second = open_round(project=project, by=mona, plan={"tasks": {"demonstration": 1}})

    first_round.refresh_from_db()
    assert (second.number, second.writer) == (2, policy)
    assert first_round.state == Round.State.CLOSED


def test_a_share_of_the_completions_comes_from_earlier_policies(
    project: Project, mona: User, first_round: Round, base: ModelVersion
) -> None:
    policy = make_version("policy", family=project.family)
    promote(family=project.family, version=policy, by=mona)
    Round.objects.update(state=Round.State.EVALUATED)

    plan = {"tasks": {"ranking": 8}, "previous_share": 0.25, "first_batch": 0}
    second = open_round(project=project, by=mona, plan=plan)

    totals = {
        run.source: sum(n for _, n in run.job.payload["prompts"])
        for run in second.runs.select_related("source", "job")
    }
    assert totals == {policy: 24, base: 8}


def test_least_used_prompts_come_first(project: Project, mona: User, base: ModelVersion) -> None:
    round_ = open_round(project=project, by=mona, plan={"tasks": {"demonstration": 6}})
    before = set(Task.objects.values_list("prompt", flat=True))

    ask_more(round_=round_, by=mona, plan={"tasks": {"demonstration": 6}})

    after = set(Task.objects.values_list("prompt", flat=True))
    assert (len(before), len(after)) == (6, 12)


def test_choosing_prompts_reads_none_of_their_texts(
    project: Project, mona: User, base: ModelVersion
) -> None:
    with CaptureQueriesContext(connection) as asked:
        open_round(
            project=project,
            by=mona,
            plan={"tasks": {"demonstration": 2, "ranking": 2, "correction": 2}},
        )

    assert [query["sql"] for query in asked if '"labeling_prompt"."messages"' in query["sql"]] == []


def test_a_prompt_comes_once_a_round_and_what_is_short_is_told(
    project: Project, mona: User, base: ModelVersion
) -> None:
    round_ = open_round(
        project=project, by=mona, plan={"tasks": {"demonstration": 500, "ranking": 2}}
    )

    none = dict.fromkeys(kinds(), 0)
    assert asked(round_) == {**none, "ranking": 2, "demonstration": 12}
    found = ask_more(round_=round_, by=mona, plan={"tasks": {"demonstration": 5, "ranking": 50}})
    assert found == {**none, "ranking": 10}
    with pytest.raises(NotEnoughDataError, match="in this round already"):
        ask_more(round_=round_, by=mona, plan={"tasks": {"demonstration": 5}})


def test_a_project_keeps_its_base_model_when_another_is_registered(
    project: Project, mona: User, first_round: Round
) -> None:
    make_version(name="newer base")
    Round.objects.update(state=Round.State.EVALUATED)

    second = open_round(project=project, by=mona, plan={"tasks": {"demonstration": 1}})

    assert second.writer == first_round.writer


def test_filters_choose_prompts(project: Project, mona: User, base: ModelVersion) -> None:
    project.prompts.filter(split="train").update(language="zh")

    open_round(project=project, by=mona, plan={"tasks": {"demonstration": 12}, "languages": ["zh"]})

    assert set(Task.objects.values_list("prompt__language", flat=True)) == {"zh"}
    assert Task.objects.filter(kind="demonstration").count() == 8


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ({"tasks": {"ranking": -1}}, "tasks_ranking"),
        ({"tasks": {"ranking": True}}, "tasks_ranking"),
        ({"tasks": {"ranking": 3}, "temperature": float("nan")}, "temperature"),
        ({"tasks": {"ranking": 3}, "previous_share": 0.6}, "previous_share"),
        ({"tasks": {"ranking": 3}, "completions": {"ranking": 10}}, "completions_ranking"),
        ({"tasks": {"ranking": 3}, "max_new_tokens": "8"}, "max_new_tokens"),
        ({"tasks": {"ranking": 3}, "colour": 1}, "colour"),
        ({}, "tasks_ranking"),
        ({"tasks": {"essay": 1}}, "tasks_essay"),
    ],
)
def test_bad_plans_name_the_field(
    project: Project, mona: User, base: ModelVersion, plan: dict[str, object], field: str
) -> None:
    with pytest.raises(BadInputError) as caught:
        open_round(project=project, by=mona, plan=plan)

    assert list(caught.value.errors) == [field]
    assert (Round.objects.count(), Job.objects.count()) == (0, 0)


def test_without_base_model_or_prompts_there_is_no_round(project: Project, mona: User) -> None:
    with pytest.raises(NotEnoughDataError, match="base model"):
        open_round(project=project, by=mona, plan={"tasks": {"demonstration": 1}})
    make_version()
    with pytest.raises(NotEnoughDataError, match="prompts"):
        open_round(project=make_project(), by=mona, plan={"tasks": {"demonstration": 1}})


def test_only_prompts_with_a_rubric_are_graded(
    project: Project, mona: User, base: ModelVersion
) -> None:
    plan = {"tasks": {"grading": 5}, "completions": {"grading": 2}}
    with pytest.raises(NotEnoughDataError, match="No prompt that fits has a rubric"):
        open_round(project=project, by=mona, plan=plan)
    some = list(project.prompts.order_by("pk").values_list("pk", flat=True)[:3])
    Prompt.objects.filter(pk__in=some).update(rubric=RUBRIC)

    round_ = open_round(project=project, by=mona, plan=plan)

    assert {int(pk): n for pk, n in round_.pending["grading"].items()} == dict.fromkeys(some, 2)
    Prompt.objects.filter(pk=some[0]).update(rubric=[])  # taken away before the texts were there
    for pk in some * 2:
        make_completion(Prompt.objects.get(pk=pk), round_number=round_.number, model_version=base)
    assert open_ready_tasks(round_=round_) == 2
    assert set(Task.objects.values_list("kind", "prompt")) == {("grading", pk) for pk in some[1:]}
