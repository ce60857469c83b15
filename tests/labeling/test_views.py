"""The pages: what each role gets, and what scripts are told."""

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime

from accounts.models import User
from labeling import assigning
from labeling.assigning import claim_next
from labeling.models import (
    Annotation,
    Assignment,
    Membership,
    Project,
    Prompt,
    PromptUpload,
    Role,
)
from labeling.projects import change_settings
from tests.factories import make_member, make_project, make_prompt, make_task, make_user

JSON = {"headers": {"accept": "application/json"}, "content_type": "application/json"}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(name: str, *args: Any) -> str:
    return reverse(name, args=["kitchen", *args])


@pytest.mark.parametrize(
    ("name", "stranger", "annotator", "reviewer", "manager"),
    [
        ("label_next", 404, 200, 200, 200),
        ("history", 404, 200, 200, 200),
        ("guidelines", 404, 200, 200, 200),
        ("prompts", 404, 403, 200, 200),
        ("skipped", 404, 403, 200, 200),
        ("prompts_import", 404, 403, 403, 200),
        ("members", 404, 403, 403, 200),
        ("project_settings", 404, 403, 403, 200),
    ],
)
def test_pages_by_role(
    project: Project, name: str, stranger: int, annotator: int, reviewer: int, manager: int
) -> None:
    people = [
        make_user(),
        make_member(project),
        make_member(project, role="reviewer"),
        make_member(project, role="manager"),
    ]
    answers = [signed_in(person).get(at(name)).status_code for person in people]

    assert answers == [stranger, annotator, reviewer, manager]
    assert Client().get(at(name)).status_code == 302


def test_only_the_site_admin_opens_projects(project: Project, mona: User) -> None:
    assert signed_in(mona).get("/projects/new/").status_code == 403
    admin = signed_in(make_user("Root", is_superuser=True))

    assert admin.post("/projects/new/", {"name": "B", "slug": "-b"}).status_code == 422
    assert admin.post("/projects/new/", {"name": "kitchen", "slug": "b"}).status_code == 422
    answer = admin.post("/projects/new/", {"name": "Bakery", "slug": "bakery"})
    assert (answer.status_code, answer["Location"]) == (302, "/projects/bakery/")


def test_labeling_goes_to_the_claimed_task_and_hides_the_model(project: Project, ada: User) -> None:
    task = make_task(project, "ranking", texts=["Six **minutes**.", "Ten."])
    client = signed_in(ada)

    answer = client.get(at("label_next"), follow=True)

    assignment = Assignment.objects.get(task=task)
    assert answer.redirect_chain == [(at("assignment", assignment.pk), 302)]
    page = answer.content.decode()
    assert "Six <strong>minutes</strong>." in page
    assert "model_version" not in page


