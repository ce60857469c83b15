"""An import whose server is killed half-way leaves nothing, and the next one has the same sums.

Larger files, and those that come by API, are stored by workers: tests/workers/test_imports.py.
"""

import json
import threading
from collections.abc import Callable
from io import BytesIO

import httpx
import pytest
from django.db import connection

from accounts.models import AuditEntry, User
from labeling.models import (
    Annotation,
    Assignment,
    Completion,
    Import,
    ImportedLabel,
    Prompt,
    PromptUpload,
    Role,
    Task,
)
from labeling.whole_files import import_file
from tests.access.wire import signed_in
from tests.factories import make_member, make_project
from tests.inputs.serving import SECONDS, kill, until
from tests.inputs.sums import sums
from tests.web_server import WebServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROWS = 6_000
BEGUN = 2**18  # bytes of prompts that are there before the kill: some of them, not all
STORED = (Import, Prompt, Completion, Task, Assignment, Annotation, ImportedLabel)
PATH = "/projects/kitchen/prompts/import/"


def written() -> int:
    """Bytes of prompts, those of transactions that are not over among them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('labeling_prompt')")
        return int(cursor.fetchone()[0])


def killed_half_way(server: WebServer, send: Callable[[], object]) -> None:
    """Send something, and SIGKILL who takes it once some of its rows are written."""
    before, thread = written(), threading.Thread(target=send)
    thread.start()
    until(lambda: written() > before + BEGUN)
    kill(server)
    thread.join(SECONDS)
    assert not thread.is_alive()


def browser_of(user: User, server: WebServer) -> httpx.Client:
    head = [(name.decode(), text.decode()) for name, text in signed_in(user, api=False)]
    cookies = "; ".join(text for name, text in head if name == "cookie")
    return httpx.Client(
        base_url=f"http://127.0.0.1:{server.port}",
        headers={"Cookie": cookies, "X-CSRFToken": dict(head)["x-csrftoken"]},
        timeout=SECONDS,
    )


def test_by_the_page(server: WebServer) -> None:
    project = make_project("kitchen")
    mona = make_member(project, "Mona", Role.MANAGER)
    rows = ({"prompt": f"Egg {n}?", "chosen": "Six.", "rejected": "An hour."} for n in range(ROWS))
    raw = "\n".join(map(json.dumps, rows)).encode()

    with browser_of(mona, server) as browser:
        assert browser.post(PATH, files={"file": ("a.jsonl", raw)}).status_code == 200
        confirmed = {"upload": str(PromptUpload.objects.get().pk), "heldout_percent": "0"}

        def lost() -> None:
            with pytest.raises(httpx.TransportError):
                browser.post(PATH, data=confirmed)

        killed_half_way(server, lost)
        assert [model.__name__ for model in STORED if model.objects.exists()] == []
        assert not AuditEntry.objects.filter(action="prompts.imported").exists()

        until(lambda: server.get("/healthz") == 200)
        assert browser.post(PATH, data=confirmed).status_code == 302
    undisturbed = make_project("undisturbed")
    import_file(project=undisturbed, file=BytesIO(raw), name="a.jsonl", by=None)
    assert sums(project) == sums(undisturbed)
    assert sums(project)[:2] == (ROWS, ROWS)
    assert not PromptUpload.objects.exists()
