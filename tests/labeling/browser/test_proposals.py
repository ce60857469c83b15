"""Writing prompts and deciding on them in the browser, by keys."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling.models import Project, Prompt, Proposal, Role
from labeling.proposals import writing
from tests.factories import make_member, make_prompt
from tests.labeling.browser.opening import OpenPage
from tests.labeling.proposals.made import SHOTS, SHOTS_TEXT, make_proposal, make_wanted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

HERE = "/projects/kitchen/proposals/"


def start(open_page: OpenPage, user: User, proposal: Proposal, **options: Any) -> Page:
    page = open_page(user, f"{HERE}{proposal.pk}/write/", **options)
    page.wait_for_selector("proposal-page[data-ready]")
    return page


def test_prompts_are_written_one_after_the_other_by_keys(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_wanted(project, number=2, use_case="chat")
    page = open_page(ada, HERE)
    page.get_by_role("button", name="Write one").press("Enter")
    page.wait_for_selector("proposal-page[data-ready]")
    first = page.url

    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-role=problem]")).to_contain_text("Something is missing here")
    page.keyboard.type("Hi, A")  # letters, in a text
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.type("Hello.")
    page.keyboard.press("Tab")
    page.keyboard.type("Why?")
    expect(page.locator("[data-role=count]")).to_have_text("15 characters")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != first and url.endswith("/write/"))
    page.wait_for_selector("proposal-page[data-ready]")
    page.keyboard.type("Two?")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**{HERE}")

    expect(page.get_by_text("Enough are written.")).to_be_visible()
    rows = Proposal.objects.order_by("pk").values_list("state", "body", "use_case")
    assert list(rows) == [
        ("waiting", {"turns": ["Hi, A", "Hello.", "Why?"]}, "chat"),
        ("waiting", {"turns": ["Two?"]}, "chat"),
    ]


def test_what_the_model_reads_is_what_is_stored(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    begun = writing.begin(wanted=make_wanted(project, "few_shot", number=1), author=ada)
    page = start(open_page, ada, begun)

    page.get_by_label("Instruction").fill(SHOTS["instruction"])
    page.get_by_label("Before each query").fill("Animal:")
    page.get_by_label("Before each response").fill("Food:")
    page.get_by_label("Last query").fill("hen")
    page.get_by_role("button", name="Another example").click()  # and left empty
    for n, (query, response) in enumerate(SHOTS["pairs"], 1):
        page.get_by_label(f"Query {n}", exact=True).fill(query)
        page.get_by_label(f"Response {n}", exact=True).fill(response)
    expect(page.locator("[data-role=reads]")).to_have_text(SHOTS_TEXT)
    shown = page.locator("[data-role=reads]").evaluate("box => box.textContent")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**{HERE}")

    assert (shown, Proposal.objects.get().last_text) == (SHOTS_TEXT, SHOTS_TEXT)


def test_a_draft_survives_a_reload_and_a_server_that_is_away(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected += ["ERR_FAILED", "409"]  # what the closed page sent may arrive after all
    begun = writing.begin(wanted=make_wanted(project, "few_shot"), author=ada)
    page = start(open_page, ada, begun)

    page.get_by_label("Query 2", exact=True).fill("Saved\n ")
    page.get_by_role("button", name="Another example").click()
    page.keyboard.type("Third")
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved just now")
    page.route("**/draft/", lambda route: route.abort())
    page.keyboard.type(" and more")
    expect(page.locator("[data-role=saved]")).to_contain_text("kept on this device")
    page.reload()
    page.wait_for_selector("proposal-page[data-ready]")

    expect(page.get_by_label("Query 2", exact=True)).to_have_value("Saved\n ")
    expect(page.get_by_label("Query 3", exact=True)).to_have_value("Third and more")
    expect(page.locator("[data-role=banner]")).to_contain_text("Restored")
    page.unroute("**/draft/")
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=15_000)
    begun.refresh_from_db()
    assert begun.draft["pairs"] == [["", ""], ["Saved\n ", ""], ["Third and more", ""]]


def test_another_tab_s_draft_is_asked_about(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("409")
    begun = writing.begin(wanted=make_wanted(project), author=ada)
    page = start(open_page, ada, begun)
    theirs = {"turns": ["Theirs"], "language": "", "use_case": ""}
    writing.save_draft(proposal=begun, draft=theirs, version=0, active_seconds=0)

    page.keyboard.type("Mine")
    page.get_by_role("button", name="Use the other version").click()

    expect(page.get_by_label("What the user says", exact=True)).to_have_value("Theirs")


def test_a_prompt_that_is_there_is_said_while_one_writes(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("409")
    make_prompt(project, "Why is the sky blue?")
    begun = writing.begin(wanted=make_wanted(project, number=1), author=ada)
    page = start(open_page, ada, begun)
    told = "The project has nearly the same prompt already. Write another one."

    page.keyboard.type("why is the sky blue?")
    expect(page.locator("[data-role=alike]")).to_have_text(told)
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-role=problem]")).to_have_text(told)
    page.get_by_label("What the user says", exact=True).press("End")
    page.keyboard.type(" And red?")
    expect(page.locator("[data-role=alike]")).to_have_text("")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**{HERE}")

    assert Proposal.objects.get().last_text == "why is the sky blue? And red?"


def test_a_prompt_that_is_cut_on_its_way_is_sent_again_and_stored_once(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("409")  # for the draft: the prompt was stored
    begun = writing.begin(wanted=make_wanted(project, number=1), author=ada)
    page = start(open_page, ada, begun)

    def cut(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.body()[:9])

    page.route("**/write/", cut, times=1)
    page.keyboard.type("Why?")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**{HERE}", timeout=15_000)

    assert [row.last_text for row in Proposal.objects.all()] == ["Why?"]


def test_it_says_so_where_it_is_open_in_two_tabs(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    begun = writing.begin(wanted=make_wanted(project), author=ada)
    first = start(open_page, ada, begun)
    second = first.context.new_page()
    second.goto(first.url)

    told = "This prompt is open in another tab as well: go on in one of them only."
    for page in (first, second):
        expect(page.locator("[data-role=banner]")).to_have_text(told)


def test_whoever_is_signed_out_signs_in_beside_it_and_goes_on(
    project: Project, ada: User, open_page: OpenPage, watch: Any
) -> None:
    watch.expected.append("401")
    begun = writing.begin(wanted=make_wanted(project), author=ada)
    page = start(open_page, ada, begun)
    page.context.clear_cookies(name="sessionid")

    page.keyboard.type("Why?")
    link = page.get_by_role("link", name="Sign in in a new tab")
    expect(link).to_have_attribute("href", "/accounts/login/?next=/signed-in/")


def test_the_escape_that_ends_a_composition_does_not_leave_the_text(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    """Safari ends the composition first, and marks the key by 229 alone."""
    begun = writing.begin(wanted=make_wanted(project), author=ada)
    page = start(open_page, ada, begun)

    key = {"key": "Escape", "keyCode": 229, "bubbles": True, "cancelable": True}
    page.evaluate(
        "key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', key))", key
    )

    expect(page.get_by_label("What the user says", exact=True)).to_be_focused()


def test_formulas_of_a_prompt_are_shown_to_its_author_and_to_who_decides(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    proposal = make_proposal(project, ada, "Is $x^2$ positive?")
    mona = make_member(project, "Mona", Role.MANAGER)

    for person, address in ((ada, f"{HERE}{proposal.pk}/"), (mona, f"{HERE}{proposal.pk}/decide/")):
        page = open_page(person, address)
        expect(page.locator(".conversation math")).to_be_visible()
        page.keyboard.press("r")
        expect(page.locator(".conversation math")).to_be_hidden()
        expect(page.locator(".conversation .raw")).to_have_text("Is $x^2$ positive?")
        page.get_by_role("button", name="Raw text").click()
        expect(page.locator(".conversation math")).to_be_visible()


def test_one_key_decides(project: Project, ada: User, open_page: OpenPage) -> None:
    mona = make_member(project, "Mona", Role.MANAGER)
    for text in ("One?", "Two?", "Three?", "Four?"):
        make_proposal(project, ada, text)
    page = open_page(mona, f"{HERE}queue/")
    page.get_by_role("link", name="One after the other").press("Enter")

    for text, keys in [("One?", ["n"]), ("Two?", ["y"]), ("Three?", ["b"])]:
        expect(page.locator(".conversation")).to_have_text(text)
        page.wait_for_load_state()  # keys work once the page has its scripts
        for key in keys:
            page.keyboard.press(key)
    page.keyboard.type("Too short.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".conversation")).to_have_text("Four?")
    page.wait_for_load_state()
    page.keyboard.press("e")
    page.keyboard.press("Control+End")
    page.keyboard.type(" And five?")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/proposals/queue/**")
    page.get_by_label("Choose all on this page").press("Space")
    page.get_by_role("button", name="Accept the chosen prompts").press("Enter")
    expect(page.get_by_text("Nothing waits")).to_be_visible()

    assert list(Prompt.objects.order_by("pk").values_list("messages__0__content", flat=True)) == [
        "Two?",
        "Four? And five?",
        "One?",
    ]
    assert Proposal.objects.get(state="returned").reason == "Too short."
