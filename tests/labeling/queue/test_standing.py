"""How the queue stands: counted by kind and language, by person, and until when."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from labeling.assigning import claim_next
from labeling.models import Annotation, Assignment, Project, Task
from labeling.queue.counting import counts_of
from labeling.queue.standing import Row, queue_of
from tests.factories import make_annotation, make_project, make_prompt, make_task


def answers(project: Project, ada: User, number: int, *, days: float = 0) -> None:
    """So many answers to done tasks, given `days` ago."""
    for _ in range(number):
        task = make_task(project, round_number=9)
        Task.objects.filter(pk=task.pk).update(state="done", free_slots=0)
        make_annotation(task, annotator=ada)
    recent = Annotation.objects.filter(project=project).order_by("-pk")[:number]
    when = timezone.now() - timedelta(days=days)
    Annotation.objects.filter(pk__in=recent.values("pk")).update(created_at=when)


def test_tasks_are_counted_by_kind_language_and_state(project: Project, ada: User) -> None:
    german = make_prompt(project, language="de")
    make_task(project, overlap=3)
    make_task(project)
    make_task(project, "ranking", prompt=german, overlap=2)
    withdrawn, done = make_task(project, "ranking"), make_task(project, "ranking", round_number=2)
    Task.objects.filter(pk=withdrawn.pk).update(state="withdrawn")
    Task.objects.filter(pk=done.pk).update(state="done", free_slots=0)
    make_task(make_project("elsewhere"))
    held = claim_next(project=project, annotator=ada)

    found = queue_of(project)

    assert held is not None
    nothing = {"open": 0, "leased": 0, "done": 0, "withdrawn": 0, "missing": 0}
    assert found.rows == [
        Row(
            kind="demonstration",
            language="en",
            **(nothing | {"open": 2, "leased": 1, "missing": 3}),
        ),
        Row(kind="ranking", language="de", **(nothing | {"open": 1, "missing": 2})),
        Row(kind="ranking", language="en", **(nothing | {"done": 1, "withdrawn": 1})),
    ]
    assert found.missing == 6  # and the one that Ada writes
    assert (found.total.open, found.total.leased, found.total.missing) == (3, 1, 5)
    assert [(row.kind, row.done) for row in queue_of(project, round_number=2).rows] == [
        ("ranking", 1)
    ]


def test_tasks_are_counted_sort_by_sort_in_an_index(project: Project) -> None:
    prompt = make_task(project).prompt
    sorts = [("done", 0), ("open", 2)]
    Task.objects.bulk_create(
        Task(project=project, kind="ranking", prompt=prompt, language="en", state=state,
             free_slots=free, overlap=2, round_number=number)
        for state, free in sorts
        for number in (1, 2)
        for _ in range(3000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE labeling_task")

    with CaptureQueriesContext(connection) as captured:
        found = sorted(counts_of(project))
        of_one = sorted(counts_of(project, 2))
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + captured.captured_queries[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert found == [
        ("demonstration", "en", "open", 1, 1),
        ("ranking", "en", "done", 6000, 0),
        ("ranking", "en", "open", 6000, 12_000),
    ]
    assert of_one == [("ranking", "en", "done", 3000, 0), ("ranking", "en", "open", 3000, 6000)]
    assert plan.count("labeling_task_counts") == 3
    assert "Seq Scan" not in plan


def test_people_hold_tasks_since_their_oldest(project: Project, ada: User, bob: User) -> None:
    for _ in range(3):
        make_task(project)
    hers = claim_next(project=project, annotator=ada)
    claim_next(project=project, annotator=bob)
    assert hers is not None
    long_ago = timezone.now() - timedelta(hours=3)
    Assignment.objects.filter(pk=hers.pk).update(created_at=long_ago)
    answers(project, ada, 2)

    people = [(p.name, p.holds, p.answers) for p in queue_of(project).people]

    assert people == [("Ada", 1, 2), ("Bob", 1, 0)]
    assert queue_of(project).people[0].since == long_ago
    assert [p.holds for p in queue_of(project, round_number=9).people] == [0]


def test_the_end_is_reckoned_from_the_pace_of_the_last_days(project: Project, ada: User) -> None:
    make_task(project, overlap=14)
    answers(project, ada, 9)
    assert (queue_of(project).end, queue_of(project).recent) == (None, 9)

    answers(project, ada, 11, days=4)
    answers(project, ada, 50, days=8)  # too long ago
    found = queue_of(project)

    assert (found.recent, round(found.pace or 0, 2), found.days) == (20, 5.0, 3)
    Task.objects.filter(project=project).update(state="done", free_slots=0)
    assert queue_of(project).end is None


def test_answers_that_do_not_count_make_no_pace(project: Project, ada: User) -> None:
    answers(project, ada, 12)
    Annotation.objects.update(standing="excluded")

    assert (queue_of(project).recent, queue_of(project).pace) == (0, None)


def test_a_long_way_to_go_has_no_date(project: Project, ada: User) -> None:
    for _ in range(2):
        make_task(project)
    answers(project, ada, 10)
    Task.objects.filter(state="open").update(overlap=30_000, free_slots=30_000)

    assert (queue_of(project).missing, queue_of(project).end) == (60_000, None)