def test_others_assignments_are_not_there(project: Project, ada: User, bob: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    client = signed_in(bob)

    assert client.get(at("assignment", hers.pk)).status_code == 404
    body = json.dumps({"draft": None, "version": 0, "active_seconds": 0})
    answer = client.post(at("draft", hers.pk), body, **JSON)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    make_project("bakery")
    assert signed_in(ada).get(reverse("assignment", args=["bakery", hers.pk])).status_code == 404


def send(client: Client, assignment: Assignment, *, query: str = "", **changes: Any) -> Any:
    body = {
        "body": {"text": "Six."},
        "client_key": str(assignment.client_key),
        "active_seconds": 5,
        "guideline_version": 1,
        **changes,
    }
    return client.post(at("assignment", assignment.pk) + query, json.dumps(body), **JSON)


def test_submitting_twice_gets_the_same_annotation_and_the_next_task(
    project: Project, ada: User
) -> None:
    make_task(project)
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    client = signed_in(ada)

    first, second = send(client, hers), send(client, hers)

    following = Assignment.objects.get(state="active")
    stored = Annotation.objects.get()
    for answer in (first, second):
        task = answer.json().pop("task")
        assert (answer.status_code, {**answer.json(), "task": task["data"]["id"]}) == (
            201,
            {
                "annotation": stored.pk,
                "surplus": False,
                "next": at("assignment", following.pk),
                "task": following.pk,
            },
        )


def within_a_second(data: dict[str, Any]) -> dict[str, Any]:
    """The data of a task, its lease in minutes: two answers are not of the same second."""
    return {**data, "lease_seconds": round(data["lease_seconds"] / 60)}


@pytest.mark.parametrize("kind", ["demonstration", "ranking", "correction"])
@pytest.mark.parametrize("query", ["", "?kind={kind}"])
def test_an_answer_brings_the_next_task_as_its_page_has_it(
    project: Project, ada: User, kind: str, query: str
) -> None:
    query = query.format(kind=kind)
    task, _following = make_task(project, kind), make_task(project, kind)
    bodies = {
        "demonstration": {"text": "Six."},
        "ranking": {"tiers": [task.completion_ids], "unacceptable": []},
        "correction": {"completion": (task.completion_ids or [0])[0], "text": "Six."},
    }
    hers = claim_next(project=project, annotator=ada)
    client = signed_in(ada)

    answer = send(client, hers, query=query, body=bodies[kind]).json()

    page = client.get(answer["next"])
    assert answer["next"].endswith(query)
    assert answer["task"]["html"] in page.content.decode()
    shown = within_a_second(page.context["data"])
    assert within_a_second(answer["task"]["data"]) == shown
    assert shown["skip_url"] == at("skip", shown["id"]) + query


def test_what_the_page_at_hand_cannot_show_comes_by_its_address_alone(
    project: Project, ada: User, mona: User
) -> None:
    for kind in ("demonstration", "ranking", "ranking", "ranking"):
        make_task(project, kind)
    client = signed_in(ada)

    def ranked() -> Any:
        hers = Assignment.objects.get(annotator=ada, state="active")
        body = {"tiers": [hers.shown_order], "unacceptable": []}
        return send(client, hers, body=body).json()

    other_kind = send(client, claim_next(project=project, annotator=ada)).json()
    same_kind = ranked()
    change_settings(project=project, by=mona, guidelines="Be kind.")
    other_guidelines = ranked()
    none_left = ranked()

    assert [answer["task"] is None for answer in (other_kind, other_guidelines, none_left)] == [
        True,
        True,
        True,
    ]
    assert same_kind["task"] is not None
    assert none_left["next"] == at("label_next")
    assert client.get(other_kind["next"]).status_code == 302  # submitted since


def test_a_skip_brings_the_next_task_to_a_script(project: Project, ada: User) -> None:
    for _ in range(3):
        make_task(project)
    client = signed_in(ada)
    accept = {"headers": {"accept": "application/json"}}

    def skip(**fields: str) -> Any:
        hers = claim_next(project=project, annotator=ada)
        return client.post(at("skip", hers.pk), {"reason": "unsafe", **fields}, **accept)

    bad = skip(reason="bored")
    told = skip(guideline_version="1").json()
    unknown_page = skip(guideline_version="9" * 5000).json()

    assert (bad.status_code, bad["Content-Type"]) == (422, "application/problem+json")
    following = Assignment.objects.filter(state="skipped").order_by("-pk")[0]
    assert told["next"] == told["task"]["data"]["submit_url"] == at("assignment", following.pk)
    assert unknown_page["task"] is None
    assert Assignment.objects.filter(state="skipped").count() == 2


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"body": {"text": ""}}, 422),
        ({"body": {"text": "\0"}}, 422),
        ({"body": "text"}, 422),
        ({"client_key": "x"}, 422),
        ({"client_key": 5}, 422),
        ({"active_seconds": "5"}, 422),
        ({"guideline_version": 0}, 422),
        ({"guideline_version": 2}, 422),
        ({"guideline_version": True}, 422),
        ({"annotator": 1}, 422),
    ],
)
def test_bad_answers_are_problems_in_json(
    project: Project, ada: User, changes: dict[str, Any], status: int
) -> None:
    make_task(project)
    answer = send(signed_in(ada), claim_next(project=project, annotator=ada), **changes)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert Annotation.objects.count() == 0


