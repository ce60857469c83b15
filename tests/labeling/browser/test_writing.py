"""Demonstrations and corrections in the browser."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import Session, User
from labeling.models import Annotation, Assignment, Membership, Project
from labeling.projects import change_settings
from tests.factories import make_member, make_project, make_task

OpenPage = Callable[..., Page]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def project() -> Project:
    """A project of committed rows, since the server of these tests is another thread."""
    return make_project("kitchen")


@pytest.fixture
def ada(project: Project) -> User:
    """An annotator."""
    return make_member(project, "Ada")


def start(open_page: OpenPage, user: User, **options: object) -> Page:
    page = open_page(user, "/projects/kitchen/label/", **options)
    page.wait_for_selector("[data-ready]")
    return page


def start_with_a_clock(open_page: OpenPage, user: User) -> Page:
    """The same, with a time that only the test moves on."""
    page = open_page(user, "/projects/kitchen/label/")
    page.clock.install()
    page.reload()
    page.wait_for_selector("[data-ready]")
    return page


def wait_for(held: list[Any], *, go_on: Callable[[], None]) -> None:
    """Until a request is held back; what it never sends must not hang the tests."""
    for _ in range(600):
        if held:
            return
        go_on()
    pytest.fail("no request was sent")


def test_a_demonstration_is_written_previewed_and_sent(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project)
    page = start(open_page, ada)

    page.keyboard.type("Six **minutes**, s g u 1 0.")  # keys are letters in a text field
    expect(page.locator("[data-role=count]")).to_have_text("7 words · 27 characters")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-role=preview] strong")).to_have_text("minutes")
    page.get_by_role("button", name="Preview").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/label/")

    assert Annotation.objects.get().body == {"text": "Six **minutes**, s g u 1 0."}


def test_an_answer_names_the_guidelines_that_its_page_showed(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "ranking", k=2)
    page = start(open_page, ada)
    change_settings(project=project, by=ada, guidelines="Be kind.")

    with page.expect_response("**/guidelines/read/") as told:
        page.keyboard.press("g")
    assert told.value.status == 204
    for key in ("1", "2", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**/label/")

    assert Membership.objects.get(user=ada).guidelines_read == 1
    assert Annotation.objects.get().guideline_version == 1


def test_a_correction_shows_its_difference(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    task = make_task(project, "correction", texts=["Boil the egg for ten minutes."])
    page = start(open_page, ada)
    editor = page.get_by_label("Your correction")
    expect(editor).to_have_value("Boil the egg for ten minutes.")
    expect(page.locator("[data-role=distance]")).to_contain_text("No changes")

    editor.fill("Boil the fresh egg for six minutes.")

    expect(page.locator("del")).to_have_text("ten")
    expect(page.locator("[data-role=distance]")).to_have_text("3 words changed: 2 added, 1 removed")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/label/")
    assert Annotation.objects.get().body == {
        "completion": task.completions.get().pk,
        "text": "Boil the fresh egg for six minutes.",
    }


def test_a_held_key_submits_one_correction_and_an_unchanged_one_is_asked_about(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    first = make_task(project, "correction", texts=["Ten minutes."])
    second = make_task(project, "correction", texts=["Six minutes."])
    page = start(open_page, ada)
    problem, before = page.locator("[data-role=problem]"), page.url
    question = "Nothing is changed: submit again to say that it is right as it is."

    page.get_by_label("Your correction").fill("Six minutes.")
    page.keyboard.down("Control")
    page.keyboard.down("Enter")
    page.wait_for_url(lambda url: url != before and "assignments" in url)
    page.wait_for_selector("[data-ready]")
    for _ in range(3):
        page.keyboard.down("Enter")  # the key repeats, as long as it is held
    expect(problem).to_have_text("")
    page.keyboard.up("Enter")
    page.keyboard.press("Enter")
    expect(problem).to_have_text(question)
    page.keyboard.up("Control")
    editor = page.get_by_label("Your correction")
    editor.fill("Seven minutes.")
    editor.fill("Six minutes.")
    page.get_by_role("button", name="Submit").dblclick()
    expect(problem).to_have_text(question)
    page.get_by_role("button", name="Submit").focus()
    page.keyboard.down("Enter")
    page.wait_for_url("**/label/")

    assert list(Annotation.objects.order_by("pk").values_list("task", "body__text")) == [
        (first.pk, "Six minutes."),
        (second.pk, "Six minutes."),
    ]


def test_a_held_enter_on_the_button_does_not_answer_the_question_that_it_asked(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "correction", texts=["Six minutes."])
    page = start(open_page, ada, locale="zh-CN")

    page.locator("[data-do=submit]").focus()
    for _ in range(3):
        page.keyboard.down("Enter")

    expect(page.locator("[data-role=problem]")).to_have_text(
        "没有任何改动：如果它本来就是对的，请再提交一次。"
    )
    assert Annotation.objects.count() == 0


def test_a_chinese_correction_is_compared_by_characters_and_can_be_reset(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "correction", texts=["鸡蛋煮十分钟。\n然后冷却。"])
    page = start(open_page, ada)
    editor = page.get_by_label("Your correction")

    editor.fill("鸡蛋煮六分钟。\n然后马上冷却。")
    expect(page.locator("del")).to_have_text("十")
    expect(page.locator("ins")).to_have_text(["六", "马上"])
    editor.evaluate("box => box.setSelectionRange(0, 0)")
    page.get_by_role("button", name="Reset paragraph").click()
    expect(editor).to_have_value("鸡蛋煮十分钟。\n然后马上冷却。")
    page.get_by_role("button", name="Reset all").click()
    expect(editor).to_have_value("鸡蛋煮十分钟。\n然后冷却。")


def test_text_survives_the_end_of_the_session_and_is_sent_after_signing_in_again(
    project: Project, ada: User, open_page: OpenPage, live_server: Any, watch: Any
) -> None:
    watch.expected.append("401")
    make_task(project)
    page = start(open_page, ada)
    Session.objects.all().delete()

    page.keyboard.type("Long thoughts.")
    expect(page.get_by_role("link", name="Sign in in a new tab")).to_be_visible(timeout=8000)
    page.keyboard.press("Control+Enter")
    assert Annotation.objects.count() == 0

    client = Client()
    client.force_login(ada)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    page.context.add_cookies([{**cookie, "url": live_server.url}])
    expect(page.locator("[data-role=banner]")).to_be_hidden(timeout=8000)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/label/")

    assert Annotation.objects.get().body == {"text": "Long thoughts."}


def test_two_tabs_and_the_choice_between_their_versions(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("409")
    make_task(project)
    first = start(open_page, ada)
    second = start(open_page, ada)

    first.keyboard.type("From the first tab.")
    expect(first.locator("[data-role=saved]")).to_contain_text("Saved", timeout=6000)
    second.keyboard.type("From the second tab.")
    choice = second.get_by_role("button", name="Use the other version")
    expect(choice).to_be_visible(timeout=6000)
    choice.click()

    expect(second.get_by_label("Your answer")).to_have_value("From the first tab.")


def test_what_is_typed_while_the_choice_is_open_is_kept(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("409")
    make_task(project)
    page = start(open_page, ada)
    Assignment.objects.update(draft={"text": "From elsewhere."}, draft_version=1)

    page.keyboard.type("From here")
    keep = page.get_by_role("button", name="Keep what is here")
    expect(keep).to_be_visible(timeout=6000)
    page.keyboard.type(" and on.")
    keep.click()

    expect(page.get_by_label("Your answer")).to_have_value("From here and on.")
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=6000)
    assert Assignment.objects.get().draft == {"text": "From here and on."}


def test_a_draft_that_arrived_while_the_page_closed_is_no_conflict(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project)
    page = start(open_page, ada)
    page.keyboard.type("Quick")
    page.goto("/")
    while Assignment.objects.get().draft is None:
        page.wait_for_timeout(50)

    page.goto("/projects/kitchen/label/")
    page.wait_for_selector("[data-ready]")

    expect(page.get_by_label("Your answer")).to_have_value("Quick")
    expect(page.locator("[data-role=banner]")).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0


def test_a_draft_that_arrives_after_the_page_was_opened_again_is_no_conflict(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected += ["ERR_", "409"]
    make_task(project)
    page = start(open_page, ada)

    def arrive_late(route: Any) -> None:
        Assignment.objects.update(draft={"text": "Slow"}, draft_version=1)
        connection.close()  # handlers have one of their own
        route.continue_()

    page.route("**/draft/", lambda route: route.abort())
    page.keyboard.type("Slow")
    page.goto("/")
    page.unroute("**/draft/")
    page.route("**/draft/", arrive_late, times=1)
    page.goto("/projects/kitchen/label/")
    page.wait_for_selector("[data-ready]")
    page.keyboard.press("End")
    page.keyboard.type(" and on")

    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=9000)
    expect(page.get_by_role("button", name="Keep what is here")).to_have_count(0)
    assert Assignment.objects.get().draft == {"text": "Slow and on"}


def test_until_the_choice_nothing_is_saved_or_lost(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("ERR_")
    make_task(project)
    page = start(open_page, ada)
    page.route("**/draft/", lambda route: route.abort())
    page.keyboard.type("From here")
    page.goto("/")
    page.unroute("**/draft/")
    Assignment.objects.update(draft={"text": "From elsewhere."}, draft_version=1)
    editor, choice = page.get_by_label("Your answer"), page.locator("[data-role=banner] button")

    page.goto("/projects/kitchen/label/")
    expect(choice).to_have_text(["Use the other version", "Keep what is here"])
    expect(editor).to_have_value("From here")
    page.keyboard.press("Control+End")
    page.keyboard.type(" and on")
    page.reload()

    expect(choice).to_have_text(["Use the other version", "Keep what is here"])
    expect(editor).to_have_value("From here and on")
    expect(page.locator("[data-role=saved]")).to_have_text("Not saved yet")
    assert Assignment.objects.get().draft == {"text": "From elsewhere."}
    choice.first.click()
    expect(editor).to_have_value("From elsewhere.")


def test_an_answer_that_is_cut_on_its_way_is_asked_for_again(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("409")  # for the draft: the answer was stored
    make_task(project)
    page = start(open_page, ada)

    def cut(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.body()[:9])

    page.route("**/assignments/*/", cut, times=1)
    page.keyboard.type("Six minutes.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/label/", timeout=9000)

    assert [row.body for row in Annotation.objects.all()] == [{"text": "Six minutes."}]


def test_nothing_is_typed_into_an_answer_that_is_on_its_way(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("503")
    make_task(project)
    page = start(open_page, ada)
    editor, held = page.get_by_label("Your answer"), []

    page.route("**/assignments/*/", lambda route: held.append(route), times=1)
    page.keyboard.type("Six")
    page.keyboard.press("Control+Enter")
    wait_for(held, go_on=lambda: page.wait_for_timeout(50))
    page.keyboard.type(" or s")  # no letter, and no shortcut either
    expect(editor).to_have_value("Six")
    expect(page.locator("dialog[open]")).to_have_count(0)
    held[0].fulfill(status=503)

    expect(editor).to_be_focused()
    page.keyboard.type(" minutes.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/label/")
    assert Annotation.objects.get().body == {"text": "Six minutes."}


def test_an_answer_that_hangs_is_given_up_and_asked_for_again(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("ERR_")
    make_task(project)
    page, held = start_with_a_clock(open_page, ada), []
    page.route("**/assignments/*/", lambda route: held.append(route), times=1)
    page.keyboard.type("Six")
    page.keyboard.press("Control+Enter")
    wait_for(held, go_on=lambda: page.clock.run_for(100))

    page.clock.run_for(31_000)

    editor = page.get_by_label("Your answer")
    expect(editor).to_be_focused()
    page.keyboard.type(" minutes.")
    page.clock.run_for(6_000)
    page.wait_for_url("**/label/")
    assert Annotation.objects.get().body == {"text": "Six minutes."}


def test_the_lease_is_not_renewed_while_a_draft_is_on_its_way(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project)
    page, held = start_with_a_clock(open_page, ada), []
    page.route("**/draft/", lambda route: held.append(route))

    page.clock.fast_forward(61_000)  # somebody read, and now writes
    page.keyboard.type("Six minutes.")
    wait_for(held, go_on=lambda: page.clock.run_for(500))
    page.clock.run_for(11_000)
    expect(page.locator("[data-role=saved]")).to_have_text("Saving…")
    for route in held:
        route.continue_()

    expect(page.locator("[data-role=saved]")).to_contain_text("Saved")
    assert len(held) == 1
    assert Assignment.objects.get().draft_version == 1


def test_a_saved_draft_whose_answer_got_lost_is_no_conflict(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected += ["ERR_", "409"]
    make_task(project)
    page = start(open_page, ada)

    def lose(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/draft/", lose, times=1)
    page.keyboard.type("One")
    expect(page.locator("[data-role=saved]")).to_contain_text("kept on this device", timeout=9000)
    page.keyboard.type(" and two")
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=12000)

    assert Assignment.objects.get().draft == {"text": "One and two"}
    expect(page.locator("[data-role=banner]")).to_be_hidden()


def test_what_a_killed_tab_had_typed_is_restored(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("ERR_")
    make_task(project)
    page = start(open_page, ada)
    page.context.route("**/draft/", lambda route: route.abort())
    page.keyboard.type("Not yet on the server")
    expect(page.locator("[data-role=saved]")).to_contain_text("kept on this device", timeout=6000)

    again = page.context.new_page()
    page.close()
    again.goto("/projects/kitchen/label/")

    expect(again.get_by_label("Your answer")).to_have_value("Not yet on the server")


def test_text_typed_while_a_save_is_on_its_way_is_no_conflict_after_a_reload(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("ERR_")
    make_task(project)
    page = start(open_page, ada)
    arrived: list[Any] = []

    def answer_never(route: Any) -> None:
        arrived.append(route.fetch())

    page.route("**/draft/", answer_never, times=1)
    page.keyboard.type("Hello")
    expect(page.locator("[data-role=saved]")).to_have_text("Saving…", timeout=6000)
    page.keyboard.type(" world")
    page.wait_for_timeout(500)
    page.reload()
    page.wait_for_selector("[data-ready]")

    assert arrived
    expect(page.get_by_label("Your answer")).to_have_value("Hello world")
    expect(page.get_by_role("button", name="Keep what is here")).to_have_count(0)
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=6000)
    assert Assignment.objects.get().draft == {"text": "Hello world"}


def test_skipping_with_a_reason_brings_the_next_task(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    task, following = make_task(project, "ranking"), make_task(project, "ranking")
    page = start(open_page, ada)
    first = page.url

    for key in ("s", "2", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url(lambda url: url != first and "assignments" in url)

    assert Assignment.objects.get(task=task).skip_reason == "wrong_language"
    assert Assignment.objects.get(state="active").task == following


def test_without_a_chosen_reason_nothing_is_skipped(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    task, _following = make_task(project, "ranking"), make_task(project, "ranking")
    page = start(open_page, ada)
    first = page.url
    reasons, note = page.get_by_role("radio"), page.get_by_label("Note (optional)")

    page.keyboard.press("s")
    expect(reasons.first).to_be_focused()
    page.keyboard.press("Enter")
    note.press_sequentially("2 texts are empty")
    page.keyboard.press("Enter")
    expect(page.locator(".reasons :checked")).to_have_count(0)
    assert Assignment.objects.get(task=task).state == "active"

    reasons.last.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("s")  # asked anew
    expect(page.locator(".reasons :checked")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("in Welsh")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != first and "assignments" in url)

    assert Assignment.objects.get(task=task).skip_reason == "wrong_language: in Welsh"


def test_model_output_cannot_act_in_the_page(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    bad = "<script>document.title='x'</script> ![a](https://evil.example/p) <img src=x onerror=f()>"
    make_task(project, "ranking", texts=[bad, f"{bad} \u202e [b](javascript:alert(1))"])
    page = start(open_page, ada)

    assert page.title() == "Rank the completions · Kitchen"
    expect(page.locator(".texts img, .texts script, .texts a[href^=java]")).to_have_count(0)
    expect(page.locator(".texts .hidden-character")).to_have_text(["U+202E"])
