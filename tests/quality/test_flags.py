"""What stands out in answers is noted in the background, with the figures that say why."""

import re

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client

from accounts.models import User
from labeling import erasing, reviewing
from labeling.answer_filter import AnswerFilter
from labeling.models import Annotation, Flagged, Marked, Project, Role, Task
from labeling.review import Asked, queues
from quality.refreshing import refresh
from tests.factories import make_annotation, make_member, make_prompt, make_task
from tests.labeling.views.asking import at, signed_in
from tests.quality.conftest import rank


def done() -> None:
    """All slots of all tasks are taken, so that one may be freed."""
    Task.objects.update(free_slots=0, state="done")


def why(answer: Annotation) -> list[tuple[str, str]]:
    """What the pages say of it."""
    row = Flagged.objects.filter(pk=answer.pk).first()
    return row.reasons if row else []


def words(client: Client, query: str = "", name: str = "labels", **of: int) -> str:
    """The text of a page without its markup."""
    answer = client.get(at(name, *of.values()) + query)
    assert answer.status_code == 200
    main = answer.content.decode().partition("<main")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main))


@pytest.fixture
def fast(project: Project, ada: User) -> Annotation:
    """640 words, of which 40 are the prompt's, in 12 seconds."""
    prompt = make_prompt(project, "word " * 40)
    task = make_task(project, "ranking", prompt=prompt, texts=["a " * 300, "b " * 300], overlap=3)
    return rank(task, ada, "a>b", active_seconds=12)


@pytest.fixture
def rita(project: Project) -> User:
    """A reviewer."""
    return make_member(project, "Rita", Role.REVIEWER)


def test_faster_than_reading_says_how_long_reading_takes(project: Project, fast: Annotation, ada):
    texts = ["a " * 300, "b " * 300]
    slow = rank(make_task(project, "ranking", texts=texts), ada, "a>b", active_seconds=90)
    short = rank(make_task(project, "ranking", texts=["Yes.", "No."]), ada, "a>b")
    chinese = make_prompt(project, "煮鸡蛋要多久？" * 20, language="zh")
    by_character = rank(
        make_task(project, "ranking", prompt=chinese, texts=["六分钟" * 50, "十" * 50]),
        ada,
        "a>b",
        active_seconds=9,
    )

    refresh(project.pk)

    assert why(fast) == [
        ("Faster than reading", "12 s for 640 words: reading takes about 161 s"),
    ]
    assert why(slow) == why(short) == []
    assert why(by_character) == [
        ("Faster than reading", "9 s for 320 characters: reading takes about 72 s")
    ]


@pytest.mark.parametrize("fields", [{"is_simulated": True}, {"revises": True}])
def test_who_did_not_read_now_was_not_too_fast(
    project: Project, fast: Annotation, fields: dict[str, bool]
) -> None:
    """Simulated annotators take no time, and who corrects an answer has read the page before."""
    if fields.get("revises"):
        Annotation.objects.filter(pk=fast.pk).update(standing="superseded")
        again = {"annotator": fast.annotator, "revises": fast, "assignment": fast.assignment}
        make_annotation(make_task(project), **again)
    else:
        Annotation.objects.filter(pk=fast.pk).update(**fields)

    refresh(project.pk)

    assert not Flagged.objects.exists()


def test_one_who_orders_as_no_other_does_is_far_where_the_others_agree(
    project: Project, ada: User, bob: User
) -> None:
    """Against abcd and abdc: dcba agrees on 0 and 1 of 6 pairs, they on 5 of 6."""
    eve = make_member(project, "Eve")
    task = make_task(project, "ranking", k=4, overlap=3)
    one, other = rank(task, ada, "a>b>c>d"), rank(task, bob, "a>b>d>c")
    far = rank(task, eve, "d>c>b>a")
    apart = make_task(project, "ranking", k=4, overlap=3)
    for person, order in ((ada, "a>b>c>d"), (bob, "d>c>b>a"), (eve, "b>d>a>c")):
        rank(apart, person, order)  # all differ: none of them is the odd one
    two = make_task(project, "ranking", k=4, overlap=2)
    rank(two, ada, "a>b>c>d")
    rank(two, eve, "d>c>b>a")

    refresh(project.pk)

    assert Flagged.objects.exclude(far__isnull=True).count() == 1
    done()
    assert why(far)[-1] == (
        "Far from the others",
        "It agrees with the 2 other answers to the task by 8 %, they with each other by 83 %",
    )

    reviewing.exclude(
        annotation=one, by=make_member(project, role=Role.REVIEWER), text="No.", ask_again=False
    )
    refresh(project.pk)
    assert not Flagged.objects.exclude(far__isnull=True).exists()  # two are left, and they differ
    assert other.standing == "counts"


def test_habits_of_a_person_are_noted_at_their_answers_and_go_when_they_end(
    project: Project, ada: User
) -> None:
    answers = [
        make_annotation(make_task(project, "comparison", k=2), annotator=ada) for _ in range(14)
    ]
    refresh(project.pk)

    said = [why(answer) for answer in answers]
    assert said == [[("Always the same answer", said[0][0][1])]] * 14
    assert said[0][0][1].startswith("The same ranks by place in 14 answers in a row: by chance")
    assert said[0][0][1].endswith("0.0002")

    Annotation.objects.filter(pk=answers[7].pk).update(shown_order=answers[7].shown_order[::-1])
    make_annotation(make_task(project, "comparison", k=2), annotator=ada)
    refresh(project.pk)
    assert not Flagged.objects.exists()