def test_an_unreadable_body_is_400(project: Project, ada: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    for raw in ("{", "[" * 100_000, '{"a": NaN}'):
        answer = signed_in(ada).post(at("assignment", hers.pk), raw, **JSON)
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_drafts_answer_with_the_lease_and_conflicts_with_the_other_version(
    project: Project, ada: User
) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    client = signed_in(ada)
    body = json.dumps({"draft": {"text": "a"}, "version": 0, "active_seconds": 1})

    saved = client.post(at("draft", hers.pk), body, **JSON).json()
    stale = client.post(at("draft", hers.pk), body, **JSON)

    assert (saved["version"], saved["state"]) == (1, "active")
    assert 2600 < saved["lease_seconds"] <= 2700
    assert stale.status_code == 409
    assert (stale.json()["code"], stale.json()["draft"]) == ("stale_draft", {"text": "a"})


def test_a_script_without_session_is_told_401(project: Project, ada: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    answer = send(Client(), hers)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_a_submitted_task_is_history(project: Project, ada: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    client = signed_in(ada)
    send(client, hers)

    answer = client.get(at("assignment", hers.pk))
    assert (answer.status_code, answer["Location"]) == (302, at("history"))
    page = client.get(at("answer", Annotation.objects.get().pk)).content.decode()
    assert "Six." in page
    assert client.get(at("answer", 0)).status_code == 404


def test_skipping_needs_one_of_the_reasons(project: Project, ada: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    client = signed_in(ada)

    assert client.post(at("skip", hers.pk), {"reason": "bored"}).status_code == 422
    answer = client.post(at("skip", hers.pk), {"reason": "other", "note": "too long"})
    assert (answer.status_code, answer["Location"]) == (302, at("label_next"))
    hers.refresh_from_db()
    assert (hers.state, hers.skip_reason) == ("skipped", "other: too long")
    assert "Nothing left for you" in client.get(at("label_next")).content.decode()


def test_who_skips_stays_with_the_kind_they_asked_for(project: Project, ada: User) -> None:
    make_task(project)
    make_task(project, "ranking")
    client = signed_in(ada)

    page = client.get(at("label_next") + "?kind=ranking", follow=True)
    address = page.context["data"]["skip_url"]
    answer = client.post(address, {"reason": "unsafe"})

    assert f'action="{address}"' in page.content.decode()
    assert answer["Location"] == at("label_next") + "?kind=ranking"
    assert "No ranking is left for you" in client.get(answer["Location"]).content.decode()
    assert client.post(address.replace("ranking", "x"), {"reason": "unsafe"}).status_code == 404


def skip_task(project: Project, user: User, reason: str = "unsafe", text: str = "") -> Assignment:
    make_task(project, prompt=make_prompt(project, text), round_number=3)
    found = claim_next(project=project, annotator=user)
    assigning.skip(assignment=found, reason=reason)
    return found


def rows_of(page: Any) -> list[str]:
    """The rows of the page's table, as words."""
    body = page.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    texts = [re.sub("<[^>]*>", " ", row) for row in body.split("</tr>")[:-1]]
    return [" ".join(text.split()) for text in texts]


def test_managers_see_who_skipped_what_and_why_and_withdraw_it(
    project: Project, ada: User, bob: User, mona: User
) -> None:
    skip_task(make_project(), ada)
    first = skip_task(project, ada, "personal_data: a phone number", "Call Eve")
    claim_next(project=project, annotator=bob)
    skip_task(project, ada, "unsafe", "Harm Eve")
    first.refresh_from_db()
    when = date_format(localtime(first.lease_until), "SHORT_DATETIME_FORMAT")
    client = signed_in(mona)

    page = client.get(at("skipped"))

    left = f"{when} Call Eve Demonstration Ada Someone&#x27;s personal data a phone number 3 Open"
    assert rows_of(page) == [
        f"{when} Harm Eve Demonstration Ada Unsafe or disturbing content 3 Open Withdraw",
        f"{left} Withdraw",
    ]
    done = client.post(at("task_withdraw", first.task_id), follow=True)
    assert "The task is withdrawn." in done.content.decode()
    assert rows_of(done)[1] == left.replace("Open", "Withdrawn")
    assert send(signed_in(bob), bob.assignments.get()).status_code == 201
    assert client.post(at("task_withdraw", first.task_id)).status_code == 409


def test_reviewers_see_what_was_skipped_and_managers_alone_withdraw(
    project: Project, ada: User
) -> None:
    client = signed_in(make_member(project, "Rita", "reviewer"))
    assert "No one has skipped a task" in client.get(at("skipped")).content.decode()
    task = skip_task(project, ada).task

    page = client.get(at("skipped"))
    assert rows_of(page)[0].endswith("Unsafe or disturbing content 3 Open")
    assert "until a manager withdraws it" in page.content.decode()
    assert client.post(at("task_withdraw", task.pk)).status_code == 403


def test_skipped_tasks_are_paged(project: Project, ada: User, mona: User) -> None:
    for n in range(31):
        skip_task(project, ada, text=f"Egg {n}.")
    client = signed_in(mona)

    assert [len(rows_of(client.get(at("skipped") + q))) for q in ("", "?page=2")] == [30, 1]
    assert "Egg 0." in rows_of(client.get(at("skipped") + "?page=2"))[0]
    assert client.get(at("skipped") + "?page=%00").status_code == 200


TABS = {
    "manager": "Overview Rounds Models Prompts Skipped Export People Guidelines Settings",
    "reviewer": "Overview Prompts Skipped Export Guidelines",
}


@pytest.mark.parametrize("role", TABS)
@pytest.mark.parametrize("name", ["project", "prompts", "skipped"])
def test_tabs_are_what_the_role_may_open(project: Project, role: str, name: str) -> None:
    client = signed_in(make_member(project, role=role))

    page = client.get(at(name)).content.decode()

    tabs = page.partition('<nav class="tabs"')[2].partition("</nav>")[0]
    links = re.findall(r'href="([^"]*)"[^>]*>([^<]*)</a>', tabs)
    assert " ".join(label for _address, label in links) == TABS[role]
    assert {client.get(address).status_code for address, _label in links} == {200}
    if name == "prompts":
        assert ("Import prompts" in page) == (role == "manager")


def test_a_note_that_the_database_cannot_hold_is_refused(project: Project, ada: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)

    answer = signed_in(ada).post(at("skip", hers.pk), {"reason": "other", "note": "a\0b"})

    hers.refresh_from_db()
    assert (answer.status_code, hers.state) == (422, "active")


def test_another_tab_of_a_skipped_task_is_told_so(project: Project, ada: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    client = signed_in(ada)
    client.post(at("skip", hers.pk), {"reason": "unsafe"})
    body = json.dumps({"draft": {"text": "a"}, "version": 0, "active_seconds": 1})

    answers = [client.post(at("draft", hers.pk), body, **JSON), send(client, hers)]

    told = "You have skipped this task: it goes to others. Take the next one."
    assert [(a.status_code, a.json()["detail"]) for a in answers] == [(409, told)] * 2
    assert client.get(at("assignment", hers.pk)).status_code == 404


def test_previews_are_inert(project: Project, ada: User) -> None:
    body = json.dumps({"text": "**a** <script>alert(1)</script>"})
    answer = signed_in(ada).post(at("preview"), body, **JSON)
    assert answer.content.decode() == (
        "<p><strong>a</strong> &lt;script&gt;alert(1)&lt;/script&gt;</p>\n"
    )


def upload(client: Client, raw: bytes, name: str = "eggs.jsonl") -> Any:
    return client.post(at("prompts_import"), {"file": SimpleUploadedFile(name, raw)})


def test_an_import_is_previewed_then_confirmed(project: Project, mona: User) -> None:
    client = signed_in(mona)

    preview = upload(client, b'{"prompt": "a"}\n{"prompt": "b"}\n')
    assert preview.status_code == 200
    assert Prompt.objects.count() == 0
    pk = PromptUpload.objects.get().pk
    done = client.post(at("prompts_import"), {"upload": pk, "heldout_percent": 0}, follow=True)

    assert "2 prompts are stored." in done.content.decode()
    assert list(Prompt.objects.values_list("source", flat=True)) == ["eggs.jsonl"] * 2
    assert PromptUpload.objects.count() == 0
    again = client.post(at("prompts_import"), {"upload": pk, "heldout_percent": 0})
    assert again.status_code == 404


def test_a_rejected_import_stores_nothing(project: Project, mona: User) -> None:
    client = signed_in(mona)

    answer = upload(client, b'{"prompt": "a"}\nnonsense\n')
    assert answer.status_code == 422
    assert "line 2, column 1: this is not JSON" in answer.content.decode()
    for raw in (b"", b"nonsense", '{"prompt": "é"}'.encode("utf-16")):
        assert upload(client, raw).status_code == 422
    assert Prompt.objects.count() == 0


def test_a_foreign_upload_cannot_be_confirmed(project: Project, mona: User) -> None:
    upload(signed_in(mona), b'{"prompt": "a"}')
    other = signed_in(make_member(project, role="manager"))
    data = {"upload": PromptUpload.objects.get().pk, "heldout_percent": 0}
    assert other.post(at("prompts_import"), data).status_code == 404


def test_prompts_are_filtered_by_the_address_and_paged_by_key(project: Project, mona: User) -> None:
    for n in range(60):
        make_prompt(project, f"Egg {n}?", use_case="chat" if n % 2 else "open_qa")
    make_prompt(project, "鸡蛋？", language="zh", split="heldout")
    make_prompt(make_project(), "Egg of others?")
    client = signed_in(mona)

    def shown(query: str) -> list[str]:
        page = client.get(at("prompts") + query)
        return [prompt.last_text for prompt in page.context["prompts"]]

    assert shown("?language=zh") == shown("?split=heldout") == shown("?q=鸡") == ["鸡蛋？"]
    assert shown("?q=egg 7&use_case=chat") == ["Egg 7?"]
    assert shown("?q=role") == []  # of the text, not of the JSON around it
    first = client.get(at("prompts"))
    assert len(first.context["prompts"]) == 50
    assert shown(first.context["older"])[0] == "Egg 10?"
    assert client.get(at("prompts") + "?split=all").status_code == 422
    assert client.get(at("prompts") + "?before=-1").status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_however_long(
    project: Project, mona: User, count: int, django_assert_num_queries: Any
) -> None:
    client = signed_in(mona)
    for _ in range(count):
        make_task(project, "ranking")
        hers = claim_next(project=project, annotator=mona)
        tiers = [hers.shown_order]
        body = {"tiers": tiers, "unacceptable": []}
        assert send(client, hers, body=body).status_code == 201
        make_member(project)
    with django_assert_num_queries(6):
        client.get(at("history"))
    with django_assert_num_queries(5):
        client.get(at("prompts"))
    for _ in range(count):
        skip_task(project, make_member(project))
    with django_assert_num_queries(4):
        client.get(at("skipped"))
    with django_assert_num_queries(3):
        client.get(at("members"))


def test_a_new_members_link_is_shown_once(project: Project, mona: User) -> None:
    client = signed_in(mona)
    data = {"email": "nora@example.org", "name": "Nora", "role": "annotator"}

    page = client.post(at("members"), data)
    assert page.status_code == 200
    assert "/sign-in/" in page.content.decode()
    assert "/sign-in/" not in client.get(at("members")).content.decode()
    assert client.post(at("members"), data).status_code == 409

    member = Membership.objects.get(user__email="nora@example.org")
    assert "/sign-in/" in client.post(at("member_link", member.pk)).content.decode()
    client.post(at("member_role", member.pk), {"role": "reviewer"})
    member.refresh_from_db()
    assert member.role == "reviewer"
    client.post(at("member_remove", member.pk))
    assert not Membership.objects.filter(pk=member.pk).exists()
    foreign = Membership.objects.get(user=make_member(make_project()))
    assert client.post(at("member_remove", foreign.pk)).status_code == 404


def test_after_a_new_link_the_next_person_is_added_as_ever(project: Project, mona: User) -> None:
    client = signed_in(mona)
    client.post(at("members"), {"email": "nora@example.org", "role": "annotator"})
    nora = Membership.objects.get(user__email="nora@example.org")

    page = client.post(at("member_link", nora.pk)).content.decode()

    form = next(tag for tag in re.findall("<form[^>]*>", page) if "invite" in tag)
    assert f'action="{at("members")}"' in form


def test_a_link_is_offered_to_those_without_a_password_in_ones_own_projects(
    project: Project, mona: User, ada: User
) -> None:
    client = signed_in(mona)
    client.post(at("members"), {"email": "nora@example.org", "role": "annotator"})
    nora = Membership.objects.get(user__email="nora@example.org")
    User.objects.filter(pk=nora.user_id).update(last_login=timezone.now())

    def offered() -> list[str]:
        return re.findall(r'action="([^"]+/link/)"', client.get(at("members")).content.decode())

    assert offered() == [at("member_link", nora.pk)]
    other = make_project()
    Membership.objects.create(project=other, user=nora.user, role=Role.ANNOTATOR)
    assert offered() == []
    Membership.objects.create(project=other, user=mona, role=Role.MANAGER)
    assert offered() == [at("member_link", nora.pk)]


def test_settings_keep_versions_of_the_guidelines_and_refuse_bad_numbers(
    project: Project, mona: User, ada: User
) -> None:
    client = signed_in(mona)
    data = {
        "name": "Kitchen",
        "description": "",
        "guidelines": "Be **kind**.",
        "overlap": 2,
        "completions_ranking": 5,
        "lease_minutes": 45,
    }
    for wrong in ({"overlap": 21}, {"completions_ranking": 10}):
        assert client.post(at("project_settings"), data | wrong).status_code == 422
    assert client.post(at("project_settings"), data).status_code == 302

    project.refresh_from_db()
    assert (project.overlap, project.guideline_version) == (2, 2)
    assert project.completions == {"ranking": 5}
    page = signed_in(ada).get(at("guidelines")).content.decode()
    assert "<strong>kind</strong>" in page
    assert Membership.objects.get(user=ada).guidelines_read == 2


def test_the_version_of_the_guidelines_is_the_one_that_was_shown(
    project: Project, ada: User, mona: User
) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    client = signed_in(ada)
    change_settings(project=project, by=mona, guidelines="Be kind.")
    page = client.get(at("assignment", hers.pk))
    change_settings(project=project, by=mona, guidelines="Be kind and short.")
    member = Membership.objects.get(user=ada)

    def read(version: object) -> tuple[int, int]:
        body = json.dumps({"guideline_version": version})
        status = client.post(at("guidelines_read"), body, **JSON).status_code
        member.refresh_from_db()
        return status, member.guidelines_read

    shown = page.context["data"]["guideline_version"]
    assert [read(version) for version in (0, 4, "2", shown)] == [(422, 0)] * 3 + [(204, 2)]
    assert "Unread" in client.get(at("assignment", hers.pk)).content.decode()
    assert send(client, hers, guideline_version=shown).status_code == 201
    assert Annotation.objects.get().guideline_version == 2


def test_an_old_version_of_the_guidelines_is_not_the_newest_one_read(
    project: Project, ada: User, mona: User
) -> None:
    for text in ("Be kind.", "Be kind and short."):
        change_settings(project=project, by=mona, guidelines=text)
    client, member = signed_in(ada), Membership.objects.get(user=ada)

    for query, read in (("?version=2", 2), ("", 3), ("?version=2", 3)):
        assert client.get(at("guidelines") + query).status_code == 200
        member.refresh_from_db()
        assert member.guidelines_read == read
