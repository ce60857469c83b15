"""Which server, with which token: given, from the environment, or as `rondo login` kept them.

RONDO_URL and RONDO_TOKEN go before the file, which is `rondo/login.json` in the folder of
settings (XDG_CONFIG_HOME, else ~/.config) and readable for its owner only.
"""

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from rondo_client.errors import SettingsError

HOW = "Sign in with `rondo login`, or set RONDO_URL and RONDO_TOKEN."


@dataclass(frozen=True)
class Login:
    """A server's address and a token for it."""

    url: str
    token: str

    def __repr__(self) -> str:
        """Without the token, which is a secret."""
        return f"Login(url={self.url!r})"


def login_file() -> Path:
    """Where `rondo login` keeps address and token."""
    folder = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(folder) / "rondo" / "login.json"


def find_login(url: str | None = None, token: str | None = None) -> Login:
    """The server and the token to use; SettingsError where one of them is not known.

    A kept token is used for the address it was kept with, and for no other.
    """
    url = (url or os.environ.get("RONDO_URL") or "").rstrip("/")
    token = token or os.environ.get("RONDO_TOKEN") or ""
    kept = None if url and token else read_login()
    if kept is not None:
        url = url or kept.url
        token = token or (kept.token if url == kept.url else "")
    if not url:
        raise SettingsError(f"No server is known. {HOW}")
    if not url.startswith(("http://", "https://")):
        raise SettingsError(f"{url} is not an address: begin it with https:// or http://.")
    if not token:
        raise SettingsError(f"No token is known for {url}. {HOW}")
    return Login(url, token)


def read_login() -> Login | None:
    """What is kept; None where nothing is."""
    path = login_file()
    try:
        kept = json.loads(path.read_text("utf-8"))
        login = Login(str(kept["url"]), str(kept["token"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"{path} cannot be read: remove it. {HOW}") from error
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SettingsError(
            f"Others on this machine may read the token in {path}: run `chmod 600 {path}`,"
            " and make a new token if you do not trust them."
        )
    return login


def keep_login(login: Login) -> Path:
    """Write it for its owner only, at one go; the file."""
    path = login_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"url": login.url, "token": login.token}, file)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return path


def forget_login() -> bool:
    """Remove what is kept; whether there was anything."""
    path = login_file()
    was_there = path.exists()
    path.unlink(missing_ok=True)
    return was_there
