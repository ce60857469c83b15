"""What every template knows."""

from django.http import HttpRequest


def appearance(request: HttpRequest) -> dict[str, str]:
    """The theme: the person's own, the one of the cookie before sign-in, or the system's."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return {"theme": str(user.theme)}
    theme = request.COOKIES.get("theme", "auto")
    return {"theme": theme if theme in {"auto", "light", "dark"} else "auto"}
