"""Kinds and languages that members are given: claiming and every count honour it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, User
from core.errors import BadInputError
from labeling import assigning, giving
from labeling.assigning import claim_next
from labeling.models import Membership, Project, Task
from labeling.queue.standing import queue_of
from notices.models import Notice
from tests.factories import make_member, make_prompt, make_task
from web.home import work_left

Give = Callable[..., Membership]


@pytest.fixture
def give(project: Project, mona: User) -> Give:
    """What a manager chooses for somebody."""

    def choose(person: User, kinds: list[str] | None = None, **chosen: Any) -> Membership:
        member = Membership.objects.get(project=project, user=person)
        languages = chosen.get("languages", [])
        giving.choose(member=member, kinds_given=kinds or [], languages=languages, by=mona)
        member.refresh_from_db()
        return member

    return choose


@pytest.fixture
def mixed(project: Project) -> dict[str, Task]:
    """A demonstration and a ranking in English and Chinese each, the urgent ones last."""
    found = {}
    for kind in ("demonstration", "ranking"):
        for language in ("en", "zh"):
            prompt = make_prompt(project, language=language)
            task = make_task(project, kind, prompt=prompt, overlap=3, priority=len(found))
            found[f"{kind} {language}"] = task
    return found


def test_only_what_is_chosen_is_claimed_and_empty_means_all(
    project: Project, ada: User, mixed: dict[str, Task], give: Give
) -> None:
    names = {task.pk: name for name, task in mixed.items()}

    def picked(kind: str | None = None) -> str | None:
        task = assigning._pick(project, ada, kind)
        return names[task.pk] if task else None

    assert picked() == "ranking zh"
    give(ada, languages=["en"])
    assert (picked(), picked("demonstration")) == ("ranking en", "demonstration en")
    give(ada, ["demonstration"])
    assert (picked(), picked("ranking")) == ("demonstration zh", None)
    give(ada, ["demonstration"], languages=["en"])
    assert picked() == "demonstration en"
    give(ada)
    assert picked() == "ranking zh"


def test_claims_and_counts_say_the_same_for_everybody(
    project: Project, ada: User, bob: User, mixed: dict[str, Task], give: Give
) -> None:
    chosen = [({}, {}), ({"kinds": ["ranking"]}, {"languages": ["zh"]})]
    people = [ada, bob, make_member(project)]
    for first, second in chosen:
        give(ada, **first)
        give(bob, **second)
        for person in people:
            for kind in (None, "demonstration", "ranking"):
                claimable = Task.objects.filter(project=project).claimable_by(person)
                expected = claimable.filter(kind=kind) if kind else claimable
                assert assigning._pick(project, person, kind) == expected.first()


def test_home_counts_only_what_is_given(
    project: Project, ada: User, mixed: dict[str, Task], give: Give
) -> None:
    give(ada, ["ranking", "correction"], languages=["zh"])

    assert work_left(ada, projects=[project.pk]) == [(project.pk, "ranking", 1)]


def test_another_projects_choice_is_another_one(
    project: Project, ada: User, mixed: dict[str, Task], give: Give
) -> None:
    give(ada, ["comparison"])
    assert claim_next(project=project, annotator=ada) is None
    admin = User.objects.create_user("root@example.org", "password", is_superuser=True)
    assert claim_next(project=project, annotator=admin) is not None  # is given all: no member


def test_what_was_begun_stays_theirs(
    project: Project, ada: User, mixed: dict[str, Task], give: Give
) -> None:
    begun = claim_next(project=project, annotator=ada)
    give(ada, ["demonstration"], languages=["en"])

    assert claim_next(project=project, annotator=ada) == begun


def test_new_tasks_are_told_to_those_who_are_given_them(
    project: Project, ada: User, bob: User, give: Give
) -> None:
    make_prompt(project, language="zh")
    give(ada, languages=["zh"])
    Notice.objects.all().delete()

    make_task(project, prompt=make_prompt(project, language="en"))
    assert list(Notice.objects.values_list("user", flat=True)) == [bob.pk]
    make_task(project, prompt=make_prompt(project, language="zh"))
    assert list(Notice.objects.order_by("pk").values_list("user", flat=True)) == [bob.pk, ada.pk]


def test_tasks_that_no_annotator_is_given_are_pointed_out(
    project: Project, ada: User, bob: User, mixed: dict[str, Task], give: Give
) -> None:
    def found() -> list[tuple[str, str, int]]:
        rows = giving.for_nobody(project, queue_of(project).rows)
        return [(row.kind, row.language, row.missing) for row in rows]

    assert found() == []
    give(ada, ["ranking"])
    give(bob, languages=["en"])
    assert found() == [("demonstration", "zh", 3)]
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert found() == [("demonstration", "en", 3), ("demonstration", "zh", 3)]
    Task.objects.filter(kind="demonstration").update(state="done", free_slots=0)
    assert found() == []


def test_who_chose_what_is_kept_and_only_what_there_is_is_taken(
    project: Project, ada: User, mona: User, mixed: dict[str, Task], give: Give
) -> None:
    member = give(ada, ["ranking"], languages=["zh", "en", "zh"])
    give(ada, ["ranking"], languages=["en", "zh"])  # the same once more

    assert (member.kinds, member.languages) == (["ranking"], ["en", "zh"])
    entry = AuditEntry.objects.get(action="member.given")
    details = {"user": ada.pk, "kinds": ["ranking"], "languages": ["en", "zh"]}
    assert (entry.actor, entry.details) == (mona, details)
    for kinds, languages in ((["poem"], []), ([], ["tlh"])):
        with pytest.raises(BadInputError):
            give(ada, kinds, languages=languages)


@pytest.mark.parametrize("kind", [None, "ranking"])
def test_picking_walks_the_index_of_open_tasks(
    project: Project, ada: User, mixed: dict[str, Task], give: Give, kind: str | None
) -> None:
    """With the rare language at the end of thousands of open tasks that are not given."""
    give(ada, ["ranking"], languages=["zh"])
    prompt = mixed["ranking en"].prompt
    Task.objects.bulk_create(
        Task(project=project, kind=name, prompt=prompt, language="en", priority=9)
        for name in ("ranking", "demonstration")
        for _ in range(2500)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE labeling_task")
        cursor.execute("ANALYZE labeling_membership")

    with CaptureQueriesContext(connection) as captured:
        picked = assigning._pick(project, ada, kind, unless_begun=True)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, TIMING OFF) " + captured.captured_queries[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    index = "labeling_task_claimable_kind" if kind else "labeling_task_claimable"
    assert picked == mixed["ranking zh"]
    assert f"Index Scan using {index} on labeling_task t" in plan, plan
    assert "Seq Scan on labeling_task t" not in plan
    assert "Sort Key: t." not in plan
    # Read once, not for each task.
    assert re.search(r"on labeling_membership r .*loops=1\)", plan), plan
