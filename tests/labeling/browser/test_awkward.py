"""A hundred awkward texts in Chromium: what is seen and copied is what was written."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from accounts.models import User
from labeling.models import Project
from tests.factories import make_task
from tests.labeling.awkward import _CODE, CODE, TEXTS
from tests.labeling.browser.opening import start

OpenPage = Callable[..., Page]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# What the page shows of each text: as the server renders it, put in the place of the preview.
SHOW = """async texts => {
  const { preview_url } = JSON.parse(document.getElementById("work-common").textContent);
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const box = document.querySelector('[data-role="preview"]');
  box.hidden = false;
  const signs = (element) => {
    const whole = element.cloneNode(true);
    for (const math of whole.querySelectorAll("math")) math.remove();
    // A list's number is seen, a link's address is told when one points at it.
    for (const item of whole.querySelectorAll("li[value]")) item.prepend(item.value);
    for (const link of whole.querySelectorAll("a")) link.append(link.getAttribute("href") ?? "");
    return whole.textContent;
  };
  const found = [];
  for (const text of texts) {
    const body = JSON.stringify({ text });
    const answer = await fetch(preview_url, { method: "POST", headers, body });
    box.innerHTML = await answer.text();
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    document.documentElement.toggleAttribute("data-raw", true);
    const raw = box.querySelector(".raw");
    getSelection().selectAllChildren(raw);
    const data = new DataTransfer();
    raw.dispatchEvent(new ClipboardEvent("copy", { clipboardData: data, bubbles: true }));
    const seen = raw.innerText;
    document.documentElement.toggleAttribute("data-raw", false);
    found.push({
      copied: data.getData("text/plain"),
      seen,
      shown: signs(box.querySelector(".shown")),
      code: box.querySelector(".shown pre code")?.textContent ?? null,
      wide: box.scrollWidth - box.clientWidth,
    });
  }
  return found;
}"""


def test_what_is_seen_and_copied_is_what_was_written(
    open_page: OpenPage, project: Project, ada: User
) -> None:
    make_task(project)
    page = start(open_page, ada)

    found = page.evaluate(SHOW, TEXTS)

    assert [each["copied"] for each in found] == TEXTS
    for text, each in zip(TEXTS, found, strict=True):
        marked = each["seen"]
        if "U+" not in marked:  # no marker stands for anything
            assert marked.removesuffix("\n") == text.removesuffix("\n")
        missing = [sign for sign in text if sign.isalnum() and sign not in each["shown"]]
        assert missing == []
        assert each["wide"] <= 0, text[:80]
    code = [each["code"] for each in found[: len(CODE)]]
    assert code == list(_CODE.values())
