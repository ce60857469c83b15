"""Where messages may go, and the ways around that which are no ways."""

import socket
from ipaddress import ip_address, ip_network

import pytest

from core.errors import BadInputError
from webhooks import targets

FORBIDDEN = [
    "127.0.0.1",
    "0.0.0.0",  # noqa: S104  an address that is refused
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
]


@pytest.mark.parametrize("address", FORBIDDEN)
def test_nothing_goes_to_ourselves_our_network_or_metadata(address: str) -> None:
    assert not targets.may_send(ip_address(address), port=443, is_plain=False)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "::ffff:8.8.8.8"])
def test_public_addresses_are_reached_by_https_and_usual_ports_alone(address: str) -> None:
    at = ip_address(address)

    assert targets.may_send(at, port=443, is_plain=False)
    assert targets.may_send(at, port=8443, is_plain=False)
    assert not targets.may_send(at, port=443, is_plain=True)
    assert not targets.may_send(at, port=22, is_plain=False)


def test_a_network_that_the_site_allows_is_reached_and_no_other(settings) -> None:
    settings.WEBHOOK_NETWORKS = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]

    assert targets.may_send(ip_address("10.1.2.3"), port=80, is_plain=True)
    assert targets.may_send(ip_address("::ffff:10.1.2.3"), port=80, is_plain=True)
    assert targets.may_send(ip_address("fd00::1"), port=80, is_plain=True)
    assert not targets.may_send(ip_address("192.168.1.1"), port=443, is_plain=False)
    assert not targets.may_send(ip_address("8.8.8.8"), port=80, is_plain=True)


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("", "begins with https"),
        ("hooks.example.org", "begins with https"),
        ("http://hooks.example.org", "names in RONDO_WEBHOOK_NETWORKS"),
        ("file:///etc/passwd", "begins with https"),
        ("gopher://hooks.example.org", "begins with https"),
        ("https://", "begins with https"),
        ("https://me:secret@hooks.example.org", "name and password"),
        ("https://hooks.example.org/#part", "follows the #"),
        ("https://hooks.example.org:22/", "port 443"),
        ("https://hooks.example.org:x/", "not an address"),
        ("https://hooks.example.org:70000/", "not an address"),
        ("https://[::1/", "not an address"),
        (f"https://{'a' * 64}.org/", "not an address"),
        ("https://hooks.example.org/a b", "without blanks"),
        ("https://hooks.example.org/\r\nHost: x", "without blanks"),
        ("https://hooks.example.org/" + "a" * 500, "at most 500"),
        ("https://127.0.0.1/", "own network"),
        ("https://0x7f000001/", "own network"),
        ("https://2130706433/", "own network"),
        ("https://127.1/", "own network"),
        ("https://localhost/", "own network"),
        ("https://localhost./", "own network"),
        ("https://a.localhost/", "own network"),
        ("https://[::1]/", "own network"),
        ("https://[::ffff:169.254.169.254]/", "own network"),
        ("https://169.254.169.254/latest/meta-data", "own network"),
    ],
)
def test_what_cannot_be_an_endpoint_says_what_to_change(url: str, what: str) -> None:
    with pytest.raises(BadInputError, match=what) as refused:
        targets.check_url(url)

    assert set(refused.value.errors) == {"url"}


@pytest.mark.parametrize(
    "url", ["https://hooks.example.org/a?b=c", "https://例え.jp/", "https://a.example:8443"]
)
def test_an_endpoint_is_taken_without_asking_for_its_name(url: str, monkeypatch) -> None:
    asked = []
    real = socket.getaddrinfo

    def getaddrinfo(*args, **options):
        asked.append(options.get("flags"))
        return real(*args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    targets.check_url(url)

    assert set(asked) == {socket.AI_NUMERICHOST}


def test_one_forbidden_address_of_a_name_is_enough(monkeypatch) -> None:
    found = [(0, 0, 0, "", (address, 443)) for address in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: found)

    with pytest.raises(targets.ForbiddenAddressError, match=r"10\.0\.0\.1"):
        targets.resolve("hooks.example.org", 443, is_plain=False)

    found.pop()
    assert targets.resolve("hooks.example.org", 443, is_plain=False) == ip_address("93.184.215.14")
