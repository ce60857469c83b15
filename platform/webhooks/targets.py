"""Where messages may go: not to this machine, its network or a cloud's metadata service.

An address is checked when it is typed, as far as that goes without asking for its name, and again
each time at the connection, which goes to the very address that was checked.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from core.errors import BadInputError

IPAddress: TypeAlias = IPv4Address | IPv6Address
LONGEST = 500
FIRST_FREE_PORT = 1024  # below are services of the machine, and 443
NAT64 = IPv6Network("64:ff9b::/96")


class ForbiddenAddressError(Exception):
    """The name leads to where nothing may be sent."""


def check_url(url: str) -> None:
    """BadInputError, naming what to change, where `url` cannot be an endpoint's."""
    parts = _split(url)
    host = (parts.hostname or "").rstrip(".").lower()
    if parts.scheme not in {"https", "http"} or not host:
        raise _bad(_("Write an address that begins with https://"))
    if parts.username is not None or parts.password is not None:
        raise _bad(_("Leave name and password out of the address: the signature says who sends."))
    if parts.fragment:
        raise _bad(_("Leave out what follows the #."))
    is_plain = parts.scheme == "http"
    if is_plain and not settings.WEBHOOK_NETWORKS:
        raise _bad(
            _(
                "Write an address that begins with https://; http:// is for networks of your own,"
                " which whoever runs this site names in RONDO_WEBHOOK_NETWORKS."
            )
        )
    if _is_reserved(parts.port) and not settings.WEBHOOK_NETWORKS:
        raise _bad(_("Use port 443, or one from 1024 on."))
    literal = _literal(host)
    if literal and not may_send(literal, port=port_of(parts), is_plain=is_plain):
        raise _bad(
            _(
                "Nothing is sent to this address: it is of the server’s own network, or not by "
                "https. Ask the site’s admin to allow it (RONDO_WEBHOOK_NETWORKS)."
            )
        )


def resolve(host: str, port: int, *, is_plain: bool) -> IPAddress:
    """The address to connect to. Asked once, and all that the name leads to must be allowed.

    socket.gaierror where there is no such name; ForbiddenAddressError.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    for address in addresses:
        if not may_send(address, port=port, is_plain=is_plain):
            raise ForbiddenAddressError(str(address))
    return addresses[0]


def may_send(address: IPAddress, *, port: int, is_plain: bool) -> bool:
    """Whether `address` is one that the site allows by name, or a public one reached by https."""
    real = _unwrapped(address)
    if any(real in network for network in settings.WEBHOOK_NETWORKS):
        return True
    return real.is_global and not real.is_multicast and not is_plain and not _is_reserved(port)


def port_of(parts: SplitResult) -> int:
    """The port that a URL means."""
    return parts.port or (443 if parts.scheme == "https" else 80)


def _split(url: str) -> SplitResult:
    if len(url) > LONGEST or not url.isprintable() or any(map(str.isspace, url)):
        raise _bad(
            _("Write an address of at most %(n)s characters, without blanks.") % {"n": LONGEST}
        )
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  ValueError for what is no port
        (parts.hostname or "").encode("idna")
    except ValueError as error:
        raise _bad(_("This is not an address. Copy it as the receiver shows it.")) from error
    return parts


def _literal(host: str) -> IPAddress | None:
    """What `host` is without asking anybody, in any way that the system reads: 0x7f000001 too."""
    if host == "localhost" or host.endswith(".localhost"):
        return ip_address("127.0.0.1")
    try:
        found = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except (socket.gaierror, UnicodeError):
        return None
    return ip_address(str(found[0][4][0]).partition("%")[0])


def _unwrapped(address: IPAddress) -> IPAddress:
    """The address of version 4 that one of version 6 stands for; else itself."""
    if isinstance(address, IPv6Address):
        if address in NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _is_reserved(port: int | None) -> bool:
    return port is not None and port != 443 and port < FIRST_FREE_PORT


def _bad(message: str) -> BadInputError:
    return BadInputError(message, errors={"url": message})
