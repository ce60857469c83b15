"""A message against real servers: name, certificate, time, size, redirects, rebinding."""

import socket
import threading
import time
from ipaddress import ip_network
from pathlib import Path

import pytest

from tests.webhooks.receiver import Receiver, certificate, receiving
from webhooks import posting, targets
from webhooks.models import Problem

NAME = "hooks.example.org"
HERE = "127.0.0.1"


def lead(monkeypatch, *answers: list[str]) -> list[str]:
    """Names lead to these addresses, one list for each question; returns the names asked for."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host, port, *args, **options):
        if host[0].isdigit():  # an address, which leads to itself
            return real(host, port, *args, **options)
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(targets.socket, "getaddrinfo", getaddrinfo)
    return asked


def test_a_message_arrives_with_its_name_as_host(receiver: Receiver, monkeypatch) -> None:
    lead(monkeypatch, [HERE])
    receiver.status, receiver.body = 200, "Thanks \x00für 甲".encode()

    answer = posting.post(f"http://{NAME}:{receiver.port}/in?a=1", "{}", {"webhook-id": "msg_1"})

    ((path, headers, body),) = receiver.got
    assert (path, body) == ("/in?a=1", "{}")
    assert headers["host"] == f"{NAME}:{receiver.port}"
    assert headers["webhook-id"] == "msg_1"
    assert (answer.status, answer.beginning, answer.problem) == (200, "Thanks  für 甲", "")
    assert answer.is_good


def test_tls_asks_for_the_name_and_checks_its_certificate(
    allowed: None, tmp_path: Path, monkeypatch
) -> None:
    good = certificate(tmp_path, NAME)
    lead(monkeypatch, [HERE])
    with receiving(good) as receiver:
        unknown = posting.post(f"https://{NAME}:{receiver.port}/", "{}", {})
        monkeypatch.setenv("SSL_CERT_FILE", str(good))
        known = posting.post(f"https://{NAME}:{receiver.port}/", "{}", {})
        other = posting.post(f"https://other.example.org:{receiver.port}/", "{}", {})

    assert unknown.problem == other.problem == Problem.TLS
    assert (known.status, known.problem) == (204, "")
    assert receiver.names == [NAME, NAME, "other.example.org"]
    assert len(receiver.got) == 1


def test_the_name_is_asked_for_once_and_the_checked_address_is_used(
    receiver: Receiver, monkeypatch
) -> None:
    """DNS rebinding: whoever asks twice is led elsewhere the second time."""
    asked = lead(monkeypatch, [HERE], ["10.9.9.9"])

    answer = posting.post(f"http://{NAME}:{receiver.port}/", "{}", {})

    assert answer.status == 204
    assert asked == [NAME]


def test_a_name_that_leads_to_this_machine_is_not_connected_to(monkeypatch, settings) -> None:
    settings.WEBHOOK_NETWORKS = []
    lead(monkeypatch, [HERE])
    with receiving() as receiver:
        answer = posting.post(f"https://{NAME}:{receiver.port}/", "{}", {})

    assert (answer.status, answer.problem, receiver.got) == (None, Problem.FORBIDDEN, [])


def test_redirects_are_answers_and_not_followed(receiver: Receiver) -> None:
    receiver.status = 307
    receiver.headers = {"location": f"http://{HERE}:{receiver.port}/elsewhere"}

    answer = posting.post(f"http://{HERE}:{receiver.port}/", "{}", {})

    assert (answer.status, answer.is_good) == (307, False)
    assert [path for path, _headers, _body in receiver.got] == ["/"]


@pytest.mark.parametrize("drips", [0.0, 0.05])
def test_who_takes_long_or_drips_is_left(receiver: Receiver, monkeypatch, drips: float) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.4)
    receiver.status, receiver.body, receiver.drips = 200, b"x" * 1000, drips
    if not drips:
        receiver.pause.clear()
    begun = time.monotonic()

    answer = posting.post(f"http://{HERE}:{receiver.port}/", "{}", {})

    assert (answer.status, answer.problem) == (None, Problem.TIME_OUT)
    assert 0.4 <= time.monotonic() - begun < 3


def test_a_long_answer_is_not_read_to_its_end(receiver: Receiver) -> None:
    receiver.status, receiver.body = 200, b"y" * 200_000_000

    answer = posting.post(f"http://{HERE}:{receiver.port}/", "{}", {})

    assert (answer.status, answer.beginning) == (200, "y" * posting.KEPT)
    assert answer.milliseconds < 2000


def test_version_6_and_names_beyond_ascii(settings, monkeypatch) -> None:
    settings.WEBHOOK_NETWORKS = [ip_network("::1/128"), ip_network("127.0.0.1")]
    with receiving(host="::1") as receiver:
        answer = posting.post(f"http://[::1]:{receiver.port}/", "{}", {})
    assert (answer.status, answer.problem) == (204, "")
    assert receiver.got[0][1]["host"] == f"[::1]:{receiver.port}"

    asked = lead(monkeypatch, [HERE])
    with receiving() as receiver:
        posting.post(f"http://例え.example.org:{receiver.port}/", "{}", {})
    assert asked == ["xn--r8jz45g.example.org"]
    assert receiver.got[0][1]["host"] == f"xn--r8jz45g.example.org:{receiver.port}"


def test_nobody_there_no_name_and_no_http(allowed: None, monkeypatch) -> None:
    with socket.create_server((HERE, 0)) as mute:
        port = mute.getsockname()[1]
    nobody = posting.post(f"http://{HERE}:{port}/", "{}", {})
    with socket.create_server((HERE, 0)) as odd:

        def answer_oddly() -> None:
            with odd.accept()[0] as link:
                link.recv(9999)
                link.sendall(b"220 mail.example.org ESMTP\r\n")

        thread = threading.Thread(target=answer_oddly)
        thread.start()
        no_http = posting.post(f"http://{HERE}:{odd.getsockname()[1]}/", "{}", {})
        thread.join()

    def no_name(*args, **options):
        raise socket.gaierror

    monkeypatch.setattr(targets.socket, "getaddrinfo", no_name)
    nameless = posting.post(f"http://{NAME}/", "{}", {})

    found = [nobody.problem, no_http.problem, nameless.problem]
    assert found == [Problem.UNREACHABLE, Problem.NOT_HTTP, Problem.UNRESOLVED]
