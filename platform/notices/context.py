"""What the bar of every page may ask."""

from collections.abc import Callable

from django.http import HttpRequest

from notices.models import Notice
from notices.queries import MOST


def bell(request: HttpRequest) -> dict[str, Callable[[], str]]:
    """How many notices the person has not seen: counted where a page shows it, "" for none."""

    def unseen() -> str:
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return ""
        count = Notice.objects.count_unseen(user)
        return f"{MOST - 1}+" if count >= MOST else str(count or "")

    return {"unseen_notices": unseen}