def test_the_list_shows_why_and_is_filtered_by_it(
    project: Project, fast: Annotation, ada: User, rita: User
) -> None:
    rank(make_task(project, "ranking"), ada, "a>b>c|d", active_seconds=60)
    refresh(project.pk)
    page = signed_in(rita)

    assert "12 s for 640 words: reading takes about 161 s" in words(page)
    assert "640 words" not in words(page, "?mark=unacceptable")
    assert "Nothing fits this filter" in words(page, "?flag=line")
    for flag in ("fast", "any"):
        assert "640 words" in words(page, f"?flag={flag}")
        assert "unacceptable" not in words(page, f"?flag={flag}").partition("Active")[2]
    assert page.get(at("labels") + "?flag=nonsense").status_code == 422


def test_the_page_of_an_answer_says_why(project: Project, fast: Annotation, rita: User) -> None:
    client = signed_in(rita)
    assert "It stands out" not in words(client, name="label", pk=fast.pk)
    refresh(project.pk)

    page = words(client, name="label", pk=fast.pk)

    assert "It stands out Faster than reading : 12 s for 640 words" in page
    assert "no verdict: nothing happens by itself because of it. Computed" in page
    reader = signed_in(make_member(project, role=Role.REVIEWER, language="zh-hans"))
    assert "640 个词只用了 12 秒" in words(reader, name="label", pk=fast.pk)


def test_what_texts_were_called_is_a_filter_of_its_own(project: Project, ada: User) -> None:
    bad = rank(make_task(project, "ranking"), ada, "a>b>c|d")
    fine = rank(make_task(project, "ranking"), ada, "a>b>c>d")
    both = make_annotation(
        make_task(project, "comparison"), {"better": None, "strength": 0, "both_bad": True}
    )

    refresh(project.pk)

    def fits(asked: str) -> list[int]:
        form = AnswerFilter(QueryDict(asked), project=project)
        assert form.is_valid()
        return [answer.pk for answer in form.answers()]

    assert fits("mark=unacceptable") == [bad.pk]
    assert fits("mark=both_bad") == [both.pk]
    assert fits("mark=both_bad&flag=any") == []
    assert fine.pk in fits("")


def test_reviewers_go_through_them_newest_first_until_one_acted(
    project: Project, fast: Annotation, ada: User, rita: User
) -> None:
    newer = rank(fast.task, make_member(project), "b>a", active_seconds=1)
    own = rank(fast.task, rita, "b>a", active_seconds=1)
    refresh(project.pk)
    done()
    queue = queues()["flagged"]
    asked = Asked(project=project, reviewer=rita)

    assert Flagged.objects.filter(pk=own.pk).exists()
    assert (queue.first(asked), queue.left(asked)) == (newer.pk, 2)
    later = Asked(project=project, reviewer=rita, later=[newer.pk])
    assert queue.first(later) == fast.pk
    reviewing.comment(annotation=newer, by=rita, text="Hm.")
    assert queue.first(asked) == newer.pk
    reviewing.approve(annotation=newer, by=rita)
    assert queue.first(asked) == fast.pk
    reviewing.exclude(annotation=fast, by=rita, text="Skimmed.", ask_again=False)
    assert (queue.first(asked), queue.left(asked)) == (None, 0)
    there = signed_in(rita).get(at("review")).content.decode()
    assert "Flagged" in there


def test_flags_change_no_answer_and_go_with_its_words(
    project: Project, fast: Annotation, ada: User, rita: User
) -> None:
    before = Annotation.objects.values().get()
    refresh(project.pk)
    assert Annotation.objects.values().get() == before
    assert Flagged.objects.count() == 1
    done()

    erasing.erase_answers(person=ada, by=rita, reason="Asked for it.")
    refresh(project.pk)

    assert (Flagged.objects.count(), Marked.objects.count()) == (0, 0)


@pytest.fixture
def many(project: Project, fast: Annotation) -> None:
    """Thousands of answers, few of which stand out."""
    copies = Annotation.objects.bulk_create(
        Annotation(
            project=project,
            task=fast.task,
            assignment=fast.assignment,
            annotator=fast.annotator,
            kind="ranking",
            body=fast.body,
            guideline_version=1,
            standing="surplus",
        )
        for _ in range(3000)
    )
    now = fast.created_at
    Flagged.objects.bulk_create(
        Flagged(annotation=answer, project=project, computed_at=now, **{name: {"answers": 2}})
        for name, some in (("far", copies[:5]), ("fast", copies[5:2000]))
        for answer in some
    )
    Marked.objects.bulk_create(
        Marked(annotation=answer, project=project, name=name)
        for name, some in (("unacceptable", copies[:5]), ("both_bad", copies[5:2000]))
        for answer in some
    )
    with connection.cursor() as cursor:
        for table in ("annotation", "flagged", "marked"):
            cursor.execute(f"ANALYZE labeling_{table}")


@pytest.mark.parametrize("asked", ["flag=far", "flag=line", "mark=unacceptable"])
def test_the_rarest_are_found_without_reading_all_answers(
    project: Project, many: None, asked: str
) -> None:
    form = AnswerFilter(QueryDict(asked), project=project)
    assert form.is_valid()

    plan = form.answers().order_by("-pk")[:51].explain()

    assert ("labeling_marks_named" if "mark" in asked else "labeling_flags_") in plan
    assert "Seq Scan on labeling_annotation" not in plan


def test_the_list_with_flags_costs_no_more(
    project: Project, fast: Annotation, rita: User, django_assert_num_queries
) -> None:
    refresh(project.pk)
    client: Client = signed_in(rita)
    client.get(at("labels"))
    with django_assert_num_queries(7):
        client.get(at("labels") + "?flag=fast")
