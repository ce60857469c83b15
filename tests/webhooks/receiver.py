"""A server that takes messages, answers as it is told, and keeps what came."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Receiver:
    """What it answers, and what it was sent."""

    def __init__(self) -> None:
        self.status = 204
        self.headers: dict[str, str] = {}
        self.body = b""
        self.pause = threading.Event()  # set: answer at once
        self.pause.set()
        self.drips = 0.0  # seconds between the bytes of the answer
        self.got: list[tuple[str, dict[str, str], str]] = []  # path, headers, body
        self.names: list[str | None] = []  # that TLS asked for
        self.port = 0


@contextmanager
def receiving(certificate: Path | None = None, *, host: str = "127.0.0.1") -> Iterator[Receiver]:
    """A receiver on this machine; over TLS with a certificate."""
    receiver = Receiver()
    sort = type("Server", (ThreadingHTTPServer,), {"daemon_threads": True})
    if ":" in host:
        sort.address_family = socket.AF_INET6
    server = sort((host, 0), _handler(receiver))
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda _sock, name, _context: receiver.names.append(name)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.pause.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.got.append((self.path, headers, body))
            receiver.pause.wait()
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self._write()

        def _write(self) -> None:
            try:
                if not receiver.drips:
                    self.wfile.write(receiver.body)
                for byte in receiver.body if receiver.drips else b"":
                    self.wfile.write(bytes([byte]))
                    threading.Event().wait(receiver.drips)
            except OSError:
                pass  # the sender has heard enough

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


def certificate(folder: Path, name: str) -> Path:
    """A certificate for `name` that only itself vouches for, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path
