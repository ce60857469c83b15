"""People, their API tokens, one-time sign-in links and the audit trail."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts.queries import ApiTokenQuerySet, SignInLinkQuerySet


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a person; without a password they sign in by link only."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a site admin."""
        return self.create_user(email, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, or a simulated annotator of a rehearsal. `is_superuser` is the site admin."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("Like the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(default=True)
    is_simulated = models.BooleanField(default=False)
    language = models.CharField(max_length=10, default="", blank=True)
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.AUTO)
    created_at = models.DateTimeField(auto_now_add=True)
    # Removed: the row stays under a pseudonym, for the answers that point at it.
    closed_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_caseless"),
        ]

    def __str__(self) -> str:
        return self.name or self.email


class Session(AbstractBaseSession):
    """A browser's session. user: who is signed in; of one older than this column, nobody."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """What reads and writes it."""
        store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        return store


class SignInLink(models.Model):
    """A link that signs one person in once; only its hash is kept.

    issuer: who asked for it, and may know it; None for those of the server's commands.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_in_links")
    issuer = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    sha256 = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SignInLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"sign-in link {self.pk}"


class ApiToken(models.Model):
    """A key for the REST API. `prefix` is shown, the rest is known to its owner alone."""

    class Scope(models.TextChoices):
        READ = "read", _("Read: exports and lists")
        WRITE = "write", _("Read and write")

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    scope = models.CharField(max_length=10, choices=Scope, default=Scope.READ)
    # The id of the one project that it opens; None: all of its owner's, and what is in none.
    project = models.BigIntegerField(null=True)
    prefix = models.CharField(max_length=12)
    sha256 = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ApiTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"

    @property
    def is_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at <= timezone.now()


class AuditEntry(models.Model):
    """Who did what to which object; written with the change, never changed."""

    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    action = models.CharField(max_length=60)  # "round.opened"
    target = models.CharField(max_length=120)  # "rounds.Round:3"
    details = models.JSONField(default=dict)
    # The project that it is about, by its id: the entry outlives it. None: of the site.
    project = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="accounts_audit_of_project")]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.action} {self.target}"
