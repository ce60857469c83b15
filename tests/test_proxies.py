"""docs/proxies.md as it is written: the real nginx and Caddy before the real web server."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from django.urls import reverse

from core import limits
from core.processes import end
from jobs.models import JobEvent
from labeling.models import Role
from tests.factories import make_member
from tests.rounds.world import make_run, make_world
from tests.web_server import Start, free_ports

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TEXT = (Path(__file__).resolve().parents[1] / "docs/proxies.md").read_text()


class Browser:
    """Somebody who keeps cookies, sends forms as browsers do, and trusts the test's certificate."""

    def __init__(self, site: str, certificate: Path) -> None:
        self.site, self.cookies = site, CookieJar()
        self.context = ssl.create_default_context(cafile=str(certificate))
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=self.context),
            urllib.request.HTTPCookieProcessor(self.cookies),
        )

    def open(self, path: str, body: bytes | None = None, **headers: str):
        """The answer, whatever its status."""
        sent = {"Origin": self.site} if body is not None else {}
        request = urllib.request.Request(
            self.site + path, body, {**sent, **{k.replace("_", "-"): v for k, v in headers.items()}}
        )
        try:
            return self._opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            return error

    def post(self, path: str, **fields: str):
        """A form of a page that was opened just before."""
        page = self.open(path).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        form = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **fields})
        return self.open(path, form.encode())

    def upload(self, path: str, content: bytes):
        """A file, in a form of a page that was opened just before."""
        page = self.open(path).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1].encode()
        line = b'--x\r\nContent-Disposition: form-data; name="%s"'
        body = b"".join(
            [
                line % b"csrfmiddlewaretoken" + b"\r\n\r\n" + token + b"\r\n",
                line % b"file" + b'; filename="prompts.jsonl"\r\n\r\n' + content + b"\r\n--x--\r\n",
            ]
        )
        return self.open(path, body, Content_Type="multipart/form-data; boundary=x")

    def declare(self, path: str, size: int) -> bytes:
        """What a large request gets while it is sent: a byte at a time after its beginning.

        So it reads while it sends: who sends all of it first may find the connection closed, and no
        answer. A client that knows HTTP/1.1 only has to go on sending: Go, which Caddy is written
        in, does not answer while it waits for a piece of a body, nor for the last 256 kB of one.
        """
        host = self.site.removeprefix("https://")
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies)
        lines = [f"POST {path} HTTP/1.1", f"Host: {host}", f"Content-Length: {size}"]
        head = "\r\n".join([*lines, f"Cookie: {cookies}", "", ""]).encode()
        plain = socket.create_connection(("localhost", int(host.split(":")[1])), timeout=0.2)
        with self.context.wrap_socket(plain, server_hostname="localhost") as client:
            client.sendall(head + b"x" * 2**14)
            content = b""
            for _ in range(300):
                try:
                    content += (piece := client.recv(2**16))
                    if not piece or b"</html>" in content:
                        break
                except TimeoutError:
                    client.sendall(b"x")
        return content


def certificate(folder: Path) -> Path:
    """A key and a certificate for localhost, beside each other."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "1", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", "rondo.key", "-out", "rondo.pem"),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder / "rondo.pem"


def recipe(name: str) -> str:
    """The block of the document, as it stands there."""
    (block,) = re.findall(rf"```{name}\n(.*?)```", TEXT, flags=re.S)
    return str(block)


def nginx(folder: Path, *, port: int, upstream: int) -> list[str]:
    block = recipe("nginx").replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    block = block.replace("rondo.example.org", "localhost")
    block = block.replace("/etc/ssl", str(folder)).replace(
        "127.0.0.1:8000", f"127.0.0.1:{upstream}"
    )
    kept = "\n".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\nuser {'root' if os.getuid() == 0 else 'nobody'};\npid {folder}/nginx.pid;\n"
        f"error_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{kept}\n{block}}}\n"
    )
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, *, port: int, upstream: int) -> list[str]:
    block = recipe("caddy").replace("127.0.0.1:8000", f"127.0.0.1:{upstream}")
    block = block.replace(
        "rondo.example.org {",
        f"https://localhost:{port} {{\n    tls {folder}/rondo.pem {folder}/rondo.key",
    )
    block = block.replace("{\n", "{\n    admin off\n    auto_https disable_redirects\n", 1)
    (folder / "Caddyfile").write_text(block)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


@pytest.fixture(params=[nginx, caddy], ids=["nginx", "caddy"])
def browser(
    request: pytest.FixtureRequest, start_server: Start, tmp_path: Path
) -> Iterator[Browser]:
    """Somebody before a proxy of each kind, with Rondo behind it."""
    name = request.param.__name__
    if shutil.which(name) is None or shutil.which("openssl") is None:
        pytest.skip(f"{name} or openssl is not installed: apt-get install {name} openssl")
    port, upstream = free_ports(2)
    site = f"https://localhost:{port}"
    start_server(port=upstream, SITE_URL=site, ALLOWED_HOSTS="localhost", TRUSTED_PROXIES="1")
    found = Browser(site, certificate(tmp_path))
    command = request.param(tmp_path, port=port, upstream=upstream)
    with (tmp_path / "proxy.log").open("wb") as log:
        env = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
        proxy = subprocess.Popen(command, stdout=log, stderr=log, env=env, start_new_session=True)
    try:
        deadline = time.monotonic() + 30
        while not _answers(found):
            assert proxy.poll() is None, (tmp_path / "proxy.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield found
    finally:
        end(proxy, grace=10)  # a stream that is open holds Caddy for ever


def _answers(browser: Browser) -> bool:
    try:
        return browser.open("/healthz").status == 200
    except OSError:
        return False


def test_sign_in_uploads_and_live_pages_work_as_the_document_says(browser: Browser):
    world = make_world()
    mona = make_member(world.project, "Mo", Role.MANAGER)
    mona.set_password("password")
    mona.save()
    job = make_run(world.round, "ppo", state="queued").job

    assert limits.SIGNED_OUT < 2**20 < limits.SIGNED_IN
    floods = ("/accounts/login/", "/static/nope", "/api/v1/projects")
    answers = [browser.declare(path, 2**20) for path in floods]
    assert [answer[:13] for answer in answers] == [b"HTTP/1.1 413 "] * 3

    home = browser.post("/accounts/login/", login=mona.email, password="password")
    assert (home.status, home.url) == (200, f"{browser.site}/")
    assert all(cookie.secure for cookie in browser.cookies)

    with browser.open(reverse("job_events", args=[job.pk])) as stream:
        assert stream.readline() == b"retry: 2000\n"
        told = {"level": "info", "text": "while it is open"}
        JobEvent.objects.create(job=job, epoch=0, kind="log", data=told)
        while b"while it is open" not in (line := stream.readline()):
            assert line

    address = reverse("prompts_import", args=[world.project.slug])
    assert browser.upload(address, b'{"prompt": "Why?"}\n').status == 200
    long = b'{"prompt": "%s"}\n' % (b"Why? " * 200)
    assert browser.upload(address, long + b'{"prompt": "How?"}\n' * 100_000).status == 200
    refused = browser.declare(address, limits.IMPORT_FILE + limits.FORM + 1)
    assert refused.startswith(b"HTTP/1.1 413 ")
    assert b"This is larger than 256.0\xc2\xa0MB." in refused
