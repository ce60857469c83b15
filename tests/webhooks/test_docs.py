"""What docs/webhooks.md says of receivers is so: its Python runs against what is sent."""

import re
import threading
from http.server import HTTPServer
from pathlib import Path

import pytest

from core.announcing import announce
from labeling.models import Role
from tests.factories import make_member, make_project
from webhooks import endpoints, sending
from webhooks.models import Attempt, EventType

pytestmark = pytest.mark.django_db
DOCS = (Path(__file__).resolve().parents[2] / "docs/webhooks.md").read_text(encoding="utf-8")


def test_every_event_is_described():
    named = re.findall(r"^\| `([a-z.]+)` \|", DOCS, re.M)

    assert named == [*EventType.values, "webhook.test"]


def test_the_python_of_the_page_verifies_what_is_sent(allowed, monkeypatch, capsys):
    code = re.findall(r"```python\n(.*?)```", DOCS, re.S)[0]
    project = make_project("kitchen")
    mona = make_member(project, "Mona", Role.MANAGER)
    server = HTTPServer(("127.0.0.1", 0), None)  # type: ignore[arg-type]
    url = f"http://127.0.0.1:{server.server_port}/rondo"
    made, secret = endpoints.add(project=project, url=url, events=["run.ended"], by=mona)
    monkeypatch.setenv("WEBHOOK_SECRET", secret)
    names: dict[str, object] = {}
    exec(code, names)  # noqa: S102  our own page
    receive = names["Receive"]
    receive.log_message = lambda *args: None  # type: ignore[attr-defined]
    server.RequestHandlerClass = receive  # type: ignore[assignment]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        announce("run.ended", project=project.pk, data={"project": "kitchen", "run": 7})
        sending.send_due()
        endpoints.replay(endpoint=made, by=mona, delivery=made.deliveries.get().pk)
        sending.send_due()
        endpoints.rotate(endpoint=made, by=mona)
        type(made).objects.update(old_seed=None)  # so that the secret before signs no more
        announce("run.ended", project=project.pk, data={"project": "kitchen", "run": 8})
        sending.send_due()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

    assert capsys.readouterr().out == "run.ended {'project': 'kitchen', 'run': 7}\n"
    assert list(Attempt.objects.order_by("pk").values_list("status", flat=True)) == [204, 204, 401]
