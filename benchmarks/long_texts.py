"""How soon a ranking of nine long texts can be used on a slow machine.

    .venv/bin/python -m benchmarks.long_texts       # --times 7 --slower 4

Nine texts of 25,000 characters, with tables, code and formulas, on a page of the product's own web
server, in Chromium whose processor is slowed down four times. Each time is of a fresh browser
profile; the server has rendered the texts before, as it has for the second of their annotators.
Writes results/long_texts.json:

usable_ms    from the request until keys are answered: the page has told that it is ready, and a
             key pressed then has placed a text
formulas_ms  until the formulas in view are shown
server_ms    until the page's first byte
first_ms     the first request of all, when the server renders the texts
scripts      bytes of the page's scripts, gzipped: all, and of those the part for formulas
"""

import argparse
import gzip
import json
import os
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.labeling_speed import circumstances, free_port, running_stack
from scripts.browser import find

RESULTS = Path(__file__).resolve().parent / "results" / "long_texts.json"
LETTERS, TEXTS = 25_000, 9
PART = r"""
## Part {n}

For $x_{n} > 0$ we have \(\frac{{a_{n}}}{{2}} + \sqrt{{{n}}}\), which costs $5, and

\[ \sum_{{i=1}}^{{{n}}} i = \frac{{{n}({n}+1)}}{{2}} \]

| step | value | note |
|---:|---|---|
| {n} | $y_{n}^2$ | **bold** and `code` |
| 2 | two | a longer cell with some more words in it |

```python
def step_{n}(values: list[float]) -> float:
    # The mean of what is positive.
    found = [value for value in values if value > {n}]
    return sum(found) / len(found) if found else 0.0
```

- It is said that the egg is boiled for {n} minutes, then put into cold water and peeled.
  1. A sentence that goes on for a while, as sentences of models do, and says little.
"""
# By the page's own clock, which begins with the request; the page tells when a key may be pressed.
CLOCK = """new MutationObserver(() => {
  if (!window.ready && document.querySelector("[data-ready]")) {
    window.ready = performance.now();
    console.log("ready");
  }
  if (!window.usable && document.querySelector(".text-column[data-placed='1']")) {
    window.usable = performance.now();
  }
}).observe(document, { subtree: true, attributeFilter: ["data-ready", "data-placed"] });"""
# Where the formulas in view have been looked at.
SHOWN = """() => {
  const all = [...document.querySelectorAll(".text-column .shown tex-formula")];
  const near = (each) => {
    const { left, top } = each.getBoundingClientRect();
    return left < innerWidth && top < innerHeight / 2;
  };
  const seen = all.filter((each) => each.checkVisibility() && near(each));
  return seen.length > 0 && seen.every((each) => each.dataset.state);
}"""


def text(number: int) -> str:
    """One of the texts, each another."""
    parts = [f"Text {number}"]
    while sum(map(len, parts)) < LETTERS:
        parts.append(PART.format(n=len(parts) + 100 * number))
    return "".join(parts)[:LETTERS]


def measure(browser: Browser, url: str, session: str, slower: float) -> dict[str, Any]:
    """One opening of the page."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    origin = url.partition("/projects/")[0]
    context.add_cookies([{"name": "sessionid", "value": session, "url": origin}])
    context.add_init_script(CLOCK)
    page = context.new_page()
    page.goto("about:blank")
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    with page.expect_console_message(lambda line: line.text == "ready"):
        page.goto(url, wait_until="commit")
    page.keyboard.press("1")
    page.wait_for_function(SHOWN)
    formulas = page.evaluate("performance.now()")
    usable = page.evaluate("usable")
    server = page.evaluate(
        "() => { const [it] = performance.getEntriesByType('navigation');"
        " return it.responseStart - it.requestStart; }"
    )
    names = page.evaluate(
        "() => performance.getEntriesByType('resource').map(e => e.name)"
        ".filter(name => /\\.m?js$/.test(name))"
    )
    sizes = {
        name.rpartition("/")[2]: len(gzip.compress(page.request.get(name).body(), 9))
        for name in dict.fromkeys(names)
    }
    context.close()
    return {
        "usable_ms": round(usable),
        "formulas_ms": round(formulas),
        "server_ms": round(server),
        "scripts": sizes,
    }


def main() -> None:
    """Measure, write the file, print it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--slower", type=float, default=4)
    parser.add_argument("--output", type=Path, default=RESULTS)
    asked = parser.parse_args()
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder), port):
        from benchmarks.labeling_seed import add_annotators
        from labeling.models import Assignment, Completion, Prompt
        from labeling.projects import create_project
        from labeling.tasks import open_tasks

        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop lives in this thread
        project = create_project(name="long", slug="long", by=None, is_simulated=True)
        asks = [{"role": "user", "content": "What is the mean of $x_1$ to $x_n$?"}]
        prompt = Prompt.objects.create(project=project, messages=asks)
        texts = [Completion.objects.create(prompt=prompt, text=text(n)) for n in range(TEXTS)]
        open_tasks(project=project, kind="ranking", groups=[texts])
        (session,) = add_annotators(project, 1)
        url = f"http://127.0.0.1:{port}/projects/{project.slug}/label/"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox"])
            found = []
            for _ in range(asked.times + 1):
                Assignment.objects.update(draft=None, draft_version=0)  # nothing is placed yet
                found.append(measure(browser, url, session, asked.slower))
            first, *found = found
            version = browser.version
            browser.close()
        report = {
            **{n: median(each[n] for each in found) for n in ("usable_ms", "formulas_ms")},
            "server_ms": median(each["server_ms"] for each in found),
            "least_usable_ms": min(each["usable_ms"] for each in found),
            "usable_ms_of_each": [each["usable_ms"] for each in found],
            "first_ms": first["usable_ms"],
            "scripts": {
                "all": sum(first["scripts"].values()),
                "formulas": first["scripts"].get("temml.min.js", 0),
            },
            "texts": f"{TEXTS} of {LETTERS} characters",
            "slower": asked.slower,
            "chromium": version,
            **circumstances(),
        }
    asked.output.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
