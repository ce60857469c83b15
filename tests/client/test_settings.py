"""Which server and token are used, and how a token is kept."""

import json
import stat
from pathlib import Path

import pytest

from rondo_client.errors import SettingsError
from rondo_client.settings import Login, find_login, forget_login, keep_login, login_file

KEPT = Login("https://kept.example.org", "rondo_kept")


@pytest.fixture(autouse=True)
def nobody_is_signed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("RONDO_URL", raising=False)
    monkeypatch.delenv("RONDO_TOKEN", raising=False)


def test_a_login_is_kept_for_its_owner_only_and_forgotten() -> None:
    path = keep_login(KEPT)

    assert path == login_file()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text()) == {"url": KEPT.url, "token": KEPT.token}
    assert [each.name for each in path.parent.iterdir()] == ["login.json"]
    assert find_login() == KEPT
    assert (forget_login(), forget_login()) == (True, False)


def test_the_environment_goes_before_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_login(KEPT)
    monkeypatch.setenv("RONDO_TOKEN", "rondo_other")
    assert find_login() == Login(KEPT.url, "rondo_other")
    monkeypatch.setenv("RONDO_URL", "https://other.example.org/")
    assert find_login() == Login("https://other.example.org", "rondo_other")
    assert find_login("http://given:8000", "t") == Login("http://given:8000", "t")


def test_a_kept_token_is_sent_to_no_other_server() -> None:
    keep_login(KEPT)

    with pytest.raises(SettingsError, match="No token is known for https://other"):
        find_login("https://other.example.org")


def test_nobody_signed_in_is_told_how_to(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match=r"No server is known\. Sign in with `rondo login`"):
        find_login()
    with pytest.raises(SettingsError, match="begin it with https://"):
        find_login("rondo.example.org", "t")


def test_a_token_that_others_may_read_is_not_used() -> None:
    keep_login(KEPT).chmod(0o644)

    with pytest.raises(SettingsError, match="run `chmod 600"):
        find_login()


def test_a_broken_file_is_named() -> None:
    keep_login(KEPT).write_text("{")

    with pytest.raises(SettingsError, match=r"login\.json cannot be read: remove it"):
        find_login()


def test_a_token_is_in_no_repr() -> None:
    assert "rondo_kept" not in repr(KEPT)
