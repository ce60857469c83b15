"""Who calls the API: a token of each role that may write, and tokens that open less."""

from typing import Any

from django.utils import timezone

from accounts import services
from accounts.models import ApiToken, User
from labeling.models import Membership, Role
from tests.access.rule import Rule
from tests.access.scene import Scene, Scenes
from tests.factories import make_member

READS, OTHER, EXPIRED, REVOKED, GONE = TOKENS = [
    "may only read",
    "of another project",
    "expired",
    "revoked",
    "of somebody deactivated",
]
Headers = dict[str, str]


def person_of(rule: Rule) -> str:
    """The lowest role that may: whoever holds less than it is refused for the token alone."""
    return {"owner": "annotator", "signed in": "annotator"}.get(rule.level, rule.level)


def by_role(scene: Scene) -> dict[str, Headers]:
    """The headers of each role with a token that may write."""
    return {
        name: _headers(user, scope="write") if user else {} for name, user in scene.people.items()
    }


def by_token(scenes: Scenes, rule: Rule) -> dict[str, Headers]:
    """The headers of tokens of somebody whom the rule lets in."""
    here, elsewhere = (each.world.project for each in (scenes.here, scenes.elsewhere))
    name = person_of(rule)
    user = scenes.here.people[name]
    assert user is not None
    Membership.objects.get_or_create(user=user, project=elsewhere, defaults={"role": Role.MANAGER})
    gone = make_member(here, "Gone", Role(name) if name in Role else Role.MANAGER)
    gone.is_superuser = name == "admin"
    found = {
        READS: _headers(user, scope="read"),
        OTHER: _headers(user, scope="write", project=elsewhere.pk),
        EXPIRED: _headers(user, scope="write", ends={"expires_at": timezone.now()}),
        REVOKED: _headers(user, scope="write", ends={"revoked_at": timezone.now()}),
        GONE: _headers(gone, scope="write"),
    }
    gone.is_active = False
    gone.save()
    return found


def expected_of_token(rule: Rule, caller: str) -> str:
    """What the rule says to a token of somebody whom it lets in."""
    reads = rule.method == "GET"
    if caller in (EXPIRED, REVOKED, GONE):
        return "sign in"
    if caller == READS:
        return "in" if reads else "not allowed"
    assert caller == OTHER
    if rule.sign:
        return "not found"
    return "in" if reads and not rule.whole and rule.level != "admin" else "not allowed"


def _headers(user: User, *, ends: dict[str, Any] | None = None, **fields: Any) -> Headers:
    token, secret = services.create_api_token(user=user, name="calls", **fields)
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=timezone.now(), **(ends or {}))
    return {"Authorization": f"Bearer {secret}"}
