"""A picture of every page, from the running product, into docs/screenshots.

    make screenshots

Starts the product's servers in a scratch folder, makes a project in which something of everything
has happened (tests/pages.py, which also says which pages there are: all that people open), and
opens each page as those who open it: in light English, and smaller in dark Chinese. README.md in
the folder lists them. The three pictures of the product's README are not made here.
"""

import base64
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.urls import resolve
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.labeling_speed import free_port, running_stack
from scripts.browser import find

if TYPE_CHECKING:
    from accounts.models import User
    from tests.access.scene import Scene

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
WINDOW = {"width": 1280, "height": 800}  # pixels; pictures have 0.7 and 0.45 of it
SETS = (("light", "en", 0.7), ("dark", "zh-hans", 0.45))
LOCALES = {"en": "en", "zh-hans": "zh-CN"}  # as browsers ask for them where nobody is signed in
WEBP = {"format": "webp", "quality": 50}  # letters are sharp, a page takes 20 KB
HEAD = """# Every page

Made by `make screenshots` from the running product, as those who open them see them. Of the pages
that several roles open there is one picture for each who sees another page; a number at the end
tells pages of one address apart: those of each kind of task."""


def named(person: str, address: str, taken: set[str]) -> tuple[str, str]:
    """The picture's name, as in manager-round_launch, and the page's address without its keys."""
    found = resolve(address.partition("?")[0]) if address != "/nowhere/" else None
    name = plain = f"{person}-{found.url_name}" if found else f"{person}-nowhere"
    number = 1
    while name in taken:
        number += 1
        name = f"{plain}-{number}"
    taken.add(name)
    query = address.partition("?")[2]
    return name, f"/{found.route}{query and '?' + query}" if found else address


def take(
    browser: Browser,
    origin: str,
    scene: "Scene",
    walk: dict[str, list[str]],
    theme: str,
    language: str,
    scale: float,
) -> list[str]:
    """All pages in one theme and language; a line of the list for each."""
    lines, taken = [], set[str]()
    for person, addresses in walk.items():
        page = sign_in(browser, origin, scene.people[person], theme, language, scale)
        for address in addresses:
            page.goto(address, wait_until="load")
            page.wait_for_timeout(150)  # formulas, curves
            name, route = named(person, address, taken)
            path = FOLDER / theme / f"{name}.webp"
            path.parent.mkdir(exist_ok=True)
            found = page.context.new_cdp_session(page).send("Page.captureScreenshot", WEBP)
            path.write_bytes(base64.b64decode(found["data"]))
            lines.append(f"| {person} | `{route}` | [{name}]({theme}/{path.name}) |")
        page.context.close()
    return lines


def sign_in(
    browser: Browser, origin: str, user: "User | None", theme: str, language: str, scale: float
) -> Page:
    """A page of a new browser profile."""
    from django.test import Client  # noqa: PLC0415  Django is set up by then

    context = browser.new_context(
        base_url=origin,
        color_scheme=theme,
        locale=LOCALES[language],
        viewport=WINDOW,
        device_scale_factor=scale,
    )
    if user is not None:
        type(user).objects.filter(pk=user.pk).update(theme=theme, language=language)
        client = Client()
        client.force_login(user)
        key = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": key, "url": origin}])
    return context.new_page()


def main() -> int:
    """Take both sets and list them."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop lives in this thread
    for old in FOLDER.glob("*/*.webp"):
        old.unlink()
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder), port):
        from tests import pages  # noqa: PLC0415
        from tests.access.scene import make_scene  # noqa: PLC0415

        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox"])
            scene = make_scene()
            walk = pages.addresses(scene)
            for theme, language, scale in SETS:
                lines += ["", f"## {theme}, {language}", "", "| who | address | picture |"]
                lines.append("|---|---|---|")
                lines += take(browser, origin, scene, walk, theme, language, scale)
            browser.close()
    (FOLDER / "README.md").write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
