"""The end of an account: its row stays, for what points at it, and says no more who it was."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from accounts.models import ApiToken, Session, SignInLink, User
from accounts.names import free_name


@transaction.atomic
def close_account(*, user: User) -> str:
    """Nobody signs in by it any more; a pseudonym takes the place of its name, and is returned."""
    row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    row.name = free_name(f"Annotator {row.pk}")
    row.email = f"removed-{row.pk}@removed.invalid"
    row.is_active = row.is_superuser = False
    row.language, row.theme, row.last_login = "", User.Theme.AUTO, None
    row.closed_at = timezone.now()
    row.set_unusable_password()
    row.save()
    Session.objects.filter(user=row).delete()
    SignInLink.objects.filter(user=row).delete()
    ApiToken.objects.filter(user=row).delete()
    EmailAddress.objects.filter(user=row).delete()
    return row.name
