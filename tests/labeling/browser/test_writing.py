"""Demonstrations and corrections in the browser."""

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from labeling.models import Annotation, Membership, Project
from labeling.projects import change_settings
from tests.factories import make_task
from tests.labeling.browser.opening import OpenPage, start, start_with_a_clock, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


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


def test_what_the_browser_puts_back_after_a_reload_is_not_taken_for_the_completion(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "correction", texts=["Ten minutes."])
    page = start(open_page, ada)

    page.get_by_label("Your correction").fill("Six minutes.")
    form = "const form = document.querySelector('correction-form').cloneNode(true);"
    show = "document.querySelector('correction-form').replaceWith(form);"  # its text comes along
    body, doubt = page.evaluate(f"() => {{ {form} {show} return [form.body.text, form.doubt]; }}")

    assert (body, doubt) == ("Six minutes.", None)


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


def test_model_output_cannot_act_in_the_page(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    bad = "<script>document.title='x'</script> ![a](https://evil.example/p) <img src=x onerror=f()>"
    make_task(project, "ranking", texts=[bad, f"{bad} \u202e [b](javascript:alert(1))"])
    page = start(open_page, ada)

    assert page.title() == "Rank the completions · Kitchen"
    # The raw text beside it is data, which nothing runs.
    acting = page.locator(".texts :is(img, script:not([type='application/json']), a[href^=java])")
    expect(acting).to_have_count(0)
    expect(page.locator(".texts .shown .hidden-character")).to_have_text(["U+202E"])
